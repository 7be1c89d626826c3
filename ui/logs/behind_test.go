package logs

import (
	"testing"
	"time"
)

func TestBehind(t *testing.T) {
	const step, ms = 10 * time.Millisecond, time.Millisecond
	for _, c := range []struct {
		name    string
		rate    int                                     // lines a step
		late    func(after time.Duration) time.Duration // how old the newest line is, after a while
		most    time.Duration                           // found with no more; 0: it is not behind
		already bool                                    // the clocks' difference is known
	}{
		{name: "as fast as it is written", rate: 500, late: func(time.Duration) time.Duration { return 20 * ms }},
		{name: "clocks that differ", rate: 500, late: func(time.Duration) time.Duration { return time.Hour }},
		{name: "half as fast as it is written", rate: 500, late: func(after time.Duration) time.Duration { return after / 2 }, most: 500 * ms},
		{name: "a third slower, at a fifth of the rate", rate: 100, late: func(after time.Duration) time.Duration { return after / 3 }, most: 1200 * ms},
		{name: "slow, and behind", rate: 5, late: func(after time.Duration) time.Duration { return after / 2 }},
		{name: "old lines, caught up with", rate: 500, late: func(after time.Duration) time.Duration { return max(time.Minute-after, 0) }},
		{name: "a little late all the time, and fast", rate: 500, late: func(time.Duration) time.Duration { return 300 * ms }, most: 400 * ms, already: true},
		{name: "a little late all the time", rate: 50, late: func(time.Duration) time.Duration { return 300 * ms }, already: true},
		{name: "held up now and then", rate: 500, late: func(after time.Duration) time.Duration { return max(400*ms-after%time.Second, 0) }},
	} {
		var b behind
		now := noon
		if c.already {
			b.add(1, now.UnixNano(), now)
			b.begin()
		}
		late := time.Duration(0)
		for after := time.Duration(0); after < 2*time.Minute && late == 0; after += step {
			now = noon.Add(after)
			late = b.add(c.rate, now.Add(-c.late(after)).UnixNano(), now)
		}
		if (late > 0) != (c.most > 0) || late > c.most {
			t.Errorf("%s: %s behind", c.name, late)
		}
	}
}
