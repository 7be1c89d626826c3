package logs

import "time"

const (
	// behindLines is how many lines a stream may be behind what is written.
	behindLines = 6000
	// behindSpan is how often it is looked at.
	behindSpan = 500 * time.Millisecond
	// floodLines is how many lines of a span make a flood. Fewer than that every
	// server hands over: what is late then is old, and is caught up with.
	floodLines = 2000
)

// behind tells when a server hands lines over more slowly than they are
// written, so that what is shown is old, and does not catch up. The clocks of
// both sides may differ: what counts is how far the distance is from the
// smallest there was.
type behind struct {
	known bool
	least time.Duration // the smallest distance there was: the clocks' difference
	since time.Time     // the span began
	lines int           // that came in it
	low   time.Duration // the smallest distance in it
	last  time.Duration // the smallest distance in the span before
}

// begin starts anew with another stream of the same source.
func (b *behind) begin() { b.since = time.Time{} }

// add takes lines that came, the newest of them written at a time; it returns
// by how much the stream is behind, once that is too much.
func (b *behind) add(lines int, at int64, now time.Time) time.Duration {
	distance := now.Sub(time.Unix(0, at))
	if !b.known || distance < b.least {
		b.known, b.least = true, distance
	}
	if b.since.IsZero() {
		b.since, b.lines, b.low, b.last = now, 0, distance, distance
	}
	b.lines, b.low = b.lines+lines, min(b.low, distance)
	span := now.Sub(b.since)
	if span < behindSpan {
		return 0
	}
	late := b.low - b.least
	stays := b.low > b.last-span/10 // it would take ten times as long to catch up
	tooMuch := b.lines >= floodLines && float64(b.lines)*float64(late)/float64(span) > behindLines
	b.since, b.lines, b.last, b.low = now, 0, b.low, distance
	if stays && tooMuch {
		return late
	}
	return 0
}
