package docker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/moby/moby/client"

	"github.com/twindeck/twindeck/env/transfer"
)

// StatPath tells of a path in a container, running or not; of a link, what it
// leads to. Errors: transfer.ErrNoFile, ErrNotFound for the container.
func (c *Client) StatPath(ctx context.Context, id, at string) (transfer.File, error) {
	f, _, err := c.statPath(ctx, id, at)
	return f, err
}

// statPath is StatPath, with the path that links led to.
func (c *Client) statPath(ctx context.Context, id, at string) (f transfer.File, real string, err error) {
	doing := "looking at " + at + " in container " + short(id)
	for range 8 { // links that lead to links
		r, err := ask(ctx, c, answerTime, doing, func(ctx context.Context, cn *conn) (client.ContainerStatPathResult, error) {
			return cn.api.ContainerStatPath(ctx, id, client.ContainerStatPathOptions{Path: at})
		})
		if errors.Is(err, ErrNotFound) {
			if _, gone := c.Terminal(ctx, id); gone != nil {
				return f, "", gone
			}
			return f, "", fmt.Errorf("%s: %w", doing, transfer.ErrNoFile)
		}
		if err != nil {
			return f, "", err
		}
		if r.Stat.Mode&fs.ModeSymlink == 0 {
			return transfer.File{Name: r.Stat.Name, Dir: r.Stat.Mode.IsDir(), Size: r.Stat.Size}, at, nil
		}
		if to := r.Stat.LinkTarget; path.IsAbs(to) {
			at = to
		} else {
			at = path.Join(path.Dir(at), to)
		}
	}
	return f, "", fmt.Errorf("%s: %w: a link that leads to itself", doing, transfer.ErrNoFile)
}

// CopyFrom is a tar archive of a path in a container, running or not. Close
// ends it. Errors are those of StatPath.
func (c *Client) CopyFrom(ctx context.Context, id, at string) (io.ReadCloser, error) {
	ctx = c.here(ctx)
	doing := "copying " + at + " out of container " + short(id)
	_, real, err := c.statPath(ctx, id, at)
	if err != nil {
		return nil, err
	}
	cn, err := c.conn(ctx)
	if err != nil {
		return nil, err
	}
	r, end, err := begun(ctx, workTime, func(ctx context.Context) (client.CopyFromContainerResult, error) {
		return cn.api.CopyFromContainer(ctx, id, client.CopyFromContainerOptions{SourcePath: real})
	})
	if err != nil {
		return nil, cn.explain(doing, workTime, err)
	}
	return &body{Reader: r.Content, from: r.Content, end: end}, nil
}

// CopyTo unpacks a tar archive into a folder of a container, running or not.
// After an error some of it may be there. It takes as long as the archive does.
func (c *Client) CopyTo(ctx context.Context, id, dir string, archive io.Reader) error {
	doing := "copying into " + dir + " of container " + short(id)
	ctx, cn, err := c.answering(ctx, doing)
	if err != nil {
		return err
	}
	_, err = cn.api.CopyToContainer(ctx, id, client.CopyToContainerOptions{DestinationPath: dir, Content: archive})
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("%s: %w", doing, ctx.Err())
	case cerrdefs.IsNotFound(err):
		return fmt.Errorf("%s: %w: %s", doing, transfer.ErrNoFile, daemonText(err))
	}
	return cn.explain(doing, workTime, err)
}
