package dialog

import (
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

// form is a small box whose size follows what is in it.
type form struct {
	title string
	right string
	foot  string
	edge  theme.Style
	lines []string
	wide  int // at least this many cells inside; 0: as the lines need
}

// text appends plain paragraphs, wrapped.
func (f *form) text(paragraphs []string, style theme.Style, width int) {
	for _, p := range paragraphs {
		if p == "" {
			f.lines = append(f.lines, "")
			continue
		}
		for _, l := range screen.WrapText(screen.Clean(p), width) {
			f.lines = append(f.lines, style.Render(l))
		}
	}
}

// draw returns the box, with a blank line above and below what is in it where
// there is room.
func (f *form) draw(width, height int) []string {
	inside := max(screen.Width(f.title)+4, f.wide)
	for _, l := range f.lines {
		inside = max(inside, screen.Width(l))
	}
	inside = min(inside, width-6)
	lines := make([]string, 0, len(f.lines)+2)
	if height > len(f.lines)+4 {
		lines = append(lines, "")
	}
	for _, l := range f.lines {
		lines = append(lines, "  "+l)
	}
	if height > len(lines)+2 {
		lines = append(lines, "")
	}
	return screen.Box{Title: f.title, Right: f.right, Foot: f.foot, Edge: f.edge}.
		Draw(lines, inside+6, min(len(lines)+2, height))
}
