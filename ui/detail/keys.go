package detail

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
)

// inner is the room inside the frame.
func (d *Detail) inner() (width, height int) { return max(d.width-4, 1), max(d.height-2, 0) }

// Scroll moves by lines.
func (d *Detail) Scroll(by int) {
	if d.tab == Logs {
		d.logs.Scroll(by)
		return
	}
	w, h := d.inner()
	d.view.scroll(d.text, by, w, h)
}

// Key acts on a key while the detail has the focus.
func (d *Detail) Key(a keys.Action, msg tea.KeyPressMsg) (tea.Cmd, bool) {
	if d.typing != nil {
		d.typeSearch(msg)
		return nil, true
	}
	if d.tab == Logs {
		if cmd, ok := d.logs.Key(a, msg); ok {
			return cmd, true
		}
		return d.turnKey(a)
	}
	if cmd, ok := d.keyWhy(a); ok {
		return cmd, true
	}
	_, h := d.inner()
	switch a {
	case keys.Up:
		d.Scroll(-1)
	case keys.Down:
		d.Scroll(1)
	case keys.PageUp:
		d.Scroll(1 - h)
	case keys.PageDown:
		d.Scroll(h - 1)
	case keys.Top:
		d.Scroll(-len(d.text))
	case keys.Bottom:
		d.Scroll(len(d.text))
	case keys.Wrap:
		d.view.wrap = !d.view.wrap
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
		return d.turnKey(a)
	}
	return nil, true
}

// turnKey shows another tab.
func (d *Detail) turnKey(a keys.Action) (tea.Cmd, bool) {
	switch a {
	case keys.WhyOf:
		return d.Open(Why), true
	case keys.NextTab:
		return d.Turn(1), true
	case keys.PrevTab:
		return d.Turn(-1), true
	}
	return nil, false
}

// typeSearch edits the search; enter goes to the first match.
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
		d.goTo(search(d.text, d.find, 0, 1))
	default:
		d.typing.Update(msg)
		d.find = strings.ToLower(d.typing.Value())
	}
}

// jump goes to the next match after the first line seen, or before it.
func (d *Detail) jump(step int) {
	if d.find == "" || len(d.text) == 0 {
		return
	}
	d.goTo(search(d.text, d.find, d.view.match+step, step))
}

// goTo brings a found line into view, a little below the upper edge.
func (d *Detail) goTo(line int, found bool) {
	d.noMatch = !found
	if !found {
		return
	}
	w, h := d.inner()
	d.view.top, d.view.match = line-h/3, line
	d.view.scroll(d.text, 0, w, h)
}

// copy asks for the text to be copied, as much of its beginning as terminals
// take.
func (d *Detail) copy() tea.Cmd {
	n, size := 0, 0
	for n < len(d.text) && size+len(d.text[n])+1 <= screen.CopyLimit {
		size += len(d.text[n]) + 1
		n++
	}
	what := fmt.Sprintf("%d lines of %s", n, strings.ToLower(string(d.tab)))
	return screen.Send(screen.CopyText{Text: strings.Join(d.text[:n], "\n") + "\n", What: what})
}

// Click chooses a tab when one is hit, and unfolds a line of a log; line is
// counted from below the upper edge.
func (d *Detail) Click(x, line int) tea.Cmd {
	if line != -1 {
		if d.tab == Logs {
			d.logs.Click(line)
		}
		return nil
	}
	const corner = 2
	at := corner + screen.Width(d.drawName(false)) + screen.Width(dot)
	for _, t := range d.subject.tabs {
		width := screen.Width(t.label(d.ctx.Now()))
		if x >= at && x < at+width {
			return d.Open(t.name)
		}
		at += width + 2
	}
	return nil
}
