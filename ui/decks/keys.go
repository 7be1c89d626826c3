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
	if a == keys.CopyFact {
		return p.copy(), true
	}
	if stages, ok := shipKeys[a]; ok {
		return screen.Send(ship.Begin{Stages: stages}), true
	}
	if cmd, ok := p.current().act(a); ok {
		return cmd, true
	}
	return p.refuse(a)
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
		if !d.fold() {
			return say("There are no groups in this order: sort by the first column for them"), true
		}
	case keys.SortLeft:
		d.sortBy(-1)
	case keys.SortRight:
		d.sortBy(1)
	case keys.System:
		d.toggleSystem()
	case keys.OnlyBad:
		d.setFilter(d.filter().toggle(onlyBad))
	case keys.ZoomDetail:
		if !p.enlarge() {
			return say("The deck has all the room already"), true
		}
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
		in := screen.NewInput(p.ctx.Theme, "/", d.filter().text)
		p.typing = &in
		return nil, true
	case keys.Back:
		return p.backOut()
	default:
		return nil, false
	}
	p.together = ""
	other := a == keys.SortLeft || a == keys.SortRight || a == keys.ZoomDetail // rows or columns than before
	return tea.Batch(p.showSelected(), p.sample(other || a == keys.System), p.samplePods(other)), true
}

// showKey opens a tab of the detail.
func (p *Part) showKey(a keys.Action) (tea.Cmd, bool) {
	var cmd tea.Cmd
	switch a {
	case keys.LogsOf, keys.Describe, keys.WhyOf, keys.YAMLOf:
		if a == keys.LogsOf {
			cmd = p.gather()
		}
		if !p.detail.Has(tabsOf[a]...) {
			return tea.Batch(cmd, p.noTab(a)), true
		}
		cmd = tea.Batch(cmd, p.detail.Open(tabsOf[a]...))
	case keys.Open:
		if p.current().onHeading() {
			p.current().fold()
			return p.showSelected(), true
		}
		if cmd, ok := p.current().enter(); ok {
			return cmd, true
		}
	case keys.NextTab:
		return p.detail.Turn(1), true
	case keys.PrevTab:
		return p.detail.Turn(-1), true
	default:
		return nil, false
	}
	p.setFocus(onDetail)
	p.SetSize(p.width, p.height)
	return cmd, true
}

// tabsOf are the tabs that keys open, the first of which a row has.
var tabsOf = map[keys.Action][]detail.Tab{
	keys.LogsOf:   {detail.Logs},
	keys.Describe: {detail.Describe, detail.Inspect},
	keys.WhyOf:    {detail.Why},
	keys.YAMLOf:   {detail.YAML, detail.Inspect},
}

// noTab says why a tab is not there.
func (p *Part) noTab(a keys.Action) tea.Cmd {
	b := p.current()
	switch why := b.logless(); {
	case p.together != "":
		p.together = ""
		return tea.Batch(p.showSelected(), say("Nothing that is marked writes logs"))
	case a == keys.WhyOf:
		return say("Select a container, a pod or a workload first")
	case b.selectedID() == "" || b.onHeading() && a != keys.LogsOf:
		return say("Select a row first")
	case b.onHeading():
		return say("Nothing in this group writes logs")
	case a == keys.LogsOf && why != "":
		return say(why)
	}
	cmd, _ := p.refuse(a)
	return cmd
}

// gather shows all that is marked on both decks as one, if anything is: its logs
// are merged.
func (p *Part) gather() tea.Cmd {
	if len(p.marked()) == 0 {
		return nil
	}
	p.merges++
	p.together = fmt.Sprintf("marked %d", p.merges)
	return p.showSelected()
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
