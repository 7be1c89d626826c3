package logs

// kind is what a line of the view is.
type kind uint8

const (
	written kind = iota // by a source
	noted               // by us, about a source: it broke, it came back
	ruled               // a mark that a person put
)

// entry is a line of the view.
type entry struct {
	at     int64  // nanoseconds since 1970; 0 if the source gave no time
	text   string // clean
	source uint16
	kind   kind
}

// Bounds of what is kept.
const (
	maxLines  = 50_000
	maxBytes  = 12 << 20
	entrySize = 40 // bytes that an entry takes beside its text
)

// ring holds the last lines of a log, bounded by lines and bytes. Lines are
// numbered from the start of the log, so that a place in it stays the same
// place while old lines fall out.
type ring struct {
	entries  []entry // a circle of maxLines once full
	start    int     // index of the oldest
	count    int
	bytes    int
	lost     int // lines that fell out: the number of the oldest one kept
	maxLines int
	maxBytes int
}

func newRing(lines, bytes int) *ring { return &ring{maxLines: lines, maxBytes: bytes} }

// full reports whether a line more pushes another out.
func (r *ring) full(e entry) bool {
	return r.count > 0 && (r.count == r.maxLines || r.bytes+len(e.text)+entrySize > r.maxBytes)
}

// add appends a line, and drops the oldest ones that no longer fit.
func (r *ring) add(e entry) {
	size := len(e.text) + entrySize
	for r.full(e) {
		old := &r.entries[r.start]
		r.bytes -= len(old.text) + entrySize
		*old = entry{}
		r.start = (r.start + 1) % len(r.entries)
		r.count--
		r.lost++
	}
	if r.count == len(r.entries) && len(r.entries) < r.maxLines {
		r.grow()
	}
	r.entries[(r.start+r.count)%len(r.entries)] = e
	r.count++
	r.bytes += size
}

// grow doubles the circle, up to its bound.
func (r *ring) grow() {
	bigger := make([]entry, min(max(2*len(r.entries), 256), r.maxLines))
	for i := range r.count {
		bigger[i] = r.entries[(r.start+i)%len(r.entries)]
	}
	r.entries, r.start = bigger, 0
}

// first is the number of the oldest line kept; end is one past the newest.
func (r *ring) first() int { return r.lost }
func (r *ring) end() int   { return r.lost + r.count }

// line returns a line by its number, which must be kept.
func (r *ring) line(n int) entry { return r.entries[(r.start+n-r.lost)%len(r.entries)] }
