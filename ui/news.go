package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/link"
	"github.com/twindeck/twindeck/ui/screen"
)

// factsLimit is how long an answer for the header may take.
const factsLimit = 10 * time.Second

// dockerNow reads what is known of the engine's containers.
func (a *App) dockerNow() tea.Msg { return screen.DockerNews{Snapshot: a.ctx.Env.Docker.Snapshot()} }

// kubeNow reads what is known of the cluster's pods.
func (a *App) kubeNow() tea.Msg { return screen.KubeNews{Snapshot: a.ctx.Env.Kube.Snapshot()} }

// dockerNext and kubeNext are news after which the next is waited for.
type (
	dockerNext struct{ screen.DockerNews }
	kubeNext   struct{ screen.KubeNews }
)

// nextDocker waits until something changed on the engine.
func (a *App) nextDocker() tea.Msg {
	select {
	case <-a.ctx.Env.Docker.Changed():
		return dockerNext{screen.DockerNews{Snapshot: a.ctx.Env.Docker.Snapshot()}}
	case <-a.ctx.Life.Done():
		return nil
	}
}

// nextKube waits until something changed in the cluster.
func (a *App) nextKube() tea.Msg {
	select {
	case <-a.ctx.Env.Kube.Changed():
		return kubeNext{screen.KubeNews{Snapshot: a.ctx.Env.Kube.Snapshot()}}
	case <-a.ctx.Life.Done():
		return nil
	}
}

// dockerChanged tells the parts. When the link came up, the engine is asked
// again what it is: it may be another one now.
func (a *App) dockerChanged(msg screen.DockerNews) tea.Cmd {
	cmds := []tea.Cmd{a.all(msg)}
	if at := msg.Snapshot.Endpoint; at != a.engine {
		a.engine = at
		cmds = append(cmds, a.askEngine)
	}
	before, now := a.docker.State, msg.Snapshot.Status.State
	if a.docker = msg.Snapshot.Status; now != before {
		cmds = append(cmds, a.linkChanged())
		if now == link.Live {
			cmds = append(cmds, a.askEngine)
		}
	}
	return tea.Batch(cmds...)
}

func (a *App) kubeChanged(msg screen.KubeNews) tea.Cmd {
	a.namespaces.current = msg.Snapshot.Namespace
	cmds := []tea.Cmd{a.all(msg)}
	if at := msg.Snapshot.Context; at != a.ctx.Facts.Context.Name && at != a.asked {
		a.asked = at
		cmds = append(cmds, a.askCluster)
	}
	if at := msg.Snapshot.Context; at != a.cluster {
		a.cluster = at
		a.namespaces.forget()
		if a.inPalette() { // what could not be asked of the cluster before
			cmds = append(cmds, a.learn())
		}
	}
	before, now := a.kube.State, msg.Snapshot.Status.State
	if a.kube = msg.Snapshot.Status; now != before {
		cmds = append(cmds, a.linkChanged())
		if now == link.Live {
			cmds = append(cmds, a.askCluster)
		}
	}
	return tea.Batch(cmds...)
}

// learned carries answers for the header, and what is to be asked next.
type learned struct {
	tell func(*screen.Facts)
	next tea.Cmd
}

// askProject reads the folder.
func (a *App) askProject() tea.Msg {
	p := a.ctx.Env.Project(a.ctx.Life)
	return learned{tell: func(f *screen.Facts) { f.Project = p }}
}

// askEngine finds out where the engine is, which the header says at once, and asks
// it then what it is. What another one was is forgotten.
func (a *App) askEngine() tea.Msg {
	at, err := a.ctx.Env.Docker.Endpoint()
	return learned{func(f *screen.Facts) {
		if err == nil && at != f.Endpoint {
			f.Endpoint, f.Engine = at, docker.Version{}
		}
	}, func() tea.Msg {
		ctx, cancel := context.WithTimeout(docker.Aim(a.ctx.Life, at), factsLimit)
		defer cancel()
		v, errV := a.ctx.Env.Docker.Version(ctx)
		return learned{tell: func(f *screen.Facts) {
			if errV == nil && (err != nil || at == f.Endpoint) {
				f.Engine = v
			}
		}}
	}}
}

// askCluster does the same for the cluster.
func (a *App) askCluster() tea.Msg {
	at, err := a.ctx.Env.Kube.Context()
	return learned{func(f *screen.Facts) {
		if err != nil || at == f.Context {
			return
		}
		if at.Name != f.Context.Name || at.Server != f.Context.Server {
			f.Cluster = kube.Version{}
		}
		f.Context = at
	}, func() tea.Msg {
		ctx, cancel := context.WithTimeout(a.ctx.Life, factsLimit)
		defer cancel()
		if err == nil {
			ctx = kube.Aim(ctx, at)
		}
		v, errV := a.ctx.Env.Kube.Version(ctx)
		return learned{tell: func(f *screen.Facts) {
			if errV == nil && (err != nil || at == f.Context) {
				f.Cluster = v
			}
		}}
	}}
}
