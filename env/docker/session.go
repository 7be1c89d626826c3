package docker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/twindeck/twindeck/env/link"
)

// noDetach takes the engine's own detach keys out of a person's way: ctrl+p
// would else be held back until the next key. Who connects decides what leaves.
const noDetach = `ctrl-@,ctrl-\,ctrl-@`

// endTime is how long the end of a program may take to be told after its
// output has ended.
const endTime = 3 * time.Second

// Terminal is what the main process of a container reads from and writes to.
type Terminal struct {
	Running bool
	TTY     bool // docker run --tty
	Stdin   bool // docker run --interactive: it reads what is typed
}

// Terminal tells what Attach would find.
func (c *Client) Terminal(ctx context.Context, id string) (Terminal, error) {
	return ask(ctx, c, answerTime, "inspecting container "+short(id), func(ctx context.Context, cn *conn) (Terminal, error) {
		r, err := cn.api.ContainerInspect(ctx, id, client.ContainerInspectOptions{})
		if err != nil || r.Container.Config == nil {
			return Terminal{}, err
		}
		return Terminal{
			Running: r.Container.State != nil && r.Container.State.Running,
			TTY:     r.Container.Config.Tty, Stdin: r.Container.Config.OpenStdin,
		}, nil
	})
}

// Exec runs a command in a running container, connects it to s until it ends,
// and returns its exit code. The end of ctx leaves it. Errors: link.ErrNotRunning,
// link.ErrNoProgram, link.ErrBroken, ErrNotFound.
func (c *Client) Exec(ctx context.Context, id string, command []string, s link.Streams) (code int, err error) {
	doing := fmt.Sprintf("running %s in container %s", command[0], short(id))
	ctx = c.here(ctx)
	cn, err := c.conn(ctx)
	if err != nil {
		return 0, err
	}
	first := firstSize(ctx, s)
	made, err := ask(ctx, c, workTime, doing, func(ctx context.Context, cn *conn) (string, error) {
		r, err := cn.api.ExecCreate(ctx, id, client.ExecCreateOptions{
			Cmd: command, TTY: s.TTY, ConsoleSize: first, DetachKeys: noDetach,
			AttachStdin: s.In != nil, AttachStdout: true, AttachStderr: true,
		})
		return r.ID, err
	})
	if err != nil {
		return 0, notRunning(doing, id, err)
	}
	at, err := hijacked(ctx, func(ctx context.Context) (client.HijackedResponse, error) {
		r, err := cn.api.ExecAttach(ctx, made, client.ExecAttachOptions{TTY: s.TTY, ConsoleSize: first})
		return r.HijackedResponse, err
	})
	if err != nil {
		return 0, cn.explain(doing, workTime, err)
	}
	s, said := s.Heard()
	joined := join(ctx, at, s, func(ctx context.Context, size client.ContainerResizeOptions) {
		_, _ = cn.api.ExecResize(ctx, made, client.ExecResizeOptions(size)) // it may have ended
	})
	if err := ctx.Err(); err != nil {
		return 0, fmt.Errorf("%s: %w", doing, err)
	}
	ended, err := ask(ctx, c, answerTime, doing, func(ctx context.Context, cn *conn) (client.ExecInspectResult, error) {
		return cn.api.ExecInspect(ctx, made, client.ExecInspectOptions{})
	})
	switch {
	case err != nil:
		return 0, lostAt(doing, err)
	case ended.Running:
		return 0, lostAt(doing, joined)
	}
	if why := link.NoProgram(command[0], ended.ExitCode, said.String()); why != "" {
		return ended.ExitCode, &Error{Kind: link.ErrNoProgram, Tried: doing, Happened: why, Do: "use a program that it has, or a debug container"}
	}
	return ended.ExitCode, nil
}

// Attach connects s to a running container's main process. It returns the exit
// code when that ends; the end of ctx leaves it as it is. Errors are those of Exec.
func (c *Client) Attach(ctx context.Context, id string, s link.Streams) (code int, err error) {
	ctx = c.here(ctx)
	doing := "attaching to container " + short(id)
	t, err := c.Terminal(ctx, id)
	if err != nil {
		return 0, err
	}
	if !t.Running {
		return 0, &Error{Kind: link.ErrNotRunning, Tried: doing, Happened: "it does not run", Do: "start it first"}
	}
	cn, err := c.conn(ctx)
	if err != nil {
		return 0, err
	}
	if s.TTY = t.TTY; !t.Stdin {
		s.In = nil
	}
	return c.attached(ctx, cn, id, doing, s, nil)
}

