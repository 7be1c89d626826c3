package logs

import "testing"

// BenchmarkLine is what one line costs from the connection to the view.
func BenchmarkLine(b *testing.B) {
	m := newMerger()
	q := m.open()
	m.set(q, live)
	f := &feed{merge: m, queue: q}
	lines := newLineReader(&torrent{})
	over := make(chan struct{})
	r := newRing(maxLines, maxBytes)
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		line, left, _ := lines.next()
		f.line(line, left)
		if len(f.block) < blockLines {
			continue
		}
		m.put(q, f.block, false, over)
		f.block = f.block[:0]
		if n%(8*blockLines) == 0 {
			taken, _ := m.take()
			var out []entry
			for i := range taken {
				out = finish(out, &taken[i])
			}
			for _, e := range out {
				r.add(e)
			}
		}
	}
}
