package detail

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/checks"
	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/setup"
)

// judging is a subject whose card a test writes.
func judging(why func() (checks.Why, error)) Subject {
	return Subject{id: "1", kind: "container", title: "web", row: web(), tabs: []tab{
		{name: Logs}, {name: Why, ails: true, aim: screen.Origin.EngineTarget, why: func(context.Context, *env.Environment) (checks.Why, error) { return why() }},
	}}
}

// opened is a detail on the tab Why, with its card.
func opened(t *testing.T, why func() (checks.Why, error)) *Detail {
	t.Helper()
	d, _ := newDetail(t)
	d.wanted["container"] = Why
	drain(t, d, d.Show(judging(why)), func() bool { return d.loaded })
	return d
}

func TestWhatAilsIsMarked(t *testing.T) {
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		is   docker.Container
		ails bool
	}{
		{docker.Container{State: "running"}, false},
		{docker.Container{State: "running", Health: "starting"}, false},
		{docker.Container{State: "running", Health: "unhealthy"}, true},
		{docker.Container{State: "restarting"}, true},
		{docker.Container{State: "dead"}, true},
		{docker.Container{State: "exited", ExitCode: 1}, true},
		{docker.Container{State: "exited", ExitCode: 143}, false},
		{docker.Container{State: "exited", ExitCode: 255}, true},
		{docker.Container{State: "exited"}, false},
	} {
		if got := Container(&c.is).ails(now); got != c.ails {
			t.Errorf("%s %s %d: ails %t, want %t", c.is.State, c.is.Health, c.is.ExitCode, got, c.ails)
		}
	}
	for phase, ails := range map[kube.Phase]bool{kube.PhaseReady: false, kube.PhaseStarting: false, kube.PhaseDone: false, kube.PhaseWarning: true, kube.PhaseFailed: true} {
		if got := Pod(&kube.Pod{Phase: phase, Created: now}).ails(now); got != ails {
			t.Errorf("a pod in phase %d ails: %t", phase, got)
		}
	}
	waits := Pod(&kube.Pod{Phase: kube.PhaseStarting, Created: now})
	if why, _ := waits.tab(Why); !waits.ails(now.Add(2*time.Minute)) || why.every == 0 {
		t.Error("a pod that starts for ever is not marked, or not looked at again")
	}
	for kind, has := range map[string]bool{"Deployment": true, "StatefulSet": true, "DaemonSet": true, "Service": false} {
		group := "apps"
		if kind == "Service" {
			group = ""
		}
		if _, ok := whyObject(kube.Ref{Group: group, Kind: kind}, ""); ok != has {
			t.Errorf("a %s has Why: %t", kind, ok)
		}
	}
}

// The fix is the one of Setup: past the lock of what is not local, then shown.
func TestCardMends(t *testing.T) {
	fix := &checks.Fix{Title: "Stop blog"}
	d := opened(t, func() (checks.Why, error) {
		return checks.Why{Status: checks.Fail, Head: "Does not start: port 8080 is taken", Fix: fix}, nil
	})
	if d.Place() != keys.Why || d.Footer()[0] != keys.Fix || !strings.Contains(shown(d), "key f") {
		t.Fatalf("it does not offer the fix:\n%s", shown(d))
	}
	cmd, _ := d.Key(keys.Fix, tea.KeyPressMsg{})
	guard, ok := cmd().(screen.Guard)
	if !ok || guard.Does != "Stop blog" {
		t.Fatalf("the key sends %+v", guard)
	}
	if mend, ok := guard.Then().(setup.Mend); !ok || mend.Fix != fix || mend.Summary != "web: Does not start: port 8080 is taken" {
		t.Errorf("then it sends %+v", mend)
	}
	cmd, _ = d.Key(keys.Undo, tea.KeyPressMsg{})
	if _, ok := cmd().(setup.TakeBack); !ok {
		t.Error("u does not undo")
	}
}

func TestCardWithoutAFixSaysSo(t *testing.T) {
	d := opened(t, func() (checks.Why, error) { return checks.Why{Status: checks.Fail, Head: "Crashes"}, nil })
	cmd, _ := d.Key(keys.Fix, tea.KeyPressMsg{})
	if n, ok := cmd().(screen.Notify); !ok || !n.Bad {
		t.Errorf("got %+v", n)
	}
}

// While it is looked again, what is shown stays; a failure is told.
func TestCardStaysUntilTheNext(t *testing.T) {
	head, fails := "Crashes: exit code 1", error(nil)
	d := opened(t, func() (checks.Why, error) { return checks.Why{Status: checks.Fail, Head: head}, fails })
	cmd, _ := d.Key(keys.Refresh, tea.KeyPressMsg{})
	if !strings.Contains(shown(d), head) {
		t.Errorf("it went away:\n%s", shown(d))
	}
	head = "Crashes: exit code 2"
	d.Update(cmd())
	if !strings.Contains(shown(d), head) {
		t.Errorf("it is not new:\n%s", shown(d))
	}
	fails = errors.New("looking at container web: the engine does not answer")
	cmd, _ = d.Key(keys.Refresh, tea.KeyPressMsg{})
	d.Update(cmd())
	if !strings.Contains(shown(d), "why cannot be shown") || !strings.Contains(shown(d), "does not answer") {
		t.Errorf("the failure is not told:\n%s", shown(d))
	}
}

// Whatever the width, no row is wider, and nothing of what to do is cut.
func TestCardFits(t *testing.T) {
	why := checks.Why{
		Status: checks.Fail, Head: "Cannot pull ghcr.io/acme/web:1.0: 漢字 does not let the node have it", Says: "error: " + strings.Repeat("x", 300),
		Known: &checks.Explanation{Symptom: checks.Symptom{Cause: "The name does not resolve"}},
		Steps: []string{"kubectl create secret docker-registry regcred --docker-server=ghcr.io", "last step"},
		Facts: []checks.Fact{{What: "a very long name of something that was seen", Got: "it", At: noon}, {What: "node", Got: "漢字漢字漢字", Last: true, At: noon}},
		Tail:  []string{strings.Repeat("漢", 300), "\x1b[2Jerror"}, TailOf: "container web",
	}
	d := opened(t, func() (checks.Why, error) { return why, nil })
	for width := 20; width <= 240; width++ {
		d.card.lay(d.ctx, width)
		text := ""
		for _, r := range d.card.rows {
			text += " " + strings.Join(strings.Fields(r.plain), " ")
			if screen.Width(r.drawn) > width || screen.Width(r.plain) > width {
				t.Fatalf("at %d a row takes %d cells: %q", width, screen.Width(r.drawn), r.plain)
			}
			if strings.Contains(r.drawn, "\x1b[2J") {
				t.Fatalf("an escape sequence is drawn: %q", r.drawn)
			}
		}
		if !strings.Contains(text, "--docker-server=ghcr.io") && width > 40 || !strings.Contains(text, "last step") {
			t.Fatalf("at %d what to do is cut:\n%s", width, text)
		}
	}
}
