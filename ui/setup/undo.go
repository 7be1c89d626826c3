package setup

import (
	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/ui/screen"
)

// undo takes the last fix back, after showing what that changes.
func (p *Part) undo() tea.Cmd {
	switch {
	case p.fixing != "":
		return busy()
	case p.last == nil:
		return screen.Send(screen.Notify{Text: "Nothing was mended here yet", Bad: true})
	case p.last.undo == nil:
		return screen.Send(screen.Notify{Text: "There is nothing to take back of: " + p.last.title, Bad: true})
	}
	u, id := p.last.undo, p.last.id
	return screen.Send(screen.Ask{
		Title: u.Title + "?",
		Body:  append([]string{"It was changed by: " + p.last.title, ""}, p.happens(u.Changes)...),
		Yes:   "undo",
		Then: tea.Batch(screen.Send(mending{id}), screen.Send(screen.StartTask{
			Name:    "undo: " + p.last.title,
			Command: command(u.Changes),
			Limit:   fixLimit,
			Run:     u.Run,
			Done:    func(err error) tea.Msg { return undone{err} },
		})),
	})
}

// undoEnded looks at what became of it. What could not be taken back can be
// tried again.
func (p *Part) undoEnded(u undone) tea.Cmd {
	p.fixing = ""
	if u.err != nil {
		return tea.Batch(p.check(), screen.Send(screen.Notify{Text: "Undoing: " + u.err.Error(), Bad: true}))
	}
	p.last = nil
	return p.check()
}
