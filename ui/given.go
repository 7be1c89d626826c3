package ui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/ui/screen"
)

// settle is how long keys that were read already may take to arrive before the
// terminal is given over.
const settle = 20 * time.Millisecond

// gaveBack says that the terminal is ours again.
type gaveBack struct{ then tea.Msg }

// give gives the terminal over. There is one to give.
func (a *App) give(g screen.GiveTerminal) tea.Cmd {
	if a.given != nil {
		return nil
	}
	a.given = &g
	over := tea.Exec(g.To, func(err error) tea.Msg {
		if g.Then == nil {
			return gaveBack{}
		}
		return gaveBack{g.Then(err)}
	})
	return tea.Tick(settle, func(time.Time) tea.Msg { return over() })
}

// typed is what a terminal sends for a key; empty for one that means little to
// a program that has just begun.
func typed(msg tea.KeyPressMsg) string {
	if msg.Text != "" {
		return msg.Text
	}
	key := msg.String()
	if c, ok := strings.CutPrefix(key, "ctrl+"); ok && len(c) == 1 && c[0] >= 'a' && c[0] <= 'z' {
		return string(rune(c[0] - 'a' + 1))
	}
	return map[string]string{"enter": "\r", "tab": "\t", "backspace": "\x7f", "esc": "\x1b"}[key]
}
