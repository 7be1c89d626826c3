package logs

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestFloodShowsTheNewest: where a server hands lines over at half the speed
// they are written at, the newest are shown nevertheless; what is left out is
// said where it is missing, and once the flood is over nothing is.
func TestFloodShowsTheNewest(t *testing.T) {
	for _, target := range []Target{aContainer("flood"), aPod("flood")} {
		synctest.Test(t, func(t *testing.T) {
			const step, each = 10 * time.Millisecond, 100 // 10,000 lines a second
			srv := newServers()
			srv.change("flood", func(l *written1) { l.slow = 200 * time.Microsecond })
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
				for range 100 { // and then like any other
					time.Sleep(step)
					write(1)
				}
			}()

			var lines []entry
			oldest, began := time.Duration(0), time.Now()
			collect(t, s, func(got []entry) bool {
				lines = got
				if len(got) == 0 {
					return false
				}
				last := got[len(got)-1]
				if time.Since(began) > 5*time.Second && last.kind == written {
					oldest = max(oldest, time.Since(time.Unix(0, last.at)))
				}
				return last.text == fmt.Sprint(10*int(time.Second/step)*each+1+100)
			})
			<-over
			if oldest > 200*time.Millisecond {
				t.Errorf("the newest line shown was %s old", oldest)
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
					t.Fatalf("line %d comes after line %d", number, shown)
				case number > shown+1 && !said:
					t.Fatalf("between the lines %d and %d nothing says that others are missing", shown, number)
				case number > shown+1:
					gaps++
				}
				shown, said = number, false
			}
			if shown != n || gaps == 0 {
				t.Errorf("the last line is %d of %d, there are %d gaps", shown, n, gaps)
			}
			if tail := texts(lines[len(lines)-100:]); tail[0] != fmt.Sprint(n-99) {
				t.Errorf("of the last 100 lines some are missing: %v", tail)
			}
			s.end()
			ctx.Work.Wait()
		})
	}
}
