package docker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/client"
)

// How much of a command's output is kept: what it lists, and the end of what
// it complains about.
const (
	mostOutput     = 16 << 20
	mostComplaints = 4 << 10
)

// exec runs a command in a container to its end and returns its output. feed
// writes its standard input; nil: it has none. A command that fails is an
// error with what it said.
func (c *conn) exec(ctx context.Context, id string, command []string, feed func(io.Writer) error) (string, error) {
	made, err := c.api.ExecCreate(ctx, id, client.ExecCreateOptions{
		Cmd: command, AttachStdin: feed != nil, AttachStdout: true, AttachStderr: true,
	})
	if err != nil {
		return "", err
	}
	at, err := c.api.ExecAttach(ctx, made.ID, client.ExecAttachOptions{})
	if err != nil {
		return "", err
	}
	defer at.Close()
	// The connection knows nothing of ctx: closing it is how to leave.
	defer context.AfterFunc(ctx, at.Close)()

	out, complaints := &kept{most: mostOutput}, &kept{most: mostComplaints, end: true}
	read := make(chan error, 1)
	go func() {
		_, err := stdcopy.StdCopy(out, complaints, at.Reader)
		read <- err
	}()
	in := &input{to: at.Conn}
	var fed error
	if feed != nil {
		if fed = feed(in); fed != nil && in.err == nil {
			// What was to come is not whole: the command must not take it for that.
			at.Close()
		} else {
			_ = at.CloseWrite() // a command that has ended tells why itself
		}
	}
	readErr := <-read
	if err := ctx.Err(); err != nil {
		return "", err
	}
	ended, err := c.api.ExecInspect(ctx, made.ID, client.ExecInspectOptions{})
	switch {
	case err == nil && !ended.Running && ended.ExitCode != 0:
		return "", &commandError{command: command, code: ended.ExitCode, said: strings.TrimSpace(complaints.text() + out.tail(mostComplaints))}
	case fed != nil && in.err == nil:
		return "", fed
	case err != nil:
		return "", err
	case readErr != nil && !errors.Is(readErr, io.EOF):
		return "", readErr
	}
	return out.text(), nil
}

// input is a command's standard input. It remembers that the command does not
// read on, to tell this from input that could not be had.
type input struct {
	to  io.Writer
	err error
}

func (i *input) Write(p []byte) (int, error) {
	n, err := i.to.Write(p)
	if err != nil {
		i.err = err
	}
	return n, err
}

// commandError is a command that failed in a container.
type commandError struct {
	command []string
	code    int
	said    string
}

func (e *commandError) Error() string {
	return fmt.Sprintf("%s: exit code %d: %s", strings.Join(e.command, " "), e.code, e.said)
}

// kept is output, of which only so much is kept: its beginning, or its end.
type kept struct {
	most int
	end  bool
	b    bytes.Buffer
}

func (k *kept) Write(p []byte) (int, error) {
	if k.end {
		k.b.Write(p)
		k.b.Next(max(0, k.b.Len()-k.most))
		return len(p), nil
	}
	k.b.Write(p[:min(len(p), k.most-k.b.Len())])
	return len(p), nil
}

func (k *kept) text() string { return k.b.String() }

func (k *kept) tail(n int) string {
	b := k.b.Bytes()
	return string(b[max(0, len(b)-n):])
}
