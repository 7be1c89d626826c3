package setup

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"github.com/twindeck/twindeck/checks"
	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/demo"
	"github.com/twindeck/twindeck/ui/dialog"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// barHeight is what header and footer take of a terminal.
const barHeight = 3

func newTestPart(t *testing.T, dark bool, list []*checks.Check, faults ...demo.Fault) *Part {
	t.Helper()
	return partOver(t, dark, list, demo.OpenAt(noon, faults...))
}

func partOver(t *testing.T, dark bool, list []*checks.Check, e *env.Environment) *Part {
	t.Helper()
	ctx := screen.NewContext(t.Context(), e, theme.New(dark), keys.Default(), func() time.Time { return noon })
	p := newPart(ctx, list)
	p.after = func(d time.Duration, then func(time.Time) tea.Msg) tea.Cmd {
		return func() tea.Msg { return alarm{d, then(noon)} }
	}
	p.SetSize(80, 24-barHeight)
	return p
}

// alarm stands for a timer that was set.
type alarm struct {
	after time.Duration
	msg   tea.Msg
}

// settle plays the app until nothing more comes, and returns what the part
// said to others, alarms included.
func settle(p *Part, cmd tea.Cmd) []tea.Msg {
	var said []tea.Msg
	todo := []tea.Cmd{cmd}
	for len(todo) > 0 {
		cmd, todo = todo[0], todo[1:]
		if cmd == nil {
			continue
		}
		msg := cmd()
		switch msg := msg.(type) {
		case nil:
		case tea.BatchMsg:
			todo = append(todo, msg...)
		case results:
			for i := range msg.got { // how long it took differs from run to run
				msg.got[i].Took, msg.got[i].At = 4*time.Millisecond, noon
			}
			todo = append(todo, p.Update(msg))
		case started, recheck, mending, fixed:
			todo = append(todo, p.Update(msg))
		default:
			said = append(said, msg)
		}
	}
	return said
}

func press(p *Part, actions ...keys.Action) tea.Cmd {
	var last tea.Cmd
	for _, a := range actions {
		last, _ = p.Key(a, tea.KeyPressMsg{})
	}
	return last
}

// TestScreens compares what is drawn, colours included, with golden files;
// go test -update writes them anew.
func TestScreens(t *testing.T) {
	scenes := []struct {
		name   string
		faults []demo.Fault
		then   []keys.Action
	}{
		{"healthy", []demo.Fault{demo.PodsWell}, nil},
		{"pods", nil, nil},
		{"two-faults", []demo.Fault{demo.KubernetesOff, demo.HelperMissing}, nil},
		{"opened", []demo.Fault{demo.EngineOff}, []keys.Action{keys.Open}},
		{"fix", []demo.Fault{demo.HelperMissing, demo.PodsWell}, []keys.Action{keys.Fix}},
	}
	for _, s := range scenes {
		for _, dark := range []bool{true, false} {
			p := newTestPart(t, dark, checks.All(), s.faults...)
			settle(p, p.Init())
			var over dialog.Dialog
			for _, said := range settle(p, press(p, s.then...)) {
				if ask, ok := said.(screen.Ask); ok {
					over = dialog.NewConfirm(p.ctx, ask)
				}
			}
			for _, size := range [][2]int{{80, 24}, {120, 36}, {200, 50}} {
				shade := "light"
				if dark {
					shade = "dark"
				}
				t.Run(fmt.Sprintf("%s/%dx%d-%s", s.name, size[0], size[1], shade), func(t *testing.T) {
					p.SetSize(size[0], size[1]-barHeight)
					requireFits(t, p)
					view := p.View()
					if over != nil {
						view = screen.Over(view, over.View(p.width-4, p.height-2), p.width, p.height, p.ctx.Theme.Faint)
					}
					golden.RequireEqual(t, view)
				})
			}
		}
	}
}

// requireFits checks that the view is as high and at most as wide as it may be.
func requireFits(t *testing.T, p *Part) {
	t.Helper()
	lines := strings.Split(p.View(), "\n")
	if len(lines) != p.height {
		t.Errorf("%d lines, not %d", len(lines), p.height)
	}
	for i, l := range lines {
		if w := ansi.StringWidth(l); w > p.width {
			t.Errorf("line %d takes %d cells of %d: %q", i, w, p.width, ansi.Strip(l))
		}
	}
}

func TestFitsAnySize(t *testing.T) {
	p := newTestPart(t, true, checks.All(), demo.KubernetesOff, demo.HelperMissing)
	settle(p, p.Init())
	for _, open := range []bool{false, true} {
		if open {
			press(p, keys.Open)
		}
		for w := 1; w < 140; w += 7 {
			for h := 1; h < 40; h += 3 {
				p.SetSize(w, h)
				requireFits(t, p)
			}
		}
	}
}

