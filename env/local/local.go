// Package local puts the real environment together: this machine, its Docker
// engine, its cluster and the folder one stands in.
package local

import (
	"context"
	"path/filepath"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/desktop"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/host"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/project"
)

// Options are what a person may choose; the zero value is what the docker and
// kubectl commands would use in this folder.
type Options struct {
	DockerContext string // instead of the current Docker context
	Builder       string // instead of the current buildx builder
	Context       string // instead of the kubeconfig's current context
	Namespace     string // instead of the context's namespace
	Dir           string // the project's folder; empty: the working directory
	Dockerfile    string // instead of the one found in Dir
}

// Open returns the environment. It never fails and talks to nobody yet.
func Open(o Options) *env.Environment {
	dir := o.Dir
	if dir == "" {
		dir = "."
	}
	machine := host.Local()
	return &env.Environment{
		Host:    machine,
		Docker:  docker.Open(docker.Options{Context: o.DockerContext, Builder: o.Builder, ExecInPod: kube.ExecInPod}),
		Kube:    kube.Open(kube.Options{Context: o.Context, Namespace: o.Namespace}),
		Desktop: desktop.New(machine),
		Dir:     absolute(dir),
		Project: func(ctx context.Context) project.Project {
			return project.ReadWith(ctx, dir, o.Dockerfile)
		},
		Releases: project.ReadReleases,
	}
}

// absolute is dir as project.Read gives it back.
func absolute(dir string) string {
	if abs, err := filepath.Abs(dir); err == nil {
		return abs
	}
	return dir
}
