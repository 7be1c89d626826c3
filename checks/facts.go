package checks

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// askLimit bounds each question to a server or a program. It is below the
// checks' own limit, so that who asks gets the error and can word it.
const askLimit = 3 * time.Second

// facts remembers answers within one run, so that ten checks that need
// docker info ask the engine once.
type facts struct {
	run  context.Context // of the whole run: an answer outlives the check that asked first
	mu   sync.Mutex
	seen map[string]*fact
}

type fact struct {
	done  chan struct{} // closed once value and err are set
	value any
	err   error
}

// once returns the answer stored under key, asking for it the first time. All
// who want it wait for the one question; each may give up when its ctx ends.
func once[T any](ctx context.Context, f *facts, key string, ask func(context.Context) (T, error)) (T, error) {
	f.mu.Lock()
	if f.seen == nil {
		f.seen = map[string]*fact{}
	}
	a, asked := f.seen[key]
	if !asked {
		a = &fact{done: make(chan struct{})}
		f.seen[key] = a
	}
	f.mu.Unlock()

	if !asked {
		go func() {
			defer close(a.done)
			run := f.run
			if run == nil {
				run = ctx
			}
			run, cancel := context.WithTimeout(run, askLimit)
			defer cancel()
			a.value, a.err = ask(run)
		}()
	}
	select {
	case <-a.done:
		v, _ := a.value.(T)
		return v, a.err
	case <-ctx.Done():
		var none T
		return none, fmt.Errorf("no answer yet: %w", ctx.Err())
	}
}
