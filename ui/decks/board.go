package decks

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/link"
	"github.com/twindeck/twindeck/ui/detail"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
)

// board is a list of rows of any kind, as the part sees it: every deck[T] is one.
type board interface {
	// What the keys do to it.
	move(by int)
	page(by int)
	first()
	last()
	fold() (groups bool)
	scroll(by int)
	click(n int)
	sortBy(step int)
	reverse()
	toggleSystem()
	setFilter(f filter)
	filter() filter
	mark()
	unmark() (any bool)
	act(a keys.Action) (cmd tea.Cmd, handled bool)
	enter() (cmd tea.Cmd, handled bool) // false: enter shows the row in the detail
	cannot(a keys.Action) bool

	// What is seen of it.
	noun() string
	one() string        // "A container"
	copies() []copyable // of the selected row
	logless() string    // why the selected row has no logs, though rows of its kind may; else empty
	short() string
	total() int // rows that pass the filter
	setSize(width, height int)
	refresh()
	frame(focused bool, edge edge, width int) screen.Box
	draw(width int, focused bool, tied func(runs) mark) []string
	empty() (notice, bool) // what is said in place of rows
	status() link.Status
	footer() []keys.Action

	// What is selected.
	subject() detail.Subject
	subjectOf(id string) (s detail.Subject, listed bool)
	marked() []detail.Subject
	runs() runs
	selectedID() string
	onHeading() bool
	awaits() bool
	find(id string) bool // puts the cursor on a row, if it is there
	findTied(with runs, after bool) bool
	users() (names []string, ok bool) // containers that use the row under the cursor
	used(by string) []place           // rows that a container uses
}

// side is one deck: the lists it can show, one of which it does.
type side struct {
	boards []board
	shown  int
}

func (s *side) board() board { return s.boards[s.shown] }

// turn shows the next list, or with -1 the one before.
func (s *side) turn(step int) { s.shown = (s.shown + step + len(s.boards)) % len(s.boards) }

// others are the short names of a deck's lists, the shown one left out.
func (s *side) others() []string {
	var names []string
	for i, b := range s.boards {
		if i != s.shown {
			names = append(names, b.short())
		}
	}
	return names
}

// show shows one of the deck's lists.
func (s *side) show(b board) { s.shown = max(slices.Index(s.boards, b), 0) }

func (d *deck[T]) noun() string        { return d.kind.noun }
func (d *deck[T]) one() string         { return d.kind.one }
func (d *deck[T]) short() string       { return d.kind.short }
func (d *deck[T]) filter() filter      { return d.passing }
func (d *deck[T]) status() link.Status { return d.kind.status() }

// footer is what the footer names, without what does nothing.
func (d *deck[T]) footer() []keys.Action {
	d.refresh()
	if d.systems {
		return d.kind.footer
	}
	return slices.DeleteFunc(slices.Clone(d.kind.footer), func(a keys.Action) bool { return a == keys.System })
}

func (d *deck[T]) cannot(a keys.Action) bool {
	d.refresh()
	return a == keys.System && !d.systems || d.kind.cannot != nil && d.kind.cannot(a)
}

func (d *deck[T]) copies() []copyable {
	l, ok := d.selected()
	if !ok || l.head != nil || d.kind.copies == nil {
		return nil
	}
	return d.kind.copies(l.row)
}

func (d *deck[T]) logless() string {
	l, ok := d.selected()
	if !ok || l.head != nil || d.kind.logless == nil {
		return ""
	}
	return d.kind.logless(l.row)
}

func (d *deck[T]) total() int {
	d.refresh()
	return d.count
}

func (d *deck[T]) empty() (notice, bool) {
	d.refresh()
	if len(d.rows) > 0 && d.count > 0 {
		return notice{}, false
	}
	return d.kind.empty(d), true
}

// awaits reports whether nothing is selected because what was is waited for.
func (d *deck[T]) awaits() bool { return d.gone.empty }

// subject is what the detail shows of the line under the cursor.
func (d *deck[T]) subject() detail.Subject {
	l, ok := d.selected()
	switch {
	case !ok:
		return detail.Subject{}
	case l.head != nil:
		return d.kind.heading(d.kind.noun+" "+l.id, l.head, d.under(l))
	}
	return d.kind.subject(l.row)
}

// runs are the images of the row under the cursor.
func (d *deck[T]) runs() runs {
	l, ok := d.selected()
	if !ok || l.head != nil || d.kind.runs == nil {
		return nil
	}
	return d.kind.runs(l.row)
}

func (d *deck[T]) onHeading() bool {
	l, ok := d.selected()
	return ok && l.head != nil
}

// act gives an action to the rows it is meant for: those that are marked, or
// the one under the cursor, or those of the heading there.
func (d *deck[T]) act(a keys.Action) (tea.Cmd, bool) {
	on := chosen[T]{rows: d.markedRows()}
	if l, ok := d.selected(); ok && len(on.rows) == 0 {
		on.head = l.head
		if on.rows = []T{l.row}; l.head != nil {
			on.rows = d.under(l)
		}
	}
	return d.kind.act(a, on)
}

// enter goes into the row under the cursor, where rows can be gone into.
func (d *deck[T]) enter() (tea.Cmd, bool) {
	l, ok := d.selected()
	if !ok || l.head != nil || d.kind.enter == nil {
		return nil, false
	}
	return d.kind.enter(l.row)
}

// chosen is what an action is meant for.
type chosen[T any] struct {
	rows []T      // none: there is no row
	head *heading // the heading whose rows they are; nil: they were chosen themselves
}