// A switch stands for something a person mends behind twindeck's back.
type lamp struct{ broken bool }

func (l *lamp) list() []*checks.Check {
	return []*checks.Check{
		{ID: "lamp.on", Subject: checks.Docker, Title: "The lamp is on", Why: "Without light nothing is seen.", Probe: l.probe},
		{ID: "lamp.read", Subject: checks.Docker, Title: "A book can be read", Needs: []string{"lamp.on"}, Probe: func(context.Context, *checks.Machine) checks.Finding {
			return checks.Finding{Status: checks.OK, Summary: "Read"}
		}},
	}
}

func (l *lamp) probe(context.Context, *checks.Machine) checks.Finding {
	if !l.broken {
		return checks.Finding{Status: checks.OK, Summary: "On"}
	}
	return checks.Finding{
		Status: checks.Fail, Summary: "The lamp is off",
		Evidence: []checks.Evidence{{What: "PASSWORD=hunter2", Got: "dark"}},
		Fix: &checks.Fix{
			Title: "Turn the lamp on", Changes: []string{"lamp on"},
			Lost: "the dark", Takes: "a moment",
			Edits: []checks.Edit{{Path: "/etc/lamp", Old: []byte("off\n"), New: []byte("on\n")}},
			Run: func(context.Context, func(string)) (*checks.Undo, error) {
				l.broken = false
				return &checks.Undo{
					Title: "Turn the lamp off again", Changes: []string{"lamp off"},
					Run: func(context.Context, func(string)) error { l.broken = true; return nil },
				}, nil
			},
		},
	}
}

func find[M tea.Msg](t *testing.T, said []tea.Msg) M {
	t.Helper()
	for _, m := range said {
		if m, ok := m.(M); ok {
			return m
		}
	}
	var none M
	t.Fatalf("no %T among %v", none, said)
	return none
}

func TestVerdictAndMendingByItself(t *testing.T) {
	l := &lamp{broken: true}
	p := newTestPart(t, true, l.list())
	said := settle(p, p.Init())
	if !find[Verdict](t, said).Broken {
		t.Error("a failed check is a broken set-up")
	}
	l.broken = false
	again := find[alarm](t, said)
	if again.after > 2*time.Second {
		t.Errorf("looks again after %s", again.after)
	}
	said = settle(p, p.Update(again.msg))
	if find[Verdict](t, said).Broken {
		t.Error("what was mended is still called broken")
	}
	if len(said) != 1 {
		t.Errorf("goes on looking though all is well: %v", said)
	}
	if !strings.Contains(ansi.Strip(p.View()), "All is well") {
		t.Errorf("not said to be well:\n%s", ansi.Strip(p.View()))
	}
}

func TestLinkChangeDuringARunRunsAgain(t *testing.T) {
	l := &lamp{broken: true}
	p := newTestPart(t, true, l.list())
	first := p.Init()
	if p.Update(LinkChanged{}) != nil {
		t.Error("a second run began beside the first")
	}
	settle(p, first)
	if p.run != 2 {
		t.Errorf("%d runs, not 2", p.run)
	}
}

func TestOldRunIsDropped(t *testing.T) {
	l := &lamp{broken: true}
	p := newTestPart(t, true, l.list())
	old := p.Init()()
	settle(p, press(p, keys.Refresh))
	before := p.summary.Counts
	if cmd := p.Update(old); cmd != nil || p.summary.Counts != before {
		t.Error("news of an older run was taken")
	}
}

func TestFix(t *testing.T) {
	l := &lamp{broken: true}
	p := newTestPart(t, true, l.list())
	settle(p, p.Init())

	ask := find[screen.Ask](t, settle(p, press(p, keys.Fix)))
	if !l.broken {
		t.Fatal("mended before a person agreed")
	}
	if !strings.Contains(strings.Join(ask.Body, "\n"), "lamp on") {
		t.Errorf("the dialog does not say what happens: %q", ask.Body)
	}
	if !strings.Contains(strings.Join(ask.Body, "\n"), "Lost: the dark.") || !ask.Danger || !strings.Contains(ask.Diff, "+on") {
		t.Errorf("the dialog does not say what is lost and changed: %+v", ask)
	}
	task := find[screen.StartTask](t, settle(p, ask.Then))
	if p.fixing == "" {
		t.Error("not shown as under way")
	}
	if find[screen.Notify](t, settle(p, press(p, keys.Fix))).Text == "" {
		t.Error("a second fix was not refused")
	}
	err := task.Run(t.Context(), func(string) {})
	said := settle(p, p.Update(task.Done(err)))
	if v := find[Verdict](t, said); v.Broken || p.fixing != "" {
		t.Error("not looked at again after the fix")
	}
	if n := find[screen.Notify](t, said); n.Bad || n.Text != "Mended: The lamp is on · u undoes it" {
		t.Errorf("said %+v", n)
	}
}

