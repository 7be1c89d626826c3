package docker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/image"
	"github.com/moby/moby/client"
)

// Spare is what fills the disk and can be made again: containers that are
// stopped, images that lost their name to a newer build, and the build cache.
// Volumes are never among it.
type Spare struct {
	Containers []SpareItem
	Images     []SpareItem
	BuildCache int64 // bytes
}

// SpareItem is one container or image.
type SpareItem struct {
	ID   string
	Name string
	Size int64 // bytes that removing it frees
}

// Size is what removing all of it frees, in bytes.
func (s Spare) Size() int64 {
	n := s.BuildCache
	for _, i := range slices.Concat(s.Containers, s.Images) {
		n += i.Size
	}
	return n
}

// List returns all containers, as rows; what only inspect knows is missing.
func (c *Client) List(ctx context.Context) ([]Container, error) {
	return ask(ctx, c, workTime, "listing containers", func(ctx context.Context, cn *conn) ([]Container, error) {
		r, err := cn.api.ContainerList(ctx, client.ContainerListOptions{All: true})
		if err != nil {
			return nil, err
		}
		var list []Container
		for _, s := range r.Items {
			list = append(list, fromSummary(s))
		}
		return list, nil
	})
}

// Spare looks for what could go. Counting may take the engine seconds.
func (c *Client) Spare(ctx context.Context) (Spare, error) {
	return ask(ctx, c, workTime, "counting what could be removed", func(ctx context.Context, cn *conn) (Spare, error) {
		du, err := cn.api.DiskUsage(ctx, client.DiskUsageOptions{Containers: true, Images: true, BuildCache: true, Verbose: true})
		if err != nil {
			return Spare{}, err
		}
		s := Spare{BuildCache: max(0, du.BuildCache.Reclaimable)}
		for _, x := range du.Containers.Items {
			if row := fromSummary(x); stopped(x.State) && row.Kind == KindApp {
				s.Containers = append(s.Containers, SpareItem{ID: x.ID, Name: row.Name, Size: max(0, x.SizeRw)})
			}
		}
		for _, x := range du.Images.Items {
			if x.Containers == 0 && nameless(x) {
				s.Images = append(s.Images, SpareItem{ID: x.ID, Name: shortDigest(x.ID), Size: x.Size - max(0, x.SharedSize)})
			}
		}
		return s, nil
	})
}

func stopped(s container.ContainerState) bool {
	return s == container.StateExited || s == container.StateDead || s == container.StateCreated
}

// nameless reports whether neither tag nor digest leads to an image. The engine
// writes <none> for what is missing.
func nameless(i image.Summary) bool {
	named := func(s string) bool { return !strings.HasPrefix(s, "<none>") }
	return !slices.ContainsFunc(i.RepoTags, named) && !slices.ContainsFunc(i.RepoDigests, named)
}

func shortDigest(id string) string { return short(strings.TrimPrefix(id, "sha256:")) }

// pruneTime is how long one thing may take to be removed. A big cache takes
// minutes.
const pruneTime = 5 * time.Minute

// Prune removes what Spare found, and nothing else; what is in use by now
// stays, and is an error. It says what it is at, and returns the bytes freed,
// also with an error.
func (c *Client) Prune(ctx context.Context, s Spare, say func(string)) (freed int64, err error) {
	ctx = c.here(ctx)
	var failed []error
	each := func(items []SpareItem, what string, remove func(ctx context.Context, cn *conn, id string) error) {
		for _, x := range items {
			if ctx.Err() != nil {
				return
			}
			say("removing " + what + " " + x.Name)
			err := c.act(ctx, pruneTime, "removing "+what+" "+x.Name, func(ctx context.Context, cn *conn) error { return remove(ctx, cn, x.ID) })
			switch {
			case err == nil:
				freed += x.Size
			case !errors.Is(err, ErrNotFound): // somebody was faster
				failed = append(failed, err)
			}
		}
	}
	each(s.Containers, "container", func(ctx context.Context, cn *conn, id string) error {
		// Neither Force, which takes running ones, nor RemoveVolumes.
		_, err := cn.api.ContainerRemove(ctx, id, client.ContainerRemoveOptions{})
		return err
	})
	each(s.Images, "image", func(ctx context.Context, cn *conn, id string) error {
		_, err := cn.api.ImageRemove(ctx, id, client.ImageRemoveOptions{PruneChildren: true})
		return err
	})
	if s.BuildCache > 0 && ctx.Err() == nil {
		say("removing the build cache")
		n, err := ask(ctx, c, pruneTime, "removing the build cache", func(ctx context.Context, cn *conn) (uint64, error) {
			r, err := cn.api.BuildCachePrune(ctx, client.BuildCachePruneOptions{})
			return r.Report.SpaceReclaimed, err
		})
		freed += int64(min(n, 1<<62)) //nolint:gosec // cut to what fits
		failed = append(failed, err)
	}
	if err := errors.Join(append(failed, ctx.Err())...); err != nil {
		return freed, fmt.Errorf("freeing disk space: %w", err)
	}
	return freed, nil
}
