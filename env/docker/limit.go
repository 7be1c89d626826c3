package docker

import (
	"context"
	"time"
)

// How long a call may take before the engine counts as not answering.
const (
	answerTime = 5 * time.Second  // short questions
	workTime   = 30 * time.Second // questions that make the engine work
	stopTime   = 90 * time.Second // stopping waits for the container
)

// within is what f gives within limit, where what f calls does not heed ctx, as
// dials of Docker's client do not once they have connected. An f that is late
// is left behind, and drop gets what comes of it after all.
func within[T any](ctx context.Context, limit time.Duration, f func(context.Context) (T, error), drop func(T)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	got := make(chan answer, 1)
	go func() {
		v, err := f(context.WithoutCancel(ctx))
		got <- answer{v, err}
	}()
	select {
	case a := <-got:
		return a.value, a.err
	case <-ctx.Done():
		go func() {
			if a := <-got; a.err == nil {
				drop(a.value)
			}
		}()
		var none T
		return none, ctx.Err()
	}
}

// begun is what open gives: it must do so within limit, and may last as long as
// ctx then, or until end is called.
func begun[T any](ctx context.Context, limit time.Duration, open func(context.Context) (T, error)) (v T, end func(), err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(limit, func() { cancel(context.DeadlineExceeded) })
	v, err = open(ctx)
	timer.Stop()
	if cause := context.Cause(ctx); cause != nil {
		err = cause // says more than what it ended
	}
	if err != nil {
		cancel(err)
		return v, nil, err
	}
	return v, func() { cancel(context.Canceled) }, nil
}
