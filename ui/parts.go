package ui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/ui/decks"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/setup"
	"github.com/twindeck/twindeck/ui/ship"
)

// newParts returns the screens, in the order of their keys.
func newParts(ctx *screen.Context) []place {
	return []place{
		{keys.Setup, setup.New(ctx)},
		{keys.Decks, decks.New(ctx)},
		{keys.Ship, ship.New(ctx)},
	}
}

// fromParts handles what one part says that concerns the others.
func (a *App) fromParts(msg tea.Msg) (tea.Cmd, bool) {
	switch msg := msg.(type) {
	case setup.Verdict:
		// The first verdict decides what to open with, unless a person did.
		if !a.chosen && msg.Broken {
			a.goTo(keys.Setup)
		}
		a.chosen = true
		return a.all(msg), true
	case decks.ShowList:
		return tea.Batch(a.choose(keys.Decks), a.all(msg)), true
	case ship.Begin:
		return tea.Batch(a.choose(keys.Ship), a.all(msg)), true
	}
	return nil, false
}

// linkChanged tells the parts that a link came up or went down.
func (a *App) linkChanged() tea.Cmd { return a.all(setup.LinkChanged{}) }
