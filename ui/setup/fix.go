package setup

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/checks"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
)

// fixLimit is enough to start Docker Desktop and wait for its Kubernetes.
const fixLimit = 10 * time.Minute

// mending tells that a fix, or its undoing, was agreed to and begins.
type mending struct{ id string }

// fixed tells that a fix ended.
type fixed struct {
	id    string // of the check
	title string
	undo  *checks.Undo // nil: nothing to take back
	err   error
}

// undone tells that a fix was taken back, or could not be.
type undone struct{ err error }

// mended is a fix that was done, and may be undone.
type mended struct {
	id    string
	title string
	undo  *checks.Undo
}

// mendable is the selected problem, or the one the selected check waits for,
// if there is a fix for it.
func (p *Part) mendable() *checks.Result {
	r := p.result(p.selected())
	if r != nil && r.Finding.Status == checks.Blocked {
		r = p.result(r.Cause)
	}
	if r == nil || r.Finding.Fix == nil || r.Finding.Fix.Run == nil {
		return nil
	}
	return r
}

// selected is the ID of the check that keys mean.
func (p *Part) selected() string {
	if p.open != "" {
		return p.open
	}
	return p.at().check
}

// Mend asks for a fix that another part found, in the way of Setup's own: shown
// first, done as a task, and with its undo kept.
type Mend struct {
	Summary string // what is wrong
	Fix     *checks.Fix
}

// TakeBack asks to undo the last fix, whichever part it was asked from.
type TakeBack struct{}

// busy refuses a second fix while one is under way.
func busy() tea.Cmd {
	return screen.Send(screen.Notify{Text: "A fix is under way already", Bad: true})
}

// fix shows what the fix changes; on yes it becomes a task.
func (p *Part) fix() tea.Cmd {
	if p.fixing != "" {
		return busy()
	}
	r := p.mendable()
	if r == nil {
		return screen.Send(screen.Notify{Text: "Nothing here that twindeck can mend; the steps by hand are shown", Bad: true})
	}
	return p.ask(r.Check.ID, r.Finding.Summary, r.Finding.Fix)
}

// mend asks for a fix that another part found.
func (p *Part) mend(m Mend) tea.Cmd {
	if p.fixing != "" {
		return busy()
	}
	return p.ask(elsewhere, m.Summary, m.Fix)
}

// elsewhere stands for the check of a fix that another part found: none is to
// be looked at again for it.
const elsewhere = "elsewhere"

// ask shows what a fix of a check changes; on yes it becomes a task.
func (p *Part) ask(id, summary string, f *checks.Fix) tea.Cmd {
	body := append([]string{p.short(summary), ""}, p.happens(f.Changes)...)
	if extra := effects(f); len(extra) > 0 {
		body = append(append(body, ""), extra...)
	}
	var diffs []string
	for _, e := range f.Edits {
		diffs = append(diffs, e.Diff())
	}
	return screen.Send(screen.Ask{
		Title: f.Title, Body: body, Diff: strings.Join(diffs, ""),
		Yes: "fix", Danger: f.Lost != "", ReadFirst: f.ReadFirst, Then: p.startFix(id, f),
	})
}

func (p *Part) happens(changes []string) []string {
	lines := []string{"This is what happens:"}
	for _, c := range changes {
		lines = append(lines, "  "+p.short(c))
	}
	return lines
}

// effects are what else one should know before.
func effects(f *checks.Fix) []string {
	var lines []string
	for _, e := range []struct{ label, what string }{
		{"Restarts: ", f.Restarts}, {"Lost: ", f.Lost}, {"Takes: ", f.Takes},
	} {
		if e.what != "" {
			lines = append(lines, e.label+e.what+".")
		}
	}
	return lines
}

func (p *Part) startFix(id string, f *checks.Fix) tea.Cmd {
	var undo *checks.Undo // written before the task ends, read after
	return tea.Batch(screen.Send(mending{id}), screen.Send(screen.StartTask{
		Name:    "fix: " + f.Title,
		Command: command(f.Changes),
		Limit:   fixLimit,
		Run: func(ctx context.Context, say func(string)) error {
			var err error
			undo, err = f.Run(ctx, say)
			return err
		},
		Done: func(err error) tea.Msg { return fixed{id, f.Title, undo, err} },
	}))
}

// command is what would do the same, as far as one line can say it.
func command(changes []string) string {
	if len(changes) == 1 {
		return changes[0]
	}
	return ""
}

// fixEnded looks at what became of it.
func (p *Part) fixEnded(f fixed) tea.Cmd {
	p.fixing = ""
	if f.err == nil || f.undo != nil { // one that broke off halfway can be taken back too
		p.last = &mended{f.id, f.title, f.undo}
	}
	if f.err != nil {
		return tea.Batch(p.check(), screen.Send(screen.Notify{Text: f.title + ": " + f.err.Error(), Bad: true}))
	}
	if f.id != elsewhere {
		p.verify = f.id
	}
	return p.check()
}

// verified says what the check that was mended says now; nil when no fix waits
// for that.
func (p *Part) verified() tea.Cmd {
	r := p.result(p.verify)
	if p.verify == "" {
		return nil
	}
	p.verify = ""
	undo := ""
	if p.last != nil && p.last.undo != nil {
		undo = " · " + p.ctx.Keys.Label(keys.Setup, keys.Undo) + " undoes it"
	}
	switch {
	case r == nil:
		return nil
	case r.Finding.Status == checks.Fail || r.Finding.Status == checks.Blocked:
		return screen.Send(screen.Notify{Text: "Done, and not mended yet: " + p.short(r.Finding.Summary) + undo, Bad: true})
	}
	return screen.Send(screen.Notify{Text: "Mended: " + r.Check.Title + undo})
}
