package docker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/moby/moby/client"
)

// removeTime is how long removing one thing may take: a volume may hold many
// files.
const removeTime = 2 * time.Minute

// RemoveImage takes a name (repository:tag) from an image, and removes the
// image with its last one. Given an ID, it removes the image and all names of
// it. An image that a container uses, stopped ones included, keeps its last
// name: ErrInUse.
func (c *Client) RemoveImage(ctx context.Context, nameOrID string) error {
	doing := "removing image " + shortDigest(nameOrID)
	used := func(ctx context.Context, cn *conn) error {
		r, err := cn.api.ImageInspect(ctx, nameOrID)
		if err != nil {
			return err
		}
		by, err := findUsers(ctx, cn)
		return inUse(doing, "image", by.images[r.ID], err)
	}
	return c.act(ctx, removeTime, doing, func(ctx context.Context, cn *conn) error {
		all := isDigest(nameOrID)
		if all {
			// Asked for all names at once, the engine would take the image from
			// containers that are stopped.
			if err := used(ctx, cn); err != nil {
				return err
			}
		}
		_, err := cn.api.ImageRemove(ctx, nameOrID, client.ImageRemoveOptions{PruneChildren: true, Force: all})
		return refusedOr(err, func() error { return used(ctx, cn) })
	})
}

// RemoveVolume removes a volume and the data in it. One that a container
// uses, stopped ones included, stays: ErrInUse.
func (c *Client) RemoveVolume(ctx context.Context, name string) error {
	doing := "removing volume " + name
	return c.act(ctx, removeTime, doing, func(ctx context.Context, cn *conn) error {
		_, err := cn.api.VolumeRemove(ctx, name, client.VolumeRemoveOptions{})
		return refusedOr(err, func() error {
			by, err := findUsers(ctx, cn)
			return inUse(doing, "volume", by.volumes[name], err)
		})
	})
}

// RemoveNetwork removes a network, by ID or name. One that a container uses,
// stopped ones included (they could not start any more), stays: ErrInUse. The
// engine's own networks cannot be removed.
func (c *Client) RemoveNetwork(ctx context.Context, id string) error {
	doing := "removing network " + short(id)
	return c.act(ctx, removeTime, doing, func(ctx context.Context, cn *conn) error {
		r, err := cn.api.NetworkInspect(ctx, id, client.NetworkInspectOptions{})
		if err != nil {
			return err
		}
		n := r.Network
		if slices.Contains(builtIn, n.Name) {
			return fmt.Errorf("%s is one of the engine's own networks, which cannot be removed", n.Name)
		}
		by, err := findUsers(ctx, cn)
		if err := inUse("removing network "+n.Name, "network", by.network(n.ID, n.Name), err); err != nil {
			return err
		}
		_, err = cn.api.NetworkRemove(ctx, n.ID, client.NetworkRemoveOptions{})
		return err
	})
}

// refusedOr puts what why finds out in the place of the engine's refusal.
func refusedOr(err error, why func() error) error {
	if !cerrdefs.IsConflict(err) {
		return err
	}
	if told := why(); errors.Is(told, ErrInUse) {
		return told
	}
	return err
}

// inUse is the error of a thing that containers use; err if none does.
func inUse(doing, what string, by []string, err error) error {
	if err != nil || len(by) == 0 {
		return err
	}
	them := "that container"
	if len(by) > 1 {
		them = "these containers"
	}
	return &Error{
		Kind: ErrInUse, Tried: doing,
		Happened: fmt.Sprintf("the %s is in use by %s", what, inWords(by)),
		Do:       fmt.Sprintf("remove %s first: docker rm -f %s", them, strings.Join(by, " ")),
	}
}

// inWords joins names for a sentence, a few of them.
func inWords(names []string) string {
	const few = 5
	if len(names) > few {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
	}
	return strings.Join(names, ", ")
}
