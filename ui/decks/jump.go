package decks

import (
	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/ui/screen"
)

// jump is the last one from row to row of the same image.
type jump struct {
	from, to string // ids
	back     bool   // it led back to where one before it came from
}

// jumpSame goes to a row of the other deck that runs the same image, the very
// same before an older or newer one. Pressed there, it leads back; pressed
// again, to the next such row.
func (p *Part) jumpSame() tea.Cmd {
	here, there := p.sideOf(p.deck), p.sideOf(onLeft+onRight-p.deck)
	from, with := here.board().selectedID(), here.board().runs()
	if len(with) == 0 {
		return say("Select a row that runs an image first")
	}
	if p.jumped.to == from && !p.jumped.back && there.board().find(p.jumped.from) {
		return p.arrive(jump{from: from, to: p.jumped.from, back: true})
	}
	for _, b := range there.inOrder() {
		if b.findTied(with, p.jumped.back && p.jumped.to == from) {
			there.show(b)
			return p.arrive(jump{from: from, to: b.selectedID()})
		}
	}
	deck := p.deck
	again := func() tea.Cmd {
		if p.deck != deck || here.board().selectedID() != from {
			return nil // a person went on meanwhile
		}
		return p.jumpSame()
	}
	for _, b := range there.boards {
		l, ok := b.(loader)
		if !ok {
			continue
		}
		if cmd, waits := l.await(p.ctx.Life, p.docker, again); waits {
			return cmd
		}
	}
	if n := p.kube.Namespace; p.deck == onLeft && n != "" {
		return say("No pod in namespace " + screen.Clean(n) + " runs this image")
	}
	return say("Nothing on the other deck runs this image")
}

// arrive gives the other deck the focus.
func (p *Part) arrive(j jump) tea.Cmd {
	p.jumped = j
	p.setFocus(onLeft + onRight - p.deck)
	p.SetSize(p.width, p.height)
	return p.showSelected()
}

// inOrder is the list shown, then the others.
func (s *side) inOrder() []board {
	out := []board{s.board()}
	for i, b := range s.boards {
		if i != s.shown {
			out = append(out, b)
		}
	}
	return out
}

func (d *deck[T]) selectedID() string {
	l, ok := d.selected()
	if !ok {
		return ""
	}
	return l.id
}
