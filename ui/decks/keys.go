package decks

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/ui/detail"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/ship"
)

// Key acts on a key of the decks, or of the detail while that has the focus.
func (p *Part) Key(a keys.Action, msg tea.KeyPressMsg) (tea.Cmd, bool) {
	p.scene.now = p.ctx.Now()
	if p.typing != nil {
		return p.typeFilter(msg), true
	}
	if p.focus == onDetail {
		return p.detailKey(a, msg)
	}
	if cmd, ok := p.moveKey(a); ok {
		return cmd, true
	}
	if cmd, ok := p.showKey(a); ok {
		return cmd, true
	}
	if stages, ok := shipKeys[a]; ok {
		return screen.Send(ship.Begin{Stages: stages}), true
	}
	return p.current().act(a)
}

// detailKey gives a key to the detail; what it has no use for leads out of it.
func (p *Part) detailKey(a keys.Action, msg tea.KeyPressMsg) (tea.Cmd, bool) {
	if cmd, ok := p.detail.Key(a, msg); ok {
		return cmd, true
	}
	switch a {
	case keys.Back, keys.OtherDeck:
		p.setFocus(p.deck)
		p.zoom = false
		p.SetSize(p.width, p.height)
		return p.showSelected(), true
	case keys.ZoomDetail:
		p.zoom = !p.zoom
	default:
		return nil, false
	}
	p.SetSize(p.width, p.height)
	return nil, true
}

func (p *Part) moveKey(a keys.Action) (tea.Cmd, bool) {
	d := p.current()
	switch a {
	case keys.Up:
		d.move(-1)
	case keys.Down:
		d.move(1)
	case keys.PageUp:
		d.page(-1)
	case keys.PageDown:
		d.page(1)
	case keys.Top:
		d.first()
	case keys.Bottom:
		d.last()
	case keys.Fold:
		d.fold()
	case keys.SortLeft:
		d.sortBy(-1)
	case keys.SortRight:
		d.sortBy(1)
	case keys.System:
		d.toggleSystem()
	case keys.SameImage:
		return p.jumpSame(), true
	case keys.Upward, keys.Related:
		return p.relate(a == keys.Upward), true
	case keys.GoBack:
		return p.goBack(), true
	case keys.NextList, keys.PrevList:
		by := 1
		if a == keys.PrevList {
			by = -1
		}
		return p.turn(by), true
	case keys.SortReverse:
		d.reverse()
	case keys.Mark:
		d.mark()
	case keys.OtherDeck:
		p.setFocus(onLeft + onRight - p.deck)
		p.SetSize(p.width, p.height)
	case keys.Filter:
		in := screen.NewInput(p.ctx.Theme, "/", d.filterText())
		p.typing = &in
		return nil, true
	case keys.Back:
		switch {
		case d.unmark():
		case d.filterText() != "":
			d.setFilter(filter{})
		default:
			return nil, false
		}
	default:
		return nil, false
	}
	p.together = ""
	sorted := a == keys.SortLeft || a == keys.SortRight
	return tea.Batch(p.showSelected(), p.sample(sorted || a == keys.System), p.samplePods(sorted)), true
}

// showKey opens a tab of the detail.
func (p *Part) showKey(a keys.Action) (tea.Cmd, bool) {
	var cmd tea.Cmd
	switch a {
	case keys.LogsOf:
		cmd = p.showLogs()
	case keys.Describe:
		cmd = p.detail.Open(detail.Describe, detail.Inspect)
	case keys.WhyOf:
		if !p.detail.Has(detail.Why) {
			return screen.Send(screen.Notify{Text: "Select a container, a pod or a workload first"}), true
		}
		cmd = p.detail.Open(detail.Why)
	case keys.YAMLOf:
		cmd = p.detail.Open(detail.YAML, detail.Inspect)
	case keys.Open:
		if p.current().onHeading() {
			p.current().fold()
			return p.showSelected(), true
		}
	case keys.NextTab:
		return p.detail.Turn(1), true
	case keys.PrevTab:
		return p.detail.Turn(-1), true
	case keys.ZoomDetail:
		p.zoom = true
	default:
		return nil, false
	}
	p.setFocus(onDetail)
	p.SetSize(p.width, p.height)
	return cmd, true
}

// showLogs shows the logs of all that is marked on both decks, merged; without
// marks, of the selected row.
func (p *Part) showLogs() tea.Cmd {
	var show tea.Cmd
	if len(p.marked()) > 0 {
		p.merges++
		p.together = fmt.Sprintf("marked %d", p.merges)
		show = p.showSelected()
	}
	return tea.Batch(show, p.detail.Open(detail.Logs))
}

// marked are the rows that are marked on either deck.
func (p *Part) marked() []detail.Subject {
	return append(p.left.board().marked(), p.right.board().marked()...)
}

func (p *Part) setFocus(f focus) {
	p.focus = f
	if f != onDetail {
		p.deck = f
	}
}

// typeFilter edits the filter; the rows follow each letter.
func (p *Part) typeFilter(msg tea.KeyPressMsg) tea.Cmd {
	switch msg.String() {
	case "enter":
		p.typing = nil
		return nil
	case "esc":
		p.typing = nil
		p.current().setFilter(filter{})
		return p.showSelected()
	case "up":
		p.current().move(-1)
	case "down":
		p.current().move(1)
	default:
		p.typing.Update(msg)
		p.applyFilter()
	}
	return p.showSelected()
}

func (p *Part) applyFilter() {
	p.current().setFilter(parseFilter(p.typing.Value()))
}

// Cannot says that the list that has the focus has no use for an action.
func (p *Part) Cannot(a keys.Action) bool { return p.current().cannot(a) }

// rowless is what the keys do without a row.
var rowless = []keys.Action{keys.ShipAll, keys.Build, keys.Push, keys.Deploy, keys.NextList, keys.OtherDeck, keys.Contexts, keys.Namespaces}

// Footer names what the keys do now.
func (p *Part) Footer() []keys.Action {
	switch {
	case p.typing != nil:
		return nil
	case p.focus == onDetail:
		return p.detail.Footer()
	}
	if _, empty := p.current().empty(); empty {
		return rowless
	}
	if p.detail.Ails() {
		return append([]keys.Action{keys.WhyOf}, p.current().footer()...)
	}
	return p.current().footer()
}
