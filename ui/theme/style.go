package theme

import (
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"
)

// Style is how words look: colours and weight, never a layout. Lip Gloss makes
// it once; to draw with it is to put its two sequences around a text. Lip Gloss
// itself would measure and lay out each text: most of what a frame cost.
//
// The zero Style leaves words as they are.
type Style struct {
	look      lipgloss.Style
	open, end string
}

// NewStyle returns a Style that looks as Lip Gloss draws it.
func NewStyle(look lipgloss.Style) Style {
	open, end, _ := strings.Cut(look.Render("x"), "x")
	return Style{look, open, end}
}

// Render returns text in the style.
func (s Style) Render(text string) string {
	switch {
	case text == "":
		return ""
	case strings.ContainsAny(text, "\n\r\t"):
		return s.look.Render(text) // line by line
	}
	return s.open + text + s.end
}

// Bold is the style with more weight.
func (s Style) Bold() Style { return NewStyle(s.look.Bold(true)) }

// Underline is the style with a line below.
func (s Style) Underline() Style { return NewStyle(s.look.Underline(true)) }

// Over is the style on a ground: what it does not say itself is the ground's.
func (s Style) Over(ground Style) Style { return NewStyle(s.look.Inherit(ground.look)) }

// LipGloss is the style for a component that draws with Lip Gloss itself.
func (s Style) LipGloss() lipgloss.Style { return s.look }

// Color is the colour of the words; nil is the terminal's own.
func (s Style) Color() color.Color { return s.look.GetForeground() }
