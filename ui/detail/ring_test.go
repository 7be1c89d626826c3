package detail

import (
	"fmt"
	"testing"
)

func TestRingIsBounded(t *testing.T) {
	r := newRing(100, 1000)
	for i := range 5000 {
		r.add(entry{text: fmt.Sprintf("line %04d", i)}) // 9 bytes
		if r.count > 100 || r.bytes > 1000 || len(r.entries) > 100 {
			t.Fatalf("after %d lines it holds %d lines, %d bytes, room for %d", i, r.count, r.bytes, len(r.entries))
		}
		if got := r.line(r.end() - 1).text; got != fmt.Sprintf("line %04d", i) {
			t.Fatalf("the newest line is %q", got)
		}
		if got := r.line(r.first()).text; got != fmt.Sprintf("line %04d", r.first()) {
			t.Fatalf("line %d is %q", r.first(), got)
		}
	}
	if r.end() != 5000 {
		t.Errorf("counted %d lines", r.end())
	}
}

func TestRingBoundedByBytes(t *testing.T) {
	r := newRing(1000, 50)
	for range 20 {
		r.add(entry{text: "twenty characters !!"})
	}
	if r.count != 2 || r.bytes != 40 {
		t.Errorf("holds %d lines of %d bytes", r.count, r.bytes)
	}
	r.add(entry{text: string(make([]byte, 500))})
	if r.count != 1 {
		t.Errorf("a line longer than the bound leaves %d lines", r.count)
	}
	r.add(entry{text: "x"})
	if r.count != 1 || r.line(r.end()-1).text != "x" {
		t.Errorf("the long line does not make room again: %d lines", r.count)
	}
}

func TestSearchGoesRound(t *testing.T) {
	p := asText([]string{"a", "Hit one", "b", "hit two", "c"})
	for _, c := range []struct {
		from, step, want int
	}{{0, 1, 1}, {2, 1, 3}, {4, 1, 1}, {4, -1, 3}, {0, -1, 3}, {2, -1, 1}} {
		if got, ok := search(p, "hit", c.from, c.step); !ok || got != c.want {
			t.Errorf("from %d by %d: %d %v, want %d", c.from, c.step, got, ok, c.want)
		}
	}
	if _, ok := search(p, "nothing", 0, 1); ok {
		t.Error("found nothing")
	}
	if _, ok := search(text(nil), "x", 0, 1); ok {
		t.Error("found something in nothing")
	}
}

func TestViewFollowsAndScrolls(t *testing.T) {
	r := newRing(1000, 1<<20)
	for i := range 50 {
		r.add(entry{text: fmt.Sprint(i)})
	}
	v := view{follow: true}
	v.settle(r, 80, 10)
	if v.top != 40 {
		t.Fatalf("following shows from %d", v.top)
	}
	v.scroll(r, -5, 80, 10, true)
	r.add(entry{text: "new"})
	v.settle(r, 80, 10)
	if v.follow || v.top != 35 {
		t.Errorf("scrolled up: follows %v, shows from %d", v.follow, v.top)
	}
	v.scroll(r, 100, 80, 10, true)
	r.add(entry{text: "newer"})
	v.settle(r, 80, 10)
	if !v.follow || v.top != 42 {
		t.Errorf("back at the end: follows %v, shows from %d", v.follow, v.top)
	}
}

func TestWrapCountsRows(t *testing.T) {
	p := asText([]string{"0123456789", "0123456789abc", "x"})
	v := view{wrap: true, follow: true}
	v.settle(p, 10, 3)
	if v.top != 1 {
		t.Errorf("three rows hold the last two lines, shown from %d", v.top)
	}
	v.times = true
	if got := v.rowsOf(p[0], 10+stampWidth); got != 1 {
		t.Errorf("with times it takes %d rows", got)
	}
}
