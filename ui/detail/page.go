package detail

import (
	"strings"

	"github.com/twindeck/twindeck/ui/screen"
)

// page is numbered lines to look at: a log or a text.
type page interface {
	first() int
	end() int
	line(n int) entry
}

// text is a page that came whole.
type text []entry

func asText(lines []string) text {
	t := make(text, len(lines))
	for i, l := range lines {
		t[i] = entry{text: l}
	}
	return t
}

func (t text) first() int       { return 0 }
func (t text) end() int         { return len(t) }
func (t text) line(n int) entry { return t[n] }

// view is which part of a page is seen.
type view struct {
	top    int  // number of the first line seen
	match  int  // number of the line a search found last
	follow bool // stays at the end
	wrap   bool
	times  bool
}

// stampWidth is "15:04:05 ".
const stampWidth = 9

// rowsOf is how many rows a line takes.
func (v *view) rowsOf(e entry, width int) int {
	if !v.wrap {
		return 1
	}
	if v.times {
		width -= stampWidth
	}
	width = max(width, 1)
	return max((screen.Width(e.text)+width-1)/width, 1)
}

// topFor is the first line to show so that line n is the last one seen.
func (v *view) topFor(p page, n, width, height int) int {
	rows := 0
	for i := n; i >= p.first(); i-- {
		rows += v.rowsOf(p.line(i), width)
		if rows > height {
			return min(i+1, n)
		}
	}
	return p.first()
}

// settle keeps the view within its page, which may have lost its oldest lines.
func (v *view) settle(p page, width, height int) {
	last := v.topFor(p, p.end()-1, width, height)
	if v.follow {
		v.top = last
	}
	v.top = max(min(v.top, last), p.first())
}

// scroll moves by lines. Leaving the end stops following it.
func (v *view) scroll(p page, by, width, height int, isLog bool) {
	v.settle(p, width, height)
	v.follow = false
	v.top += by
	last := v.topFor(p, p.end()-1, width, height)
	v.top = max(min(v.top, last), p.first())
	if isLog && by > 0 && v.top == last {
		v.follow = true
	}
}

// search returns the next line from n on that contains what, going on at the
// other end; step is 1 or -1.
func search(p page, what string, n, step int) (int, bool) {
	size := p.end() - p.first()
	for i := range size {
		at := p.first() + ((n-p.first()+i*step)%size+size)%size
		if strings.Contains(strings.ToLower(p.line(at).text), what) {
			return at, true
		}
	}
	return 0, false
}
