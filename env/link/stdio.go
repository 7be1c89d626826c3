package link

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
)

// mostSaid is how much of a command's standard error is kept to tell why it ended.
const mostSaid = 4 << 10

// Stdio makes a connection of the standard streams of a command that runs
// elsewhere, in a container or a pod. run connects the streams and returns when
// the command has ended; it must end with its ctx, which ends with the one given
// here and when the connection is closed. What the command wrote to standard
// error is told by the Read or Write that finds the connection ended.
func Stdio(ctx context.Context, run func(ctx context.Context, in io.Reader, out, errs io.Writer) error) net.Conn {
	ours, theirs := net.Pipe()
	ctx, cancel := context.WithCancel(ctx)
	c := &stdio{Conn: ours, end: cancel, ended: make(chan struct{})}
	go func() {
		defer close(c.ended)
		defer cancel()
		c.err = run(ctx, theirs, theirs, &c.said)
		_ = theirs.Close()
	}()
	return c
}

type stdio struct {
	net.Conn
	end   context.CancelFunc
	ended chan struct{} // the command has ended; err may be read
	err   error
	said  Said
}

// Read reads the command's standard output.
func (c *stdio) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if errors.Is(err, io.EOF) {
		err = c.why(err)
	}
	return n, err
}

// Write writes to the command's standard input.
func (c *stdio) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	if errors.Is(err, io.ErrClosedPipe) {
		err = c.why(err)
	}
	return n, err
}

// why is how the command ended; err if it said nothing.
func (c *stdio) why(err error) error {
	<-c.ended
	said := strings.TrimSpace(c.said.String())
	switch {
	case said != "" && c.err != nil:
		return errors.New(said + " (" + c.err.Error() + ")")
	case said != "":
		return errors.New(said)
	case c.err != nil:
		return c.err
	}
	return err
}

// Close ends the command and waits until its streams are let go.
func (c *stdio) Close() error {
	err := c.Conn.Close()
	c.end()
	<-c.ended
	return err
}
