package logs

import (
	"testing"
	"time"
)

func TestBehind(t *testing.T) {
	const step = 10 * time.Millisecond
	for _, c := range []struct {
		name    string
		rate    int                                          // lines a step
		written func(after time.Duration) (at time.Duration) // when the newest line was, after a while
		want    bool
	}{
		{"as fast as it is written", 500, func(after time.Duration) time.Duration { return after - 20*time.Millisecond }, false},
		{"clocks that differ", 500, func(after time.Duration) time.Duration { return after - time.Hour }, false},
		{"half as fast as it is written", 500, func(after time.Duration) time.Duration { return after / 2 }, true},
		{"slow, and behind", 5, func(after time.Duration) time.Duration { return after / 2 }, false},
		{"old lines, caught up with", 500, func(after time.Duration) time.Duration { return min(2*after-time.Minute, after) }, false},
	} {
		var b behind
		late := time.Duration(0)
		for after := time.Duration(0); after < 2*time.Minute && late == 0; after += step {
			late = b.add(c.rate, noon.Add(c.written(after)).UnixNano(), noon.Add(after))
		}
		if (late > 0) != c.want || late > 2*behindMost {
			t.Errorf("%s: %s behind", c.name, late)
		}
	}
}
