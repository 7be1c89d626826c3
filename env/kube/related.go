package kube

import (
	"context"
	"errors"
)

// Related are the objects that one has to do with.
func (c *Client) Related(ctx context.Context, ref Ref) ([]Relation, error) {
	return nil, errors.ErrUnsupported
}
