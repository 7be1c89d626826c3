package docker

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

// Which failed pushes are tried again, and how often.
func TestTries(t *testing.T) {
	arrived, begun, waiting := LayerProgress{ID: "a", Status: "Pushed"}, LayerProgress{ID: "a", Status: "Pushing", Total: 9}, LayerProgress{ID: "a", Status: "Waiting"}
	for _, c := range []struct {
		name   string
		saw    LayerProgress
		kind   error
		number int // of pushes that follow
	}{
		{"the connection broke", waiting, ErrCutOff, 4},
		{"the registry is busy", waiting, ErrBusy, 4},
		{"nobody is there", waiting, errNobody, 0},
		{"the registry went away in the middle", arrived, errNobody, 4},
		{"not logged in", waiting, ErrDenied, 0},
		{"the login ran out in the middle", arrived, ErrDenied, 1},
		{"the login ran out before the first bytes", begun, ErrDenied, 1},
		{"the login was renewed meanwhile", waiting, errRenewed, 1},
		{"no such image", arrived, ErrNotFound, 0},
		{"full", arrived, ErrRefused, 0},
		{"the engine is gone", arrived, ErrUnreachable, 0},
	} {
		var tries Tries
		tries.Saw(c.saw)
		again := 0
		for range 10 {
			if _, ok := tries.Again(&Error{Kind: c.kind}); !ok {
				break
			}
			again++
		}
		if again != c.number {
			t.Errorf("%s: tried again %d times, not %d", c.name, again, c.number)
		}
	}
}

func TestTriesWaitLonger(t *testing.T) {
	var tries Tries
	var waits []time.Duration
	for {
		next, ok := tries.Again(&Error{Kind: ErrCutOff, Happened: "reset"})
		if !ok {
			break
		}
		if next.Number != len(waits)+2 || next.Of != 5 || next.Cause != "reset" {
			t.Errorf("%+v", next)
		}
		waits = append(waits, next.Wait)
	}
	if want := "[1s 2s 4s 8s]"; fmt.Sprint(waits) != want {
		t.Errorf("waits %v, not %s", waits, want)
	}
	if got := (Retry{Number: 2, Of: 5, Why: "connection lost"}).String(); got != "connection lost, layers already there are skipped: again (2 of 5)" {
		t.Error(got)
	}
}

// A credential that ran out is replaced once, also between lost connections.
func TestTriesRenewOnce(t *testing.T) {
	var tries Tries
	tries.Saw(LayerProgress{Status: "Pushing", Done: 1, Total: 9})
	for i, c := range []struct {
		err  error
		wait time.Duration
		ok   bool
	}{
		{ErrDenied, 0, true}, {ErrCutOff, 2 * time.Second, true}, {ErrDenied, 0, false},
	} {
		next, ok := tries.Again(&Error{Kind: c.err})
		if ok != c.ok || next.Wait != c.wait {
			t.Errorf("%d: %+v, %v", i, next, ok)
		}
	}
	if _, ok := new(Tries).Again(errors.New("something else")); ok {
		t.Error("what is not known is tried again")
	}
}
