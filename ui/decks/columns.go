package decks

import (
	"slices"
	"strconv"

	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

// wholeName is how many cells the column that takes the spare room gets before
// those grow that may be cut short.
const wholeName = 28

// lastRank is beyond that of any column that says something.
const lastRank = 1000

// column is one column of a deck.
type column[T any] struct {
	head  string
	width int                  // of the one that takes the spare room: of its texts, what comes before other columns
	least int                  // cells at least, the others come where its texts need them and there is room for all; 0: as many as width
	right bool                 // numbers: aligned right
	rank  int                  // those of a lower one are shown first; 0: always
	spare int                  // an extra: the texts of all others are whole before it comes, of the one that takes the spare room so many cells; 0: it is none
	falls bool                 // its order begins with the largest
	when  func(flat bool) bool // whether it may be shown, with headings or without; nil: always
	has   func(T) bool         // whether it says something of a row: if of none, others come first; nil: it does
	text  func(T, *scene) string
	full  func(T, *scene) string              // the same where no heading says the rest; nil: text
	cut   func(text string, width int) string // how to shorten it; nil: at its end
	style func(T, *scene) theme.Style         // nil: second rank
	order func(a, b T, in *scene) int
}

// says is what the column says of a row.
func (c *column[T]) says(row T, flat bool, in *scene) string {
	if flat && c.full != nil {
		return c.full(row, in)
	}
	return c.text(row, in)
}

// placed is a column with the width it gets.
type placed[T any] struct {
	*column[T]
	index int
	width int
}

// shownColumns decides which columns fit; one of them takes what is left. What
// the rows are sorted by is always shown.
func (d *deck[T]) shownColumns(width int) []placed[T] { return d.fit(width, d.flat(), d.sort) }

// fit places the columns that have room in width cells, those of the lowest
// rank first, until one has none: with more room there are never fewer.
func (d *deck[T]) fit(width int, flat bool, sorted int) []placed[T] {
	all := d.kind.columns
	var order []int
	for i := range all {
		if i != d.kind.flex && (all[i].when == nil || all[i].when(flat)) {
			order = append(order, i)
		}
	}
	rank := func(i int) int {
		switch {
		case i == sorted || all[i].rank == 0:
			return 0
		case i < len(d.blank) && d.blank[i]:
			return lastRank
		}
		return all[i].rank
	}
	slices.SortStableFunc(order, func(a, b int) int { return rank(a) - rank(b) })
	flex := &all[d.kind.flex]
	longest := d.longest(d.kind.flex)
	keep := min(max(longest, flex.least), max(flex.width, flex.least))
	room := width - lead - markWidth
	cut := 0 // cells that the texts of columns that are placed lack
	cols := []placed[T]{{flex, d.kind.flex, 0}}
	for _, i := range order {
		c := &all[i]
		w := c.width
		if c.least > 0 {
			w = c.least
		}
		need, spare := keep, c.spare
		if rank(i) == lastRank {
			spare = wholeName
		}
		if spare > 0 {
			need = max(keep, min(longest, spare)) + cut
		}
		if rank(i) > 0 && room-w-1 < need {
			break
		}
		room -= w + 1
		cut += max(min(d.longest(i), c.width)-w, 0)
		cols = append(cols, placed[T]{c, i, w})
	}
	slices.SortFunc(cols, func(a, b placed[T]) int { return a.index - b.index })
	keep = max(keep, min(longest, wholeName))
	for i := range cols {
		c := &cols[i]
		if c.index == d.kind.flex {
			continue
		}
		more := max(min(min(d.longest(c.index), c.column.width)-c.width, room-keep), 0)
		c.width += more
		room -= more
	}
	for i := range cols {
		if cols[i].index == d.kind.flex {
			cols[i].width = max(room, 1)
		}
	}
	return cols
}

// weigh finds how long the texts are of columns whose width depends on it, and
// which columns say nothing.
func (d *deck[T]) weigh() {
	n := len(d.kind.columns)
	d.blank = slices.Grow(d.blank[:0], n)[:n]
	d.lengths = slices.Grow(d.lengths[:0], n)[:n]
	for i := range d.kind.columns {
		c := &d.kind.columns[i]
		d.blank[i] = c.has != nil && !slices.ContainsFunc(d.rows, c.has)
		switch d.lengths[i] = 0; {
		case i == d.kind.flex:
			d.lengths[i] = d.measure(c, max(wholeName, freeText))
		case c.least > 0 && !d.blank[i]:
			d.lengths[i] = d.measure(c, c.width)
		}
	}
}

// measure is how long the longest text of a column is, or at least most.
func (d *deck[T]) measure(c *column[T], most int) int {
	longest, flat := 0, d.flat()
	for _, b := range d.all {
		in := 0
		if b.key.space != "" && c == &d.kind.columns[0] {
			in = 2
		}
		for _, r := range b.rows {
			if longest = max(longest, in+screen.Width(c.says(r, flat, d.scene))); longest >= most {
				return longest
			}
		}
	}
	return longest
}

// longest is how long the texts of a column are that were weighed.
func (d *deck[T]) longest(column int) int {
	if column < len(d.lengths) {
		return d.lengths[column]
	}
	return 0
}

// sortBy sorts by the next column to the right, or to the left. Columns that
// have no room, with headings or without, are passed over.
func (d *deck[T]) sortBy(step int) {
	d.refresh()
	var to []int
	for _, flat := range [...]bool{false, true} {
		for _, c := range d.fit(d.width, flat, d.kind.flex) {
			to = append(to, c.index)
		}
	}
	slices.Sort(to)
	to = slices.Compact(to)
	at, there := slices.BinarySearch(to, d.sort)
	switch {
	case step < 0:
		at--
	case there:
		at++
	}
	d.sort = to[(at+len(to))%len(to)]
	d.stale = true
}

// shows reports whether a column has room.
func (d *deck[T]) shows(head string, width int) bool {
	d.refresh()
	return slices.ContainsFunc(d.shownColumns(width), func(c placed[T]) bool { return c.head == head })
}

// columnWidths tells one set of columns from another.
func columnWidths[T any](cols []placed[T]) string {
	var b []byte
	for _, c := range cols {
		b = append(strconv.AppendInt(b, int64(c.index), 10), ':')
		b = append(strconv.AppendInt(b, int64(c.width), 10), ' ')
	}
	return string(b)
}
