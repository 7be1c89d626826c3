package ship

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/demo"
	envship "github.com/twindeck/twindeck/env/ship"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

// barHeight is what header and footer take of a terminal.
const barHeight = 3

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// scene is a Ship screen over the simulated environment, whose clock is the
// screen's too.
type scene struct {
	t    *testing.T
	env  *env.Environment
	part *Part
	now  time.Time
}

func newScene(t *testing.T, dark bool, faults ...demo.Fault) *scene {
	s := &scene{t: t, env: demo.OpenAt(noon, faults...), now: noon}
	ctx := screen.NewContext(t.Context(), s.env, theme.New(dark), keys.Default(), func() time.Time { return s.now })
	s.part = New(ctx)
	s.part.SetSize(80, 24-barHeight)
	return s
}

// plan asks for a plan and waits for it.
func (s *scene) plan(stages ...envship.Stage) *scene {
	s.part.Update(s.part.Update(Begin{stages})())
	return s
}

// run runs the plan to its end and shows the part of it up to the first event
// that until accepts; nil shows all.
func (s *scene) run(until func(envship.Event) bool) *scene {
	s.t.Helper()
	st := newStream()
	plan := *s.part.plan
	s.part.Update(news{stream: st, plan: &plan})
	began := s.env.Host.Now()
	var shown []envship.Event
	_, err := envship.Run(s.t.Context(), s.env.Docker, s.env.Kube, plan, func(ev envship.Event) {
		ev.Time = s.env.Host.Now()
		if ev.Report != nil {
			ev.Report.Took = ev.Time.Sub(began)
		}
		shown = append(shown, ev)
	})
	for i, ev := range shown {
		if until != nil && until(ev) {
			s.now = ev.Time
			s.part.Update(news{stream: st, events: shown[:i+1]})
			return s
		}
	}
	if until != nil {
		s.t.Fatal("the run never came to the moment to be shown")
	}
	s.now = s.env.Host.Now()
	s.part.Update(news{stream: st, events: shown, over: true, err: err})
	return s
}

// shows begins a run of the plan and tells these events of it.
func (s *scene) shows(events []envship.Event) *scene {
	st := newStream()
	plan := *s.part.plan
	s.part.Update(news{stream: st, plan: &plan})
	s.now = events[len(events)-1].Time
	s.part.Update(news{stream: st, events: events})
	return s
}

// said are the messages of a command to others, its batches unpacked.
func said(cmd tea.Cmd) []tea.Msg {
	if cmd == nil {
		return nil
	}
	msg := cmd()
	batch, ok := msg.(tea.BatchMsg)
	if !ok {
		return []tea.Msg{msg}
	}
	var all []tea.Msg
	for _, c := range batch {
		all = append(all, said(c)...)
	}
	return all
}

func find[M tea.Msg](t *testing.T, msgs []tea.Msg) M {
	t.Helper()
	for _, m := range msgs {
		if m, ok := m.(M); ok {
			return m
		}
	}
	var none M
	t.Fatalf("no %T among %v", none, msgs)
	return none
}

func (s *scene) press(a keys.Action) []tea.Msg {
	cmd, _ := s.part.Key(a, tea.KeyPressMsg{})
	return said(cmd)
}

func (s *scene) sees(t *testing.T, texts ...string) {
	t.Helper()
	view := ansi.Strip(s.part.View())
	for _, text := range texts {
		if !strings.Contains(view, text) {
			t.Errorf("%q cannot be seen in\n%s", text, view)
		}
	}
}

// TestShip goes the whole way by keys: the plan is shown, run, and ends with
// the digest that was built.
func TestShip(t *testing.T) {
	s := newScene(t, true).plan()
	s.sees(t, "Nothing has changed yet", "deployment/my-app", "= stays")

	msgs := s.press(keys.Run)
	first := find[news](t, msgs)
	task := find[screen.StartTask](t, msgs)
	next := s.part.Update(first)
	if !s.part.running() {
		t.Fatal("does not run")
	}

	var steps []string
	failed := make(chan error, 1)
	go func() { failed <- task.Run(t.Context(), func(text string) { steps = append(steps, text) }) }()
	for next != nil {
		next = s.part.Update(next())
	}
	if err := <-failed; err != nil {
		t.Fatal(err)
	}
	s.sees(t, "running 3/3 of sha256:", "verified")
	digest := s.part.past.report.Digest
	for _, pod := range s.env.Kube.Snapshot().Pods {
		if pod.Owner.Name == "my-app" && pod.Images[0].Digest != digest {
			t.Errorf("pod %s runs %s and not %s", pod.Name, pod.Images[0].Digest, digest)
		}
	}
	if all := strings.Join(steps, "\n"); !strings.Contains(all, "build [4/6]") || !strings.Contains(all, "rollout my-app 3/3") {
		t.Errorf("the footer was told:\n%s", all)
	}

	s.plan()
	s.sees(t, "last run", "running 3/3")
}

