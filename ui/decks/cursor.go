package decks

import (
	"slices"
	"time"
)

// awaitFor is how long a row that went is waited for: a pod or a container that
// is replaced is mostly back within seconds.
const awaitFor = 10 * time.Second

// await is what the cursor was on when news took it away.
type await[T any] struct {
	line  line[T]
	since time.Time
	on    bool
	// nothing is selected: of the group no row is left, and what took its place
	// belongs to another workload
	empty bool
}

// keepCursor puts the cursor back on the line it was on, wherever that is now. Of a
// row that is gone it goes to what replaces it: the row of the same name, as
// soon as there is one; meanwhile the nearest of its group.
func (d *deck[T]) keepCursor() {
	news := d.news
	d.news = false
	if d.held == "" {
		d.cursor = max(slices.IndexFunc(d.lines, func(l line[T]) bool { return l.head == nil }), 0)
		d.put(d.cursor)
		return
	}
	at := d.lineOf(d.held)
	if at < 0 && news && !d.gone.on && d.was.id == d.held {
		d.gone = await[T]{line: d.was, since: d.scene.now, on: true}
	}
	if d.awaited() {
		same, nearest := d.heirs(d.gone.line)
		switch {
		case same >= 0:
			d.put(same)
			return
		case at < 0 && nearest < 0:
			d.gone.empty = true
			d.cursor = max(min(d.cursor, len(d.lines)-1), 0)
			d.show()
			return
		case at < 0:
			at = nearest
		}
		d.gone.empty = false
		d.stand(at)
		return
	}
	d.settle()
	if at < 0 {
		at = d.stead(d.was)
	}
	if at < 0 {
		at = d.cursor
		if at+1 < len(d.lines) && d.lines[at].head != nil && d.lines[at+1].head == nil {
			at++ // a row takes the place of a row
		}
	}
	d.stand(at)
}

// stead is the line that stands for one that was listed while there were
// headings, or none: the heading that hides a row, or the first row of a heading;
// -1: there is none.
func (d *deck[T]) stead(of line[T]) int {
	switch {
	case of.id == "" || of.id != d.held:
		return -1
	case of.head == nil:
		key := d.kind.group(of.row)
		return slices.IndexFunc(d.lines, func(l line[T]) bool {
			return l.head != nil && l.head.folded && (l.id == key.id() || l.head.space && l.id == spaceID(key.space))
		})
	case !d.flat():
		return -1
	}
	return slices.IndexFunc(d.lines, func(l line[T]) bool {
		key := d.kind.group(l.row)
		return key.id() == of.id || of.head.space && spaceID(key.space) == of.id
	})
}

// awaited reports whether what the cursor was on may still come back.
func (d *deck[T]) awaited() bool { return d.gone.on && d.scene.now.Sub(d.gone.since) < awaitFor }

// settle ends the waiting: the cursor is where somebody put it.
func (d *deck[T]) settle() { d.gone = await[T]{} }

// heirs are the lines that can take the place of one that is gone: the row of
// the same name, and the nearest of its group; -1: there is none.
func (d *deck[T]) heirs(of line[T]) (same, nearest int) {
	if of.head != nil {
		return d.lineOf(of.id), -1
	}
	same, nearest = -1, -1
	group, name := d.kind.group(of.row), d.nameOf(of.row)
	for i, l := range d.lines {
		if l.head != nil || d.kind.group(l.row) != group {
			continue
		}
		if same < 0 && name != "" && d.nameOf(l.row) == name {
			same = i
		}
		if nearest < 0 || abs(i-d.cursor) < abs(nearest-d.cursor) {
			nearest = i
		}
	}
	return same, nearest
}

func (d *deck[T]) nameOf(r T) string {
	d.looked = d.kind.fields(r, d.looked[:0])
	return d.looked[0]
}

func (d *deck[T]) lineOf(id string) int {
	if d.cursor < len(d.lines) && d.lines[d.cursor].id == id {
		return d.cursor
	}
	return slices.IndexFunc(d.lines, func(l line[T]) bool { return l.id == id })
}

func abs(n int) int { return max(n, -n) }

// put moves the cursor to a line, or as near as there is one.
func (d *deck[T]) put(i int) {
	d.settle()
	d.stand(i)
}

// stand has the cursor on a line, or as near as there is one.
func (d *deck[T]) stand(i int) {
	d.cursor, d.was = max(min(i, len(d.lines)-1), 0), line[T]{}
	if len(d.lines) > 0 {
		d.was = d.lines[d.cursor]
		d.held = d.was.id
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

func (d *deck[T]) setSize(width, height int) {
	d.width, d.height = width, max(height, 0)
	d.refresh()
	d.show()
}

func (d *deck[T]) move(by int) {
	d.refresh()
	if d.gone.empty && by > 0 {
		by-- // to what took the place of the row that is gone
	}
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
	if at := max(min(d.cursor, d.top+d.height-1), d.top); at != d.cursor {
		d.put(at)
	}
}

// click puts the cursor on the n-th line shown; on a heading it folds as well.
func (d *deck[T]) click(n int) {
	d.refresh()
	i := d.top + n
	if n < 0 || n >= d.height || i >= len(d.lines) {
		return
	}
	again := d.cursor == i && !d.gone.empty
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
				ids, groups = append(ids, d.kind.id(r)), append(groups, d.kind.group(r))
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
	d.settle()
	d.held, d.stale = ids[at], true
	d.refresh()
	return true
}

// selected returns the line under the cursor; ok is false when there is none,
// and while the cursor waits for the one it was on.
func (d *deck[T]) selected() (l line[T], ok bool) {
	d.refresh()
	if d.cursor >= len(d.lines) || d.gone.empty {
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
