package logs

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
)

// request is one reading of a log.
type request struct {
	follow, previous bool
	resume           bool // what stands before the line that came last is left out
	tail             int  // the last lines alone, which must reach back to what came when they are followed; 0: no bound
	since            int64
}

// stream reads once, and hands on what has not come before.
func (f *feed) stream(ctx context.Context, q request) error {
	r, err := f.open(ctx, q)
	if err != nil {
		return err
	}
	defer r.Close()
	stop := context.AfterFunc(ctx, func() { r.Close() }) // a read that waits ends with ctx
	defer stop()
	if q.follow {
		f.there()
	}
	f.sieve = f.seen.again()
	joined := !q.follow || q.tail == 0 && !q.resume
	f.pace.begin()
	lines := newLineReader(r)
	for count := 0; q.follow || q.tail == 0 || count <= q.tail; count++ { // an end that a flood moves away is not waited for
		line, left, err := lines.next()
		if err == nil {
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
			if lines.drained() || len(f.block) >= blockLines {
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
			f.rest = append(f.rest[:0], line...)
			return nil
		case err != nil:
			return err
		}
	}
	return nil
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

// errBehind says that a stream falls further and further behind what is written.
var errBehind = errors.New("the server is slower than the log grows")

// errGap says that a stream does not go on where the last one ended.
var errGap = errors.New("lines are missing")

// joins reports whether a stream goes on here where the last one ended; errGap
// says that the last lines alone begin after that.
func (f *feed) joins(line []byte, q request) (bool, error) {
	at, text := cutStamp(line)
	m, last := f.seen.mark(at, text), f.seen.newest()
	known := at != 0 && f.sieve != nil && (at <= f.sieve.low || f.sieve.left[m] > 0)
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

// line takes a line, unless it has come before.
func (f *feed) line(line []byte, left int) {
	at, text := cutStamp(line)
	if at != 0 {
		m := f.seen.mark(at, text)
		if f.sieve != nil {
			if f.sieve.done(at) {
				f.sieve = nil
			} else if f.sieve.has(m) {
				return
			}
		}
		f.seen.add(m)
	}
	f.fresh = true
	f.block = append(f.block, raw{at: at, text: string(text), left: left})
}

// last takes what a program that has ended wrote without a line end.
func (f *feed) last() {
	if len(f.rest) > 0 {
		f.sieve = f.seen.again()
		f.line(f.rest, 0)
		f.rest = f.rest[:0]
		f.flush()
	}
}

// flush hands the lines to the merger.
func (f *feed) flush() {
	if len(f.block) == 0 {
		return
	}
	f.merge.put(f.queue, f.block, f.life.Done())
	clear(f.block)
	f.block = f.block[:0]
}
