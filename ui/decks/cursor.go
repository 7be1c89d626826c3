package decks

import "slices"

// follow puts the cursor back on the line it was on, wherever that is now; if
// it is gone, the cursor stays where it was, on what took its place.
func (d *deck[T]) follow() {
	if d.held != "" {
		if d.cursor < len(d.lines) && d.lines[d.cursor].id == d.held {
			d.show()
			return
		}
		for i := range d.lines {
			if d.lines[i].id == d.held {
				d.cursor = i
				d.show()
				return
			}
		}
	}
	if d.held == "" {
		d.cursor = 0
		for i := range d.lines {
			if d.lines[i].head == nil {
				d.cursor = i
				break
			}
		}
	}
	d.put(d.cursor)
	if len(d.lines) > 0 && d.lines[d.cursor].head != nil && d.cursor+1 < len(d.lines) && d.lines[d.cursor+1].head == nil {
		d.put(d.cursor + 1) // a row took the place of a row
	}
}

// put moves the cursor to a line, or as near as there is one.
func (d *deck[T]) put(i int) {
	d.cursor = max(min(i, len(d.lines)-1), 0)
	if len(d.lines) > 0 {
		d.held = d.lines[d.cursor].id
	}
	d.show()
}

// show scrolls as little as needed for the cursor to be seen.
func (d *deck[T]) show() {
	if d.height < 1 {
		return
	}
	d.top = min(d.top, d.cursor)
	if d.cursor >= d.top+d.height {
		d.top = d.cursor - d.height + 1
	}
	// A first row brings its heading along, so that one sees where it belongs.
	for d.top > 0 && d.top == d.cursor && d.lines[d.top-1].head != nil && d.height > 2 {
		d.top--
	}
	d.top = max(min(d.top, len(d.lines)-d.height), 0)
}

func (d *deck[T]) setHeight(h int) {
	d.height = max(h, 0)
	d.refresh()
	d.show()
}

func (d *deck[T]) move(by int) {
	d.refresh()
	d.put(d.cursor + by)
}

func (d *deck[T]) first() { d.move(-len(d.lines)) }
func (d *deck[T]) last()  { d.move(len(d.lines)) }

func (d *deck[T]) page(by int) { d.move(by * max(d.height-1, 1)) }

// scroll moves what is seen; the cursor comes along when it would leave.
func (d *deck[T]) scroll(by int) {
	d.refresh()
	d.top = max(min(d.top+by, len(d.lines)-d.height), 0)
	if len(d.lines) == 0 {
		return
	}
	d.cursor = max(min(d.cursor, d.top+d.height-1), d.top)
	d.held = d.lines[d.cursor].id
}

// click puts the cursor on the n-th line shown; on a heading it folds as well.
func (d *deck[T]) click(n int) {
	d.refresh()
	i := d.top + n
	if n < 0 || n >= d.height || i >= len(d.lines) {
		return
	}
	again := d.cursor == i
	d.put(i)
	if d.lines[i].head != nil && again {
		d.fold()
	}
}

// find puts the cursor on the row of an ID, if it is listed; a group that
// hides it is unfolded.
func (d *deck[T]) find(id string) bool {
	return d.findRow(func(r T) bool { return d.kind.id(r) == id }, false)
}

// findTied does the same for a row that runs one of these images, the very
// same if there is one; after: the next one after the cursor.
func (d *deck[T]) findTied(with runs, after bool) bool {
	if d.kind.runs == nil || len(with) == 0 {
		return false
	}
	for _, want := range [...]mark{same, stale} {
		if d.findRow(func(r T) bool { return tie(with, d.kind.runs(r)) == want }, after) {
			return true
		}
	}
	return false
}

func (d *deck[T]) findRow(fits func(T) bool, after bool) bool {
	var ids []string
	var groups []groupKey
	for _, b := range d.buckets() {
		for _, r := range b.rows {
			if fits(r) {
				ids, groups = append(ids, d.kind.id(r)), append(groups, b.key)
			}
		}
	}
	if len(ids) == 0 {
		return false
	}
	at := 0
	if l, ok := d.selected(); ok && after && l.head == nil {
		at = (slices.Index(ids, d.kind.id(l.row)) + 1) % len(ids)
	}
	d.folds[groups[at].id()] = false
	if space := groups[at].space; space != "" {
		d.folds[spaceID(space)] = false
	}
	d.held, d.stale = ids[at], true
	d.refresh()
	return true
}

// selected returns the line under the cursor; ok is false when there is none.
func (d *deck[T]) selected() (l line[T], ok bool) {
	d.refresh()
	if d.cursor >= len(d.lines) {
		return l, false
	}
	return d.lines[d.cursor], true
}

// visible returns the lines on the screen.
func (d *deck[T]) visible() []line[T] {
	d.refresh()
	from := min(d.top, len(d.lines))
	return d.lines[from:min(from+d.height, len(d.lines))]
}
