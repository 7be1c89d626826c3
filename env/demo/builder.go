package demo

import (
	"context"

	"github.com/twindeck/twindeck/env/docker"
)

// Builder implements env.Docker: the engine's own, unless another was chosen.
func (e engine) Builder(string) (docker.Builder, error) {
	at, err := e.Endpoint()
	if e.w.has(BuilderElsewhere) {
		return docker.Builder{
			Name: "big", Driver: "kubernetes", Place: "Deployment big0", Why: "docker buildx use",
			File: home + "/.docker/buildx/current", Scope: at.Context,
		}, err
	}
	return docker.Builder{Name: at.Context, Driver: "docker", Place: at.Host, Own: true}, err
}

// PingBuilder implements env.Docker.
func (e engine) PingBuilder(ctx context.Context, _ string) (docker.BuilderState, error) {
	return docker.BuilderState{BuildKit: "v0.33.1"}, e.Ping(ctx)
}
