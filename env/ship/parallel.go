package ship

import (
	"context"
	"sync"
)

// atOnce is how many images are built or pushed at the same time. BuildKit
// shares its cache among them, and the machine is somebody's laptop.
const atOnce = 4

// each does something with every image, several at a time, and with none
// before those it needs. The first failure cancels the rest. Without one, it
// is nil only if all was done.
func each(ctx context.Context, images []Image, do func(context.Context, Image) *Failure) *Failure {
	all, cancel := context.WithCancel(ctx)
	defer cancel()
	done := map[string]chan struct{}{}
	for _, image := range images {
		done[image.Name] = make(chan struct{})
	}
	var (
		free    = make(chan struct{}, atOnce)
		working sync.WaitGroup
		mu      sync.Mutex
		first   *Failure
	)
	for _, image := range images {
		working.Go(func() {
			for _, need := range image.Needs {
				if there := done[need]; there != nil && !wait(all, there) {
					return
				}
			}
			select {
			case free <- struct{}{}:
			case <-all.Done():
				return
			}
			defer func() { <-free }()
			if all.Err() != nil {
				return
			}
			failure := do(all, image)
			if failure == nil {
				close(done[image.Name])
				return
			}
			mu.Lock()
			defer mu.Unlock()
			if first == nil {
				first = failure
				cancel()
			}
		})
	}
	working.Wait()
	if err := ctx.Err(); first == nil && err != nil {
		return &Failure{Cause: err.Error(), Err: err}
	}
	return first
}

// wait reports whether there came before the end of ctx.
func wait(ctx context.Context, there <-chan struct{}) bool {
	select {
	case <-there:
		return true
	case <-ctx.Done():
		return false
	}
}
