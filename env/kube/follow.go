package kube

import (
	"context"
	"errors"
)

// Follow lists and watches the objects of a kind.
func (c *Client) Follow(ctx context.Context, k Kind, namespace string, show func(Objects)) error {
	return errors.ErrUnsupported
}