func TestFixThatDoesNotHelpSaysSo(t *testing.T) {
	l := &lamp{broken: true}
	p := newTestPart(t, true, l.list())
	settle(p, p.Init())
	n := find[screen.Notify](t, settle(p, p.Update(fixed{"lamp.on", "Turn the lamp on", nil, nil})))
	if !n.Bad || n.Text != "Done, and not mended yet: The lamp is off" {
		t.Errorf("said %+v", n)
	}
}

func TestUndo(t *testing.T) {
	l := &lamp{broken: true}
	p := newTestPart(t, true, l.list())
	settle(p, p.Init())
	if n := find[screen.Notify](t, settle(p, press(p, keys.Undo))); !n.Bad {
		t.Errorf("said %+v before anything was mended", n)
	}
	task := find[screen.StartTask](t, settle(p, find[screen.Ask](t, settle(p, press(p, keys.Fix))).Then))
	settle(p, p.Update(task.Done(task.Run(t.Context(), func(string) {}))))
	if !slices.Contains(p.Footer(), keys.Undo) {
		t.Error("the footer does not offer the undo")
	}

	ask := find[screen.Ask](t, settle(p, press(p, keys.Undo)))
	if l.broken || !strings.Contains(strings.Join(ask.Body, "\n"), "lamp off") {
		t.Errorf("undone before a person agreed, or not shown: %q", ask.Body)
	}
	task = find[screen.StartTask](t, settle(p, ask.Then))
	said := settle(p, p.Update(task.Done(task.Run(t.Context(), func(string) {}))))
	if v := find[Verdict](t, said); !v.Broken || p.last != nil {
		t.Error("it is not as it was")
	}
}

func TestFixFails(t *testing.T) {
	l := &lamp{broken: true}
	p := newTestPart(t, true, l.list())
	settle(p, p.Init())
	said := settle(p, p.Update(fixed{"lamp.on", "Turn the lamp on", nil, errors.New("no current")}))
	if n := find[screen.Notify](t, said); !n.Bad || !strings.Contains(n.Text, "no current") {
		t.Errorf("said %+v", n)
	}
}

func TestBlockedMeansItsCause(t *testing.T) {
	l := &lamp{broken: true}
	p := newTestPart(t, true, l.list())
	settle(p, p.Init())
	press(p, keys.Down, keys.Fold, keys.Down)
	if got := p.selected(); got != "lamp.read" {
		t.Fatalf("selected %q", got)
	}
	if r := p.mendable(); r == nil || r.Check.ID != "lamp.on" {
		t.Errorf("the fix of the cause is not offered: %+v", r)
	}
}

func TestOpenAndBack(t *testing.T) {
	l := &lamp{broken: true}
	p := newTestPart(t, true, l.list())
	settle(p, p.Init())
	press(p, keys.Open)
	if v := ansi.Strip(p.View()); !strings.Contains(v, "› The lamp is on") || !strings.Contains(v, "· lamp on") {
		t.Errorf("not opened:\n%s", v)
	}
	if _, handled := p.Key(keys.Back, tea.KeyPressMsg{}); !handled || p.open != "" {
		t.Error("esc does not lead back")
	}
	if _, handled := p.Key(keys.Back, tea.KeyPressMsg{}); handled {
		t.Error("esc in the list is the app's business")
	}
}

// The last lines of a log stay lines.
func TestOpenKeepsLines(t *testing.T) {
	p := newTestPart(t, true, []*checks.Check{{
		ID: "lamp.log", Subject: checks.Docker, Title: "The lamp says nothing", Probe: func(context.Context, *checks.Machine) checks.Finding {
			return checks.Finding{Status: checks.Fail, Summary: "It spoke", Evidence: []checks.Evidence{{What: "last lines", Got: "one\n  two"}}}
		},
	}})
	settle(p, p.Init())
	press(p, keys.Open)
	if v := ansi.Strip(p.View()); !strings.Contains(v, "last lines → one") || strings.Contains(v, "one   two") || !strings.Contains(v, "two") {
		t.Errorf("the lines are\n%s", v)
	}
}

