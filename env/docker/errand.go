package docker

import (
	"context"
	"errors"
	"fmt"

	"github.com/distribution/reference"
)

// LayerProgress is one layer on its way to or from a registry.
type LayerProgress struct {
	ID     string `json:"id"`
	Status string `json:"status,omitempty"` // the engine's word: Pushing, Pushed, "Layer already exists", Mounted from …
	Done   int64  `json:"done"`
	Total  int64  `json:"total"`          // bytes
	Node   string `json:"node,omitempty"` // that it is loaded into; empty for a push
}

// errand is a pull or a push: the engine is to bring an image, or take it, to
// the registry that the image's name says.
type errand struct {
	ctx   context.Context // bound to the engine
	cn    *conn
	named reference.Named // with a tag
	auth  string          // what docker login has stored for the registry
}

// errand reads the name and the login, and sees that the engine answers.
func (c *Client) errand(ctx context.Context, doing, ref string) (errand, error) {
	named, err := reference.ParseNormalizedNamed(ref)
	if err != nil {
		return errand{}, fmt.Errorf("%s: this is no valid image name: %w", doing, err)
	}
	named = reference.TagNameOnly(named)
	auth, err := c.registryAuth(ctx, named)
	if err != nil {
		return errand{}, fmt.Errorf("%s: %w", doing, err)
	}
	ctx, cn, err := c.answering(ctx, doing)
	if err != nil {
		return errand{}, err
	}
	return errand{ctx, cn, named, auth}, nil
}

// brokeOff makes Run look whether the engine is still there, if its report ended early.
func (c *Client) brokeOff(err error) {
	if _, off := errors.AsType[*brokenOff](err); off {
		c.doubt(ErrUnreachable)
	}
}
