package ui

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twindeck/twindeck/ui/screen"
)

// A task has the limit it names, 30 s without one, and none if it says so.
func TestLimitOfATask(t *testing.T) {
	for limit, cut := range map[time.Duration]bool{0: true, time.Minute: true, 2 * time.Hour: false, screen.NoLimit: false} {
		synctest.Test(t, func(t *testing.T) {
			ctx := &screen.Context{Life: t.Context(), Now: time.Now, Work: &sync.WaitGroup{}}
			ts := &tasks{}
			wait := ts.start(ctx, screen.StartTask{Limit: limit, Run: func(ctx context.Context, _ func(string)) error {
				select {
				case <-ctx.Done():
					return ctx.Err()
				case <-time.After(time.Hour):
					return nil
				}
			}})
			wait()
			if got := ts.all[0].live.failure != nil; got != cut {
				t.Errorf("a task of an hour, limit %s: %v", limit, ts.all[0].live.failure)
			}
		})
	}
}
