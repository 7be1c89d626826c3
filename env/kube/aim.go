package kube

import (
	"context"
	"fmt"
)

type aimKey struct{}

// Aim binds what is done under the returned context to the cluster of at.
// Somebody may choose another kubeconfig context between a key and what it
// does: a call aimed at the former one fails then with ErrElsewhere, and
// never reaches the other. An at without a server is any cluster of that
// context.
func Aim(ctx context.Context, at Context) context.Context {
	return context.WithValue(ctx, aimKey{}, at)
}

// AimedAt is the context that Aim bound ctx to, if it did.
func AimedAt(ctx context.Context) (at Context, bound bool) {
	at, bound = ctx.Value(aimKey{}).(Context)
	return at, bound
}

// aimed reports as an error that ctx is bound to another cluster than at.
func aimed(ctx context.Context, at Context) error {
	want, bound := AimedAt(ctx)
	if !bound || want.Name == at.Name && (want.Server == at.Server || want.Name != "" && want.Server == "") {
		return nil
	}
	return fmt.Errorf("%w: this was asked of context %s (%s), and the kubeconfig now leads to %s (%s); choose the context you mean and ask again",
		ErrElsewhere, want.Name, want.Server, at.Name, at.Server)
}
