package detail

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/link"
	"github.com/twindeck/twindeck/ui/screen"
)

const (
	tailLines = 1000             // how far back a log starts
	maxLine   = 16 << 10         // bytes of one line that are kept
	maxBatch  = 4096             // lines of one batch; older ones are skipped
	batchRate = time.Second / 30 // batches come at most this often
)

// stream follows a log in the background and hands its lines over in batches,
// so that a log of any speed costs a bounded amount of work per frame.
type stream struct {
	id     int
	cancel context.CancelFunc
	news   *link.Notice
	done   chan struct{} // closed when reading ended

	mu      sync.Mutex
	batch   []entry
	skipped int
	err     error
}

// batched carries lines of a stream to the detail.
type batched struct {
	id      int
	lines   []entry
	skipped int
	ended   bool
	err     error
}

// follow starts reading the subject's log. Lines not newer than after are left
// out: they were seen before the stream broke.
func follow(ctx *screen.Context, id int, s Subject, after time.Time) *stream {
	life, cancel := context.WithCancel(ctx.Life)
	st := &stream{id: id, cancel: cancel, news: link.NewNotice(batchRate), done: make(chan struct{})}
	ctx.Work.Go(func() {
		defer close(st.done)
		defer cancel()
		err := st.read(life, ctx, s, after)
		st.mu.Lock()
		st.err = err
		st.mu.Unlock()
	})
	return st
}

func (st *stream) read(life context.Context, ctx *screen.Context, s Subject, after time.Time) error {
	var r io.ReadCloser
	var err error
	if s.container != nil {
		r, err = ctx.Env.Docker.Logs(life, s.id, docker.LogOptions{Follow: true, Tail: tailLines, Since: after, Timestamps: true})
	} else {
		r, err = ctx.Env.Kube.Logs(life, s.pod.Namespace, s.pod.Name, kube.LogOptions{Follow: true, Tail: tailLines, Since: after, Timestamps: true})
	}
	if err != nil {
		return err
	}
	defer r.Close()
	stop := context.AfterFunc(life, func() { r.Close() }) // a read that waits ends with the stream
	defer stop()
	b := bufio.NewReaderSize(r, maxLine)
	for {
		line, err := readLine(b)
		if line != "" || err == nil {
			if e := parseLine(line); after.IsZero() || e.at.After(after) {
				st.put(e)
			}
		}
		switch {
		case errors.Is(err, io.EOF) || life.Err() != nil:
			return nil
		case err != nil:
			return err
		}
	}
}

// readLine returns the next line without its end; of a very long one, its start.
func readLine(b *bufio.Reader) (string, error) {
	head, err := b.ReadSlice('\n')
	line := strings.TrimRight(string(head), "\n")
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = b.ReadSlice('\n')
	}
	return line, err
}

// parseLine takes the time off the front of a line, if there is one.
func parseLine(line string) entry {
	stamp, rest, ok := strings.Cut(line, " ")
	if !ok {
		stamp, rest = line, ""
	}
	if len(stamp) >= len("2006-01-02T15:04:05Z") && stamp[4] == '-' {
		if at, err := time.Parse(time.RFC3339Nano, stamp); err == nil {
			return entry{at, screen.CleanLogLine(rest)}
		}
	}
	return entry{text: screen.CleanLogLine(line)}
}

func (st *stream) put(e entry) {
	st.mu.Lock()
	st.batch = append(st.batch, e)
	if len(st.batch) == 2*maxBatch {
		st.skipped += maxBatch
		st.batch = append(st.batch[:0], st.batch[maxBatch:]...)
	}
	st.mu.Unlock()
	st.news.Touch()
}

// take empties the batch.
func (st *stream) take() batched {
	st.mu.Lock()
	defer st.mu.Unlock()
	m := batched{id: st.id, lines: st.batch, skipped: st.skipped, err: st.err}
	if extra := len(m.lines) - maxBatch; extra > 0 {
		m.lines, m.skipped = m.lines[extra:], m.skipped+extra
	}
	st.batch, st.skipped = nil, 0
	return m
}

// next waits for lines, or for the end.
func (st *stream) next() tea.Msg {
	select {
	case <-st.news.C():
		return st.take()
	case <-st.done:
		m := st.take()
		m.ended = true
		return m
	}
}
