package screen

import (
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
)

// Of choices in quick succession the last is told of, once it stood still.
func TestSettle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const while = 100 * time.Millisecond
		var s Settle
		told := make(chan tea.Msg, 10)
		choose := func(name string) {
			cmd := s.After(while, name)
			go func() { told <- cmd() }()
			synctest.Wait()
		}
		began := time.Now()
		for _, name := range []string{"a", "b", "c"} {
			choose(name)
			time.Sleep(while / 2)
		}
		for _, want := range []tea.Msg{nil, nil, "c"} {
			if got := <-told; got != want {
				t.Errorf("told of %v, not %v", got, want)
			}
		}
		if took := time.Since(began); took != 2*while {
			t.Errorf("told after %s", took)
		}

		choose("d")
		s.Pass()
		s.Pass() // nothing waits: nothing happens
		if got := <-told; got != nil {
			t.Errorf("what was given up is told of: %v", got)
		}
	})
}
