package logs

import (
	"fmt"
	"strings"
	"testing"
)

// TestWhatIsReadIsNotPushedOut: whoever stands still reads on, however much is
// written; what was left out meanwhile is said where it is missing.
func TestWhatIsReadIsNotPushedOut(t *testing.T) {
	v := New(newContext(t, newServers()))
	v.SetSize(80, 10)
	v.set = Set{ID: "x"}
	v.lines = newRing(50, maxBytes)
	n := 0
	write := func(lines int) {
		b := batched{states: []status{{name: "x", phase: live}}}
		for range lines {
			n++
			b.lines = append(b.lines, entry{at: int64(n), text: fmt.Sprintf("line %d", n)})
		}
		v.take(b)
	}
	seen := func() string { return strings.Join(v.View(), "\n") }

	write(100)
	v.View()
	v.Scroll(-20)
	first := strings.TrimSpace(v.View()[0])
	write(10_000)
	if got := strings.TrimSpace(v.View()[0]); got != first {
		t.Errorf("what is read moved from %q to %q", first, got)
	}
	if foot := v.Foot(); !strings.Contains(foot, "10,000 new") || !strings.Contains(foot, "not kept") {
		t.Errorf("the foot says %q", foot)
	}
	v.mark()
	if v.lines.line(v.lines.end()-1).kind != ruled || v.marked != v.lines.end() {
		t.Errorf("a mark set meanwhile is not the last line, of %d", v.lines.end())
	}
	v.Scroll(1000)
	if !v.follow {
		t.Errorf("at the end of what is kept it is not followed:\n%s", seen())
	}
	write(3)
	screen := seen()
	if !strings.Contains(screen, " lines skipped while others were read") || !strings.Contains(screen, fmt.Sprintf("line %d", n)) {
		t.Errorf("followed again, the screen is\n%s", screen)
	}
	if foot := v.Foot(); strings.Contains(foot, "not kept") {
		t.Errorf("the foot still says %q", foot)
	}
	write(1000)
	if v.lines.count != 50 || !strings.Contains(seen(), fmt.Sprintf("line %d", n)) {
		t.Errorf("%d lines are kept, the screen is\n%s", v.lines.count, seen())
	}
}
