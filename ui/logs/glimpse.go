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
	// calm is how long nothing must be left out until a log is followed again: a
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
		gap, err := f.glimpse(ctx)
		if err != nil {
			return err
		}
		f.there(ctx)
		if gap {
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
func (f *feed) flooded(ctx context.Context) {
	f.flood, f.skipped = true, time.Now()
	f.note(ctx, fmt.Sprintf("… more is written than the server hands over, it is %.1f s behind: only the newest lines from here", f.late.Seconds()))
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

// glimpse takes what is new in the last lines; gap tells that some before them
// were left out.
func (f *feed) glimpse(ctx context.Context) (gap bool, err error) {
	limited, cancel := context.WithTimeout(ctx, loadWithin)
	defer cancel()
	r, err := f.open(limited, request{tail: screenful})
	if err != nil {
		return false, err
	}
	defer r.Close()
	defer context.AfterFunc(limited, func() { r.Close() })()
	last, gap := f.seen.newest(), true
	var fresh []marked
	lines := newLineReader(r)
	for range screenful { // a server reads on to the end, which a flood moves away from it
		line, left, err := lines.next()
		switch {
		case errors.Is(err, io.EOF): // a line without an end is read with the next
			return f.take(ctx, fresh, gap), nil
		case err != nil:
			return false, err
		}
		at, text := cutStamp(line)
		m := f.seen.mark(at, text)
		if m == last {
			fresh, gap = fresh[:0], false
			continue
		}
		fresh = append(fresh, marked{m, raw{at: at, text: string(text), left: left}})
	}
	return f.take(ctx, fresh, gap), nil
}

// marked is a line, and what it is remembered by.
type marked struct {
	mark mark
	line raw
}

// take hands on the lines of a glimpse, and says what lies before them; it
// returns gap.
func (f *feed) take(ctx context.Context, fresh []marked, gap bool) bool {
	if len(fresh) == 0 {
		return false // nothing is there, or nothing new
	}
	if gap {
		f.gap(ctx, fresh[0].line.at)
	}
	for _, m := range fresh {
		if m.line.at != 0 {
			f.seen.add(m.mark)
		}
		f.block = append(f.block, m.line)
	}
	f.fresh = true
	f.flush(ctx)
	f.pace.add(len(fresh), f.seen.last, time.Now())
	return gap
}

// gap says that lines before the one of a time were left out.
func (f *feed) gap(ctx context.Context, at int64) {
	f.gapped = at
	if f.seen.last != 0 && at > f.seen.last {
		f.note(ctx, fmt.Sprintf("… %s skipped", time.Duration(at-f.seen.last).Round(time.Millisecond)))
	}
}
