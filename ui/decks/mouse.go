package decks

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
)

// wheelStep is how many lines one notch of the wheel scrolls.
const wheelStep = 3

// at says which area a place of the part is in, and the line there.
func (p *Part) at(x, y int) (f focus, line int) {
	l := p.layout()
	if y >= l.deckHeight {
		return onDetail, y - l.deckHeight - 1
	}
	if l.right > 0 && x >= l.left {
		return onRight, y - 2 // frame and column heads
	}
	return onLeft, y - 2
}

func (p *Part) click(m tea.Mouse) tea.Cmd {
	if m.Button != tea.MouseLeft {
		return nil
	}
	f, line := p.at(m.X, m.Y)
	if line == -2 && f != onDetail {
		if b := p.listAt(f, m.X); b != nil {
			p.sideOf(f).show(b)
			p.setFocus(f)
			return p.shown()
		}
	}
	p.setFocus(f)
	p.SetSize(p.width, p.height)
	if f == onDetail {
		return p.detail.Click(m.X, line)
	}
	p.current().click(line)
	return p.showSelected()
}

// listAt is the list whose name stands at a cell of a deck's upper edge; nil:
// none does.
func (p *Part) listAt(f focus, x int) board {
	l, s := p.layout(), p.sideOf(f)
	width := l.left
	if f == onRight {
		width, x = l.right, x-l.left
	}
	edge := ansi.Strip(p.viewDeck(f, width, l)[0])
	key := p.label(keys.NextList)
	if key != "" {
		key += " "
	}
	before, _, named := strings.Cut(edge, "· "+key+s.others()[0])
	at := screen.Width(before + "· " + key)
	for _, b := range s.boards {
		if !named || b == s.board() {
			continue
		}
		end := at + screen.Width(b.short())
		if x >= at && x < end {
			return b
		}
		at = end + 1
	}
	return nil
}

func (p *Part) wheel(m tea.Mouse) tea.Cmd {
	by := wheelStep
	switch m.Button {
	case tea.MouseWheelUp:
		by = -wheelStep
	case tea.MouseWheelDown:
	default:
		return nil
	}
	switch f, _ := p.at(m.X, m.Y); f {
	case onDetail:
		p.detail.Scroll(by)
		return nil
	default:
		p.sideOf(f).board().scroll(by)
	}
	return p.showSelected()
}
