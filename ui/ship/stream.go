package ship

import (
	"context"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/link"
	envship "github.com/twindeck/twindeck/env/ship"
)

// frame is the shortest time between two messages of a run: a build that
// writes thousands of lines a second is drawn 30 times a second.
const frame = time.Second / 30

// stream carries the events of one run to the screen. The run never waits for
// the screen.
type stream struct {
	changed *link.Notice // there is something to fetch

	mu       sync.Mutex
	events   []envship.Event
	over     bool
	err      error
	stop     context.CancelFunc
	stopping bool // asked to stop before it began
}

func newStream() *stream { return &stream{changed: link.NewNotice(frame)} }

func (s *stream) begin(stop context.CancelFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stop = stop
	if s.stopping {
		stop()
	}
}

func (s *stream) cancel() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopping = true
	if s.stop != nil {
		s.stop()
	}
}

func (s *stream) put(ev envship.Event) {
	s.mu.Lock()
	s.events = append(s.events, ev)
	s.mu.Unlock()
	s.changed.Touch()
}

func (s *stream) end(err error) {
	s.mu.Lock()
	s.over, s.err = true, err
	s.mu.Unlock()
	s.changed.Touch()
}

// news is what happened in a run since the last news.
type news struct {
	stream *stream
	plan   *envship.Plan // set in the first news alone
	events []envship.Event
	over   bool
	err    error
}

// next waits for news.
func (s *stream) next(life context.Context) tea.Cmd {
	return func() tea.Msg {
		select {
		case <-life.Done():
			return nil
		case <-s.changed.C():
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		n := news{stream: s, events: s.events, over: s.over, err: s.err}
		s.events = nil
		return n
	}
}
