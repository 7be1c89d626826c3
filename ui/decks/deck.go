package decks

import (
	"slices"

	"github.com/twindeck/twindeck/ui/screen"
)

// deck is a list of rows in groups, of which a part shows. What is visible is
// rebuilt only when rows, filter, order or folds changed, and only when asked for.
type deck[T any] struct {
	kind  *kind[T]
	rows  []T
	lines []line[T]    // what can be scrolled through, in order
	all   []*bucket[T] // the rows that are listed, in their groups
	stale bool         // lines are to be rebuilt
	scene *scene

	filter   filter
	sort     int             // column
	reversed bool            // the other way round
	system   bool            // system rows are shown
	folds    map[string]bool // group or space id: folded by a person, or unfolded
	marks    map[string]bool // ids of the rows that are marked

	cursor int      // index into lines
	held   string   // id of the line under the cursor, which the cursor follows
	was    line[T]  // that line
	gone   await[T] // what was under the cursor, and may come back
	news   bool     // rows came since the lines were made
	top    int      // first line shown
	height int      // lines shown at once

	count  int // rows that pass the filter, folded ones as well
	hidden int // system rows left out

	pictures pictures
	said     []string // room for the texts of a row
}

// line is a line of a deck: a space, a group, or a row.
type line[T any] struct {
	id    string
	depth int
	head  *heading // nil for a row
	row   T        // for a heading: its first row
}

// heading is the line above a group or a space.
type heading struct {
	title, note  string
	ready, total int
	folded       bool
	space        bool
}

func newDeck[T any](k *kind[T], s *scene) *deck[T] {
	return &deck[T]{kind: k, scene: s, folds: map[string]bool{}, marks: map[string]bool{}}
}

func (d *deck[T]) setRows(rows []T) {
	if d.rows == nil {
		d.settle() // these are the first, or those of another place
	} else {
		d.news = true
	}
	d.rows, d.stale = rows, true
	d.keepMarks()
}

// forget lets go of the rows, and with them of all that could be acted on; where
// the cursor is and what is marked stays known, for when they come back.
func (d *deck[T]) forget() {
	d.rows, d.lines, d.all, d.stale = nil, nil, nil, false
	d.count, d.hidden = 0, 0
}

// elsewhere lets go of the rows, and of the one that was selected: others come,
// of another place.
func (d *deck[T]) elsewhere() {
	d.rows, d.held, d.stale = nil, "", true
	d.settle()
}

func (d *deck[T]) setFilter(f filter) {
	d.filter, d.stale = f, true
	d.settle()
}

func (d *deck[T]) toggleSystem() {
	d.system, d.stale = !d.system, true
	d.settle()
}

func (d *deck[T]) sortBy(step int) {
	n := len(d.kind.columns)
	d.sort = (d.sort + step + n) % n
	d.stale = true
}

// reverse turns the order round.
func (d *deck[T]) reverse() { d.reversed, d.stale = !d.reversed, true }

// fold folds or unfolds the group of the line under the cursor.
func (d *deck[T]) fold() {
	if _, ok := d.selected(); !ok {
		return
	}
	for i := d.cursor; i >= 0; i-- {
		if h := d.lines[i].head; h != nil {
			d.folds[d.lines[i].id] = !h.folded
			d.put(i)
			d.stale = true
			return
		}
	}
}

// folded reports whether a heading's rows are put away. A filter opens all:
// what matches is always seen.
func (d *deck[T]) folded(id string, space string) bool {
	if d.filter.on() {
		return false
	}
	if f, set := d.folds[id]; set {
		return f
	}
	return space != "" && !d.system && d.kind.closed != nil && d.kind.closed(space)
}

// bucket is a group while the lines are being made.
type bucket[T any] struct {
	key  groupKey
	rows []T
}

// refresh rebuilds the lines if anything they depend on changed.
func (d *deck[T]) refresh() {
	if !d.stale && (!d.gone.empty || d.awaited()) {
		return
	}
	d.stale = false
	d.all = d.group(d.all)
	d.lines = d.lines[:0]
	for i := 0; i < len(d.all); {
		j := i
		for j < len(d.all) && d.all[j].key.space == d.all[i].key.space {
			j++
		}
		d.addSpace(d.all[i:j])
		i = j
	}
	d.keepCursor()
}

