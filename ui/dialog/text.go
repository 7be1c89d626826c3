package dialog

import (
	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/ui/screen"
)

// Text shows lines to read, such as help.
type Text struct {
	ctx   *screen.Context
	title string
	lines []string // styled
	top   int
	rows  int
}

// NewText returns a dialog that shows styled lines.
func NewText(ctx *screen.Context, title string, lines []string) *Text {
	return &Text{ctx: ctx, title: title, lines: lines}
}

// Key scrolls, and closes.
func (t *Text) Key(msg tea.KeyPressMsg) (tea.Cmd, bool) {
	by := 0
	switch msg.String() {
	case "esc", "q", "?", "enter", "ctrl+c":
		return nil, true
	case "j", "down":
		by = 1
	case "k", "up":
		by = -1
	case "pgdown", "space", "ctrl+d":
		by = t.rows
	case "pgup", "ctrl+u":
		by = -t.rows
	case "g", "home":
		by = -len(t.lines)
	case "G", "end":
		by = len(t.lines)
	}
	t.top = max(min(t.top+by, len(t.lines)-t.rows), 0)
	return nil, false
}

// View draws what fits.
func (t *Text) View(width, height int) []string {
	th := t.ctx.Theme
	t.rows = max(min(len(t.lines), height-4), 1)
	t.top = max(min(t.top, len(t.lines)-t.rows), 0)
	f := form{title: th.Strong.Render(t.title), color: th.BorderFocus, lines: t.lines[t.top:min(t.top+t.rows, len(t.lines))]}
	for _, l := range t.lines { // the box keeps its width while scrolling
		f.wide = max(f.wide, screen.Width(l))
	}
	f.foot = th.Key.Render("esc") + " " + th.Dim.Render("close")
	if t.rows < len(t.lines) {
		f.foot = th.Key.Render("↑↓") + " " + th.Dim.Render("scroll") + "  " + f.foot
	}
	return f.draw(width, height)
}
