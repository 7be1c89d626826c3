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

	passing  filter
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
	width  int      // cells of a line
	height int      // lines shown at once

	count   int  // rows that pass the filter, folded ones as well
	hidden  int  // system rows left out
	away    int  // rows of closed spaces, where no heading says that they are there
	systems bool // there are such, or system rows, shown or not

	lengths []int  // by column: cells of its longest text, where that is to be known
	blank   []bool // by column: it says nothing of any row

	pictures pictures
	said     []string // room for the texts of a row
	looked   []string // and for what a filter looks at
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
	d.count, d.hidden, d.away = 0, 0, 0
}

// elsewhere lets go of the rows, and of the one that was selected: others come,
// of another place.
func (d *deck[T]) elsewhere() {
	d.rows, d.held, d.stale = nil, "", true
	d.settle()
}

func (d *deck[T]) setFilter(f filter) {
	d.passing, d.stale = f, true
	d.settle()
}

func (d *deck[T]) toggleSystem() {
	d.system, d.stale = !d.system, true
	d.settle()
}

// reverse turns the order round.
func (d *deck[T]) reverse() { d.reversed, d.stale = !d.reversed, true }

// flat says that rows stand without headings: they are in an order that goes
// over all groups.
func (d *deck[T]) flat() bool { return d.kind.unsorted || d.sort != 0 }

// fold folds or unfolds the group of the line under the cursor; groups is false
// where there are none.
func (d *deck[T]) fold() (groups bool) {
	if d.flat() {
		return false
	}
	if _, ok := d.selected(); !ok {
		return true
	}
	for i := d.cursor; i >= 0; i-- {
		if h := d.lines[i].head; h != nil {
			d.folds[d.lines[i].id] = !h.folded
			d.put(i)
			d.stale = true
			break
		}
	}
	return true
}

// folded reports whether a heading's rows are put away. A filter opens all:
// what matches is always seen.
func (d *deck[T]) folded(id string, space string) bool {
	if d.passing.on() {
		return false
	}
	if f, set := d.folds[id]; set {
		return f
	}
	return !d.system && d.closed(space)
}

// closed reports whether a space is folded until somebody unfolds it.
func (d *deck[T]) closed(space string) bool {
	return space != "" && d.kind.closed != nil && d.kind.closed(space)
}

// ofSystem reports whether a row is one that is shown only when asked for.
func (d *deck[T]) ofSystem(r T) bool {
	return d.kind.system != nil && d.kind.system(r) || d.closed(d.kind.group(r).space)
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
	d.away = 0
	d.systems = slices.ContainsFunc(d.rows, d.ofSystem)
	d.weigh()
	if d.flat() {
		d.addRows()
	}
	for i := 0; i < len(d.all) && !d.flat(); {
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
		if k := d.groupOf(r); last == nil || last.key != k {
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
	sign := pick(d.reversed, -1, 1)
	slices.SortFunc(all, func(a, b *bucket[T]) int { return compareGroups(a.key, b.key, sign) })
	if order := d.order(); order != nil {
		for _, b := range all {
			slices.SortStableFunc(b.rows, order)
		}
	}
	return all
}

// groupOf is the group that a row is listed in: one for all without headings.
func (d *deck[T]) groupOf(r T) groupKey {
	if d.flat() {
		return groupKey{}
	}
	return d.kind.group(r)
}

// order is how rows of a group follow each other; nil: as they come.
func (d *deck[T]) order() func(x, y T) int {
	if d.sort == 0 && !d.reversed && !d.kind.unsorted {
		return nil
	}
	sign := pick(d.reversed, -1, 1)
	by := d.kind.columns[d.sort].order
	return func(x, y T) int { return sign * by(x, y, d.scene) }
}

func (d *deck[T]) isHidden(r T) bool { return d.kind.system != nil && !d.system && d.kind.system(r) }

// passes reports whether the filter lets a row through.
func (d *deck[T]) passes(r T) bool {
	if !d.passing.on() {
		return true
	}
	d.looked = d.kind.fields(r, d.looked[:0])
	at := sight{fields: d.looked, level: d.kind.level(r)}
	if d.kind.ids != nil {
		at.ids = d.kind.ids(r)
	}
	if d.passing.labels && d.kind.labels != nil {
		at.labels = d.kind.labels(r)
	}
	return d.passing.match(at)
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

// addRows appends the rows of all groups without a heading. Those of a space
// that is closed by itself stay away.
func (d *deck[T]) addRows() {
	for _, b := range d.all {
		for _, r := range b.rows {
			if space := d.kind.group(r).space; d.closed(space) && d.folded(spaceID(space), space) {
				d.away++
				continue
			}
			d.lines = append(d.lines, line[T]{id: d.kind.id(r), row: r})
		}
	}
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