func TestEnterRunsOnlyFromTheFirstLine(t *testing.T) {
	s := newScene(t, true).plan()
	s.press(keys.Bottom)
	s.press(keys.Up)
	if msgs := s.press(keys.Open); len(msgs) > 0 {
		t.Errorf("enter on an object did %v", msgs)
	}
	s.sees(t, "image: my-app:v1.4.2")
	s.press(keys.Top)
	find[screen.StartTask](t, s.press(keys.Open))
}

func TestFatalPlanDoesNotRun(t *testing.T) {
	for name, fault := range map[string]demo.Fault{"engine off": demo.EngineOff, "no project": demo.NoProject} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t, true, fault).plan()
			if n := find[screen.Notify](t, s.press(keys.Run)); !n.Bad {
				t.Errorf("said %+v", n)
			}
			if s.part.running() {
				t.Error("runs")
			}
		})
	}
}

func TestUnlock(t *testing.T) {
	s := newScene(t, true, demo.ContextNotLocal).plan()
	s.sees(t, "Locked")
	guard := find[screen.Guard](t, s.press(keys.Run))
	if guard.Target.Local || !strings.Contains(guard.Target.Name, "production") {
		t.Errorf("guards %+v", guard.Target)
	}
	plan := s.part.Update(find[unlocked](t, said(guard.Then)))
	s.part.Update(plan())
	s.sees(t, "Run this plan")
	find[screen.StartTask](t, s.press(keys.Run))
}

func TestStagesByKeys(t *testing.T) {
	for key, want := range map[keys.Action]string{
		keys.Build:  "build  ",
		keys.Push:   "build → deliver  ",
		keys.Deploy: "deploy → verify  ",
	} {
		s := newScene(t, true).plan()
		s.part.Update(find[planMade](t, s.press(key)))
		s.sees(t, "my-app   "+want)
	}
}

func TestOldPlanIsDropped(t *testing.T) {
	s := newScene(t, true)
	slow := s.part.Update(Begin{})()
	s.plan(envship.Build)
	s.part.Update(slow)
	if len(s.part.plan.Stages) != 1 {
		t.Errorf("an older plan of %v took the place of the newer", s.part.plan.Stages)
	}
}

// TestCancel ends a run truly: the context of the work is cancelled.
// What changes elsewhere renews the plan; what is on the screen can be run all
// the same. What a person asked for instead cannot be run before it is shown.
func TestRunWhileAPlanIsMade(t *testing.T) {
	s := newScene(t, true).plan(envship.Build)
	s.part.Update(screen.FactsChanged{})
	task := find[screen.StartTask](t, s.press(keys.Run))
	if task.Command != "twindeck build" {
		t.Errorf("it runs %s", task.Command)
	}

	s = newScene(t, true).plan(envship.Build)
	s.press(keys.Refresh)
	if n := find[screen.Notify](t, s.press(keys.Run)); !strings.Contains(n.Text, "still being made") {
		t.Errorf("it says %q", n.Text)
	}
}

func TestCancel(t *testing.T) {
	s := newScene(t, true).plan()
	msgs := s.press(keys.Run)
	next := s.part.Update(find[news](t, msgs))
	s.press(keys.Cancel)
	err := find[screen.StartTask](t, msgs).Run(t.Context(), func(string) {})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
	for next != nil {
		next = s.part.Update(next())
	}
	s.sees(t, "cancelled", "unchanged: nothing was applied")
	if msgs := s.press(keys.Cancel); find[screen.Notify](t, msgs).Text == "" {
		t.Error("nothing to cancel is not said")
	}
}

func TestNewsIsCoalesced(t *testing.T) {
	st := newStream()
	for range 10_000 {
		st.put(envship.Event{})
	}
	n, ok := st.next(t.Context())().(news)
	if !ok || len(n.events) != 10_000 {
		t.Fatalf("got %d events at once", len(n.events))
	}
	st.end(nil)
	for !n.over { // there may be news of nothing before
		n = st.next(t.Context())().(news)
	}
}

func TestStreamEndsWithTheApp(t *testing.T) {
	life, end := context.WithCancel(t.Context())
	end()
	if msg := newStream().next(life)(); msg != nil {
		t.Errorf("got %v", msg)
	}
}

// A card that does not say what to do gets what is known of its cause.
func TestCardOfAKnownError(t *testing.T) {
	s := newScene(t, true)
	card := ansi.Strip(strings.Join(s.part.card(envship.Failure{Stage: envship.Deploy, Cause: `namespaces "shop" not found`}), "\n"))
	for _, want := range []string{`namespaces "shop" not found`, "this means", "The namespace shop does not exist", "kubectl create namespace shop"} {
		if !strings.Contains(card, want) {
			t.Errorf("no %q in\n%s", want, card)
		}
	}
	card = ansi.Strip(strings.Join(s.part.card(envship.Failure{Stage: envship.Deploy, Cause: `namespaces "shop" not found`, Do: "make it"}), "\n"))
	if strings.Contains(card, "this means") || !strings.Contains(card, "make it") {
		t.Errorf("advice of its own is replaced:\n%s", card)
	}
}
