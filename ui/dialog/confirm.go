package dialog

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/ui/screen"
)

// Confirm asks whether to go on. It is answered with y or enter, or with esc
// or n, but not in its first 400 ms.
type Confirm struct {
	ctx    *screen.Context
	ask    screen.Ask
	opened time.Time
}

// NewConfirm returns the dialog of a question asked now.
func NewConfirm(ctx *screen.Context, ask screen.Ask) *Confirm {
	return &Confirm{ctx: ctx, ask: ask, opened: ctx.Now()}
}

// Key answers the question.
func (c *Confirm) Key(msg tea.KeyPressMsg) (tea.Cmd, bool) {
	if c.ctx.Now().Sub(c.opened) < Quiet {
		return nil, false
	}
	switch msg.String() {
	case "y", "enter":
		return c.ask.Then, true
	case "n", "q", "esc", "ctrl+c":
		return nil, true
	}
	return nil, false
}

// View draws the question.
func (c *Confirm) View(width, height int) []string {
	th := c.ctx.Theme
	f := form{title: th.Strong.Render(c.ask.Title), color: th.BorderFocus}
	yes := th.Key
	if c.ask.Danger {
		f.title = th.Bad.Bold(true).Render("▲ ") + f.title
		f.color = th.Bad.GetForeground()
		yes = th.Bad.Bold(true)
	}
	f.text(c.ask.Body, th.Text, min(width-6, 62))
	word := c.ask.Yes
	if word == "" {
		word = "yes"
	}
	f.lines = append(f.lines, "", yes.Render("y")+" "+th.Text.Render(word)+"     "+th.Key.Render("esc")+" "+th.Dim.Render("leave it"))
	return f.draw(width, height)
}
