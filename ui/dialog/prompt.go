package dialog

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/ui/screen"
)

// Prompt asks for a line of text.
type Prompt struct {
	ctx    *screen.Context
	ask    screen.Prompt
	opened time.Time
	input  screen.Input
}

// NewPrompt returns a dialog with the line as it is at first.
func NewPrompt(ctx *screen.Context, ask screen.Prompt) *Prompt {
	return &Prompt{ctx: ctx, ask: ask, opened: ctx.Now(), input: screen.NewInput(ctx.Theme, "› ", ask.Value)}
}

// Key types the line; enter takes it.
func (p *Prompt) Key(msg tea.KeyPressMsg) (tea.Cmd, bool) {
	if p.ctx.Now().Sub(p.opened) < Quiet {
		return nil, false
	}
	switch msg.String() {
	case "esc", "ctrl+c":
		return nil, true
	case "enter":
		return p.ask.Then(p.input.Value()), true
	}
	p.input.Update(msg)
	return nil, false
}

// Paste types what was pasted.
func (p *Prompt) Paste(msg tea.PasteMsg) {
	if p.ctx.Now().Sub(p.opened) >= Quiet {
		p.input.Update(msg)
	}
}

// View draws the question above the line.
func (p *Prompt) View(width, height int) []string {
	th := p.ctx.Theme
	f := form{title: th.Strong.Render(p.ask.Title), color: th.BorderFocus, wide: min(width-6, 44)}
	f.text(p.ask.Body, th.Text, min(width-6, proseWidth))
	keys := th.Key.Render("enter") + " " + th.Text.Render(p.ask.Yes) + "     " + th.Key.Render("esc") + " " + th.Dim.Render("leave it")
	line := []string{"", th.Dim.Render(p.ask.Label), p.input.View(min(width-8, 60)), "", keys}
	if room := height - 2 - len(line); len(f.lines) > room { // the line is what it is for
		f.lines = f.lines[:max(room, 0)]
	}
	f.lines = append(f.lines, line...)
	return f.draw(width, height)
}
