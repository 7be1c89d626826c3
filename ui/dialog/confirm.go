package dialog

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/ui/screen"
)

// Confirm asks whether to go on. It is answered with y or enter, or with esc
// or n, but not in its first 400 ms. What has no room can be scrolled to; the
// question stays in sight. If it is to be read first, yes counts only once all
// was in view.
type Confirm struct {
	ctx    *screen.Context
	ask    screen.Ask
	opened time.Time
	scroll scroll
	unread bool // there are lines that were never in view
}

// NewConfirm returns the dialog of a question asked now.
func NewConfirm(ctx *screen.Context, ask screen.Ask) *Confirm {
	ask.Title, ask.Yes = screen.Clean(ask.Title), screen.Clean(ask.Yes)
	return &Confirm{ctx: ctx, ask: ask, opened: ctx.Now(), unread: ask.ReadFirst}
}

// Key answers the question.
func (c *Confirm) Key(msg tea.KeyPressMsg) (tea.Cmd, bool) {
	if c.ctx.Now().Sub(c.opened) < Quiet {
		return nil, false
	}
	switch key := msg.String(); key {
	case "y", "enter":
		if !c.unread {
			return c.ask.Then, true
		}
	case "n", "q", "esc", "ctrl+c":
		return nil, true
	default:
		c.scroll.key(key)
	}
	return nil, false
}

// proseWidth is as wide as text reads well; a diff may take more.
const proseWidth = 72

// View draws the question.
func (c *Confirm) View(width, height int) []string {
	th := c.ctx.Theme
	f := form{title: th.Strong.Render(c.ask.Title), edge: th.BorderFocus}
	yes := th.Key
	if c.ask.Danger {
		f.title = th.Bad.Bold().Render("▲ ") + f.title
		f.edge = th.Bad
		yes = th.Bad.Bold()
	}
	f.text(c.ask.Body, th.Text, min(width-6, proseWidth))
	if lines := screen.DiffLines(c.ask.Diff); len(lines) > 0 {
		f.lines = append(f.lines, "")
		for _, l := range lines {
			f.lines = append(f.lines, screen.DiffStyle(th, l).Render(screen.Cut(screen.Clean(l), width-6)))
		}
	}
	for _, l := range f.lines { // the box keeps its width while scrolling
		f.wide = max(f.wide, screen.Width(l))
	}
	// The frame and the answers take their lines first.
	f.lines = c.scroll.window(f.lines, height-4)
	c.unread = c.unread && !c.scroll.atEnd()
	if c.scroll.cut() {
		f.foot = th.Key.Render("↑↓") + " " + th.Dim.Render("scroll")
	}
	word := c.ask.Yes
	if word == "" {
		word = "yes"
	}
	answer := yes.Render("y") + " " + th.Text.Render(word)
	if c.unread {
		answer = th.Key.Render("↓") + " " + th.Text.Render("read on, then "+word)
	}
	f.lines = append(f.lines, "", answer+"     "+th.Key.Render("esc")+" "+th.Dim.Render("leave it"))
	return f.draw(width, height)
}
