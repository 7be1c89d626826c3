package setup

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/checks"
	"github.com/twindeck/twindeck/ui/screen"
)

// fixLimit is enough to start Docker Desktop and wait for its Kubernetes.
const fixLimit = 10 * time.Minute

// mending tells that a fix was agreed to and begins.
type mending struct{ id string }

// fixed tells that a fix ended.
type fixed struct {
	id    string
	title string
	err   error
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

// fix shows what the fix changes; on yes it becomes a task.
func (p *Part) fix() tea.Cmd {
	if p.fixing != "" {
		return screen.Send(screen.Notify{Text: "A fix is under way already", Bad: true})
	}
	r := p.mendable()
	if r == nil {
		return screen.Send(screen.Notify{Text: "Nothing here that twindeck can mend; the steps by hand are shown", Bad: true})
	}
	f := r.Finding.Fix
	body := []string{p.short(r.Finding.Summary), "", "This is what happens:"}
	for _, c := range f.Changes {
		body = append(body, "  "+p.short(c))
	}
	return screen.Send(screen.Ask{Title: f.Title, Body: body, Yes: "fix", Then: p.startFix(r.Check.ID, f)})
}

func (p *Part) startFix(id string, f *checks.Fix) tea.Cmd {
	run := func(ctx context.Context, say func(string)) error { return f.Run(ctx, say) }
	return tea.Batch(screen.Send(mending{id}), screen.Send(screen.StartTask{
		Name:    "fix: " + f.Title,
		Command: command(f),
		Limit:   fixLimit,
		Run:     run,
		Done:    func(err error) tea.Msg { return fixed{id, f.Title, err} },
	}))
}

// command is what would do the same, as far as one line can say it.
func command(f *checks.Fix) string {
	if len(f.Changes) == 1 {
		return f.Changes[0]
	}
	return ""
}

// fixEnded looks at what became of it.
func (p *Part) fixEnded(f fixed) tea.Cmd {
	p.fixing = ""
	if f.err != nil {
		return tea.Batch(p.check(), screen.Send(screen.Notify{Text: f.title + ": " + f.err.Error(), Bad: true}))
	}
	return p.check()
}
