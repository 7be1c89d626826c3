package screen

import (
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

func TestWrapWords(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  []string
	}{
		{"", 10, []string{""}},
		{"kubectl logs web --previous -n shop", 20, []string{"kubectl logs web", "--previous -n shop"}},
		{"a well-known word", 8, []string{"a", "well-kno", "wn word"}},
		{"漢字漢字 漢字", 6, []string{"漢字漢", "字", "漢字"}},
		{"two  blanks", 20, []string{"two  blanks"}},
		{"x", 0, nil},
	} {
		got := WrapWords(c.text, c.width)
		if !slices.Equal(got, c.want) {
			t.Errorf("%q in %d: %q, want %q", c.text, c.width, got, c.want)
		}
	}
}

// Long text is cut to what a slow look at all of it would give.
func TestCutOfLongText(t *testing.T) {
	for _, unit := range []string{"long ", "漢字", "e\u0301\u0301", "ab漢", "x"} {
		for _, n := range []int{0, 1, 5, 50, 5000} {
			s := strings.Repeat(unit, n)
			for _, width := range []int{1, 2, 7, 8, 9, 30, 81} {
				want := s
				if ansi.StringWidth(s) > width {
					want = ansi.Truncate(s, width, "…")
				}
				if got := Cut(s, width); got != want {
					t.Errorf("%d times %q in %d: %q, want %q", n, unit, width, got, want)
				}
				if got := CutMiddle(s, width); Width(got) > width {
					t.Errorf("%d times %q in %d: %q is too wide", n, unit, width, got)
				}
			}
		}
	}
	if got := CutMiddle("my-app-987c6cb7d-7znrw", 16); got != "my-app-98…-7znrw" && got != "my-app-987…7znrw" {
		t.Errorf("the ends of a name are not kept: %q", got)
	}
}
