package checks

import (
	"context"
	"strings"
	"testing"

	"github.com/twindeck/twindeck/env/docker"
)

func (d *fakeDocker) Builder(string) (docker.Builder, error) {
	if d.builder.Name == "" && d.builderErr == nil {
		return docker.Builder{Name: d.endpoint.Context, Driver: "docker", Place: d.endpoint.Host, Own: true}, nil
	}
	return d.builder, d.builderErr
}

func (d *fakeDocker) PingBuilder(ctx context.Context, _ string) (docker.BuilderState, error) {
	if d.builderDown != nil {
		return docker.BuilderState{}, d.builderDown
	}
	return d.builderState, d.answer(ctx)
}

const macBuilders = "/Users/ada/.docker/buildx/current"

// chosen is a builder that docker buildx use has chosen for Docker Desktop.
func chosen(l *laptop, driver, place string) {
	l.host.Files[macBuilders] = `{"Key":"desktop-linux","Name":"box","Global":false}`
	l.docker.builder = docker.Builder{Name: "box", Driver: driver, Place: place, Why: "docker buildx use", File: macBuilders, Scope: "desktop-linux"}
}

func builderDown(happened, do string) error {
	return &docker.Error{Kind: docker.ErrBuilder, Tried: "using the builder box", Happened: happened, Do: do}
}

// builderFaults are what can be wrong with a builder that is not the engine's own.
var builderFaults = []fault{
	{
		name: "the builder's container is gone", on: mac, want: Fail, id: "docker.builder", says: "box cannot be used", do: "Let buildx create it anew: docker buildx inspect --bootstrap box", fix: true,
		spoil: func(_ *testing.T, l *laptop) {
			chosen(l, "docker-container", "container buildx_buildkit_box0")
			l.docker.builderDown = builderDown("there is no container buildx_buildkit_box0 any more", "let buildx create it anew: docker buildx inspect --bootstrap box")
		},
	},
	{
		name: "nobody answers at the builder's address", on: mac, want: Fail, id: "docker.builder", says: "box cannot be used", do: "docker buildx ls", fix: true,
		spoil: func(_ *testing.T, l *laptop) {
			chosen(l, "remote", "tcp://build.example:1234")
			l.docker.builderDown = builderDown("BuildKit there did not answer within 5 s", "see whether buildkitd listens there")
		},
	},
	{
		name: "BUILDX_BUILDER names no builder", on: linux, want: Fail, id: "docker.builder", says: "cannot be used", do: "Unset BUILDX_BUILDER", fix: true,
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Env["BUILDX_BUILDER"] = "gone"
			l.docker.builder = docker.Builder{Name: "gone", Why: "BUILDX_BUILDER"}
			l.docker.builderErr = builderDown("buildx knows no builder of this name", "unset BUILDX_BUILDER or set it to another one (docker buildx ls)")
		},
	},
}

// A container that is stopped is no fault: a build starts it.
func TestBuilderThatIsFine(t *testing.T) {
	for want, state := range map[string]docker.BuilderState{
		"box (docker-container)":                               {BuildKit: "v0.33.1"},
		"box (docker-container) is stopped; a build starts it": {Stopped: true},
	} {
		l := mac(t)
		chosen(l, "docker-container", "container buildx_buildkit_box0")
		l.docker.builderState = state
		if f := probeBuilder(t.Context(), &Machine{Environment: l.environment()}); f.Status != OK || f.Summary != want {
			t.Errorf("%s: %s, want %s", f.Status, f.Summary, want)
		}
	}
}

// The fix writes what docker buildx use writes, and its undo what was there.
func TestUseOwnBuilder(t *testing.T) {
	l := mac(t)
	chosen(l, "remote", "tcp://build.example:1234")
	l.docker.builderDown = builderDown("refused", "")
	before := l.host.Files[macBuilders]
	f := probeBuilder(t.Context(), &Machine{Environment: l.environment()})
	if f.Fix == nil {
		t.Fatal("there is no fix")
	}
	if first := f.Fix.Changes[0]; first != "docker buildx use desktop-linux" {
		t.Errorf("it says it does %q", first)
	}
	undo, err := f.Fix.Run(t.Context(), func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	if got := l.host.Files[macBuilders]; !strings.Contains(got, `"Key":"desktop-linux"`) || !strings.Contains(got, `"Name":"desktop-linux"`) {
		t.Errorf("the file holds %s", got)
	}
	if err := undo.Run(t.Context(), func(string) {}); err != nil {
		t.Fatal(err)
	}
	if got := l.host.Files[macBuilders]; got != before {
		t.Errorf("after the undo it holds %s", got)
	}
}
