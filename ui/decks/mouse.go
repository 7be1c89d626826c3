package decks

import tea "charm.land/bubbletea/v2"

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
	p.setFocus(f)
	p.SetSize(p.width, p.height)
	if f == onDetail {
		return p.detail.Click(m.X, line)
	}
	p.current().click(line)
	return p.showSelected()
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
