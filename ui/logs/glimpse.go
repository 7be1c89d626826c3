package logs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

const (
	// screenful is how many lines a glimpse takes: more than a screen holds.
	screenful = 200
	// calm is how long there must be no rush until a log is followed again: a
	// flood may pause while its writer is held up.
	calm = 2 * time.Second
)

// glimpses reads the newest lines of a log again and again, for as long as
// following it falls behind: a server hands every line over by itself, and a
// flood at its own speed only, but the end of a log at once. What lies between
// two glimpses is left out, which is said. It returns nil when the log can be
// followed again.
func (f *feed) glimpses(ctx context.Context) error {
	f.sayFlood(true)
	defer f.sayFlood(false)
	for {
		began := time.Now()
		rush, err := f.glimpse(ctx)
		if err != nil {
			return err
		}
		f.there()
		if rush {
			f.skipped = began
		}
		if time.Since(f.skipped) >= calm {
			f.flood = false
			return nil
		}
		select {
		case <-time.After(restAfter(time.Since(began), int(f.merge.floods.Load()))):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// flooded notes that the source cannot be followed.
func (f *feed) flooded() {
	f.flood, f.skipped = true, time.Now()
	f.note(fmt.Sprintf("… more is written than the server hands over, it is %.1f s behind: only the newest lines from here", f.late.Seconds()))
}

// sayFlood says that only the newest lines are read, or no longer.
func (f *feed) sayFlood(on bool) {
	f.mu.Lock()
	f.status.flood = on
	f.mu.Unlock()
	if on {
		f.merge.floods.Add(1)
	} else {
		f.merge.floods.Add(-1)
	}
	f.merge.news.Touch()
}

// restAfter is how long a source waits for its next glimpse, after one that took
// so long, while there are so many floods: all of them together have as many as
// one has, and the server has time for others.
func restAfter(took time.Duration, floods int) time.Duration {
	return max(frame*time.Duration(floods)-took, took/2)
}

// glimpse takes what is new in the last lines; rush tells that others were left
// out, and that they are still written as fast as makes a flood.
func (f *feed) glimpse(ctx context.Context) (rush bool, err error) {
	last, err := f.tail(ctx)
	if err != nil {
		return false, err
	}
	fresh, gap := last, true
	for i, m := range last {
		if m.mark == f.seen.newest() {
			fresh, gap = last[i+1:], false
		}
	}
	return f.take(fresh, gap) && dense(fresh), nil
}

// tail reads the last lines there are.
func (f *feed) tail(ctx context.Context) (last []marked, err error) {
	limited, cancel := context.WithTimeout(ctx, loadWithin)
	defer cancel()
	r, err := f.open(limited, request{tail: screenful})
	if err != nil {
		return nil, err
	}
	defer r.Close()
	defer context.AfterFunc(limited, func() { r.Close() })()
	lines := newLineReader(r)
	for range screenful { // a server reads on to the end, which a flood moves away from it
		line, left, err := lines.next()
		switch {
		case errors.Is(err, io.EOF): // a line without an end is read with the next
			return last, nil
		case err != nil:
			return nil, err
		}
		at, text := cutStamp(line)
		last = append(last, marked{f.seen.mark(at, text), raw{at: at, text: string(text), left: left}})
	}
	return last, nil
}

// dense reports whether lines were written as fast as makes a flood.
func dense(lines []marked) bool {
	if len(lines) < 2 {
		return false
	}
	span := time.Duration(lines[len(lines)-1].line.at - lines[0].line.at)
	return float64(len(lines))*float64(behindSpan) >= floodLines*float64(span)
}

// rushes reports whether a flood comes at this moment. That a stream is behind
// does not tell: what it hands over may be as old as the log.
func (f *feed) rushes(ctx context.Context) (bool, error) {
	before, err := f.tail(ctx)
	if err != nil {
		return false, err
	}
	select {
	case <-time.After(behindSpan / 2):
	case <-ctx.Done():
		return false, ctx.Err()
	}
	after, err := f.tail(ctx)
	if err != nil || len(before) == 0 || len(after) == 0 {
		return false, err
	}
	return before[len(before)-1].mark != after[len(after)-1].mark && dense(after), nil
}

// marked is a line, and what it is remembered by.
type marked struct {
	mark mark
	line raw
}

// take hands on the new lines of a glimpse, and says what lies before them if
// there is a gap; missed tells that lines were left out.
func (f *feed) take(fresh []marked, gap bool) (missed bool) {
	if len(fresh) == 0 {
		return false // nothing is there, or nothing new
	}
	if gap {
		f.gap(fresh[0].line.at)
	}
	for _, m := range fresh {
		if m.line.at != 0 {
			f.seen.add(m.mark)
		}
		f.block = append(f.block, m.line)
	}
	f.fresh = true
	f.flush()
	f.pace.add(len(fresh), f.seen.last, time.Now())
	return gap
}

// gap says that lines before the one of a time were left out.
func (f *feed) gap(at int64) {
	f.gapped = at
	if f.seen.last != 0 && at > f.seen.last {
		f.note(fmt.Sprintf("… %s skipped", time.Duration(at-f.seen.last).Round(time.Millisecond)))
	}
}
