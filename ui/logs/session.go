package logs

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/ui/screen"
)

// maxSources is how many sources are followed at once; each is a connection's
// stream on the server's side.
const maxSources = 100

// maxFeeds is how many sources there may be in all, those that have left
// included: a line tells its source by a small number.
const maxFeeds = 10_000

// allContainers chooses every container of a pod.
const allContainers = "*"

// listLimit is how long the list of a pod's containers may take to come.
const listLimit = 10 * time.Second

// choice is what of the targets is read, and how far back.
type choice struct {
	container string // of pods; empty: the one kubectl would choose; allContainers
	previous  bool
	span      span
}

// session follows a set of targets until it is ended. Its lines come in batches.
type session struct {
	ctx     *screen.Context
	turn    int
	choice  choice
	colours int             // that there are
	life    context.Context // of all that it reads; bound to where the rows are from
	end     context.CancelFunc
	merge   *merger

	mu     sync.Mutex
	asked  int // number of the newest set that was followed
	feeds  []*feed
	joined []*feed // that are not read yet
	names  []string
	lists  map[string]bool   // pods whose containers are being asked for, by UID
	over   map[string]source // sources that are not followed, there being too many, by key

	again time.Duration // used by next alone
}

// batched carries lines of a session to the view.
type batched struct {
	turn   int
	lines  []entry
	states []status // of all sources, by their number
	left   int
}

func newSession(ctx *screen.Context, from screen.Origin, turn int, c choice) *session {
	life, end := context.WithCancel(from.Bind(ctx.Life))
	return &session{ctx: ctx, turn: turn, choice: c, colours: len(ctx.Theme.Sources), life: life, end: end, merge: newMerger(), lists: map[string]bool{}, over: map[string]source{}}
}

// follow makes the session follow what the set's targets are now: what is new
// joins, what is gone ends. Of several calls the newest counts, by number.
func (s *session) follow(number int, set Set) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if number < s.asked || s.life.Err() != nil {
		return
	}
	s.asked = number
	there := make(map[string]Target, len(set.Targets))
	for _, t := range set.Targets {
		there[t.id()] = t
	}
	known := make(map[string]bool, len(s.feeds))
	for _, f := range s.feeds {
		id := f.now().target.id()
		t, ok := there[id]
		if !ok {
			f.leave()
			continue
		}
		known[id] = known[id] || !f.left()
		if f.changed(t) && s.choice.container == allContainers && t.pod != nil {
			s.list(t) // it may have more of them now
		}
	}
	over := s.over
	s.over = map[string]source{}
	for _, src := range over { // others may have left
		if t, ok := there[src.target.id()]; ok {
			src.target = t
			s.join(src)
		}
	}
	for _, t := range set.Targets {
		switch {
		case known[t.id()]:
		case s.choice.container == allContainers && t.pod != nil:
			s.list(t)
		case t.container != nil:
			s.join(source{target: t})
		default:
			s.join(source{target: t, container: s.choice.container, previous: s.choice.previous})
		}
	}
	s.begin()
	s.merge.news.Touch()
}

// list asks which containers a pod has, and joins those that are new. s.mu is held.
func (s *session) list(t Target) {
	if s.lists[t.id()] {
		return
	}
	s.lists[t.id()] = true
	s.ctx.Work.Go(func() {
		for pause := backoffFirst; ; pause = min(2*pause, backoffMost) {
			ctx, cancel := context.WithTimeout(s.life, listLimit)
			all, err := s.ctx.Env.Kube.PodContainers(ctx, t.pod.Namespace, t.pod.Name)
			cancel()
			if err == nil {
				s.joinAll(t, all)
				return
			}
			if explain(err).phase != lost {
				s.joinAll(t, []kube.PodContainer{{}}) // reading it tells what is wrong
				return
			}
			select {
			case <-time.After(pause):
			case <-s.life.Done():
				return
			}
		}
	})
}

func (s *session) joinAll(t Target, all []kube.PodContainer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.lists, t.id())
	for _, c := range all {
		s.join(source{target: t, container: c.Name, role: c.Role, previous: s.choice.previous})
	}
	s.begin()
	s.merge.news.Touch()
}

// join adds a source, unless it is read already; begin is to be called then. s.mu
// is held.
func (s *session) join(src source) {
	living, number := 0, len(s.feeds) // or that of the feed that read it before
	colours := make([]int, s.colours)
	for i, f := range s.feeds {
		left, same := f.left(), f.now().key() == src.key()
		switch {
		case same && left:
			number = i
		case same:
			return
		case !left:
			living++
			colours[f.status.colour]++
		}
	}
	if living >= maxSources || number >= maxFeeds {
		s.over[src.key()] = src
		return
	}
	if s.life.Err() != nil {
		return
	}
	life, end := context.WithCancel(s.life)
	f := &feed{
		life: life, env: s.ctx.Env, span: s.choice.span, merge: s.merge, source: src, restarts: -1,
		poke: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{}), end: end, status: status{key: src.key(), phase: loading},
	}
	if number < len(s.feeds) {
		f.former = s.feeds[number]
		f.former.end()
		f.queue, f.status.colour = f.former.queue, f.former.status.colour
		s.feeds[number] = f
	} else {
		f.queue, f.status.colour = s.merge.open(), slices.Index(colours, slices.Min(colours))
		s.feeds = append(s.feeds, f)
	}
	all := make([]source, len(s.feeds))
	for i, f := range s.feeds {
		all[i] = f.now()
	}
	s.names = shortNames(all)
	s.joined = append(s.joined, f)
}

// begin begins to read what joined: all of it is known by then, so that no
// source's first lines are shown before another's. s.mu is held.
func (s *session) begin() {
	for _, f := range s.joined {
		s.ctx.Work.Go(func() { f.run(f.life) })
	}
	s.joined = nil
}

// states is how all sources stand.
func (s *session) states() (out []status, left int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out = make([]status, len(s.feeds))
	for i, f := range s.feeds {
		f.mu.Lock()
		out[i] = f.status
		f.mu.Unlock()
		out[i].name = s.names[i]
	}
	return out, len(s.over)
}

// next waits for something to show, and cleans it: what is never shown is never
// cleaned.
func (s *session) next() tea.Msg {
	for {
		var timer <-chan time.Time
		if s.again > 0 {
			timer = time.After(s.again)
		}
		select {
		case <-timer:
		case <-s.merge.news.C():
		case <-s.life.Done():
			return nil
		}
		var lines []sorted
		held := s.again
		lines, s.again = s.merge.take()
		if len(lines) == 0 && held > 0 && s.again > 0 {
			continue // nothing but the clock has moved
		}
		b := batched{turn: s.turn, lines: make([]entry, 0, len(lines))}
		for i := range lines {
			b.lines = finish(b.lines, &lines[i])
		}
		b.states, b.left = s.states()
		return b
	}
}

// finish cleans a line, and says before it what was dropped.
func finish(out []entry, l *sorted) []entry {
	if l.skipped > 0 {
		out = append(out, entry{at: l.at, text: fmt.Sprintf("… %s lines skipped", grouped(l.skipped)), source: l.source, kind: noted})
	}
	e := entry{at: l.at, text: screen.CleanLogLine(l.text), source: l.source, kind: l.kind}
	if l.left > 0 {
		e.text = fmt.Sprintf("%s… (%s more)", strings.TrimRight(e.text, "\uFFFD"), screen.Bytes(int64(l.left)))
	}
	return append(out, e)
}

// grouped writes a number with commas: 12,345.
func grouped(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
