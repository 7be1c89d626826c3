package dialog

import (
	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/ui/screen"
)

// Text shows lines to read, such as help.
type Text struct {
	ctx    *screen.Context
	title  string
	lines  []string // styled
	scroll scroll
}

// NewText returns a dialog that shows styled lines.
func NewText(ctx *screen.Context, title string, lines []string) *Text {
	return &Text{ctx: ctx, title: title, lines: lines}
}

// Key scrolls, and closes.
func (t *Text) Key(msg tea.KeyPressMsg) (tea.Cmd, bool) {
	switch key := msg.String(); key {
	case "esc", "q", "?", "enter", "ctrl+c":
		return nil, true
	default:
		t.scroll.key(key)
	}
	return nil, false
}

// View draws what fits.
func (t *Text) View(width, height int) []string {
	th := t.ctx.Theme
	f := form{title: th.Strong.Render(t.title), edge: th.BorderFocus, lines: t.scroll.window(t.lines, height-4)}
	for _, l := range t.lines { // the box keeps its width while scrolling
		f.wide = max(f.wide, screen.Width(l))
	}
	f.foot = th.Key.Render("esc") + " " + th.Dim.Render("close")
	if t.scroll.cut() {
		f.foot = th.Key.Render("↑↓") + " " + th.Dim.Render("scroll") + "  " + f.foot
	}
	return f.draw(width, height)
}
