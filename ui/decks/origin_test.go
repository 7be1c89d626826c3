package decks

import (
	"context"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/demo"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/link"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
)

// asked is a cluster that remembers where it was asked for something.
type asked struct {
	env.Kube
	at []kube.Context
}

func (a *asked) note(ctx context.Context) {
	at, _ := kube.AimedAt(ctx)
	a.at = append(a.at, at)
}

func (a *asked) Delete(ctx context.Context, _ kube.Ref) error { a.note(ctx); return nil }

func (a *asked) Replicas(ctx context.Context, _ kube.Ref) (int, error) { a.note(ctx); return 1, nil }

func (a *asked) Related(ctx context.Context, _ kube.Ref) ([]kube.Relation, error) {
	a.note(ctx)
	return nil, nil
}

// What the header knows may be of the former cluster, or engine, while rows of
// another are shown already. What is done to a row goes where the row is from.
func TestActionsGoWhereTheirRowIsFrom(t *testing.T) {
	e := demo.OpenAt(noon)
	cluster := &asked{Kube: e.Kube}
	e.Kube = cluster
	p := testPart(t, e)
	former := kube.Context{Name: "docker-desktop", Server: "https://127.0.0.1:6443", Local: true}
	p.ctx.Facts.Context = former
	p.ctx.Facts.Endpoint = docker.Endpoint{Context: "desktop-linux", Host: "unix:///here.sock", Local: true}
	web := &kube.Pod{UID: "1", Namespace: "dev", Name: "web-1", Owner: kube.Owner{Kind: "StatefulSet", Name: "web"}}
	p.Update(screen.KubeNews{Snapshot: kube.Snapshot{
		Version: 1, Context: "prod", Namespace: "dev", Pods: []*kube.Pod{web}, Synced: true, Status: link.Status{State: link.Live},
	}})
	p.Update(screen.DockerNews{Snapshot: docker.Snapshot{
		Version: 1, Endpoint: docker.Endpoint{Context: "build", Host: "ssh://build"},
		Containers: []*docker.Container{{ID: "c", Name: "db", State: "running"}},
	}})

	guard := func(cmd tea.Cmd, _ bool) screen.Guard {
		t.Helper()
		g, ok := cmd().(screen.Guard)
		if !ok {
			t.Fatalf("%T is no guard", cmd())
		}
		return g
	}
	onPod, onContainer := chosen[*kube.Pod]{rows: []*kube.Pod{web}}, chosen[*docker.Container]{rows: p.docker.Containers}
	nameOnly := screen.Target{Name: "prod"}
	for _, a := range []keys.Action{keys.Remove, keys.Restart, keys.ScaleUp, keys.ShellIn} {
		if g := guard(p.actOnPods(a, onPod)); g.Target != nameOnly {
			t.Errorf("%s goes to %+v", a, g.Target)
		}
	}
	for _, a := range []keys.Action{keys.Restart, keys.ShellIn} {
		if g := guard(p.actOnContainers(a, onContainer)); g.Target != (screen.Target{Name: "build", Where: "ssh://build"}) {
			t.Errorf("%s goes to %+v", a, g.Target)
		}
	}

	task := guard(p.actOnPods(keys.Remove, onPod)).Then().(screen.Ask).Then().(screen.StartTask)
	if !strings.Contains(task.Command, "--context prod") {
		t.Errorf("the command is %q", task.Command)
	}
	if err := task.Run(t.Context(), func(string) {}); err != nil {
		t.Fatal(err)
	}
	p.setFocus(onRight)
	p.relate(true)()
	for i, at := range cluster.at {
		if at != (kube.Context{Name: "prod"}) {
			t.Errorf("call %d went to %+v", i+1, at)
		}
	}
	if len(cluster.at) != 3 {
		t.Errorf("the cluster was asked %d times", len(cluster.at))
	}

	p.ctx.Facts.Context = kube.Context{Name: "prod", Server: "https://prod:6443"}
	p.Update(screen.FactsChanged{})
	if g := guard(p.actOnPods(keys.Remove, onPod)); g.Target != (screen.Target{Name: "prod", Where: "https://prod:6443"}) {
		t.Errorf("once it is known, it goes to %+v", g.Target)
	}
}
