package logs

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/twindeck/twindeck/env"
)

const (
	backoffFirst = 250 * time.Millisecond
	backoffMost  = 2 * time.Second
	askAgain     = 5 * time.Second       // how often an ended pod's container is looked at
	startAgain   = time.Second           // how often one that has not started is
	lastWords    = 2 * time.Second       // what is gone may still be read so long
	blockLines   = 1024                  // lines handed to the merger at once
	overlap      = 5000                  // lines of the end that are read again to go on from those before
	ajar         = 50 * time.Millisecond // that lines of one log are out of their order at most
	loadWithin   = 10 * time.Second      // for the first lines of a source
	clockForm    = "15:04:05"
)

// span is which part of a log is read first.
type span struct {
	tail int           // the last lines; 0: no bound
	back time.Duration // not older than this; 0: no bound
}

// feed reads one source, and again whenever it breaks.
type feed struct {
	life  context.Context
	env   *env.Environment
	span  span
	merge *merger
	queue *queue
	poke  chan struct{} // the row changed
	quit  chan struct{} // closed when the row is gone
	end   context.CancelFunc

	mu     sync.Mutex
	source source
	status status // name is not set
	gone   bool

	// Only the reading goroutine uses these.
	seen     seen
	sieve    *sieve
	block    []raw
	begun    bool      // the first lines were read
	over     bool      // it ended
	broken   bool      // a line says that the connection was lost
	restarts int       // of the pod's container, when it was last looked at; -1: never
	started  time.Time // of the engine's container, when it was last followed
	gapped   int64     // time of the first line after the last ones that were left out; 0: none were
	flood    bool      // it is too fast to be followed
	skipped  time.Time // when lines of it were last left out in a rush
	pace     behind
	late     time.Duration // how far a stream fell behind, with errBehind
	fresh    bool          // lines came since the last reading began
	rest     []byte        // what stood at a stream's end without a line end: a stream may be cut anywhere
}

// changed gives the feed the row as it is now, and reports whether it differs.
func (f *feed) changed(t Target) bool {
	f.mu.Lock()
	same := f.source.target == t
	f.source.target = t
	f.mu.Unlock()
	if !same {
		f.wake()
	}
	return !same
}

func (f *feed) wake() {
	select {
	case f.poke <- struct{}{}:
	default:
	}
}

// leave tells that the row is gone: what still comes is read, then it ends.
func (f *feed) leave() {
	f.mu.Lock()
	was := f.gone
	f.gone = true
	f.mu.Unlock()
	if !was {
		close(f.quit)
		time.AfterFunc(lastWords, f.end)
	}
}

func (f *feed) left() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.gone
}

func (f *feed) now() source {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.source
}

func (f *feed) set(t trouble) {
	f.mu.Lock()
	f.status.phase, f.status.words, f.status.do = t.phase, t.words, t.do
	f.mu.Unlock()
	f.merge.set(f.queue, t.phase)
}

// run reads the source until ctx ends or there is nothing more to come.
func (f *feed) run(ctx context.Context) {
	defer f.end()
	backoff := backoffFirst
	for {
		f.fresh = false
		err := f.read(ctx)
		f.flush()
		if ctx.Err() != nil || f.left() {
			f.last()
			f.set(goneFrom(trouble{}))
			return
		}
		if f.fresh {
			backoff = backoffFirst
		}
		next := f.verdict(ctx, err)
		if next.phase == ended {
			f.over = true
			f.last()
		}
		f.set(next)
		wait := backoff
		switch next.phase {
		case lost:
			if f.begun && !f.broken {
				f.broken = true
				f.note("— connection lost " + time.Now().Format(clockForm) + ", reconnecting…")
			}
		case waiting:
			wait = startAgain
		case ended:
			wait = askAgain
			if f.now().target.container != nil || f.now().previous {
				wait = 0
			}
		case failed:
			wait = 0
		}
		if !f.pause(ctx, wait, next.phase) {
			f.set(goneFrom(next))
			return
		}
		backoff = min(2*backoff, backoffMost)
	}
}

// pause waits for a while (0: without end), or until the row changes; false when
// nothing is to be done any more.
func (f *feed) pause(ctx context.Context, d time.Duration, p phase) bool {
	var timer <-chan time.Time
	if d > 0 {
		t := time.NewTimer(d)
		defer t.Stop()
		timer = t.C
	}
	poke := f.poke
	if p == failed || p == lost {
		poke = nil // the row says nothing about that
	}
	select {
	case <-timer:
		return true
	case <-poke:
		return true
	case <-f.quit:
		return false
	case <-ctx.Done():
		return false
	}
}

// read reads what there is, and then follows it until it ends or breaks.
func (f *feed) read(ctx context.Context) error {
	s := f.now()
	tail := 0
	if !f.begun {
		if err := f.first(ctx); err != nil {
			return err
		}
		f.begun = true
		if f.seen.last != 0 {
			tail = overlap
		}
	}
	if s.previous {
		return nil // it has ended, whatever becomes of the row
	}
	if s.target.pod != nil {
		if err := f.missed(ctx); err != nil {
			return err
		}
	} else {
		f.restarted(s.target.container)
	}
	for {
		if !f.flood {
			err := f.follow(ctx, tail)
			if !errors.Is(err, errBehind) {
				return err
			}
			f.flooded()
		}
		if err := f.glimpses(ctx); err != nil {
			return err
		}
		tail = 2 * screenful
	}
}

// follow goes on from the line that came last: with so many last lines alone, if
// they reach back to it, as they mostly do; 0: without a bound.
func (f *feed) follow(ctx context.Context, tail int) error {
	q := request{follow: true, tail: tail, since: f.seen.from()}
	q.resume = f.gapped != 0 && f.gapped >= q.since
	err := f.stream(ctx, q)
	if errors.Is(err, errGap) {
		q.tail = 0
		err = f.stream(ctx, q)
	}
	return err
}

// first reads what was written until now, to its end: then all sources' first
// lines can be put in order.
func (f *feed) first(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, loadWithin)
	defer cancel()
	r := request{since: f.seen.from(), previous: f.now().previous}
	if r.since == 0 {
		r.tail = f.span.tail
		if f.span.back > 0 {
			r.since = time.Now().Add(-f.span.back).UnixNano()
		}
	}
	err := f.stream(ctx, r)
	f.flush()
	if f.span != (span{}) {
		f.seen.begins()
	}
	if errors.Is(err, errBehind) || errors.Is(ctx.Err(), context.DeadlineExceeded) && f.fresh {
		return nil // a long one, or a slow server: the rest is followed
	}
	return err
}

// there says that the source is read, again perhaps.
func (f *feed) there() {
	f.set(trouble{phase: live})
	if f.broken {
		f.broken = false
		f.note("— again there")
	}
}

// note puts a line of ours between the source's own.
func (f *feed) note(text string) {
	f.flush()
	f.merge.put(f.queue, []raw{{at: time.Now().UnixNano(), text: text, kind: noted}}, f.life.Done())
}
