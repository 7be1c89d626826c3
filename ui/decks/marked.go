package decks

import "github.com/twindeck/twindeck/ui/detail"

// mark marks the row under the cursor, or takes the mark away, and goes on to
// the next. On a heading it does so to all its rows.
func (d *deck[T]) mark() {
	l, ok := d.selected()
	switch {
	case !ok:
		return
	case l.head == nil:
		d.setMark(l.row, !d.marks[d.kind.id(l.row)])
		d.move(1)
		return
	}
	rows := d.under(l)
	all := true
	for _, r := range rows {
		all = all && d.marks[d.kind.id(r)]
	}
	for _, r := range rows {
		d.setMark(r, !all)
	}
}

func (d *deck[T]) setMark(r T, on bool) {
	if !on {
		delete(d.marks, d.kind.id(r))
		return
	}
	d.marks[d.kind.id(r)] = true
}

// unmark takes all marks away; any is false if there were none.
func (d *deck[T]) unmark() (any bool) {
	any = len(d.marks) > 0
	clear(d.marks)
	return any
}

// markedRows are the rows that are marked, in the order they are listed. A row
// that a filter hides keeps its mark, but nothing is done to what is not seen.
func (d *deck[T]) markedRows() []T {
	if len(d.marks) == 0 {
		return nil
	}
	d.refresh()
	var out []T
	for _, r := range d.passed() {
		if d.marks[d.kind.id(r)] {
			out = append(out, r)
		}
	}
	return out
}

func (d *deck[T]) marked() []detail.Subject {
	var out []detail.Subject
	for _, r := range d.markedRows() {
		out = append(out, d.kind.subject(r))
	}
	return out
}

// keepMarks forgets the marks of rows that are gone.
func (d *deck[T]) keepMarks() {
	if len(d.marks) == 0 {
		return
	}
	there := make(map[string]bool, len(d.marks))
	for _, r := range d.rows {
		if id := d.kind.id(r); d.marks[id] {
			there[id] = true
		}
	}
	d.marks = there
}
