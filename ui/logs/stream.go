package logs

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/ui/screen"
)

// wordWidth is how many cells are shown of what a server says in place of a log.
const wordWidth = 300

// request is one reading of a log.
type request struct {
	follow, previous bool
	resume           bool // what stands before the line that came last is left out
	tail             int  // the last lines alone, which must reach back to what came when they are followed; 0: no bound
	since            int64
}

// stream reads once, and hands on what has not come before.
func (f *feed) stream(ctx context.Context, q request) error {
	f.rest, f.word = f.rest[:0], ""
	r, err := f.open(ctx, q)
	if err != nil {
		return err
	}
	defer r.Close()
	stop := context.AfterFunc(ctx, func() { r.Close() }) // a read that waits ends with ctx
	defer stop()
	f.opened = time.Now().UnixNano()
	if f.awaited = q.follow; f.awaited {
		defer f.opens()()
	}
	f.sieve = f.seen.again()
	joined := !q.follow || q.tail == 0 && !q.resume
	begun := false // a line that has a time came
	f.pace.begin()
	lines := newLineReader(r)
	for count := 0; q.follow || q.tail == 0 || count <= q.tail; count++ { // an end that a flood moves away is not waited for
		line, left, err := lines.next()
		if err == nil {
			switch {
			case begun:
			case f.begins(line, q.follow, q.follow && joined):
				begun = true
			case q.since > 0 && f.now().target.pod != nil:
				continue // the rest of a long line that began before the time asked for
			}
			if !joined {
				if joined, err = f.joins(line, q); err != nil {
					return err
				}
				if !joined {
					q.tail = 0 // it reaches back
					continue
				}
			}
			f.line(line, left)
			if lines.drained() || len(f.block) >= blockLines || f.size >= blockBytes {
				n := len(f.block)
				f.flush()
				if f.late = f.pace.add(n, f.seen.last, time.Now()); f.late > 0 && !q.previous && f.sieve == nil {
					rush, err := f.rushes(ctx)
					if err != nil {
						return err
					}
					if rush {
						return errBehind
					}
					f.pace = behind{}
				}
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			f.ends(line)
			return nil
		case err != nil:
			return err
		}
	}
	return nil
}

// begins reports whether a line has a time, as the first of a stream. One that
// goes on from the last must begin with a line that came before; else that line's
// file was put away, and it is said what is missing.
func (f *feed) begins(line []byte, follow, goesOn bool) bool {
	at, text := cutStamp(line)
	if at == 0 {
		return false
	}
	known := f.known(at, f.seen.mark(at, text))
	if goesOn && !known && !f.renewed && f.seen.last != 0 && at > f.seen.last {
		f.gap(at)
	}
	if follow && (goesOn || known) {
		f.renewed = false
	}
	return true
}

// ends keeps what stands at a stream's end without a line end: of a log, or the
// server's own words in the place of one, which have no time.
func (f *feed) ends(line []byte) {
	if at, _ := cutStamp(line); at == 0 && len(line) > 0 {
		f.word = screen.Cut(screen.Clean(string(line)), wordWidth)
		return
	}
	f.rest = append(f.rest, line...)
	if f.awaited && f.broken {
		f.there()
	}
}

// opens says that the source is followed, where its log is empty yet: silence is
// all there is to hear then. Elsewhere its first line tells, or that the stream
// lasts: a cluster's answer does not begin before there is something to read,
// and begins in vain for a node that is down. The stream's end is to call what
// is returned.
func (f *feed) opens() (over func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reading = true
	if p := f.status.phase; f.seen.last == 0 && (p == loading || p == waiting) {
		f.becomes(trouble{phase: live})
	}
	lasts := time.AfterFunc(steady, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if p := f.status.phase; f.reading && p != ended {
			f.becomes(trouble{phase: live})
		}
	})
	return func() {
		lasts.Stop()
		f.mu.Lock()
		f.reading = false
		f.mu.Unlock()
	}
}

// heard takes a stream's first line as the sign that the source is read again:
// any line after a break, but not for a log that has ended, or breaks at once
// again and again: there it must be a new one.
func (f *feed) heard(fresh bool) {
	if p := f.phase(); !fresh && (p == ended || p == failed || f.hasty) {
		return
	}
	f.there()
}

// there says that the source is read, again perhaps.
func (f *feed) there() {
	f.awaited = false
	f.set(trouble{phase: live})
	if f.broken {
		f.broken = false
		f.note("— again there")
	}
}

// errBehind says that a stream falls further and further behind what is written.
var errBehind = errors.New("the server is slower than the log grows")

// errGap says that a stream does not go on where the last one ended.
var errGap = errors.New("lines are missing")

// joins reports whether a stream goes on here where the last one ended; errGap
// says that the last lines alone begin after that.
func (f *feed) joins(line []byte, q request) (bool, error) {
	at, text := cutStamp(line)
	m, last := f.seen.mark(at, text), f.seen.newest()
	known := f.known(at, m)
	switch {
	case !q.resume && known, q.resume && m == last:
		return true, nil
	case !q.resume, q.tail > 0 && at > last.at:
		return false, errGap
	case at > last.at+int64(ajar): // the line is gone: its file was put away
		f.gap(at)
		return true, nil
	}
	return false, nil
}

// known reports whether a line of a stream that is read again has come before.
func (f *feed) known(at int64, m mark) bool {
	return at != 0 && f.sieve != nil && (at <= f.sieve.low || f.sieve.left[m] > 0)
}

// line takes a line, unless it has come before.
func (f *feed) line(line []byte, left int) {
	at, text := cutStamp(line)
	fresh, m := true, mark{}
	if at != 0 {
		m = f.seen.mark(at, text)
		if f.sieve != nil && f.sieve.done(at) {
			f.sieve = nil
		}
		fresh = f.sieve == nil || !f.sieve.has(m)
	}
	if f.awaited {
		f.heard(fresh)
	}
	if !fresh {
		return
	}
	if at != 0 {
		f.seen.add(m)
	}
	f.fresh = true
	f.block = append(f.block, raw{at: at, text: string(text), left: left})
	f.size += len(text)
}

// open asks for the log.
func (f *feed) open(ctx context.Context, q request) (io.ReadCloser, error) {
	s := f.now()
	since := time.Time{}
	if q.since > 0 {
		since = time.Unix(0, q.since)
	}
	if c := s.target.container; c != nil {
		return f.env.Docker.Logs(ctx, c.ID, docker.LogOptions{Follow: q.follow, Tail: q.tail, Since: since, Timestamps: true})
	}
	p := s.target.pod
	return f.env.Kube.Logs(ctx, p.Namespace, p.Name, kube.LogOptions{
		Container: s.container, Follow: q.follow, Tail: q.tail, Since: since, Timestamps: true, Previous: q.previous,
	})
}
