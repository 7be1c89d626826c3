package screen

import (
	"strings"

	"github.com/twindeck/twindeck/ui/theme"
)

// Line builds one styled line. A base style (the cursor's background) lies
// under every piece when it is set.
type Line struct {
	base  theme.Style
	based bool
	b     strings.Builder
	width int
}

// Row begins a line of a list, with the cursor's look if it is selected.
func Row(th *theme.Theme, selected bool) *Line {
	l := &Line{}
	if selected {
		l.On(th.Cursor)
		l.Add(th.Accent, "▌")
	} else {
		l.Gap(1)
	}
	return l
}

// On sets the style under all pieces that follow.
func (l *Line) On(base theme.Style) { l.base, l.based = base, true }

// Add appends text in a style.
func (l *Line) Add(s theme.Style, text string) {
	if text == "" {
		return
	}
	if l.based {
		s = s.Over(l.base)
	}
	l.b.WriteString(s.Render(text))
	l.width += Width(text)
}

// Gap appends n blank cells.
func (l *Line) Gap(n int) {
	if n <= 0 {
		return
	}
	if l.based {
		l.Add(theme.Style{}, Blank(n))
		return
	}
	l.b.WriteString(Blank(n))
	l.width += n
}

// To appends blank cells up to a column.
func (l *Line) To(column int) { l.Gap(column - l.width) }

// Width is how many cells are filled.
func (l *Line) Width() int { return l.width }

// String returns the line.
func (l *Line) String() string { return l.b.String() }
