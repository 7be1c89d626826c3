package logs

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestMatcher(t *testing.T) {
	for _, c := range []struct {
		text, line string
		filter     bool
		want       bool
	}{
		{"error", "an ERROR here", false, true},
		{"Error", "an ERROR here", false, false},
		{"Error", "an Error here", false, true},
		{"über", "Über allem", false, true},
		{"re:^get .* 5\\d\\d", "GET /orders 503", false, true},
		{"re:GET", "get /", false, false},
		{"re:\\Sx", "ax", false, true},
		{"!health", "GET /health", true, false},
		{"!health", "GET /orders", true, true},
		{"!re:health|ready", "GET /ready", true, false},
		{"!", "anything", true, true},
		{"!x", "a !x b", false, true},
		{"re:(", "anything", false, true}, // cannot be used: hides nothing
		{"status=200", `{"status":200}`, true, true},
		{`"status":200`, `{"status":200}`, true, true},
		{"status=404", `{"status":200}`, true, false},
	} {
		m := parseMatcher(c.text, c.filter)
		if got := m.matches(entry{text: c.line}, formCompact); got != c.want {
			t.Errorf("%q in %q: %v", c.text, c.line, got)
		}
	}
	bad := parseMatcher("re:(", false)
	if bad.err == nil {
		t.Error("a pattern that cannot be read is no error")
	}
}

func TestHits(t *testing.T) {
	for _, c := range []struct {
		text, line string
		want       [][2]int
	}{
		{"ab", "xABabx", [][2]int{{1, 3}, {3, 5}}},
		{"re:a*", "baac", [][2]int{{1, 3}}},
		{"ä", "Ä-ä", [][2]int{{0, 2}, {3, 5}}},
		{"no", "nothing? no", [][2]int{{0, 2}, {9, 11}}},
	} {
		m := parseMatcher(c.text, false)
		if got := m.hits(c.line); !slices.Equal(got, c.want) {
			t.Errorf("%q in %q: %v, want %v", c.text, c.line, got, c.want)
		}
	}
}

// TestIndexIsTheList: whatever comes, falls out and is looked back at, the index
// is the list of the wanted lines that are kept and were looked at.
func TestIndexIsTheList(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		wanted := func(n int) bool { return n%7 < 3 }
		first, end := 0, r.IntN(3*scanLines)
		var x index
		x.reset(end)
		for range 30 {
			switch r.IntN(3) {
			case 0:
				for range r.IntN(500) {
					if wanted(end) {
						x.added(end)
					}
					end++
				}
			case 1:
				first = min(first+r.IntN(2000), end)
				x.drop(first)
			case 2:
				x.back(first, wanted)
			}
			var want []int
			for n := max(first, min(x.scanned, end)); n < end; n++ {
				if wanted(n) {
					want = append(want, n)
				}
			}
			got := make([]int, x.len())
			for i := range got {
				got[i] = x.at(i)
			}
			if !slices.Equal(got, want) {
				t.Fatalf("has %d, want %d lines from %d", len(got), len(want), first)
			}
			for range 20 {
				n := r.IntN(end + 1)
				place, _ := slices.BinarySearch(want, n)
				if got := x.search(n); got != place {
					t.Fatalf("line %d is at %d, want %d", n, got, place)
				}
			}
		}
	}
}
