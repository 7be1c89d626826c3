package screen

import (
	"strings"

	"github.com/twindeck/twindeck/ui/theme"
)

// DiffLines are the lines of a unified diff without its file names. None is
// empty: each begins with what it is.
func DiffLines(diff string) []string {
	var lines []string
	for _, l := range strings.Split(strings.TrimSuffix(diff, "\n"), "\n") {
		if l == "" || strings.HasPrefix(l, "--- ") || strings.HasPrefix(l, "+++ ") || strings.HasPrefix(l, `\`) {
			continue
		}
		lines = append(lines, l)
	}
	return lines
}

// DiffStyle is how a line of a diff is drawn.
func DiffStyle(t *theme.Theme, line string) theme.Style {
	switch line[0] {
	case '+':
		return t.Good
	case '-':
		return t.Bad
	case '@':
		return t.Faint
	}
	return t.Dim
}
