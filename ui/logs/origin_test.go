package logs

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/ui/screen"
)

var errNone = errors.New("no log here")

// askedEngine and askedCluster tell where they were asked for a log.
type askedEngine struct {
	env.Docker
	at chan docker.Endpoint
}

func (a askedEngine) Logs(ctx context.Context, _ string, _ docker.LogOptions) (io.ReadCloser, error) {
	at, _ := docker.AimedAt(ctx)
	a.at <- at
	return nil, errNone
}

type askedCluster struct {
	env.Kube
	at chan kube.Context
}

func (a askedCluster) Logs(ctx context.Context, _, _ string, _ kube.LogOptions) (io.ReadCloser, error) {
	at, _ := kube.AimedAt(ctx)
	a.at <- at
	return nil, errNone
}

// A log is read where its row is from, whatever the header knows by then.
func TestLogsAreReadWhereTheirRowIsFrom(t *testing.T) {
	ctx := newContext(t, newServers())
	engines, clusters := make(chan docker.Endpoint, 100), make(chan kube.Context, 100)
	ctx.Env.Docker, ctx.Env.Kube = askedEngine{ctx.Env.Docker, engines}, askedCluster{ctx.Env.Kube, clusters}
	ctx.Facts.Context = kube.Context{Name: "docker-desktop", Server: "https://127.0.0.1:6443", Local: true}
	from := screen.Origin{Engine: docker.Endpoint{Context: "build", Host: "ssh://build"}, Cluster: kube.Context{Name: "prod"}}

	v := New(ctx)
	v.set = Set{ID: "both", Targets: []Target{aContainer("web"), aPod("api")}, Origin: from}
	v.begin()
	v.session.follow(1, v.set)
	defer v.Stop()
	for range 2 {
		select {
		case at := <-engines:
			if at != from.Engine {
				t.Errorf("the engine asked is %+v", at)
			}
			engines = nil
		case at := <-clusters:
			if at != from.Cluster {
				t.Errorf("the cluster asked is %+v", at)
			}
			clusters = nil
		case <-time.After(10 * time.Second):
			t.Fatal("nothing is read")
		}
	}
}

// The same name elsewhere is another log.
func TestAnotherOriginIsAnotherLog(t *testing.T) {
	v := New(newContext(t, newServers()))
	set := Set{ID: "deploy/web", Origin: screen.Origin{Cluster: kube.Context{Name: "one"}}}
	v.Follow(set)
	turn := v.turn
	set.Origin.Cluster.Server = "https://one:6443" // known better now
	if v.Follow(set); v.turn != turn {
		t.Error("the same log begins anew")
	}
	set.Origin.Cluster.Name = "two"
	if v.Follow(set); v.turn == turn {
		t.Error("the log of another cluster goes on")
	}
}

// The logs of pods go on when the engine becomes known, or another one is chosen.
func TestTheEngineIsNothingToALogOfPods(t *testing.T) {
	cluster := kube.Context{Name: "one"}
	for name, c := range map[string]struct {
		targets []Target
		anew    bool
	}{
		"a pod":       {[]Target{aPod("api")}, false},
		"a container": {[]Target{aContainer("web")}, true},
		"both":        {[]Target{aPod("api"), aContainer("web")}, true},
	} {
		v := New(newContext(t, newServers()))
		set := Set{ID: "x", Targets: c.targets}
		v.Follow(set.From(screen.Origin{Cluster: cluster}))
		turn := v.turn
		for _, engine := range []string{"default", "build"} {
			v.Follow(set.From(screen.Origin{Engine: docker.Endpoint{Context: engine, Host: "unix:///" + engine}, Cluster: cluster}))
			if anew := v.turn != turn; anew != (c.anew && engine == "build") {
				t.Errorf("%s, engine %s: begun anew: %v", name, engine, anew)
			}
			turn = v.turn
		}
		v.Stop()
	}
}
