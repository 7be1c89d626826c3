// Package logs follows what containers and pods write: one source or many,
// merged by time, through breaks of the connection, in bounded memory; and
// shows it.
package logs

import (
	"fmt"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
)

// settleTime is how long a selection must stand still before anything is read.
const settleTime = 120 * time.Millisecond

// View shows the log of a set of targets. Make one with New.
type View struct {
	ctx     *screen.Context
	set     Set
	number  int // of the set as it is now; grows with each change
	turn    int // grows whenever reading begins anew; what older ones bring is dropped
	chosen  screen.Settle
	session *session
	choice  choice
	since   int // index into spans

	lines  *ring
	states []status
	left   int  // targets that are not followed
	loaded bool // something came, if only that there is nothing yet

	width, height int // inside
	top           place
	follow        bool
	wrap          bool
	column        int // the first cell seen of lines that are not wrapped
	times         times
	form          form
	unfolded      map[int]bool // lines that are shown the other way: one object pretty
	hidden        int          // lines before this one are cleared away
	marked        int          // number of the last mark, plus one; 0: there is none
	unseen        int          // lines that came below what is seen
	unkept        int          // of them, those that were left out, which is not said yet

	find   finder // what is searched for
	only   finder // what alone is shown
	hit    int    // number of the line the search stands on; -1: none
	jump   bool   // to the last hit, once it is found
	scan   bool   // a part of looking back is on its way
	prompt *prompt

	cache layouts
}

// finder is a matcher and the lines that have it.
type finder struct {
	matcher
	index
}

// begin comes when a selection stood still for a while.
type begin struct{ turn int }

// looked asks for the next part of looking back.
type looked struct{ turn int }

// New returns a view of nothing.
func New(ctx *screen.Context) *View {
	v := &View{ctx: ctx, follow: true, hit: -1, choice: choice{span: spans[0].span}}
	v.clear()
	return v
}

// ID is that of the set that is followed; empty for none.
func (v *View) ID() string { return v.set.ID }

// SetSize sets the room inside the frame. Of a long line the part that is read
// stays, and so does the hit that is stood on.
func (v *View) SetSize(width, height int) {
	if width == v.width && height == v.height {
		return
	}
	stood := !v.follow && v.hit >= 0 && slices.Contains(v.seen(), v.hit)
	from := 0
	if kept := v.top.line >= v.lines.first() && v.top.line < v.lines.end(); kept && v.top.row > 0 {
		rows := v.laid(v.top.line).rows
		from = rows[min(v.top.row, len(rows)-1)].from
	}
	v.width, v.height = max(width, 1), max(height, 0)
	if from > 0 {
		v.top.row = rowAt(v.laid(v.top.line).rows, from)
	}
	if stood && !slices.Contains(v.seen(), v.hit) {
		v.reveal(v.hit)
	}
}

// Follow shows a set. The same set again, with other targets or the same in
// another state, goes on: what is new joins, what is gone ends, and its lines
// stay. Another set begins anew, once it was chosen for a moment.
func (v *View) Follow(set Set) tea.Cmd {
	if set.ID != v.set.ID || !set.Origin.Same(v.set.Origin) {
		v.set = set
		v.choice.container, v.choice.previous = "", false
		return v.restart(settleTime)
	}
	same := slices.Equal(set.Targets, v.set.Targets)
	v.set = set
	if same || v.session == nil {
		return nil
	}
	return v.tell()
}

// tell hands the set to the session.
func (v *View) tell() tea.Cmd {
	v.number++
	s, number, set := v.session, v.number, v.set
	return func() tea.Msg {
		s.follow(number, set)
		return nil
	}
}

// Stop ends reading and forgets what was read.
func (v *View) Stop() {
	v.set = Set{}
	v.restart(0)
}

// restart reads anew, after a while without another.
func (v *View) restart(after time.Duration) tea.Cmd {
	v.turn++
	v.chosen.Pass()
	if v.session != nil {
		v.session.end()
		v.session = nil
	}
	v.clear()
	if v.set.ID == "" {
		return nil
	}
	if after == 0 {
		return v.begin()
	}
	return v.chosen.After(after, begin{v.turn})
}