// buckets are the rows that pass, in their groups. They hold until the rows change.
func (d *deck[T]) buckets() []*bucket[T] {
	d.refresh()
	return d.all
}

// group sorts the rows that pass into their groups, and takes the room of
// former ones for that. Rows arrive sorted by name, and neighbours mostly share
// a group, so ten thousand cost little.
func (d *deck[T]) group(former []*bucket[T]) []*bucket[T] {
	d.count, d.hidden = 0, 0
	byKey := make(map[groupKey]*bucket[T], len(former))
	for _, b := range former {
		clear(b.rows)
		b.rows = b.rows[:0]
		byKey[b.key] = b
	}
	var last *bucket[T]
	var all []*bucket[T]
	for _, r := range d.rows {
		if d.isHidden(r) {
			d.hidden++
			continue
		}
		if !d.passes(r) {
			continue
		}
		d.count++
		if k := d.kind.group(r); last == nil || last.key != k {
			last = byKey[k]
			if last == nil {
				last = &bucket[T]{key: k}
				byKey[k] = last
			}
			if len(last.rows) == 0 {
				all = append(all, last)
			}
		}
		last.rows = append(last.rows, r)
	}
	slices.SortFunc(all, func(a, b *bucket[T]) int { return compareGroups(a.key, b.key) })
	if order := d.order(); order != nil {
		for _, b := range all {
			slices.SortStableFunc(b.rows, order)
		}
	}
	return all
}

// order is how rows of a group follow each other; nil: as they come.
func (d *deck[T]) order() func(x, y T) int {
	if d.sort == 0 && !d.reversed && !d.kind.unsorted {
		return nil
	}
	sign := 1
	if d.reversed {
		sign = -1
	}
	by := d.kind.columns[d.sort].order
	return func(x, y T) int { return sign * by(x, y, d.scene) }
}

func (d *deck[T]) isHidden(r T) bool { return d.kind.system != nil && !d.system && d.kind.system(r) }

// passes reports whether the filter lets a row through.
func (d *deck[T]) passes(r T) bool {
	if !d.filter.on() {
		return true
	}
	f := d.kind.fields(r)
	var labels []string
	if d.filter.labels && d.kind.labels != nil {
		labels = d.kind.labels(r)
	}
	return d.filter.match(f[:], labels)
}

// passed are the rows that are listed, those of folded groups as well.
func (d *deck[T]) passed() []T {
	var out []T
	for _, b := range d.buckets() {
		out = append(out, b.rows...)
	}
	return out
}

// under are the rows below a heading.
func (d *deck[T]) under(l line[T]) []T {
	var out []T
	for _, b := range d.buckets() {
		if l.id == b.key.id() || l.head.space && l.id == spaceID(b.key.space) {
			out = append(out, b.rows...)
		}
	}
	return out
}

// addSpace appends the lines of all groups of one space.
func (d *deck[T]) addSpace(groups []*bucket[T]) {
	depth := 0
	if space := groups[0].key.space; space != "" {
		h := &heading{title: screen.Clean(space), space: true, folded: d.folded(spaceID(space), space)}
		for _, g := range groups {
			h.total += len(g.rows)
			h.ready += d.countReady(g.rows)
		}
		d.lines = append(d.lines, line[T]{id: spaceID(space), head: h, row: groups[0].rows[0]})
		if h.folded {
			return
		}
		depth = 1
	}
	for _, g := range groups {
		if g.key.bare() {
			for _, r := range g.rows {
				d.lines = append(d.lines, line[T]{id: d.kind.id(r), depth: depth, row: r})
			}
			continue
		}
		title, note := d.kind.title(g.key)
		h := &heading{title: title, note: note, total: len(g.rows), ready: d.countReady(g.rows), folded: d.folded(g.key.id(), "")}
		d.lines = append(d.lines, line[T]{id: g.key.id(), depth: depth, head: h, row: g.rows[0]})
		if h.folded {
			continue
		}
		for _, r := range g.rows {
			d.lines = append(d.lines, line[T]{id: d.kind.id(r), depth: depth, row: r})
		}
	}
}

func (d *deck[T]) countReady(rows []T) int {
	if d.kind.ready == nil {
		return len(rows)
	}
	n := 0
	for _, r := range rows {
		if d.kind.ready(r) {
			n++
		}
	}
	return n
}
