package ui

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/demo"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/link"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

func TestLinkLevel(t *testing.T) {
	refused := errors.New("connection refused")
	for _, tt := range []struct {
		status link.Status
		want   theme.Level
	}{
		{link.Status{State: link.Connecting}, theme.Starting},
		{link.Status{State: link.Connecting, Err: refused}, theme.Broken},
		{link.Status{State: link.Live}, theme.Good},
		{link.Status{State: link.Lost, Err: refused}, theme.Broken},
		{link.Status{State: link.Absent, Err: refused}, theme.Idle},
		{link.Status{State: link.Connecting, Err: kube.ErrForbidden}, theme.Attention},
	} {
		if got := linkLevel(tt.status); got != tt.want {
			t.Errorf("%s, %v: %s, want %s", tt.status.State, tt.status.Err, got.Glyph(), tt.want.Glyph())
		}
	}
}

// An engine that is not this machine's usual one is named in the header, in red
// where it is far away.
func TestHeaderNamesTheEngine(t *testing.T) {
	for want, at := range map[string]docker.Endpoint{
		"● Docker 29.6   ":                   {},
		"● Docker 29.6    ":                  {Context: "desktop-linux", Host: "unix:///d.sock", Local: true},
		"● colima Docker 29.6":               {Context: "colima", Host: "unix:///c.sock", Local: true},
		"● RED build-server Docker 29.6":     {Context: "build-server", Host: "ssh://build"},
		"● RED tcp://build:2376 Docker 29.6": {Context: "default", Host: "tcp://build:2376"},
		"● RED \u25cfx Docker 29.6":          {Context: "\x1b[2J\u25cfx", Host: "tcp://evil"},
	} {
		a := NewApp(t.Context(), demo.OpenAt(noon), Options{})
		a.ctx.Facts.Endpoint, a.ctx.Facts.Engine.Engine = at, "29.6.0"
		a.docker.State = link.Live
		got := a.headerRight()
		red := a.ctx.Theme.Bad.Bold().Render("#")
		before, _, _ := strings.Cut(red, "#")
		plain := ansi.Strip(strings.ReplaceAll(got[0], before, "RED "))
		if !strings.HasPrefix(plain+" ", strings.TrimSpace(want)+" ") {
			t.Errorf("%+v: the header says %q, want %q", at, plain, want)
		}
	}
}

// mute is an engine and a cluster that never say what they are, once far is set.
type (
	muteEngine struct {
		env.Docker
		far *atomic.Bool
	}
	muteCluster struct {
		env.Kube
		far *atomic.Bool
	}
)

func (m muteEngine) Version(ctx context.Context) (docker.Version, error) {
	if m.far.Load() {
		<-ctx.Done()
		return docker.Version{}, ctx.Err()
	}
	return m.Docker.Version(ctx)
}

func (m muteCluster) Version(ctx context.Context) (kube.Version, error) {
	if m.far.Load() {
		<-ctx.Done()
		return kube.Version{}, ctx.Err()
	}
	return m.Kube.Version(ctx)
}

// After another engine or cluster was chosen the header names it at once, and
// says nothing of the former one any more.
func TestHeaderTellsTheTruthAtOnce(t *testing.T) {
	e := demo.OpenAt(noon)
	var far atomic.Bool
	e.Docker, e.Kube = muteEngine{e.Docker, &far}, muteCluster{e.Kube, &far}
	s := open(t, e, 120, 36)
	s.settled()
	s.see("● Docker 29.6", "● docker-desktop v1.36.3")
	s.idle()
	far.Store(true)
	choose := func(name string) {
		s.press("c")
		s.see("Where to work", name)
		s.typed(name)
		s.press("enter")
	}
	choose("build-server")
	s.see("● build-server Docker   ● docker-desktop")
	choose("k3d-dev")
	s.see("● k3d-dev  ns default")
	if got := s.app.ctx.Facts; got.Engine != (docker.Version{}) || got.Cluster != (kube.Version{}) {
		t.Errorf("the former ones' versions are still there: %+v %+v", got.Engine, got.Cluster)
	}
	s.press("$")
	s.see("export DOCKER_CONTEXT=build-server")
	s.gone("use-context")
}

// Namespaces of a former cluster are not offered, nor taken when they come late.
func TestNamespacesAreOfOneCluster(t *testing.T) {
	n := &namespaces{}
	n.took(namespacesCame{of: "a", names: []string{"billing"}}, "a")
	n.forget()
	n.took(namespacesCame{of: "a", names: []string{"billing"}}, "b")
	if len(n.names) > 0 {
		t.Errorf("%q are offered", n.names)
	}
	s := open(t, demo.OpenAt(noon), 120, 36)
	s.settled()
	s.press("n")
	s.until("namespaces", func(string) bool { return len(s.app.namespaces.names) > 0 })
	s.press("esc")
	s.send(screen.KubeNews{Snapshot: kube.Snapshot{Context: "elsewhere"}})
	if got := s.app.namespaces.names; len(got) > 0 {
		t.Errorf("%q are offered elsewhere", got)
	}
}
