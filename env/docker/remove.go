package docker

import (
	"context"
	"fmt"
	"strings"
	"time"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/moby/moby/client"
)

// RemoveImage takes a name (repository:tag) from an image, and removes the
// image with its last one. Given an ID, it removes the image and all names of
// it. An image that a container uses, stopped ones included, keeps its last
// name: ErrInUse.
func (c *Client) RemoveImage(ctx context.Context, nameOrID string) error {
	byID := isDigest(nameOrID)
	doing := "removing image " + shortDigest(nameOrID)
	return c.removal(ctx, removal{
		doing: doing, what: "image",
		users: func(ctx context.Context, cn *conn) ([]string, error) {
			r, err := cn.api.ImageInspect(ctx, nameOrID)
			if err != nil {
				return nil, err
			}
			used, err := findUsers(ctx, cn)
			return used.images[r.ID], err
		},
		// With all names at once the engine would take one that stopped containers use.
		first: byID,
		do: func(ctx context.Context, cn *conn) error {
			_, err := cn.api.ImageRemove(ctx, nameOrID, client.ImageRemoveOptions{PruneChildren: true, Force: byID})
			return err
		},
	})
}

// RemoveVolume removes a volume and the data in it. One that a container
// uses, stopped ones included, stays: ErrInUse.
func (c *Client) RemoveVolume(ctx context.Context, name string) error {
	return c.removal(ctx, removal{
		doing: "removing volume " + name, what: "volume",
		users: func(ctx context.Context, cn *conn) ([]string, error) {
			used, err := findUsers(ctx, cn)
			return used.volumes[name], err
		},
		do: func(ctx context.Context, cn *conn) error {
			_, err := cn.api.VolumeRemove(ctx, name, client.VolumeRemoveOptions{})
			return err
		},
	})
}

// RemoveNetwork removes a network. One that a container uses, stopped ones
// included (they could not start any more), stays: ErrInUse. The engine's own
// networks cannot be removed.
func (c *Client) RemoveNetwork(ctx context.Context, id string) error {
	return c.removal(ctx, removal{
		doing: "removing network " + short(id), what: "network", first: true,
		users: func(ctx context.Context, cn *conn) ([]string, error) {
			r, err := cn.api.NetworkInspect(ctx, id, client.NetworkInspectOptions{})
			if err != nil {
				return nil, err
			}
			used, err := findUsers(ctx, cn)
			return used.network(r.Network.ID, r.Network.Name), err
		},
		do: func(ctx context.Context, cn *conn) error {
			_, err := cn.api.NetworkRemove(ctx, id, client.NetworkRemoveOptions{})
			return err
		},
	})
}

// removeTime is how long removing one thing may take: a volume may hold many
// files.
const removeTime = 2 * time.Minute

// removal is something that goes unless containers use it.
type removal struct {
	doing, what string
	users       func(context.Context, *conn) ([]string, error)
	do          func(context.Context, *conn) error
	first       bool // look for users before, and not only to explain a refusal
}

func (c *Client) removal(ctx context.Context, r removal) error {
	return c.act(ctx, removeTime, r.doing, func(ctx context.Context, cn *conn) error {
		if r.first {
			if by, err := r.users(ctx, cn); err != nil || len(by) > 0 {
				return r.inUse(by, err)
			}
		}
		err := r.do(ctx, cn)
		if refused := cerrdefs.IsConflict(err) || cerrdefs.IsPermissionDenied(err); !refused {
			return err
		}
		if by, _ := r.users(ctx, cn); len(by) > 0 {
			return r.inUse(by, err)
		}
		return err
	})
}

// inUse says who uses the thing; err if nobody does.
func (r removal) inUse(by []string, err error) error {
	if len(by) == 0 {
		return err
	}
	them := "that container"
	if len(by) > 1 {
		them = "these containers"
	}
	return &Error{
		Kind: ErrInUse, Tried: r.doing, Err: err,
		Happened: fmt.Sprintf("the %s is in use by %s", r.what, listed(by)),
		Do:       fmt.Sprintf("remove %s first: docker rm -f %s", them, strings.Join(by, " ")),
	}
}

// listed joins names for a sentence, a few of them.
func listed(names []string) string {
	const few = 5
	if len(names) > few {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
	}
	return strings.Join(names, ", ")
}
