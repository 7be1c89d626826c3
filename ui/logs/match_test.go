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
		form       form
	}{
		{"error", "an ERROR here", false, true, formCompact},
		{"Error", "an ERROR here", false, false, formCompact},
		{"Error", "an Error here", false, true, formCompact},
		{"über", "Über allem", false, true, formCompact},
		{"re:^get .* 5\\d\\d", "GET /orders 503", false, true, formCompact},
		{"re:GET", "get /", false, false, formCompact},
		{"re:\\Sx", "ax", false, true, formCompact},
		{"!health", "GET /health", true, false, formCompact},
		{"!health", "GET /orders", true, true, formCompact},
		{"!re:health|ready", "GET /ready", true, false, formCompact},
		{"!", "anything", true, true, formCompact},
		{"!x", "a !x b", false, true, formCompact},
		{"re:(", "anything", false, true, formCompact}, // cannot be used: hides nothing
		{"status=200", `{"status":200}`, true, true, formCompact},
		{`"status":200`, `{"status":200}`, true, true, formCompact},
		{"status=404", `{"status":200}`, true, false, formCompact},
		{"code=7", ` {"code":7}`, true, true, formCompact},
		{`"table": "orders"`, `{"table":"orders"}`, false, true, formPretty},
		{`"table": "orders"`, `{"table":"orders"}`, false, false, formRaw},
	} {
		m := parseMatcher(c.text, c.filter)
		if got := m.matches(entry{text: c.line}, c.form); got != c.want {
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

// A part of looking back is bounded in bytes too: long lines take long.
func TestLookingBackIsBounded(t *testing.T) {
	for _, c := range []struct{ size, want int }{{100, scanLines}, {10_000, scanBytes/10_000 + 1}, {2 * scanBytes, 1}} {
		var x index
		x.reset(10_000)
		x.back(0, func(int) (bool, int) { return true, c.size })
		if got := x.len(); got != c.want {
			t.Errorf("of lines of %d bytes %d are looked at, want %d", c.size, got, c.want)
		}
	}
}

// TestIndexIsTheList: whatever comes, falls out and is looked back at, the index
// is the list of the wanted lines that are kept and were looked at.
func TestIndexIsTheList(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		wanted := func(n int) bool { return n%7 < 3 }
		look := func(n int) (bool, int) { return wanted(n), n % 1000 }
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
				x.back(first, look)
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
