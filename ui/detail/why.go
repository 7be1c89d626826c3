package detail

import (
	"context"
	"slices"
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

// Why is the tab that says what is the matter with a row.
const Why Tab = "Why"

// lookEvery is how often the card of what ails is made anew: a probe that fails
// once more, or an event, changes no row.
const lookEvery = 3 * time.Second

// startTime is how long a pod may be starting before Why is worth a look.
const startTime = time.Minute

// judge says what is the matter with a subject.
type judge func(ctx context.Context, e *env.Environment) (checks.Why, error)

// judged carries what is the matter to the detail.
type judged struct {
	turn int
	why  checks.Why
	err  error
}

func askWhy(ctx *screen.Context, of Subject, turn int, ask judge) tea.Cmd {
	return func() tea.Msg {
		life, cancel := context.WithTimeout(of.origin.Bind(ctx.Life), fetchLimit)
		defer cancel()
		why, err := ask(life, ctx.Env)
		return judged{turn, why, err}
	}
}

func whyContainer(c *docker.Container) tab {
	id := c.ID
	t := tab{
		name: Why, command: "docker inspect " + screen.Clean(c.Name), ails: containerAils(c), aim: screen.Origin.EngineTarget,
		why: func(ctx context.Context, e *env.Environment) (checks.Why, error) {
			return checks.WhyContainer(ctx, *e, id)
		},
	}
	return t.watched()
}

// watched has the card of what ails, or may, made anew now and then.
func (t tab) watched() tab {
	if t.ails || !t.doubt.IsZero() {
		t.every = lookEvery
	}
	return t
}

func whyPod(p *kube.Pod, command string) tab {
	namespace, name := p.Namespace, p.Name
	t := tab{
		name: Why, command: command, ails: p.Phase == kube.PhaseFailed || p.Phase == kube.PhaseWarning, aim: screen.Origin.ClusterTarget,
		why: func(ctx context.Context, e *env.Environment) (checks.Why, error) {
			return checks.WhyPod(ctx, *e, namespace, name)
		},
	}
	if p.Phase == kube.PhaseStarting {
		t.doubt = p.Created.Add(startTime)
	}
	return t.watched()
}

// containerAils reports whether a container is not as it should be. What
// docker stop and the end of the work leave behind is.
func containerAils(c *docker.Container) bool {
	switch c.State {
	case "restarting", "dead":
		return true
	case "created":
		return c.NotStarted != ""
	case "exited":
		return c.OutOfMemory || !checks.EndedOnPurpose(c.ExitCode)
	}
	return c.Health == "unhealthy"
}

// runsPods are the kinds whose pods say what is the matter with them.
var runsPods = []string{"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"}

// whyObject is the tab of an object; ok is false for a kind that cannot ail.
func whyObject(ref kube.Ref, command string) (t tab, ok bool) {
	t = tab{name: Why, command: command, aim: screen.Origin.ClusterTarget, every: lookEvery}
	switch {
	case ref.Kind == "Pod" && ref.Group == "":
		t.why = func(ctx context.Context, e *env.Environment) (checks.Why, error) {
			return checks.WhyPod(ctx, *e, ref.Namespace, ref.Name)
		}
	case slices.Contains(runsPods, ref.Kind) && (ref.Group == "apps" || ref.Group == "batch"):
		t.why = func(ctx context.Context, e *env.Environment) (checks.Why, error) {
			return checks.WhyWorkload(ctx, *e, ref)
		}
	default:
		return tab{}, false
	}
	return t, true
}

// Ails reports whether the row shown is not as it should be: Why is worth a look.
func (d *Detail) Ails() bool { return d.subject.ails(d.ctx.Now()) }

func (s Subject) ails(now time.Time) bool {
	t, ok := s.tab(Why)
	return ok && t.ill(now)
}

// keyWhy acts on the keys of the card alone.
func (d *Detail) keyWhy(a keys.Action) (cmd tea.Cmd, handled bool) {
	if d.tab != Why {
		return nil, false
	}
	switch a {
	case keys.Refresh:
		return d.load(), true // what is shown stays until the answer
	case keys.Fix:
		return d.mend(), true
	case keys.Undo:
		return screen.Send(setup.TakeBack{}), true
	}
	return nil, false
}

// mend asks for the card's fix, which is shown before anything is done.
func (d *Detail) mend() tea.Cmd {
	if d.card == nil || d.card.why.Fix == nil {
		return screen.Send(screen.Notify{Text: "Nothing here that twindeck can mend; what to do is shown", Bad: true})
	}
	t, _ := d.subject.tab(Why)
	fix := d.card.why.Fix
	return screen.Send(screen.Guard{
		Target: t.aim(d.subject.origin), Does: screen.Clean(fix.Title),
		Then: screen.Send(setup.Mend{Summary: d.subject.title + ": " + screen.Clean(d.card.why.Head), Fix: fix}),
	})
}

// takeWhy takes what is the matter, as it comes.
func (d *Detail) takeWhy(msg judged) tea.Cmd {
	if msg.turn != d.turn || msg.err != nil && d.kept() {
		return nil
	}
	d.loaded, d.err, d.readAt = true, msg.err, d.ctx.Now()
	if msg.err == nil {
		d.card = &card{why: msg.why}
	}
	if d.stale {
		return d.refreshSoon()
	}
	return nil
}

func (d *Detail) whyFooter() []keys.Action {
	all := []keys.Action{keys.Refresh, keys.Copy, keys.NextMatch, keys.NextTab, keys.ZoomDetail, keys.Back}
	if d.card != nil && d.card.why.Fix != nil {
		all = append([]keys.Action{keys.Fix, keys.Undo}, all...)
	}
	return all
}
