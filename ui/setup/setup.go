// Package setup is the screen that says what is wrong with a developer's
// Docker and Kubernetes, why, and how to mend it.
package setup

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/checks"
	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
)

// Verdict tells the app how a run of the checks ended.
type Verdict struct {
	Broken bool   // the set-up failed, and not only a pod in it: it is what to look at
	Line   string // the counts in a line: "2 problems · 31 fine"
}

// LinkChanged tells the part that the link to the engine or the cluster came
// up or went down: what was found is out of date.
type LinkChanged struct{}

// Part is the Setup screen.
type Part struct {
	ctx   *screen.Context
	list  []*checks.Check                                      // of the newest run
	anew  func(env.Environment) []*checks.Check                // what the next run is to be of
	after func(time.Duration, func(time.Time) tea.Msg) tea.Cmd // tea.Tick

	width, height int

	shown   []checks.Result // what is on the screen
	summary checks.Summary  // of shown
	coming  []checks.Result // of the run under way
	run     int             // number of the newest run; older news is dropped
	running bool
	again   bool // something changed while a run was under way
	first   bool // no run has ended yet: show results as they come
	checked time.Time

	fixing string  // ID of the check being mended
	verify string  // ID of a check that was mended and is being looked at again
	last   *mended // the last fix, for its undo; nil: none
	folds  map[string]bool
	cursor screen.List
	open   string // ID of the check that is open; empty: the list
	top    int    // of the open check, first line shown
}

// New returns the part; Init starts the first run.
func New(ctx *screen.Context) *Part {
	p := newPart(ctx, checks.All())
	p.anew = checks.Catalogue
	return p
}

func newPart(ctx *screen.Context, list []*checks.Check) *Part {
	same := func(env.Environment) []*checks.Check { return list }
	return &Part{ctx: ctx, list: list, anew: same, after: tea.Tick, first: true, folds: map[string]bool{}}
}

// Init starts the first run of the checks.
func (p *Part) Init() tea.Cmd { return p.check() }

// SetSize sets the room there is.
func (p *Part) SetSize(width, height int) { p.width, p.height = width, height }

// Update takes news of the run, and of what makes a new one worth while.
func (p *Part) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case started:
		if msg.run == p.run {
			p.takeList(msg.list)
			return p.next(msg.run, msg.results)
		}
	case results:
		return p.take(msg)
	case recheck:
		if msg.run == p.run && !p.running {
			return p.check()
		}
	case LinkChanged:
		if p.running {
			p.again = true
			return nil
		}
		return p.check()
	case Mend:
		return p.mend(msg)
	case TakeBack:
		return p.undo()
	case mending:
		p.fixing = msg.id
	case fixed:
		return p.fixEnded(msg)
	case undone:
		return p.undoEnded(msg)
	case tea.MouseWheelMsg:
		p.wheel(msg)
	case tea.MouseClickMsg:
		p.click(msg)
	}
	return nil
}

// Key acts on a key.
func (p *Part) Key(a keys.Action, msg tea.KeyPressMsg) (tea.Cmd, bool) {
	switch a {
	case keys.Refresh:
		return p.check(), true
	case keys.Fix:
		return p.fix(), true
	case keys.Undo:
		return p.undo(), true
	case keys.Copy:
		return p.copyReport(), true
	case keys.Fold:
		p.toggle()
		return nil, true
	}
	if a == "" && msg.String() == "space" {
		p.toggle()
		return nil, true
	}
	if p.open != "" {
		return nil, p.keyOpen(a)
	}
	return nil, p.keyList(a)
}

// View draws the screen.
func (p *Part) View() string {
	if p.open != "" {
		return p.viewOpen()
	}
	return p.viewList()
}

// Footer names the actions there are now.
func (p *Part) Footer() []keys.Action {
	if p.open != "" {
		return p.withFix([]keys.Action{keys.Back, keys.Refresh, keys.Copy})
	}
	return p.withFix([]keys.Action{keys.Open, keys.Refresh, keys.Copy, keys.Explain})
}

func (p *Part) withFix(actions []keys.Action) []keys.Action {
	if p.last != nil && p.last.undo != nil {
		actions = append([]keys.Action{keys.Undo}, actions...)
	}
	if r := p.mendable(); r != nil {
		return append([]keys.Action{keys.Fix}, actions...)
	}
	return actions
}

// result returns what is known of a check; nil before it came out.
func (p *Part) result(id string) *checks.Result {
	for i := range p.summary.Results {
		if p.summary.Results[i].Check.ID == id {
			return &p.summary.Results[i]
		}
	}
	return nil
}

// took writes a duration as short as it can be read.
func took(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return "<1ms"
	case d < time.Second:
		return fmt.Sprintf("%dms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1fs", d.Seconds())
}
