package link

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestStateNames(t *testing.T) {
	for s, want := range map[State]string{Connecting: "connecting", Live: "live", Lost: "lost", Absent: "absent"} {
		if s.String() != want {
			t.Errorf("%d is %q", s, s)
		}
	}
}

func TestNoticeCoalesces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := NewNotice(33 * time.Millisecond)
		began := time.Now()
		n.Touch()
		<-n.C()
		if d := time.Since(began); d != 0 {
			t.Errorf("the first notice waited %s", d)
		}
		var all sync.WaitGroup
		for range 1000 {
			all.Go(n.Touch)
		}
		all.Wait()
		<-n.C()
		if d := time.Since(began); d != 33*time.Millisecond {
			t.Errorf("the second notice came after %s", d)
		}
		time.Sleep(time.Second)
		select {
		case <-n.C():
			t.Error("a notice of nothing")
		default:
		}
	})
}

func TestNoticeNeverBlocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := NewNotice(time.Millisecond)
		for range 100 { // nobody reads
			n.Touch()
			time.Sleep(2 * time.Millisecond)
		}
		<-n.C()
		select {
		case <-n.C():
			t.Error("more than one notice was kept")
		default:
		}
	})
}
