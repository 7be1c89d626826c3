package detail

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
)

func (d *Detail) page() page {
	switch {
	case d.tab == Logs:
		return d.log
	case d.tab == Why && d.card != nil:
		return d.card
	}
	return d.text
}

// inner is the room inside the frame.
func (d *Detail) inner() (width, height int) { return max(d.width-4, 1), max(d.height-2, 0) }

// Scroll moves by lines.
func (d *Detail) Scroll(by int) {
	w, h := d.inner()
	d.view.scroll(d.page(), by, w, h, d.tab == Logs)
}

// Key acts on a key while the detail has the focus.
func (d *Detail) Key(a keys.Action, msg tea.KeyPressMsg) (tea.Cmd, bool) {
	if d.typing != nil {
		d.typeSearch(msg)
		return nil, true
	}
	if cmd, ok := d.keyWhy(a); ok {
		return cmd, true
	}
	_, h := d.inner()
	switch a {
	case keys.WhyOf:
		return d.Open(Why), true
	case keys.Up:
		d.Scroll(-1)
	case keys.Down:
		d.Scroll(1)
	case keys.PageUp:
		d.Scroll(1 - h)
	case keys.PageDown:
		d.Scroll(h - 1)
	case keys.Top:
		d.Scroll(-d.page().end())
	case keys.Bottom:
		d.Scroll(d.page().end())
	case keys.Follow:
		d.view.follow = !d.view.follow && d.tab == Logs
	case keys.Wrap:
		d.view.wrap = !d.view.wrap
	case keys.Timestamps:
		d.view.times = !d.view.times
	case keys.NextTab:
		return d.Turn(1), true
	case keys.PrevTab:
		return d.Turn(-1), true
	case keys.Filter:
		in := screen.NewInput(d.ctx.Theme, "/", d.find)
		d.typing = &in
	case keys.NextMatch:
		d.jump(1)
	case keys.PrevMatch:
		d.jump(-1)
	case keys.Copy:
		return d.copy(), true
	case keys.Back:
		if d.find == "" {
			return nil, false
		}
		d.find, d.noMatch = "", false
	default:
		return nil, false
	}
	return nil, true
}

// typeSearch edits the search; enter goes to the last match, as a log is read
// from its end.
func (d *Detail) typeSearch(msg tea.KeyPressMsg) {
	switch msg.String() {
	case "esc":
		d.typing, d.find, d.noMatch = nil, "", false
	case "enter":
		d.find = strings.ToLower(d.typing.Value())
		d.typing = nil
		if d.find == "" {
			return
		}
		p := d.page()
		from, step := p.first(), 1
		if d.tab == Logs {
			from, step = p.end()-1, -1
		}
		d.goTo(search(p, d.find, from, step))
	default:
		d.typing.Update(msg)
		d.find = strings.ToLower(d.typing.Value())
	}
}

// jump goes to the next match after the first line seen, or before it.
func (d *Detail) jump(step int) {
	if d.find == "" {
		return
	}
	p := d.page()
	if p.end() == p.first() {
		return
	}
	d.goTo(search(p, d.find, d.matchAt()+step, step))
}

// matchAt is the line a search goes on from: the match it stands on.
func (d *Detail) matchAt() int {
	if d.view.match >= d.page().first() && d.view.match < d.page().end() {
		return d.view.match
	}
	return d.view.top
}

// goTo brings a found line into view, a little below the upper edge.
func (d *Detail) goTo(line int, found bool) {
	d.noMatch = !found
	if !found {
		return
	}
	w, h := d.inner()
	d.view.follow, d.view.match = false, line
	d.view.top = line - h/3
	d.view.settle(d.page(), w, h)
}

// copyLimit is how many bytes are copied at most: terminals refuse more.
const copyLimit = 100_000

// copy asks for the newest lines to be copied, as many as terminals take.
func (d *Detail) copy() tea.Cmd {
	p := d.page()
	var lines []string
	size := 0
	for n := p.end() - 1; n >= p.first(); n-- {
		e := p.line(n)
		if size += len(e.text) + 1; size > copyLimit {
			break
		}
		lines = append(lines, e.text)
	}
	for i, j := 0, len(lines)-1; i < j; i, j = i+1, j-1 {
		lines[i], lines[j] = lines[j], lines[i]
	}
	what := fmt.Sprintf("%d lines of %s", len(lines), strings.ToLower(string(d.tab)))
	return screen.Send(screen.CopyText{Text: strings.Join(lines, "\n") + "\n", What: what})
}

// Click chooses a tab when one is hit; line is counted from below the upper edge.
func (d *Detail) Click(x, line int) tea.Cmd {
	if line != -1 {
		return nil
	}
	at := 2 + screen.Width(d.shownTitle()) + 3
	for _, t := range d.subject.tabs {
		width := screen.Width(t.label())
		if x >= at && x < at+width {
			return d.Open(t.name)
		}
		at += width + 2
	}
	return nil
}
