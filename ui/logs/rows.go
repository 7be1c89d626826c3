package logs

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/twindeck/twindeck/ui/screen"
)

// row is a stretch of a shown line, in bytes, that takes one row of the screen.
type row struct {
	from, to int
	before   bool // something of the line lies to the left of it
	after    bool // and to the right
}

// rowsOf lays a line out in rows of width cells: broken where it must be, or
// one row for each of its lines, from a column on.
func rowsOf(text string, width, column int, wrap bool) (rows []row) {
	width = max(width, 1)
	for from := 0; from <= len(text); {
		to := len(text)
		if i := strings.IndexByte(text[from:], '\n'); i >= 0 {
			to = from + i
		}
		if wrap {
			rows = breakLine(rows, text, from, to, width)
		} else {
			rows = append(rows, cutLine(text, from, to, width, column))
		}
		from = to + 1
	}
	return rows
}

// breakLine appends the rows of a line from from to to.
func breakLine(rows []row, text string, from, to, width int) []row {
	for {
		end := from + cells(text[from:to], width)
		if end == from && end < to { // a character wider than the row
			end += max(first(text[from:to]), 1)
		}
		rows = append(rows, row{from: from, to: end})
		if end >= to {
			return rows
		}
		from = end
	}
}

// cutLine is what can be seen of a line from a column on; a cell at either end
// is kept for the sign that there is more.
func cutLine(text string, from, to, width, column int) row {
	r := row{from: from, to: to}
	if column > 0 {
		r.from += cells(text[from:to], column)
		r.before = r.from > from
	}
	if r.before {
		r.from += cells(text[r.from:to], 1)
		width--
	}
	end := r.from + cells(text[r.from:to], width)
	if end < to {
		r.to, r.after = r.from+cells(text[r.from:to], max(width-1, 0)), true
	}
	return r
}

// rowAt is the last row that does not begin behind a place in the text.
func rowAt(rows []row, place int) (at int) {
	for i, r := range rows {
		if r.from <= place {
			at = i
		}
	}
	return at
}

// cells is how many bytes of text fit into width cells.
func cells(text string, width int) int {
	n := 0
	for n < len(text) && n < width && text[n] >= 0x20 && text[n] < 0x7f {
		n++
	}
	if n == len(text) || n == width && !joins(text[n:]) {
		return n
	}
	n, left := 0, width
	for n < len(text) {
		_, w, size, _ := ansi.GraphemeWidth.DecodeSequenceInString(text[n:], 0, nil)
		if size == 0 || w > left {
			break
		}
		left -= w
		n += size
	}
	return n
}

// joins tells that a text may begin with something that sits on the character
// before it.
func joins(text string) bool { return text[0] >= 0x80 }

// first is the length of a text's first character, in bytes.
func first(text string) int {
	_, _, size, _ := ansi.GraphemeWidth.DecodeSequenceInString(text, 0, nil)
	return size
}

// widthOf is how many cells a row takes, signs included.
func widthOf(text string, r row) int {
	w := screen.Width(text[r.from:r.to])
	if r.before {
		w++
	}
	if r.after {
		w++
	}
	return w
}
