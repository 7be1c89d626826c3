package screen

import (
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/ui/theme"
)

// Input is a line of text being typed.
type Input struct{ model textinput.Model }

// NewInput returns an input that shows prompt before what is typed.
func NewInput(t *theme.Theme, prompt, value string) Input {
	m := textinput.New()
	m.Prompt = prompt
	m.CharLimit = 1000
	m.SetValue(value)
	m.CursorEnd()
	s := textinput.DefaultStyles(t.Dark)
	s.Focused.Prompt = t.Key.LipGloss()
	s.Focused.Text = t.Text.LipGloss()
	s.Cursor.Blink = false
	s.Cursor.Color = t.BorderFocus.Color()
	m.SetStyles(s)
	m.Focus()
	return Input{m}
}

// Value is what was typed.
func (i *Input) Value() string { return i.model.Value() }

// Update acts on a key or a paste.
func (i *Input) Update(msg tea.Msg) {
	i.model, _ = i.model.Update(msg) // its only command blinks the cursor
}

// View draws at most width cells.
func (i *Input) View(width int) string {
	i.model.SetWidth(max(width-Width(i.model.Prompt)-1, 1))
	return i.model.View()
}
