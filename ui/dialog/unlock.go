package dialog

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/ui/screen"
)

// Unlock guards a target that is not known to be local: it is opened by typing
// the target's name, and by nothing else.
type Unlock struct {
	ctx    *screen.Context
	target screen.Target
	does   string
	then   tea.Cmd
	opened time.Time
	input  screen.Input
	wrong  bool
}

// NewUnlock returns a lock; then is sent when it was opened.
func NewUnlock(ctx *screen.Context, target screen.Target, does string, then tea.Cmd) *Unlock {
	return &Unlock{ctx: ctx, target: target, does: does, then: then, opened: ctx.Now(), input: screen.NewInput(ctx.Theme, "› ", "")}
}

// Key types the name.
func (u *Unlock) Key(msg tea.KeyPressMsg) (tea.Cmd, bool) {
	if u.ctx.Now().Sub(u.opened) < Quiet {
		return nil, false
	}
	switch msg.String() {
	case "esc", "ctrl+c":
		return nil, true
	case "enter":
		if !u.target.Known() || u.input.Value() != u.target.Name {
			u.wrong = true
			return nil, false
		}
		return u.then, true
	}
	u.wrong = false
	u.input.Update(msg)
	return nil, false
}

// Paste types what was pasted.
func (u *Unlock) Paste(msg tea.PasteMsg) {
	if u.ctx.Now().Sub(u.opened) >= Quiet {
		u.input.Update(msg)
	}
}

// View draws the lock.
func (u *Unlock) View(width, height int) []string {
	th := u.ctx.Theme
	f := form{title: th.Bad.Bold().Render("▲ ") + th.Strong.Render("This is not your machine"), edge: th.Bad, wide: 44}
	name := screen.Clean(u.target.Name)
	if !u.target.Known() {
		f.text([]string{
			"Not done: " + u.does + ".",
			"",
			"It is not known yet where this would go. Wait for the connection in the header, then try again.",
		}, th.Text, min(width-6, 62))
		f.lines = append(f.lines, "", th.Key.Render("esc")+" "+th.Dim.Render("back"))
		return f.draw(width, height)
	}
	f.text([]string{
		"Not done: " + u.does + ".",
		"",
		"Context " + name + " leads to " + screen.Clean(u.target.Where) + ", which is not known to be local. It is read-only until you unlock it for this session by typing its name.",
	}, th.Text, min(width-6, 62))
	f.lines = append(f.lines, "", th.Dim.Render("type ")+th.Strong.Render(name), u.input.View(min(width-8, 60)))
	if u.wrong {
		f.lines = append(f.lines, th.Warn.Render("that is not its name"))
	}
	f.lines = append(f.lines, "", th.Key.Render("enter")+" "+th.Text.Render("unlock and go on")+"     "+th.Key.Render("esc")+" "+th.Dim.Render("leave it"))
	return f.draw(width, height)
}