// begin starts reading.
func (v *View) begin() tea.Cmd {
	v.session = newSession(v.ctx, v.set.Origin, v.turn, v.choice)
	return tea.Batch(v.tell(), v.session.next)
}

// clear forgets the lines; how they are shown stays.
func (v *View) clear() {
	v.lines = newRing(maxLines, maxBytes)
	v.states, v.left, v.loaded = nil, 0, false
	v.top, v.follow, v.column = place{}, true, 0
	v.unfolded, v.hidden, v.marked, v.unseen, v.unkept = map[int]bool{}, 0, 0, 0, 0
	v.hit, v.jump, v.scan = -1, false, false
	v.find.reset(0)
	v.only.reset(0)
	v.cache.clear()
}

// Update takes what was read, and what was chosen.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case begin:
		if msg.turn == v.turn && v.session == nil {
			return v.begin()
		}
	case batched:
		if msg.turn == v.turn && v.session != nil {
			v.take(msg)
			return v.session.next
		}
	case looked:
		if msg.turn == v.turn {
			v.scan = false
			return v.lookBack()
		}
	case sinceChosen:
		if msg.id == v.set.ID {
			v.since = msg.span
			v.choice.span = spans[msg.span].span
			return v.restart(0)
		}
	case containersCame:
		if msg.id == v.set.ID {
			return v.offer(msg)
		}
	case containerChosen:
		if msg.id == v.set.ID {
			v.choice.container = msg.name
			return v.restart(0)
		}
	case tea.PasteMsg:
		if v.prompt != nil {
			v.prompt.input.Update(msg)
			return v.typed()
		}
	}
	return nil
}

// take adds a batch of lines.
func (v *View) take(msg batched) {
	v.loaded = true
	v.states, v.left = msg.states, msg.left
	for _, e := range msg.lines {
		v.add(e)
	}
	v.forget()
}

// holds reports whether a line is left out: it would push out what is read.
func (v *View) holds(e entry) bool {
	return !v.follow && e.kind != ruled && v.top.line <= v.lines.first() && v.lines.full(e)
}

// add appends a line.
func (v *View) add(e entry) {
	if v.holds(e) {
		v.unkept++
		if v.shows(e) {
			v.unseen++
		}
		return
	}
	if n := v.unkept; n > 0 {
		v.unkept = 0
		v.keep(entry{at: e.at, text: fmt.Sprintf("… %s lines skipped while others were read", grouped(n)), source: e.source, kind: noted})
	}
	v.keep(e)
}

// keep appends a line, whatever it pushes out.
func (v *View) keep(e entry) {
	v.lines.add(e)
	n := v.lines.end() - 1
	if !v.shows(e) {
		return
	}
	if !v.only.empty() {
		v.only.added(n)
	}
	if v.finds(e) {
		v.find.added(n)
	}
	if !v.follow {
		v.unseen++
	}
}

// forget drops what points at lines that are no longer kept.
func (v *View) forget() {
	first := v.lines.first()
	v.only.drop(first)
	v.find.drop(first)
	if v.hit < first {
		v.hit = -1
	}
	for n := range v.unfolded {
		if n < first {
			delete(v.unfolded, n)
		}
	}
	if v.marked > 0 && v.marked-1 < first {
		v.marked = 0
	}
}

// shows reports whether a filter lets a line through. Marks stay: they are what
// a person put there to find the place again.
func (v *View) shows(e entry) bool {
	if v.only.empty() || e.kind == ruled {
		return true
	}
	return e.kind == written && v.only.matches(e, v.form)
}

// finds reports whether a line has what is searched for.
func (v *View) finds(e entry) bool {
	return !v.find.empty() && e.kind == written && v.find.matches(e, v.form)
}

// Command is the command that shows the same.
func (v *View) Command() string {
	return v.set.command(v.choice.previous, v.choice.container, spans[v.since].flag(v.set))
}

// Footer names what the keys do, best first.
func (v *View) Footer() []keys.Action {
	if v.prompt != nil {
		return nil
	}
	return []keys.Action{
		keys.Follow, keys.Only, keys.Since, keys.Wrap, keys.JSON, keys.Timestamps, keys.Previous,
		keys.Containers, keys.Save, keys.Copy, keys.PutMark, keys.Uncover, keys.NextMatch,
	}
}
