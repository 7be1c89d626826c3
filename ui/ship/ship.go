// Package ship is the screen that takes the code to the cluster: it shows the
// plan before anything changes, then the pipeline as it runs, and how it ended.
package ship

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	envship "github.com/twindeck/twindeck/env/ship"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
)

// Begin asks for a plan of these stages; none means all. The plan is shown
// and runs when a person says so.
type Begin struct{ Stages []envship.Stage }

// Part is the Ship screen.
type Part struct {
	// Options are what the configuration says; Stages are chosen by keys.
	Options envship.Options

	ctx           *screen.Context
	width, height int

	plan     *envship.Plan
	planning int  // number of the plan being made; 0: none
	asked    int  // plans asked for so far
	stale    bool // a person asked for another plan than the one that is shown
	planned  time.Time

	target   target // where plans go now
	unlocked where  // the one that may not be local and was unlocked by its name

	past *pipeline // the run under way or the last one; nil: none yet
	view showing

	list  screen.List
	folds map[string]bool
}

// showing is what the screen is about.
type showing int

const (
	showPlan showing = iota
	showRun
)

// New returns the part; Init asks for the first plan.
func New(ctx *screen.Context) *Part {
	return &Part{ctx: ctx, folds: map[string]bool{}}
}

// Init asks for a plan of all stages.
func (p *Part) Init() tea.Cmd { return p.makePlan(nil) }

// SetSize sets the room there is.
func (p *Part) SetSize(width, height int) { p.width, p.height = width, height }

// Update takes plans, and news of a run.
func (p *Part) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case Begin:
		if p.running() {
			p.view = showRun
			return screen.Send(screen.Notify{Text: "A ship is under way: " + p.ctx.Keys.Label(keys.Ship, keys.Cancel) + " cancels it", Bad: true})
		}
		return p.makePlan(msg.Stages)
	case planMade:
		p.takePlan(msg)
	case releaseChosen:
		p.Options.Release.Ask = msg.ask
		return p.makePlan(p.Options.Stages)
	case loginGiven:
		if p.plan == nil || p.plan.Context.Name != msg.context || p.plan.Namespace != msg.namespace {
			return screen.Send(screen.Notify{Text: "That was asked for another cluster: ask again", Bad: true})
		}
		p.Options.PullSecret = true
		return p.makePlan(p.Options.Stages)
	case unlocked:
		p.unlocked = msg.at
		return p.makePlan(p.Options.Stages)
	case news:
		return p.takeNews(msg)
	case screen.DockerNews:
		return p.aimAt(p.target.onEngine(msg.Snapshot))
	case screen.KubeNews:
		return p.aimAt(p.target.onCluster(msg.Snapshot))
	case screen.FactsChanged:
		if p.view == showPlan && !p.running() {
			return p.renewPlan()
		}
	case tea.MouseWheelMsg:
		a := keys.Down
		if msg.Button == tea.MouseWheelUp {
			a = keys.Up
		}
		p.list.Key(a, p.items(), p.body())
	case tea.MouseClickMsg:
		if msg.Button != tea.MouseLeft || msg.Y < headLines {
			return nil
		}
		// A second click unfolds; it never runs the plan.
		if again, _ := p.list.Click(p.items(), msg.Y-headLines); again && p.selected() != runItem {
			p.toggle()
		}
	}
	return nil
}

func (p *Part) running() bool { return p.past != nil && p.past.ended.IsZero() }

// onlyStages are what the keys that do a part of it ask for.
var onlyStages = map[keys.Action][]envship.Stage{
	keys.Build:  {envship.Build},
	keys.Push:   {envship.Build, envship.Deliver},
	keys.Deploy: {envship.Deploy, envship.Verify},
}

// Key acts on a key.
func (p *Part) Key(a keys.Action, msg tea.KeyPressMsg) (tea.Cmd, bool) {
	switch a {
	case keys.Run:
		return p.run(), true
	case keys.Build, keys.Push, keys.Deploy:
		return p.Update(Begin{onlyStages[a]}), true
	case keys.Refresh:
		if p.running() {
			return nil, true
		}
		return p.makePlan(p.Options.Stages), true
	case keys.GiveLogin:
		return p.giveLogin(), true
	case keys.Cancel:
		return p.cancel(), true
	case keys.Release:
		return p.chooseRelease(), true
	case keys.Open:
		if p.view == showPlan && p.selected() == runItem {
			return p.run(), true
		}
		p.toggle()
		return nil, true
	case keys.Back:
		if p.view == showRun && !p.running() && p.plan != nil {
			return p.makePlan(nil), true
		}
		return nil, false
	}
	if a == keys.Fold || a == "" && msg.String() == "space" {
		p.toggle()
		return nil, true
	}
	return nil, p.list.Key(a, p.items(), p.body())
}

