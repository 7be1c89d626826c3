package logs

import "time"

const (
	// behindMost is how far a stream may fall behind what is written.
	behindMost = time.Second
	// behindSpan is how often it is looked at.
	behindSpan = 500 * time.Millisecond
	// floodLines is how many lines of a span make a flood. Fewer than that every
	// server hands over: what is late then is old, and is caught up with.
	floodLines = 2000
)

// behind tells when a server hands lines over more slowly than they are
// written, so that what is shown grows older and older. The clocks of both
// sides may differ: what counts is how the distance grows.
type behind struct {
	since time.Time     // the span began
	lines int           // that came in it
	least time.Duration // the smallest distance so far: the clocks' difference
	last  time.Duration // the distance when the span began
	known bool
}

// add takes lines that came, the newest of them written at a time; it returns
// by how much the stream is behind, once that is too much and grows.
func (b *behind) add(lines int, at int64, now time.Time) time.Duration {
	distance := now.Sub(time.Unix(0, at))
	if !b.known || distance < b.least {
		b.least = distance
	}
	if !b.known {
		b.known, b.since, b.last = true, now, distance
	}
	b.lines += lines
	if now.Sub(b.since) < behindSpan {
		return 0
	}
	grows, flood := distance > b.last, b.lines >= floodLines
	b.since, b.lines, b.last = now, 0, distance
	if grows && flood && distance-b.least > behindMost {
		return distance - b.least
	}
	return 0
}
