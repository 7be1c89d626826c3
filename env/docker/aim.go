package docker

import (
	"context"
	"fmt"
)

type aimKey struct{}

// Aim binds what is done under the returned context to the engine at. Somebody
// may choose another Docker context between a key and what it does: a call
// aimed at the former engine fails then with ErrElsewhere, and never reaches
// the other. A zero at binds nothing.
func Aim(ctx context.Context, at Endpoint) context.Context {
	if at.Host == "" {
		return ctx
	}
	return context.WithValue(ctx, aimKey{}, at)
}

// AimedAt is the engine that Aim bound ctx to, if it did.
func AimedAt(ctx context.Context) (at Endpoint, bound bool) {
	at, bound = ctx.Value(aimKey{}).(Endpoint)
	return at, bound
}

// aimed reports as an error that ctx is bound to another engine than at.
func aimed(ctx context.Context, at Endpoint) error {
	want, bound := AimedAt(ctx)
	if !bound || want.Context == at.Context && want.Host == at.Host {
		return nil
	}
	return fmt.Errorf("%w: this was asked of context %s (%s), and context %s (%s) is in use now; choose the context you mean and ask again",
		ErrElsewhere, want.Context, want.Host, at.Context, at.Host)
}

// here binds ctx to the engine in use, unless it is bound already: for what
// takes several calls, none of which may go elsewhere.
func (c *Client) here(ctx context.Context) context.Context {
	if _, bound := AimedAt(ctx); bound {
		return ctx
	}
	at, err := c.Endpoint()
	if err != nil {
		return ctx // the call will say so
	}
	return Aim(ctx, at)
}