func TestFold(t *testing.T) {
	l := &lamp{broken: true}
	p := newTestPart(t, true, l.list())
	settle(p, p.Init())
	if !strings.Contains(ansi.Strip(p.View()), "why it matters") {
		t.Fatal("the root cause is not unfolded")
	}
	press(p, keys.Fold)
	if strings.Contains(ansi.Strip(p.View()), "why it matters") {
		t.Error("space does not fold")
	}
	press(p, keys.Fold)
	if !strings.Contains(ansi.Strip(p.View()), "why it matters") {
		t.Error("space does not unfold")
	}
	press(p, keys.Bottom, keys.Fold)
	if !strings.Contains(ansi.Strip(p.View()), "A book can be read") {
		t.Error("a subject does not unfold")
	}
}

func TestReportHidesSecrets(t *testing.T) {
	l := &lamp{broken: true}
	p := newTestPart(t, true, l.list())
	settle(p, p.Init())
	text := find[screen.CopyText](t, settle(p, press(p, keys.Copy))).Text
	if strings.Contains(text, "hunter2") || !strings.Contains(text, "The lamp is off") {
		t.Errorf("report:\n%s", text)
	}
}

func TestClick(t *testing.T) {
	l := &lamp{broken: true}
	p := newTestPart(t, true, l.list())
	settle(p, p.Init())
	p.Update(tea.MouseClickMsg{X: 3, Y: 2, Button: tea.MouseLeft})
	if p.open != "lamp.on" {
		t.Errorf("a click on what is selected opened %q", p.open)
	}
}

// TestFixStartsDesktop mends the simulated environment with the real fix.
func TestFixStartsDesktop(t *testing.T) {
	e := demo.OpenAt(noon, demo.EngineOff)
	p := partOver(t, true, checks.All(), e)
	settle(p, p.Init())
	ask := find[screen.Ask](t, settle(p, press(p, keys.Fix)))
	task := find[screen.StartTask](t, settle(p, ask.Then))
	if err := task.Run(t.Context(), func(string) {}); err != nil {
		t.Fatal(err)
	}
	settle(p, p.Update(task.Done(nil)))
	if err := e.Docker.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	for _, r := range p.summary.Roots {
		if r.Check.Subject == checks.Docker {
			t.Errorf("still broken: %s", r.Finding.Summary)
		}
	}
}

// TestMoreBelow: a list cut by the screen's end says so, until its end is seen.
func TestMoreBelow(t *testing.T) {
	p := newTestPart(t, true, checks.All(), demo.EngineOff)
	settle(p, p.Init())
	const cue = "more below"
	for _, tt := range []struct {
		height int
		then   []keys.Action
		cut    bool
	}{{40, nil, false}, {12, nil, true}, {12, []keys.Action{keys.Bottom}, false}} {
		p.SetSize(80, tt.height)
		press(p, tt.then...)
		if got := strings.Contains(p.View(), cue); got != tt.cut {
			t.Errorf("%d lines, after %v: it says %q: %t\n%s", tt.height, tt.then, cue, got, p.View())
		}
	}
}

// A fix that another part found goes the same way: shown, done as a task, and
// its undo kept, wherever it is asked from. No check is said to be mended by it.
func TestFixOfAnotherPart(t *testing.T) {
	p := newTestPart(t, true, (&lamp{}).list())
	settle(p, p.Init())
	on := false
	fix := &checks.Fix{
		Title: "Turn the lamp on", Changes: []string{"lamp on"}, Lost: "the dark",
		Run: func(context.Context, func(string)) (*checks.Undo, error) {
			on = true
			return &checks.Undo{Title: "Turn it off", Changes: []string{"lamp off"}, Run: func(context.Context, func(string)) error { on = false; return nil }}, nil
		},
	}
	ask := find[screen.Ask](t, settle(p, p.Update(Mend{Summary: "web: it is dark", Fix: fix})))
	if body := strings.Join(ask.Body, "\n"); on || !strings.Contains(body, "web: it is dark") || !strings.Contains(body, "lamp on") || !strings.Contains(body, "Lost: the dark.") || !ask.Danger {
		t.Errorf("it is shown as %+v", ask)
	}
	task := find[screen.StartTask](t, settle(p, ask.Then))
	if n := find[screen.Notify](t, settle(p, p.Update(Mend{Fix: fix}))); !n.Bad {
		t.Errorf("a second fix beside the first: %+v", n)
	}
	for _, m := range settle(p, p.Update(task.Done(task.Run(t.Context(), func(string) {})))) {
		if n, ok := m.(screen.Notify); ok && strings.Contains(n.Text, "Mended") {
			t.Errorf("a check is said to be mended: %s", n.Text)
		}
	}
	undo := find[screen.Ask](t, settle(p, p.Update(TakeBack{})))
	task = find[screen.StartTask](t, settle(p, undo.Then))
	if err := task.Run(t.Context(), func(string) {}); err != nil || on {
		t.Errorf("it is not taken back: %v", err)
	}
}
