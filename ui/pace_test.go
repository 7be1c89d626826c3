package ui

import (
	"bytes"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
)

// quits ends with the first message.
type quits struct{}

func (q quits) Init() tea.Cmd { return nil }
func (q quits) View() tea.View {
	return tea.NewView("here")
}
func (q quits) Update(tea.Msg) (tea.Model, tea.Cmd) { return q, tea.Quit }

// A Bubble Tea that keeps its clock elsewhere makes idle screens cost a
// percent of a core again: this says so at the update.
func TestPaceFindsTheClockOfBubbleTea(t *testing.T) {
	var out bytes.Buffer
	program := newProgram(quits{}, tea.WithInput(nil), tea.WithOutput(&out), tea.WithWindowSize(80, 24))
	model, err := program.Run()
	if err != nil {
		t.Fatal(err)
	}
	p, ok := model.(*paced)
	switch {
	case !ok:
		t.Fatalf("the program's model is a %T", model)
	case p.clock == nil || *p.clock == nil:
		t.Fatal("Bubble Tea keeps no *time.Ticker in Program.ticker: see whether it still ticks with nothing to draw")
	case p.pace.settle == nil:
		t.Error("no message set the pace")
	}
}

// counted are the ticks of a clock.
type counted struct {
	mu    sync.Mutex
	times []time.Time
}

// count counts the ticks of a clock until end is closed.
func (c *counted) count(clock *time.Ticker, end <-chan struct{}) {
	for {
		select {
		case <-end:
			return
		case at := <-clock.C:
			c.mu.Lock()
			c.times = append(c.times, at)
			c.mu.Unlock()
		}
	}
}

// since is how many there were at a time or later.
func (c *counted) since(at time.Time) int {
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, tick := range c.times {
		if !tick.Before(at) {
			n++
		}
	}
	return n
}

func TestPace(t *testing.T) {
	type message struct {
		after time.Duration // since the one before
		key   bool
	}
	stream := func(every time.Duration, n int) []message {
		return slices.Repeat([]message{{after: every}}, n)
	}
	for _, tc := range []struct {
		name        string
		messages    []message
		within      time.Duration // the last is drawn
		least, most int           // ticks from the first message until all is quiet
	}{
		{"a key is drawn at once", []message{{after: time.Minute, key: true}}, keyPace, 1, 8},
		{"so is the first message for a while", []message{{after: time.Minute}}, keyPace, 1, 8},
		{"a message a second costs a few ticks each", stream(time.Second, 10), keyPace, 10, 90},
		{"a stream is drawn steadily, to its end", stream(2*time.Millisecond, 500), streamPace, 70, 85},
		{"a key does not wait for the stream", append(stream(2*time.Millisecond, 100), message{time.Millisecond, true}), keyPace, 15, 28},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				clock := time.NewTicker(time.Second / 60)
				defer clock.Stop()
				var ticks counted
				end := make(chan struct{})
				defer close(end)
				go ticks.count(clock, end)

				var p pace
				p.came(clock, false)
				var first, last time.Time
				for _, m := range tc.messages {
					time.Sleep(m.after)
					last = time.Now()
					if first.IsZero() {
						first = last
					}
					p.came(clock, m.key)
				}
				time.Sleep(tc.within)
				if ticks.since(last) == 0 {
					t.Errorf("no tick within %s of the last message", tc.within)
				}
				time.Sleep(time.Second / 2)
				if n := ticks.since(first); n < tc.least || n > tc.most {
					t.Errorf("%d ticks, want %d to %d", n, tc.least, tc.most)
				}
				quiet := time.Now()
				time.Sleep(10 * restPace)
				if n := ticks.since(quiet); n > 10 {
					t.Errorf("%d ticks in %s without a message", n, 10*restPace)
				}
			})
		})
	}
}
