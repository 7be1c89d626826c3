package detail

import (
	"strings"

	"github.com/twindeck/twindeck/ui/screen"
)

// text is the lines of a tab, clean.
type text []string

// view is which part of a text is seen.
type view struct {
	top   int // the first line seen
	match int // the line a search found last
	wrap  bool
}

// rowsOf is how many rows a line takes.
func (v *view) rowsOf(line string, width int) int {
	if !v.wrap {
		return 1
	}
	width = max(width, 1)
	return max((screen.Width(line)+width-1)/width, 1)
}

// last is the first line to show so that the text's last one is seen.
func (v *view) last(t text, width, height int) int {
	rows := 0
	for i := len(t) - 1; i >= 0; i-- {
		if rows += v.rowsOf(t[i], width); rows > height {
			return min(i+1, len(t)-1)
		}
	}
	return 0
}

// scroll moves by lines, within the text.
func (v *view) scroll(t text, by, width, height int) {
	v.top = max(min(v.top+by, v.last(t, width, height)), 0)
}

// search returns the next line from n on that contains what, going on at the
// other end; step is 1 or -1.
func search(t text, what string, n, step int) (int, bool) {
	size := len(t)
	for i := range size {
		at := ((n+i*step)%size + size) % size
		if strings.Contains(strings.ToLower(t[at]), what) {
			return at, true
		}
	}
	return 0, false
}
