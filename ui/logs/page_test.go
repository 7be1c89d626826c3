package logs

import (
	"fmt"
	"strings"
	"testing"

	"github.com/twindeck/twindeck/ui/keys"
)

// TestAHitIsSeen: wherever the hit is that the search goes to, it is on the screen:
// at the end of the log, far to the right, deep in a line of many rows.
func TestAHitIsSeen(t *testing.T) {
	long := strings.Repeat("z", 4000) + "needle" + strings.Repeat("z", 400)
	for _, c := range []struct {
		name, search, want string
		lines              []string
		before             []keys.Action
	}{
		{"the last line", "line 99", "line 99", numbered(100), nil},
		{"the last but a few", "line 96", "line 96", numbered(100), nil},
		{"the first line", "re:^line 0$", "line 0", numbered(100), nil},
		{"to the right", "needle", "needle", []string{"one", strings.Repeat("z", 400) + "needle", "x"}, nil},
		{"to the left again", "needle", "needle", []string{"a needle " + strings.Repeat("z", 400)}, []keys.Action{keys.ScrollOn, keys.ScrollOn}},
		{"in a wrapped line", "needle", "needle", []string{"one", long, "x"}, []keys.Action{keys.Wrap}},
		{"in the last line, wrapped", "needle", "needle", []string{"one", long}, []keys.Action{keys.Wrap}},
		{"in an object over many lines", "field55", `"field55": 55`, []string{manyFields(80), "x"}, []keys.Action{keys.JSON}},
	} {
		onStage(t, func(s *stage) {
			s.writes("web", c.lines...)
			s.follow(aContainer("web"))
			for _, a := range c.before {
				s.press(a)
			}
			s.press(keys.Filter)
			s.typed(c.search)
			s.enter()
			if shown := s.screen(); !strings.Contains(shown, c.want) {
				t.Errorf("%s: no %q in\n%s", c.name, c.want, shown)
			}
		})
	}
}

// What is read of a long line stays on the screen when its size changes.
func TestAnotherSizeKeepsThePlace(t *testing.T) {
	onStage(t, func(s *stage) {
		var long strings.Builder
		for i := range 2000 {
			fmt.Fprintf(&long, "w%04d ", i)
		}
		s.writes("web", "a", long.String(), "b")
		s.follow(aContainer("web"))
		s.press(keys.Wrap)
		s.press(keys.Top)
		for range 60 {
			s.press(keys.Down)
		}
		first, _, _ := strings.Cut(s.screen(), " ")
		for _, width := range []int{160, 50, 80} {
			s.view.SetSize(width, 10)
			if shown := s.screen(); !strings.Contains(shown, first) {
				t.Errorf("%s is not to be seen in %d cells:\n%s", first, width, shown)
			}
		}
	})
}

// A hit that is stood on stays on a screen that becomes smaller.
func TestASmallerScreenKeepsTheHit(t *testing.T) {
	onStage(t, func(s *stage) {
		s.view.SetSize(80, 30)
		s.writes("web", numbered(100)...)
		s.follow(aContainer("web"))
		s.press(keys.Filter)
		s.typed("line 99")
		s.enter()
		s.view.SetSize(80, 8)
		s.sees("line 99")
		for range 20 {
			s.press(keys.Up)
		}
		s.view.SetSize(80, 6)
		s.lacks("line 99") // one has gone on
	})
}

func manyFields(n int) string {
	var fields []string
	for i := range n {
		fields = append(fields, fmt.Sprintf(`"field%d": %d`, i, i))
	}
	return "{" + strings.Join(fields, ", ") + "}"
}
