package docker

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"time"

	cerrdefs "github.com/containerd/errdefs"
	buildkit "github.com/moby/buildkit/client"
	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/client"

	"github.com/twindeck/twindeck/env/link"
)

// inContainer sets d up for a BuildKit in a container of an engine, which is
// mostly the one in use.
func (c *Client) inContainer(d *daemon) {
	d.remedy = "see its log (docker logs " + d.node.container() + ")"
	d.dial = func(ctx context.Context) (net.Conn, error) {
		cn, done, err := c.engineAt(ctx, d.node.Endpoint)
		if err != nil {
			return nil, err
		}
		nc, err := cn.execIn(ctx, d.node.container(), dialStdio)
		if err != nil {
			done()
			return nil, err
		}
		return closing{nc, done}, nil
	}
}

// closing is a connection that has something else to let go.
type closing struct {
	net.Conn
	then func()
}

func (c closing) Close() error {
	defer c.then()
	return c.Conn.Close()
}

// engineAt is the engine that buildx calls by a context's name or an address.
func (c *Client) engineAt(ctx context.Context, endpoint string) (cn *conn, done func(), err error) {
	t, err := c.target()
	if err != nil {
		return nil, nil, err
	}
	if endpoint == t.Context || endpoint == t.Host || endpoint == "" {
		cn, err = c.conn(ctx)
		return cn, func() {}, err
	}
	o := c.opts
	if strings.Contains(endpoint, "://") {
		o.Context = defaultContext
		o.Environ = func(name string) (string, bool) {
			if name == "DOCKER_HOST" {
				return endpoint, true
			}
			v := c.opts.getenv(name)
			return v, v != ""
		}
	} else {
		o.Context = endpoint
	}
	if t, err = o.resolve(); err != nil {
		return nil, nil, err
	}
	if cn, err = connect(t); err != nil {
		return nil, nil, err
	}
	return cn, cn.close, nil
}

// execIn runs a command in a running container and connects to its streams.
func (c *conn) execIn(ctx context.Context, container string, command []string) (net.Conn, error) {
	doing := "running " + strings.Join(command, " ") + " in container " + container
	id, err := askAt(ctx, c, answerTime, doing, func(ctx context.Context, cn *conn) (string, error) {
		r, err := cn.api.ExecCreate(ctx, container, client.ExecCreateOptions{
			Cmd: command, AttachStdin: true, AttachStdout: true, AttachStderr: true,
		})
		return r.ID, err
	})
	if err != nil {
		return nil, err
	}
	raw, err := within(ctx, answerTime, func(ctx context.Context) (net.Conn, error) {
		r, err := c.api.ExecAttach(ctx, id, client.ExecAttachOptions{})
		if err != nil {
			return nil, err
		}
		return buffered{r.Conn, r.Reader}, nil
	}, hangUp)
	if err != nil {
		return nil, c.explain(doing, answerTime, err)
	}
	return link.Stdio(ctx, func(ctx context.Context, in io.Reader, out, errs io.Writer) error {
		stop := context.AfterFunc(ctx, func() { _ = raw.Close() })
		defer stop()
		go func() {
			if _, err := io.Copy(raw, in); err == nil {
				_ = raw.Close() // nobody is left to read an answer
			}
		}()
		_, err := stdcopy.StdCopy(out, errs, raw)
		_ = raw.Close()
		if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
			err = nil
		}
		return err
	}), nil
}

// buffered is a connection of which some was read already.
type buffered struct {
	net.Conn
	r io.Reader
}

func (b buffered) Read(p []byte) (int, error) { return b.r.Read(p) }

// builderRuns reports whether the container of a builder runs.
func (c *Client) builderRuns(ctx context.Context, d *daemon) (bool, error) {
	cn, done, err := c.engineAt(ctx, d.node.Endpoint)
	if err != nil {
		return false, err
	}
	defer done()
	name := d.node.container()
	state, err := askAt(ctx, cn, answerTime, "looking for the builder's container "+name, func(ctx context.Context, cn *conn) (string, error) {
		r, err := cn.api.ContainerInspect(ctx, name, client.ContainerInspectOptions{})
		if err != nil || r.Container.State == nil {
			return "", err
		}
		return string(r.Container.State.Status), nil
	})
	switch {
	case errors.Is(err, ErrNotFound) || cerrdefs.IsNotFound(err):
		return false, d.builder.failed("there is no container "+name+" any more",
			"let buildx create it anew: docker buildx inspect --bootstrap "+d.builder.Name, err)
	case err != nil:
		return false, err
	case state == "paused":
		return false, d.builder.failed("its container is paused", "let it go on: docker unpause "+name, nil)
	}
	return state == "running", nil
}

// startBuilder starts the container of a builder and waits until BuildKit in it
// answers.
func (c *Client) startBuilder(ctx context.Context, d *daemon) (*buildkit.Client, error) {
	cn, done, err := c.engineAt(ctx, d.node.Endpoint)
	if err != nil {
		return nil, err
	}
	defer done()
	name := d.node.container()
	_, err = askAt(ctx, cn, workTime, "starting the builder's container "+name, func(ctx context.Context, cn *conn) (struct{}, error) {
		_, err := cn.api.ContainerStart(ctx, name, client.ContainerStartOptions{})
		return struct{}{}, err
	})
	if err != nil {
		return nil, d.failed(err)
	}
	late := time.NewTimer(bootTime)
	defer late.Stop()
	again := time.NewTicker(200 * time.Millisecond)
	defer again.Stop()
	for {
		bk, _, err := d.connect(ctx)
		if err == nil {
			return bk, nil
		}
		select {
		case <-again.C:
		case <-late.C:
			return nil, err
		case <-ctx.Done():
			return nil, err
		}
	}
}
