package logs

import (
	"strings"

	"github.com/twindeck/twindeck/ui/screen"
)

// place is a row of the log: a line, and which of its rows.
type place struct{ line, row int }

func (p place) before(o place) bool {
	return p.line < o.line || p.line == o.line && p.row < o.row
}

// floor is the number of the first line that may be seen.
func (v *View) floor() int { return max(v.lines.first(), v.hidden) }

// next is the first line after n that is seen; ok is false at the end.
func (v *View) next(n int) (int, bool) {
	n = max(n+1, v.floor())
	if v.only.empty() {
		return n, n < v.lines.end()
	}
	i := v.only.search(n)
	if i >= v.only.len() {
		return 0, false
	}
	return v.only.at(i), true
}

// prev is the last line before n that is seen; ok is false at the start.
func (v *View) prev(n int) (int, bool) {
	n = min(n, v.lines.end())
	if v.only.empty() {
		return n - 1, n-1 >= v.floor()
	}
	i := v.only.search(n) - 1
	if i < 0 || v.only.at(i) < v.floor() {
		return 0, false
	}
	return v.only.at(i), true
}

// count is how many lines are seen, scrolled to or not, and how many of them
// are before n.
func (v *View) count(n int) (before, all int) {
	if v.only.empty() {
		return n - v.floor(), v.lines.end() - v.floor()
	}
	hidden := v.only.search(v.floor())
	return v.only.search(n) - hidden, v.only.len() - hidden
}

// layouts keeps how lines are laid out, while nothing that decides it changes.
type layouts struct {
	width, column int
	wrap          bool
	form          form
	lines         map[int]laid
}

// laid is a line ready to be drawn.
type laid struct {
	shown
	rows []row
}

// maxLaid bounds how many are kept: more than a screen has.
const maxLaid = 1000

func (c *layouts) clear() { c.lines = map[int]laid{} }

// laid lays a line out in the room that is left for its text.
func (v *View) laid(n int) laid {
	width := v.textWidth()
	c := &v.cache
	if c.width != width || c.column != v.column || c.wrap != v.wrap || c.form != v.form || len(c.lines) > maxLaid {
		*c = layouts{width: width, column: v.column, wrap: v.wrap, form: v.form}
		c.clear()
	}
	if l, ok := c.lines[n]; ok {
		return l
	}
	e := v.lines.line(n)
	l := laid{shown: show(e, v.formOf(n))}
	l.rows = rowsOf(l.text, width, v.column, v.wrap && e.kind != ruled)
	c.lines[n] = l
	return l
}

// formOf is how a line is shown; single ones may be folded the other way.
func (v *View) formOf(n int) form {
	if !v.unfolded[n] {
		return v.form
	}
	if v.form == formPretty {
		return formCompact
	}
	return formPretty
}

// bottom is the first row seen when the last one is at the lower edge.
func (v *View) bottom(height int) place {
	n, ok := v.prev(v.lines.end())
	if !ok {
		return place{line: v.floor()}
	}
	for rows := 0; ; {
		rows += len(v.laid(n).rows)
		if rows >= height {
			return place{n, rows - height}
		}
		before, ok := v.prev(n)
		if !ok {
			return place{line: n}
		}
		n = before
	}
}

// settle keeps what is seen within the log, which may have lost its oldest lines.
func (v *View) settle(height int) {
	last := v.bottom(height)
	if v.follow {
		v.top, v.unseen = last, 0
		return
	}
	if n, ok := v.next(v.top.line - 1); ok && n != v.top.line {
		v.top = place{line: n}
	}
	if v.top.line >= v.floor() && v.top.line < v.lines.end() {
		v.top.row = min(v.top.row, len(v.laid(v.top.line).rows)-1)
	}
	if last.before(v.top) {
		v.top = last
	}
	if v.top == last {
		v.unseen = 0
	}
}

// Scroll moves by rows. Leaving the end stops following it; coming back to it
// follows again.
func (v *View) Scroll(by int) {
	height := v.room()
	v.settle(height)
	v.follow = false
	p := v.above(v.top, -by)
	last := v.bottom(height)
	down := by > 0
	for ; by > 0 && p.before(last); by-- {
		if p.row+1 < len(v.laid(p.line).rows) {
			p.row++
			continue
		}
		n, ok := v.next(p.line)
		if !ok {
			break
		}
		p = place{line: n}
	}
	if last.before(p) {
		p = last
	}
	v.top = p
	v.follow = down && p == last
}

// toStart shows the first line.
func (v *View) toStart() {
	v.follow = false
	n, _ := v.next(v.floor() - 1)
	v.top = place{line: n}
}

// above is the place so many rows before another, or the first one.
func (v *View) above(p place, rows int) place {
	for ; rows > 0; rows-- {
		if p.row > 0 {
			p.row--
			continue
		}
		n, ok := v.prev(p.line)
		if !ok {
			break
		}
		p = place{n, len(v.laid(n).rows) - 1}
	}
	return p
}

// reveal brings a line into view, a little below the upper edge: of a line that is
// longer than the screen, what is searched for.
func (v *View) reveal(n int) {
	v.follow = false
	v.top = place{line: n}
	height := v.room()
	if height == 0 {
		return
	}
	v.top = v.above(place{n, v.hitRow(n)}, height/3)
	if last := v.bottom(height); last.before(v.top) {
		v.top = last
	}
}

// hitRow is the row of a line that has the first hit; lines that are not wrapped
// are scrolled to the side until it is seen.
func (v *View) hitRow(n int) int {
	l := v.laid(n)
	hits := v.find.hits(l.text)
	if len(hits) == 0 {
		return 0
	}
	from, to := hits[0][0], hits[0][1]
	if v.wrap {
		return rowAt(l.rows, from)
	}
	at := strings.Count(l.text[:from], "\n")
	if r := l.rows[at]; from < r.from || to > r.to {
		before := screen.Width(l.text[strings.LastIndexByte(l.text[:from], '\n')+1 : from])
		v.column = before - v.textWidth()/3
		if before+screen.Width(l.text[from:to]) < v.textWidth() {
			v.column = 0
		}
		v.column = max(v.column, 0)
	}
	return at
}
