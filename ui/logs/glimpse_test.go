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

	"github.com/twindeck/twindeck/ui/screen"
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
			"a bad line":  {5 * time.Second, seldomCuts(rand.New(rand.NewPCG(3, 7)))}, // it may break while the flood is looked for
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
	s := newSession(ctx, screen.Origin{}, 1, choice{})
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

// What was written fast once, and is read more slowly, is no flood: all of it
// comes.
func TestAnOldBurstIsNoFlood(t *testing.T) {
	for _, target := range []Target{aContainer("old"), aPod("old")} {
		synctest.Test(t, func(t *testing.T) {
			const burst, since = 30_000, 100
			srv := newServers()
			srv.change("old", func(l *written1) { l.slow = 200 * time.Microsecond }) // 5,000 lines a second
			at := time.Now().Add(-24 * time.Hour)
			for n := range burst { // 20,000 lines a second
				srv.write("old", at.Add(time.Duration(n)*50*time.Microsecond).UnixNano(), fmt.Sprint(n))
			}
			for n := range since {
				srv.write("old", at.Add(time.Duration(n+1)*time.Minute).UnixNano(), fmt.Sprint(burst+n))
			}
			ctx := newContext(t, srv)
			s := newSession(ctx, screen.Origin{}, 1, choice{span: span{}})
			s.follow(1, Set{ID: "x", Targets: []Target{target}})
			lines, _ := collect(t, s, func(lines []entry) bool {
				return len(lines) > 0 && lines[len(lines)-1].text == fmt.Sprint(burst+since-1)
			})
			for i, e := range lines {
				if e.text != fmt.Sprint(i) {
					t.Fatalf("line %d is %q", i, e.text)
				}
			}
			s.end()
			ctx.Work.Wait()
		})
	}
}

// A flood that becomes a log like any other is followed again, from a far
// server too: each look at its end misses some lines, and is not needed.
func TestAFloodThatBecomesCalmIsFollowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := newServers()
		srv.change("flood", func(l *written1) { l.slow, l.far = 200*time.Microsecond, 400*time.Millisecond })
		ctx := newContext(t, srv)
		s := newSession(ctx, screen.Origin{}, 1, choice{span: span{}})
		s.follow(1, Set{ID: "x", Targets: []Target{aPod("flood")}})
		n := 0
		write := func(span, every time.Duration, each int) {
			for range span / every {
				time.Sleep(every)
				for range each {
					n++
					srv.write("flood", time.Now().UnixNano(), fmt.Sprint(n))
				}
			}
		}
		flooded := make(chan bool, 2)
		is := func() bool { now, _ := s.states(); return now[0].flood }
		go func() {
			write(20*time.Second, 10*time.Millisecond, 100)
			flooded <- is()
			write(20*time.Second, 10*time.Millisecond, 5)
			flooded <- is()
			time.Sleep(5 * time.Second)
			srv.write("flood", time.Now().UnixNano(), "over")
		}()
		collect(t, s, func(lines []entry) bool { return len(lines) > 0 && lines[len(lines)-1].text == "over" })
		if first, then := <-flooded, <-flooded; !first || then {
			t.Errorf("it is a flood while it is one: %v, and afterwards: %v", first, then)
		}
		s.end()
		ctx.Work.Wait()
	})
}
