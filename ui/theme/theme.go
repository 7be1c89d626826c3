// Package theme is twindeck's look: a few colours that carry state only, a
// glyph for each state, and the styles every part draws with.
package theme

import (
	"charm.land/lipgloss/v2"
)

// Theme is the set of styles for one terminal background. All parts draw with
// these and make no colours of their own.
type Theme struct {
	Dark bool

	Text   Style // ordinary words
	Strong Style // titles, selected names
	Dim    Style // second rank: column heads, ages
	Faint  Style // third rank: separators, rules
	Accent Style // the focus
	Good   Style // healthy
	Warn   Style // needs attention
	Bad    Style // broken
	Old    Style // idle, stale, no news

	Cursor     Style // the selected row of the focused part
	CursorIdle Style // the selected row of a part without focus
	Key        Style // a key in the footer
	Match      Style // a search hit
	Caret      Style // where what is typed goes

	// Sources tell sources of lines apart, in turn. They differ in brightness
	// too, for eyes that do not see all colours.
	Sources []Style

	Border      Style
	BorderFocus Style // of the part in focus
}

// New returns the theme for a dark or a light terminal. Whether colours are
// shown at all (NO_COLOR, dumb terminals) is decided where output is written.
func New(dark bool) *Theme {
	pick := lipgloss.LightDark(dark)
	fg := func(light, dark string) Style {
		return NewStyle(lipgloss.NewStyle().Foreground(pick(lipgloss.Color(light), lipgloss.Color(dark))))
	}
	bg := func(light, dark string) Style {
		return NewStyle(lipgloss.NewStyle().Background(pick(lipgloss.Color(light), lipgloss.Color(dark))))
	}
	accent := fg("#1f6feb", "#58a6ff")
	return &Theme{
		Dark:       dark,
		Text:       Style{},
		Strong:     Style{}.Bold(),
		Dim:        fg("#57606a", "#8b949e"),
		Faint:      fg("#afb8c1", "#484f58"),
		Accent:     accent,
		Good:       fg("#1a7f37", "#3fb950"),
		Warn:       fg("#9a6700", "#d29922"),
		Bad:        fg("#cf222e", "#f85149"),
		Old:        fg("#8c959f", "#6e7681"),
		Cursor:     bg("#ddeeff", "#1b2b40").Bold(),
		CursorIdle: bg("#eaeef2", "#21262d"),
		Key:        accent.Bold(),
		Match:      bg("#fff3b0", "#5a4a00"),
		Caret:      NewStyle(lipgloss.NewStyle().Reverse(true)),
		Sources: []Style{
			fg("#0072b2", "#56b4e9"), fg("#b35c00", "#e69f00"), fg("#00755a", "#2fc79a"), fg("#9c3f78", "#dd8fbd"),
			fg("#6b6500", "#f0e442"), fg("#b33900", "#ff8a4c"), fg("#4a4fb8", "#a6a9ff"),
		},
		Border:      fg("#d0d7de", "#30363d"),
		BorderFocus: accent,
	}
}

// Level is how a thing stands, for colour and glyph alike.
type Level int

// The levels.
const (
	Unknown Level = iota
	Good
	Starting
	Attention
	Broken
	Idle
	None // nothing is to be said of it
)

// Glyph is the level's sign; it says without colour what the colour says.
func (l Level) Glyph() string {
	return [...]string{"?", "●", "◐", "▲", "✕", "○", " "}[l]
}

// Level returns the style for a level.
func (t *Theme) Level(l Level) Style {
	switch l {
	case Good:
		return t.Good
	case Starting, Attention:
		return t.Warn
	case Broken:
		return t.Bad
	default:
		return t.Old
	}
}
