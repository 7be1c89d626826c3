package ui

import (
	"reflect"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
)

// How often the screen is looked at. Nothing is written that did not change.
const (
	keyPace    = time.Millisecond / 4 // after a key, or the first message for a while; then ever later
	streamPace = time.Second / 75     // while messages come
	restPace   = time.Second          // while none does: only in case a tick was lost

	streamSpan = 3 * streamPace // without a message until a stream is over
)

// paced is a model whose messages set the pace at which Bubble Tea writes.
//
// Bubble Tea looks at the screen at the ticks of a clock that is set once and
// never stops: 60 ticks a second cost 0.7 % of a core with nothing to draw, and
// a key waits for the next one. That the renderer sleeps until it has something
// to draw is proposed upstream (charmbracelet/bubbletea#1776 and #1796); once it
// is there, this file can go.
type paced struct {
	tea.Model
	pace  pace
	clock **time.Ticker // the program's; nil in a Bubble Tea that keeps it elsewhere: its own pace, then
	key   bool          // a key was pressed since the last view
}

// newProgram returns a program over a model, at the pace of its messages.
func newProgram(m tea.Model, o ...tea.ProgramOption) *tea.Program {
	p := &paced{Model: m}
	program := tea.NewProgram(p, o...)
	p.clock = clockOf(program)
	return program
}

// clockOf finds where a program keeps the clock of its renderer: the field is
// private. Update and View run where Bubble Tea sets it, so that reading it
// there is no race.
func clockOf(p *tea.Program) **time.Ticker {
	field := reflect.ValueOf(p).Elem().FieldByName("ticker")
	if !field.IsValid() {
		return nil
	}
	clock, _ := reflect.NewAt(field.Type(), field.Addr().UnsafePointer()).Interface().(**time.Ticker)
	return clock
}

// Update hands on a message.
func (p *paced) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if _, ok := msg.(tea.KeyMsg); ok {
		p.key = true
	}
	var cmd tea.Cmd
	p.Model, cmd = p.Model.Update(msg)
	return p, cmd
}

// View is asked for after each message: what changed is to be drawn.
func (p *paced) View() tea.View {
	v := p.Model.View()
	if p.clock != nil && *p.clock != nil {
		p.pace.came(*p.clock, p.key)
	}
	p.key = false
	return v
}

// pace is how fast a clock ticks: at once after a key, steadily in a stream of
// messages, hardly when all is quiet.
type pace struct {
	mu     sync.Mutex
	clock  *time.Ticker
	gait   gait
	every  time.Duration
	more   bool        // a message came since settle was set
	settle *time.Timer // ends the gait
}

type gait int

const (
	unknown gait = iota // the clock was set by somebody else
	resting
	hurrying
	streaming
)

// came says that a message came; one of a key does not wait.
func (p *pace) came(clock *time.Ticker, key bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clock, p.more = clock, true
	if key || p.gait == unknown || p.gait == resting {
		p.hurry(keyPace)
	}
}

// hurry ticks after a while, and then after twice as long: a view that comes
// late, on a machine that is busy, does not wait much longer than it took.
func (p *pace) hurry(every time.Duration) { p.set(hurrying, every, every*3/2) }

// set takes up a gait: how fast to tick, and when it ends.
func (p *pace) set(g gait, every, span time.Duration) {
	p.gait, p.every = g, every
	p.clock.Reset(every)
	if p.settle == nil {
		p.settle = time.AfterFunc(span, p.settled)
		return
	}
	p.settle.Reset(span)
}

// settled ends a gait.
func (p *pace) settled() {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.gait == hurrying && 2*p.every < streamPace/2:
		p.hurry(2 * p.every)
	case p.gait == hurrying:
		p.set(streaming, streamPace, streamSpan)
	case p.more:
		p.settle.Reset(streamSpan)
	default:
		p.gait = resting
		p.clock.Reset(restPace)
	}
	p.more = false
}
