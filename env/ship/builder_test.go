package ship_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/ship"
)

func (e *engine) Builder(string) (docker.Builder, error) {
	if e.builder.Name == "" {
		return docker.Builder{Name: "desktop-linux", Driver: "docker", Own: true}, nil
	}
	return e.builder, nil
}

func (e *engine) PingBuilder(context.Context, string) (docker.BuilderState, error) {
	return e.builds, e.pingErr
}

// big is a builder that is not the engine's own.
var big = docker.Builder{Name: "big", Driver: "remote", Place: "tcp://build.example:1234", Why: "docker buildx use"}

func TestPlanNamesTheBuilder(t *testing.T) {
	for name, c := range map[string]struct {
		builder docker.Builder
		state   docker.BuilderState
		why     string
		command string
	}{
		"the engine's own": {docker.Builder{}, docker.BuilderState{}, "", "build -t web:" + tag},
		"one elsewhere": {
			big,
			docker.BuilderState{BuildKit: "v0.33.1"},
			"big (remote: tcp://build.example:1234), chosen by docker buildx use; BuildKit v0.33.1",
			"buildx build --builder big --load -t web:" + tag,
		},
		"a stopped container": {
			docker.Builder{Name: "box", Driver: "docker-container", Place: "container buildx_buildkit_box0", Why: "BUILDX_BUILDER"},
			docker.BuilderState{Stopped: true},
			"box (docker-container: container buildx_buildkit_box0), chosen by BUILDX_BUILDER; it is stopped, and the build starts it",
			"--builder box",
		},
	} {
		t.Run(name, func(t *testing.T) {
			e, at, src := world(t)
			e.builder, e.builds = c.builder, c.state
			p := ship.NewPlan(t.Context(), e, at, src, ship.Options{Stages: []ship.Stage{ship.Build}})
			if got := p.BuilderWhy(); got != c.why {
				t.Errorf("why = %q\nwant %q", got, c.why)
			}
			var said struct{ Builder *struct{ Name, Why string } }
			data, err := json.Marshal(p)
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(data, &said); err != nil {
				t.Fatal(err)
			}
			if (said.Builder == nil) != (c.why == "") || said.Builder != nil && said.Builder.Name != c.builder.Name {
				t.Errorf("JSON says %+v of builder %q", said.Builder, c.builder.Name)
			}
			var commands []string
			_, err = ship.Run(t.Context(), e, at, p, func(ev ship.Event) {
				if ev.Kind == ship.Command {
					commands = append(commands, ev.Text)
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			if len(commands) == 0 || !strings.Contains(commands[0], c.command) {
				t.Errorf("commands %q, want %q", commands, c.command)
			}
		})
	}
}

// A build runs on the builder that the plan names, whichever is chosen meanwhile.
func TestPlanHoldsTheBuilder(t *testing.T) {
	e, at, src := world(t)
	e.builder = big
	if p := ship.NewPlan(t.Context(), e, at, src, ship.Options{Stages: []ship.Stage{ship.Build}}); p.Build.Builder != "big" {
		t.Errorf("the build asks for the builder %q", p.Build.Builder)
	}
}

func TestBuilderThatCannotBeUsed(t *testing.T) {
	gone := &docker.Error{Kind: docker.ErrBuilder, Tried: "using the builder big", Happened: "connection refused", Do: "use the engine's own builder: docker buildx use default"}
	for name, c := range map[string]struct {
		stages []ship.Stage
		fatal  bool
	}{
		"stops a build":                       {[]ship.Stage{ship.Build}, true},
		"is no matter where nothing is built": {[]ship.Stage{ship.Deploy}, false},
	} {
		e, at, src := world(t)
		e.builder, e.pingErr = big, gone
		e.images = map[string]docker.Image{"web:" + tag: {ID: imageID}}
		p := ship.NewPlan(t.Context(), e, at, src, ship.Options{Stages: c.stages})
		found := false
		for _, q := range p.Fatal() {
			found = found || q.Stage == ship.Build && q.Do == gone.Do && strings.Contains(q.Text, "connection refused")
		}
		if found != c.fatal {
			t.Errorf("%s: problems %+v", name, p.Problems)
		}
	}
}
