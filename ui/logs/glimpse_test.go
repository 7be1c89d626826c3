package logs

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestManyFloodsShareTheServer(t *testing.T) {
	for _, c := range []struct {
		took   time.Duration
		floods int
		want   time.Duration
	}{
		{5 * time.Millisecond, 1, 20 * time.Millisecond},
		{20 * time.Millisecond, 1, 10 * time.Millisecond},
		{100 * time.Millisecond, 1, 50 * time.Millisecond},
		{5 * time.Millisecond, 8, 195 * time.Millisecond},
	} {
		if got := restAfter(c.took, c.floods); got != c.want {
			t.Errorf("after %s, of %d floods: %s, want %s", c.took, c.floods, got, c.want)
		}
	}
}

// TestFloodShowsTheNewest: where a server hands lines over at half the speed
// they are written at, the newest are shown nevertheless; what is left out is
// said where it is missing, and once the flood is over nothing is. All that
// holds on lines that break now and then, but that it takes a moment longer.
func TestFloodShowsTheNewest(t *testing.T) {
	for _, target := range []Target{aContainer("flood"), aPod("flood")} {
		for name, c := range map[string]struct {
			age time.Duration
			cut func() (int, error)
		}{
			"a good line": {200 * time.Millisecond, nil},
			"a bad line":  {3 * time.Second, seldomCuts(rand.New(rand.NewPCG(3, 7)))},
		} {
			synctest.Test(t, func(t *testing.T) { floodShowsTheNewest(t, target, name, c.age, c.cut) })
		}
	}
}

// seldomCuts breaks one stream in ten.
func seldomCuts(r *rand.Rand) func() (int, error) {
	return func() (int, error) {
		if r.IntN(10) > 0 {
			return -1, nil
		}
		return 1 + r.IntN(6000), errors.New("connection reset by peer")
	}
}

func floodShowsTheNewest(t *testing.T, target Target, name string, age time.Duration, cut func() (int, error)) {
	const step, each, quiet = 10 * time.Millisecond, 100, 300 // 10,000 lines a second, then 100
	srv := newServers()
	srv.change("flood", func(l *written1) { l.slow, l.cut = 200*time.Microsecond, cut })
	ctx := newContext(t, srv)
	s := newSession(ctx, 1, choice{})
	s.follow(1, Set{ID: "x", Targets: []Target{target}})

	n := 0
	write := func(lines int) {
		for range lines {
			n++
			srv.write("flood", time.Now().UnixNano(), fmt.Sprint(n))
		}
	}
	write(1)
	over := make(chan struct{})
	go func() {
		defer close(over)
		for range 10 * time.Second / step {
			time.Sleep(step)
			write(each)
		}
		for range quiet { // and then like any other
			time.Sleep(step)
			write(1)
		}
	}()

	var lines []entry
	oldest, began, flooded := time.Duration(0), time.Now(), false
	collect(t, s, func(got []entry) bool {
		lines = got
		now, _ := s.states()
		flooded = flooded || now[0].flood
		i := slices.IndexFunc(got, func(e entry) bool { return e.kind == written })
		if i < 0 {
			return false
		}
		for i = len(got) - 1; got[i].kind != written; i-- { // notes may follow it
		}
		last := got[i]
		if time.Since(began) > 5*time.Second {
			oldest = max(oldest, time.Since(time.Unix(0, last.at)))
		}
		return last.text == fmt.Sprint(10*int(time.Second/step)*each+1+quiet)
	})
	<-over
	time.Sleep(10 * time.Second) // a line that breaks does not make the flood go on
	if now, _ := s.states(); !flooded || now[0].flood {
		t.Errorf("%s: that only the newest lines are shown is said in the flood: %v, and after it: %v", name, flooded, now[0].flood)
	}
	if oldest > age {
		t.Errorf("%s: the newest line shown was %s old", name, oldest)
	}
	shown, gaps, said := 0, 0, false
	for _, e := range lines {
		if e.kind == noted {
			said = said || strings.HasSuffix(e.text, " skipped") || strings.HasSuffix(e.text, "only the newest lines from here")
			continue
		}
		var number int
		if _, err := fmt.Sscan(e.text, &number); err != nil {
			t.Fatal(err)
		}
		switch {
		case number <= shown:
			t.Fatalf("%s: line %d comes after line %d", name, number, shown)
		case number > shown+1 && !said:
			t.Fatalf("%s: between the lines %d and %d nothing says that others are missing", name, shown, number)
		case number > shown+1:
			gaps++
		}
		shown, said = number, false
	}
	if shown != n || gaps == 0 {
		t.Errorf("%s: the last line is %d of %d, there are %d gaps", name, shown, n, gaps)
	}
	if cut == nil {
		if tail := texts(lines[len(lines)-quiet:]); tail[0] != fmt.Sprint(n-quiet+1) {
			t.Errorf("%s: of the last %d lines some are missing: %v", name, quiet, tail)
		}
	}
	s.end()
	ctx.Work.Wait()
}