func (p *Part) selected() string {
	items := p.items()
	if len(items) == 0 {
		return ""
	}
	return items[p.list.At(items)].ID
}

func (p *Part) toggle() {
	items := p.items()
	if len(items) == 0 {
		return
	}
	it := items[p.list.At(items)]
	p.folds[it.ID] = len(it.Lines(true)) <= 1
	p.list.Reveal(p.items(), p.body())
}

// run starts the plan that is shown; after a run it makes a new plan first.
func (p *Part) run() tea.Cmd {
	switch {
	case p.running():
		return screen.Send(screen.Notify{Text: "It runs already: " + p.ctx.Keys.Label(keys.Ship, keys.Cancel) + " cancels it"})
	case p.view == showRun || p.plan == nil:
		if p.planning != 0 {
			return nil
		}
		return p.makePlan(nil)
	case p.stale:
		return screen.Send(screen.Notify{Text: "The plan is still being made"})
	case p.locked(*p.plan):
		at := p.plan.Context
		return screen.Send(screen.Guard{
			Target: screen.Target{Name: at.Name, Where: at.Server},
			Does:   "deploy " + p.plan.Project.Name + " to " + p.plan.Namespace,
			Then:   screen.Send(unlocked{whereOf(at)}),
		})
	case len(p.plan.Fatal()) > 0:
		return screen.Send(screen.Notify{Text: "This plan cannot run: see what stands in its way", Bad: true})
	}
	return p.start(*p.plan)
}

func touchesCluster(plan envship.Plan) bool { return slices.Contains(plan.Stages, envship.Deploy) }

// runLimit ends what hangs; the rollout has a limit of its own.
const runLimit = time.Hour

// start makes the plan a task; its news come through a stream.
func (p *Part) start(plan envship.Plan) tea.Cmd {
	p.Options.PullSecret = false // asked for this plan alone
	s := newStream()
	e := p.ctx.Env
	task := screen.StartTask{
		Name:    verb(plan) + " " + plan.Project.Name,
		Command: command(plan),
		Limit:   runLimit,
		Run: func(ctx context.Context, say func(string)) error {
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			s.begin(cancel)
			progress := newProgress(say)
			_, err := envship.Run(ctx, e.Docker, e.Kube, plan, func(ev envship.Event) {
				progress.tell(ev)
				s.put(ev)
			})
			s.end(err)
			return err
		},
	}
	begin := func() tea.Msg { return news{stream: s, plan: &plan} }
	return tea.Batch(begin, screen.Send(task))
}

// verb is the command that runs the plan's stages.
func verb(plan envship.Plan) string {
	switch {
	case len(plan.Stages) == 0 || len(plan.Stages) > 2:
		return "ship"
	case plan.Stages[0] == envship.Deploy:
		return "deploy"
	case slices.Contains(plan.Stages, envship.Deliver):
		return "push"
	}
	return "build"
}

// cancel ends the run under way; what was applied stays and is named.
func (p *Part) cancel() tea.Cmd {
	if !p.running() {
		return screen.Send(screen.Notify{Text: "Nothing runs here"})
	}
	p.past.cancelling = true
	s := p.past.stream
	return func() tea.Msg { s.cancel(); return nil }
}

// View draws the screen.
func (p *Part) View() string {
	if p.view == showRun {
		return p.viewRun()
	}
	return p.viewPlan()
}

// Footer names the actions there are now.
func (p *Part) Footer() []keys.Action {
	if p.running() {
		return []keys.Action{keys.Cancel, keys.Open}
	}
	actions := []keys.Action{keys.Run, keys.Build, keys.Push, keys.Deploy, keys.Release, keys.Open, keys.Refresh}
	if p.view == showPlan && p.plan != nil && len(p.plan.Offers) > 0 {
		actions = append([]keys.Action{keys.GiveLogin}, actions...)
	}
	return actions
}
