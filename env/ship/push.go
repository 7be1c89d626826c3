package ship

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twindeck/twindeck/env/docker"
)

// push pushes an image until it has arrived, or there is no use in trying
// again, and asks the registry what it has now.
func (r *run) push(ctx context.Context, image Image) (docker.PushResult, *Failure) {
	if failure := r.keepReleased(ctx, image.Ref); failure != nil {
		return docker.PushResult{}, failure
	}
	var tries docker.Tries
	for {
		result, err := r.engine.Push(ctx, image.Ref, func(l docker.LayerProgress) {
			tries.Saw(l)
			r.tellOf(image, Event{Kind: LayerMoved, Layer: &l})
		})
		if err == nil {
			return r.arrived(ctx, result)
		}
		next, ok := tries.Again(err)
		if !ok || ctx.Err() != nil {
			failure := deliverFailure(image.Ref, err)
			if n := tries.Made(); n > 1 {
				failure.Cause += fmt.Sprintf("; it was tried %d times", n)
			}
			return docker.PushResult{}, failure
		}
		r.tellOf(image, Event{Kind: PushRetried, Retry: &next, Text: next.String()})
		wait := time.NewTimer(next.Wait)
		select {
		case <-wait.C:
		case <-ctx.Done():
			wait.Stop()
		}
	}
}

// arrived compares what was pushed with what the registry says it has. A
// registry that does not tell leaves the push unverified.
func (r *run) arrived(ctx context.Context, pushed docker.PushResult) (docker.PushResult, *Failure) {
	digest, err := r.engine.Published(ctx, pushed.Reference)
	switch {
	case err == nil && digest == pushed.Digest:
		pushed.Verified = true
	case err == nil && hostOf(pushed.Reference) == "docker.io":
		pushed.Unverified = "a mirror of Docker Hub may have answered, with " + digest
	case err == nil:
		return pushed, &Failure{
			Stage: Deliver, Step: "push " + pushed.Reference,
			Cause: fmt.Sprintf("%s was pushed, and the registry says that %s is %s", pushed.Digest, pushed.Reference, digest),
			Do:    "somebody pushed the same tag just now: see who does, and push again",
		}
	case errors.Is(err, docker.ErrNotFound):
		return pushed, &Failure{
			Stage: Deliver, Step: "push " + pushed.Reference, Err: err,
			Cause: fmt.Sprintf("%s was pushed, and the registry says that it has no %s", pushed.Digest, pushed.Reference),
			Do:    "see whether something removes images there, and push again",
		}
	default:
		pushed.Unverified = "the registry does not say what it has: " + err.Error()
	}
	return pushed, nil
}
