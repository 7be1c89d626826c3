package ship

import (
	"context"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/twindeck/twindeck/env/demo"
	envship "github.com/twindeck/twindeck/env/ship"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
)

// The other contexts of the simulated laptop.
const (
	otherCluster = "k3d-dev"
	otherEngine  = "build-server"
)

// learn tells the screen what the environment says now, and returns what it
// wants done for it.
func (s *scene) learn() []tea.Cmd {
	return []tea.Cmd{
		s.part.Update(screen.DockerNews{Snapshot: s.env.Docker.Snapshot()}),
		s.part.Update(screen.KubeNews{Snapshot: s.env.Kube.Snapshot()}),
	}
}

// asked are the plans that a command makes.
func asked(cmds []tea.Cmd) []planMade {
	var all []planMade
	for _, cmd := range cmds {
		for _, msg := range said(cmd) {
			if m, ok := msg.(planMade); ok {
				all = append(all, m)
			}
		}
	}
	return all
}

// starts says whether a key starts a run.
func (s *scene) starts(a keys.Action) bool {
	for _, m := range s.press(a) {
		if _, ok := m.(screen.StartTask); ok {
			return true
		}
	}
	return false
}

// A plan for another engine, cluster or namespace than those in force is gone
// at once, cannot be run, and another takes its place. Where all namespaces are
// shown, as at first here, a plan is for the context's own.
func TestAPlanFollowsItsTarget(t *testing.T) {
	for name, c := range map[string]struct {
		move   func(s *scene) error
		stages []envship.Stage
		before string
		after  string
	}{
		"another cluster": {
			move:   func(s *scene) error { return s.env.Kube.SetContext(otherCluster) },
			before: "namespace default of docker-desktop", after: "of " + otherCluster,
		},
		"another engine": {
			move:   func(s *scene) error { return s.env.Docker.SetContext(otherEngine) },
			stages: []envship.Stage{envship.Build},
			before: "with the engine of desktop-linux", after: "with the engine of " + otherEngine,
		},
		"another namespace": {
			move:   func(s *scene) error { s.env.Kube.SetNamespace("kube-system"); return nil },
			before: "namespace default of docker-desktop", after: "namespace kube-system of docker-desktop",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t, true).plan(c.stages...)
			if made := asked(s.learn()); len(made) > 0 {
				t.Error("what is learned at first is taken for a move")
			}
			s.sees(t, c.before)
			if err := c.move(s); err != nil {
				t.Fatal(err)
			}
			renew := s.learn()
			if view := ansi.Strip(s.part.View()); strings.Contains(view, c.before) || !strings.Contains(view, "asking the engine and the cluster") {
				t.Errorf("the former plan is still shown:\n%s", view)
			}
			if s.starts(keys.Run) || s.starts(keys.Open) {
				t.Error("a plan runs that nobody sees")
			}
			made := asked(renew)
			if len(made) != 1 {
				t.Fatalf("%d plans are made anew", len(made))
			}
			s.part.Update(made[0])
			s.sees(t, c.after)
			if len(c.stages) > 0 && len(s.part.plan.Stages) != len(c.stages) {
				t.Errorf("the new plan has the stages %v, and %v were asked for", s.part.plan.Stages, c.stages)
			}
			if made := asked(s.learn()); len(made) > 0 {
				t.Error("the plan is made anew without a move")
			}
		})
	}
}

// A plan that was on its way when the target moved never comes to the screen.
func TestAPlanOnItsWayIsDropped(t *testing.T) {
	s := newScene(t, true).plan()
	s.learn()
	slow := s.part.Update(Begin{})()
	if err := s.env.Kube.SetContext(otherCluster); err != nil {
		t.Fatal(err)
	}
	renew := s.learn()
	s.part.Update(slow)
	if s.part.plan != nil {
		t.Errorf("a plan for %s is shown, and %s is in force", s.part.plan.Context.Name, otherCluster)
	}
	s.part.Update(asked(renew)[0])
	s.sees(t, "of "+otherCluster)
}

// What runs goes on to where it was asked for; the plan after it is for where
// one is then.
func TestARunStaysWhereItBegan(t *testing.T) {
	s := newScene(t, true).plan(envship.Build)
	s.learn()
	msgs := s.press(keys.Run)
	s.part.Update(find[news](t, msgs))
	if err := s.env.Docker.SetContext(otherEngine); err != nil {
		t.Fatal(err)
	}
	if made := asked(s.learn()); len(made) > 0 || !s.part.running() || s.part.past.plan.Engine.Context != "desktop-linux" {
		t.Errorf("the run is disturbed: %d plans, for %s", len(made), s.part.past.plan.Engine.Context)
	}
	err := find[screen.StartTask](t, msgs).Run(t.Context(), func(string) {})
	if err == nil || !strings.Contains(err.Error(), "this was asked of context desktop-linux") {
		t.Errorf("it went on elsewhere: %v", err)
	}
	for next := s.part.past.stream.next(context.Background()); next != nil; {
		next = s.part.Update(next())
	}
	s.part.Update(find[planMade](t, s.press(keys.Run)))
	if at := s.part.plan.Engine.Context; at != otherEngine {
		t.Errorf("the next plan is for %s", at)
	}
}

// A login that was to be given to the pods of one cluster is not given to those
// of another.
func TestALoginIsForOneCluster(t *testing.T) {
	s := newScene(t, true, demo.RegistryRequired, demo.RegistryPrivate).plan()
	s.learn()
	ask := find[screen.Ask](t, s.press(keys.GiveLogin))
	s.part.Update(s.part.Update(ask.Then())())
	if len(s.part.plan.PullSecrets) != 1 {
		t.Fatalf("the plan gives %+v", s.part.plan.PullSecrets)
	}
	if err := s.env.Kube.SetContext("docker-desktop"); err != nil {
		t.Fatal(err)
	}
	s.part.Update(asked(s.learn())[0])
	if len(s.part.plan.PullSecrets) > 0 {
		t.Errorf("after the move the plan gives %+v", s.part.plan.PullSecrets)
	}
	if n, ok := s.part.Update(ask.Then())().(screen.Notify); !ok || !n.Bad || s.part.Options.PullSecret {
		t.Errorf("a yes that was meant for another cluster counts: %+v", n)
	}
}
