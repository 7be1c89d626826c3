// Package demo is a simulated environment behind the interfaces of package
// env: an engine, a cluster, Docker Desktop, a machine and a project, made of
// data and a small clockwork. It is for people who want to look around
// without Docker, and for the tests of the screens.
package demo

import (
	"context"
	"time"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/desktop"
	"github.com/twindeck/twindeck/env/project"
)

// Fault is something wrong with the simulated environment from the start.
type Fault int

// The faults.
const (
	EngineOff        Fault = iota // Docker Desktop is not running; with it, neither is the cluster
	KubernetesOff                 // Kubernetes is turned off in Docker Desktop's settings
	HelperMissing                 // config.json names a credential helper that is not on PATH
	BuildFails                    // npm ci finds package.json and its lock file out of step
	CrashesOnStart                // whatever is deployed exits as soon as it starts
	NoProject                     // the folder holds nothing to ship
	ContextNotLocal               // the kubeconfig's current context is a cluster far away
	RegistryRequired              // the node keeps its own images: only a registry reaches it
	BuilderElsewhere              // builds run on a builder in a cluster far away
	ClusterInNodes                // the cluster's nodes are containers of the engine, as k3d makes them
	RegistryPrivate               // with RegistryRequired: the registry lets nobody pull without a login, and docker has one
	SeveralImages                 // the project builds three images; nothing is wrong with that
	PodsWell                      // no fault but the lack of some: no pod crashes, waits for its image or is stale
)

// Open returns an environment that lives: logs tick, containers restart and
// what is asked of it takes its time.
func Open(faults ...Fault) *env.Environment {
	return newWorld(realClock{}, faults).environment()
}

// OpenAt returns an environment whose clock stands still at now. It moves on
// only as far as operations take (a build, a rollout), and these return at
// once, so that the same calls always end in the same state.
func OpenAt(now time.Time, faults ...Fault) *env.Environment {
	return newWorld(&frozenClock{now: now}, faults).environment()
}

func (w *world) environment() *env.Environment {
	return &env.Environment{
		Host:    w.laptop,
		Docker:  engine{w},
		Kube:    cluster{w},
		Desktop: desktop.New(w.laptop),
		Project: func(context.Context) project.Project { return w.project() },
		Releases: func(_ context.Context, _ project.Project) project.Releases {
			return project.Releases{InGit: true, Tags: []project.GitTag{{Name: "v1.4.2", Version: "v1.4.2", Commit: "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c"}}}
		},
		Dir:  w.project().Dir,
		Demo: true,
	}
}

const (
	home       = "/Users/sam"
	folder     = home + "/src/my-app"
	appVersion = "v1.4.2-3-g1a2b3c-dirty"
	appTag     = appVersion + "-7e40a1"
)

func (w *world) project() project.Project {
	v := project.Version{
		Describe: appVersion,
		Commit:   "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d",
		Dirty:    true,
		Branch:   "main",
		Tag:      appTag,
	}
	if w.has(NoProject) {
		return project.Project{Dir: home + "/notes", Name: "notes", Context: home + "/notes", Version: project.Version{Tag: "dev-9c1f20"}}
	}
	p := project.Project{
		Dir:        folder,
		Name:       "my-app",
		Dockerfile: folder + "/Dockerfile",
		Context:    folder,
		Compose:    folder + "/compose.yaml",
		Manifests: project.Manifests{
			Kind:  project.PlainFiles,
			Path:  folder + "/k8s",
			Files: []string{folder + "/k8s/config.yaml", folder + "/k8s/deployment.yaml", folder + "/k8s/service.yaml"},
		},
		Version: v,
	}
	if w.has(SeveralImages) {
		return several(p)
	}
	return p
}
