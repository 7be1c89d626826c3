// Package dialog has the boxes that stand above the screen and take the
// keyboard until they are done: a question, a lock, a list, a text.
package dialog

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// Dialog is a box with the keyboard.
type Dialog interface {
	// Key acts on a key; done closes the dialog.
	Key(msg tea.KeyPressMsg) (cmd tea.Cmd, done bool)
	// View draws the box, at most width by height cells.
	View(width, height int) []string
}

// Paster is a Dialog that takes pasted text.
type Paster interface{ Paste(msg tea.PasteMsg) }

// Quiet is how long a dialog that can do harm ignores keys after it opened, so
// that what was typed before it came cannot confirm it.
const Quiet = 400 * time.Millisecond

// Stack is the dialogs that are open, the last one on top.
type Stack struct{ open []Dialog }

// Push opens a dialog above the others.
func (s *Stack) Push(d Dialog) { s.open = append(s.open, d) }

// Top returns the dialog that has the keyboard; nil for none.
func (s *Stack) Top() Dialog {
	if len(s.open) == 0 {
		return nil
	}
	return s.open[len(s.open)-1]
}

// Close removes a dialog, wherever it is.
func (s *Stack) Close(d Dialog) {
	for i, o := range s.open {
		if o == d {
			s.open = append(s.open[:i], s.open[i+1:]...)
			return
		}
	}
}

// Key gives a key to the top dialog and closes it when it is done.
func (s *Stack) Key(msg tea.KeyPressMsg) tea.Cmd {
	d := s.Top()
	if d == nil {
		return nil
	}
	cmd, done := d.Key(msg)
	if done {
		s.Close(d)
	}
	return cmd
}
