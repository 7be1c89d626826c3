package ui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/ui/dialog"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/palette"
	"github.com/twindeck/twindeck/ui/screen"
)

// key gives a key to the dialog on top, else to the part shown, else to what
// holds everywhere.
func (a *App) key(msg tea.KeyPressMsg) tea.Cmd {
	if a.given != nil {
		a.given.Ahead(typed(msg))
		return nil
	}
	force := msg.String() == "ctrl+c"
	if d := a.dialogs.Top(); d != nil {
		if force && d == a.leaving {
			return tea.Quit
		}
		return a.dialogs.Key(msg)
	}
	if force {
		return a.leave()
	}
	if a.small() {
		if a.ctx.Keys.In(keys.Everywhere, msg) == keys.Quit {
			return a.leave()
		}
		return nil
	}
	return a.act(a.ctx.Keys.In(a.place(), msg), msg)
}

// act does what an action means where the keyboard is.
func (a *App) act(action keys.Action, msg tea.KeyPressMsg) tea.Cmd {
	if cmd, handled := a.current().Key(action, msg); handled {
		return cmd
	}
	switch action {
	case keys.GoSetup:
		return a.choose(keys.Setup)
	case keys.GoDecks:
		return a.choose(keys.Decks)
	case keys.GoShip:
		return a.choose(keys.Ship)
	case keys.Help:
		a.dialogs.Push(palette.Help(a.ctx, a.place()))
	case keys.Palette:
		return a.openPalette()
	case keys.Contexts:
		return a.openContexts()
	case keys.Namespaces:
		return a.openNamespaces()
	case keys.AllSpaces:
		return a.watch("")
	case keys.Tasks:
		a.dialogs.Push(a.tasks.list(a.ctx))
	case keys.Commands:
		a.dialogs.Push(a.tasks.commandLog(a.ctx))
	case keys.Explain:
		a.dialogs.Push(dialog.NewExplain(a.ctx, a.ctx.Env.Host.OS()))
	case keys.Quit:
		return a.leave()
	}
	return nil
}

// openPalette opens the palette. What parts offer may become more while it is
// open.
func (a *App) openPalette() tea.Cmd {
	from := a.offerers()
	offers := func() []screen.Offer {
		var all []screen.Offer
		for _, o := range from {
			all = append(all, o.Offers()...)
		}
		return all
	}
	learning := func() bool { return slices.ContainsFunc(from, screen.Offerer.Learning) }
	a.palette = palette.New(a.ctx, a.place(), a.cannot, offers, learning)
	a.dialogs.Push(a.palette)
	return a.learn()
}

func (a *App) offerers() (all []screen.Offerer) {
	for _, p := range a.parts {
		if o, ok := p.part.(screen.Offerer); ok {
			all = append(all, o)
		}
	}
	return all
}

// learn has the parts find out all that they can offer.
func (a *App) learn() tea.Cmd {
	var cmds []tea.Cmd
	for _, o := range a.offerers() {
		cmds = append(cmds, o.Learn())
	}
	return tea.Batch(cmds...)
}

// inPalette says that the palette has the keyboard.
func (a *App) inPalette() bool { return a.palette != nil && a.dialogs.Top() == a.palette }

// offersCame presses enter in the palette where that was done before they came.
func (a *App) offersCame() tea.Cmd {
	if !a.inPalette() || !a.palette.Entered() {
		return nil
	}
	return a.dialogs.Key(tea.KeyPressMsg{Code: tea.KeyEnter})
}

// cannot says that an action is of no use where the keyboard is.
func (a *App) cannot(action keys.Action) bool {
	p, ok := a.current().(screen.Limited)
	return ok && p.Cannot(action)
}

// choose shows a screen because a person said so. The project may have changed
// since it was last looked at.
func (a *App) choose(name keys.Place) tea.Cmd {
	a.chosen = true
	if !a.goTo(name) {
		return nil
	}
	return a.askProject
}

// leave quits, after a question if something is still being done.
func (a *App) leave() tea.Cmd {
	running := a.tasks.running()
	if len(running) == 0 {
		return tea.Quit
	}
	names := make([]string, len(running))
	for i, t := range running {
		names[i] = t.name
	}
	a.leaving = dialog.NewConfirm(a.ctx, screen.Ask{
		Title: "Leave while this runs?",
		Body:  []string{strings.Join(names, ", "), "", "It is cancelled, and stays as far as it came."},
		Yes:   "leave", Danger: true,
		Then: tea.Quit,
	})
	a.dialogs.Push(a.leaving)
	return nil
}

// unlocked says that a person typed a context's name; then goes on.
type unlocked struct {
	target screen.Target
	then   tea.Cmd
}

// locked reports whether a target may not be this machine's, and nobody typed
// its name.
func (a *App) locked(t screen.Target) bool { return !t.Local && !a.unlocked[t] }

// guard lets an action through to a target that is local or unlocked, and
// asks for its name first where it is not.
func (a *App) guard(g screen.Guard) tea.Cmd {
	if !a.locked(g.Target) {
		return g.Then
	}
	then := screen.Send(unlocked{g.Target, g.Then})
	a.dialogs.Push(dialog.NewUnlock(a.ctx, g.Target, g.Does, then))
	return nil
}