// attached connects s to a container's main process, starts that if start is
// given, and waits for its end.
func (c *Client) attached(ctx context.Context, cn *conn, id, doing string, s link.Streams, start func() error) (int, error) {
	life, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan client.ContainerWaitResult, 1)
	if start != nil { // before it starts, or its end could be missed
		ended <- cn.api.ContainerWait(life, id, client.ContainerWaitOptions{Condition: container.WaitConditionNextExit})
	} else {
		go func() {
			ended <- cn.api.ContainerWait(life, id, client.ContainerWaitOptions{Condition: container.WaitConditionNotRunning})
		}()
	}
	at, err := hijacked(ctx, func(ctx context.Context) (client.HijackedResponse, error) {
		r, err := cn.api.ContainerAttach(ctx, id, client.ContainerAttachOptions{
			Stream: true, Stdin: s.In != nil, Stdout: true, Stderr: true, DetachKeys: noDetach,
		})
		return r.HijackedResponse, err
	})
	if err != nil {
		return 0, notRunning(doing, id, cn.explain(doing, workTime, err))
	}
	if start != nil {
		if err := start(); err != nil {
			at.Close()
			return 0, err
		}
	}
	joined := join(ctx, at, s, func(ctx context.Context, size client.ContainerResizeOptions) {
		_, _ = cn.api.ContainerResize(ctx, id, size)
	})
	if err := ctx.Err(); err != nil {
		return 0, fmt.Errorf("%s: %w", doing, err)
	}
	late := time.NewTimer(endTime)
	defer late.Stop()
	select {
	case w := <-ended:
		select {
		case r := <-w.Result:
			return int(r.StatusCode), nil
		case err := <-w.Error:
			c.doubt(ErrUnreachable)
			return 0, lostAt(doing, err)
		case <-late.C:
		}
	case <-late.C:
	}
	return 0, lostAt(doing, joined)
}

// firstSize is the size that a terminal begins with; none without one.
func firstSize(ctx context.Context, s link.Streams) client.ConsoleSize {
	if !s.TTY || s.Sizes == nil {
		return client.ConsoleSize{}
	}
	select {
	case size := <-s.Sizes:
		return client.ConsoleSize{Height: uint(size.Rows), Width: uint(size.Cols)}
	case <-ctx.Done():
		return client.ConsoleSize{}
	}
}

// hijacked is a request that becomes a connection.
func hijacked(ctx context.Context, dial func(context.Context) (client.HijackedResponse, error)) (client.HijackedResponse, error) {
	return within(ctx, workTime, dial, func(at client.HijackedResponse) { at.Close() })
}

// join passes everything between a connection and s until the connection ends,
// or ctx does. Only a Read of s.In may outlast it.
func join(ctx context.Context, at client.HijackedResponse, s link.Streams, resize func(context.Context, client.ContainerResizeOptions)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer at.Close()
	defer context.AfterFunc(ctx, at.Close)()
	resized := make(chan struct{})
	go func() {
		defer close(resized)
		for s.TTY && s.Sizes != nil {
			select {
			case size, open := <-s.Sizes:
				if !open {
					return
				}
				resize(ctx, client.ContainerResizeOptions{Height: uint(size.Rows), Width: uint(size.Cols)})
			case <-ctx.Done():
				return
			}
		}
	}()
	if s.In != nil {
		go func() {
			_, _ = io.Copy(at.Conn, s.In)
			_ = at.CloseWrite()
		}()
	}
	var err error
	if out := link.Discard(s.Out); s.TTY {
		_, err = io.Copy(out, at.Reader)
	} else {
		_, err = stdcopy.StdCopy(out, link.Discard(s.Err), at.Reader)
	}
	cancel()
	<-resized
	return err
}

// lostAt is a connection that ended too early; err may be nil.
func lostAt(doing string, err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return &Error{Kind: link.ErrBroken, Tried: doing, Happened: "the connection ended, and the program did not", Do: "connect again"}
	}
	if told, ok := errors.AsType[*Error](err); ok {
		return &Error{Kind: link.ErrBroken, Tried: doing, Happened: "the connection to the engine broke: " + told.Happened, Do: told.Do, Err: err}
	}
	return &Error{Kind: link.ErrBroken, Tried: doing, Happened: "the connection to the engine broke: " + daemonText(err), Do: "see whether the engine runs", Err: err}
}

// notRunning tells a container that no program can be run in from other failures.
func notRunning(doing, id string, err error) error {
	if !cerrdefs.IsConflict(err) {
		return err
	}
	e := &Error{Kind: link.ErrNotRunning, Tried: doing, Happened: "it does not run", Do: "start it first", Err: err}
	switch text := err.Error(); {
	case strings.Contains(text, "paused"):
		e.Happened, e.Do = "it is paused", "let it go on: docker unpause "+short(id)
	case strings.Contains(text, "restarting"):
		e.Happened, e.Do = "it is being restarted again and again", "see in its log why it ends"
	}
	return e
}
