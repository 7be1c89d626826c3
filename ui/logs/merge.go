package logs

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/twindeck/twindeck/env/link"
)

const (
	// window is how long a line waits for older ones of other sources.
	window = 150 * time.Millisecond
	// loadLimit is how long all wait for the first lines of one source.
	loadLimit = 3 * time.Second
	frame     = time.Second / 40 // lines are handed over at most this often

	// What waits to be taken, of all sources together; each has its share.
	maxQueue      = 32 << 10 // lines
	maxQueueBytes = 8 << 20
	leastQueue    = 2 * blockLines // lines, however many sources there are
	leastBytes    = 2 * maxLine
	maxBatch      = 16 << 10 // lines handed over at once
)

// raw is a line as it came from a source.
type raw struct {
	at   int64  // its own time, nanoseconds since 1970; 0: none
	key  int64  // orders it among other sources; never less than the one before
	came int64  // when it came, nanoseconds since the merger was made
	text string // not clean yet
	left int    // bytes that are left out at its end
	kind kind
}

// merger puts the lines of several sources in the order of their times. Each
// source's own order is kept. A line is let go when no source can have an
// older one: each other has a later line waiting, or none comes for a while.
type merger struct {
	began  time.Time
	news   *link.Notice
	floods atomic.Int32 // sources of which only the newest lines are read

	mu      sync.Mutex
	queues  []*queue
	sharing int // of them, those whose source has not ended
}

// queue holds what came from a source and is not taken yet.
type queue struct {
	source  uint16
	lines   []raw // from head on
	head    int
	bytes   int
	skipped int // lines dropped from the front, not said yet
	lastKey int64
	phase   phase
	loading time.Time     // since when
	room    chan struct{} // who is to wait waits here while the queue is full
}

func newMerger() *merger {
	return &merger{began: time.Now(), news: link.NewNotice(frame)}
}

// open adds a source.
func (m *merger) open() *queue {
	m.mu.Lock()
	defer m.mu.Unlock()
	q := &queue{source: uint16(len(m.queues)), phase: loading, loading: time.Now(), room: make(chan struct{}, 1)} //nolint:gosec // bounded by maxFeeds
	m.queues = append(m.queues, q)
	m.sharing++
	return q
}

func (q *queue) size() int { return len(q.lines) - q.head }

// put adds lines of a source. While a source loads, and for lines that are old, it
// is held up until there is room, or until over is closed; else what is too much
// drops the oldest.
func (m *merger) put(q *queue, block []raw, old bool, over <-chan struct{}) {
	for !m.offer(q, block, old) {
		select {
		case <-q.room:
		case <-over:
			return
		}
	}
	m.news.Touch()
}

// offer is put; false when the source must wait.
func (m *merger) offer(q *queue, block []raw, old bool) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	size, shares := 0, max(m.sharing, 1)
	for i := range block {
		size += len(block[i].text)
	}
	lines, bytes := max(maxQueue/shares, leastQueue), max(maxQueueBytes/shares, leastBytes)
	if (old || q.phase == loading) && q.size() > 0 && (q.size()+len(block) > lines || q.bytes+size > bytes) {
		return false
	}
	now := time.Since(m.began)
	for i := range block {
		b := &block[i]
		b.came = int64(now)
		if b.kind == written && b.at > q.lastKey {
			q.lastKey = b.at
		}
		b.key = q.lastKey
		q.bytes += len(b.text)
	}
	if q.head > 0 && q.head >= len(q.lines)/2 {
		n := copy(q.lines, q.lines[q.head:])
		clear(q.lines[n:])
		q.lines, q.head = q.lines[:n], 0
	}
	q.lines = append(q.lines, block...)
	for q.phase != loading && (q.size() > lines || q.bytes > bytes && q.size() > 1) {
		if q.lines[q.head].kind == written {
			q.skipped++
		}
		q.pop()
	}
	return true
}

func (q *queue) pop() raw {
	l := q.lines[q.head]
	q.lines[q.head] = raw{}
	q.bytes -= len(l.text)
	q.head++
	if q.head == len(q.lines) {
		q.lines, q.head = q.lines[:0], 0
	}
	return l
}

// set changes how a source stands; a source that does not load or live holds
// nobody up.
func (m *merger) set(q *queue, p phase) {
	m.mu.Lock()
	if p == loading && q.phase != loading {
		q.loading = time.Now()
	}
	if was := q.phase; was != ended && p == ended {
		m.sharing--
	} else if was == ended && p != ended {
		m.sharing++
	}
	q.phase = p
	m.mu.Unlock()
	m.news.Touch()
}

// sorted is a raw line and whose it is.
type sorted struct {
	raw
	source  uint16
	skipped int // lines of the source that were dropped before it
}

// take returns what may be shown, in order; again is after what time to look
// again though nothing new came, 0: then only.
func (m *merger) take() (out []sorted, again time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	for len(out) < maxBatch {
		best, limit, hold := m.best(now)
		if best == nil || hold > 0 {
			return out, hold
		}
		before := len(out)
		for best.size() > 0 && len(out) < maxBatch {
			l := &best.lines[best.head]
			if len(out) > before && (l.key >= limit.key || limit.wait > 0 && limit.came(l, m, now) > 0) {
				break
			}
			s := sorted{source: best.source, skipped: best.skipped}
			best.skipped = 0
			s.raw = best.pop()
			out = append(out, s)
		}
		select {
		case best.room <- struct{}{}:
		default:
		}
	}
	return out, frame
}

// bound is how far a source may be taken from before others must be looked at.
type bound struct {
	key  int64         // the oldest line of the others
	wait time.Duration // how long a line must have waited, as another source may still have an older one
}

// came is how long the line must wait yet.
func (b bound) came(l *raw, m *merger, now time.Time) time.Duration {
	return b.wait - (now.Sub(m.began) - time.Duration(l.came))
}

// best finds the source with the oldest line; hold is how long that must wait.
func (m *merger) best(now time.Time) (best *queue, limit bound, hold time.Duration) {
	limit.key = 1<<63 - 1
	var load time.Duration
	for _, q := range m.queues {
		if q.size() == 0 {
			switch q.phase {
			case loading:
				load = max(load, loadLimit-now.Sub(q.loading))
			case live:
				limit.wait = window
			}
			continue
		}
		key := q.lines[q.head].key
		switch {
		case best == nil:
			best = q
		case key < best.lines[best.head].key:
			limit.key = min(limit.key, best.lines[best.head].key)
			best = q
		default:
			limit.key = min(limit.key, key)
		}
	}
	if best == nil {
		return nil, limit, 0
	}
	if load > 0 {
		return best, limit, load
	}
	return best, limit, max(limit.came(&best.lines[best.head], m, now), 0)
}
