package demo

import (
	"context"

	"github.com/twindeck/twindeck/env/docker"
)

// Builder implements env.Docker: the simulated engine has its own builder only.
func (e engine) Builder(string) (docker.Builder, error) {
	at, err := e.Endpoint()
	return docker.Builder{Name: at.Context, Driver: "docker", Place: at.Host, Own: true}, err
}

// PingBuilder implements env.Docker.
func (e engine) PingBuilder(ctx context.Context, _ string) (docker.BuilderState, error) {
	return docker.BuilderState{}, e.Ping(ctx)
}
