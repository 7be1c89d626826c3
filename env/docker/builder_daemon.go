package docker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	buildkit "github.com/moby/buildkit/client"
	"github.com/moby/buildkit/util/grpcerrors"
	"google.golang.org/grpc/codes"
)

// ExecInPod runs a command in a running pod of a Deployment or StatefulSet and
// connects to its standard streams. The kubeconfig (empty: the usual one)
// names the cluster by its current context; an empty namespace is the
// context's. The end of ctx ends the command.
type ExecInPod func(ctx context.Context, kubeconfig, namespace, workload string, command []string) (net.Conn, error)

// dialStdio is BuildKit's own way to be reached through a command.
var dialStdio = []string{"buildctl", "dial-stdio"}

// daemon is a BuildKit that is not the engine's own.
type daemon struct {
	builder Builder
	node    builderNode
	address string // sent along as the server's name; may be empty
	remedy  string // what to do when it does not answer
	dial    func(ctx context.Context) (net.Conn, error)
}

// daemon finds the BuildKit of a builder for a platform. It talks to nobody.
func (c *Client) daemon(b Builder, in instance, platform string) (*daemon, error) {
	d := &daemon{builder: b, node: in.node(platform)}
	switch b.Driver {
	case driverContainer:
		c.inContainer(d)
		return d, nil
	case driverRemote:
		return d, d.atAddress()
	case driverCluster:
		return d, c.inCluster(d)
	}
	return nil, b.failed("twindeck does not speak to builders of the driver "+b.Driver,
		"choose a builder of the driver docker-container, remote or kubernetes (docker buildx ls)", nil)
}

// inCluster sets d up for a BuildKit in a pod.
func (c *Client) inCluster(d *daemon) error {
	run := c.opts.ExecInPod
	if run == nil {
		return errors.New("reaching a builder in a cluster: nothing was given to reach clusters with")
	}
	d.remedy = "see how its pod is, or create it: docker buildx inspect --bootstrap " + d.builder.Name
	d.dial = func(ctx context.Context) (net.Conn, error) {
		return run(ctx, d.node.kubeconfig(), d.node.DriverOpts["namespace"], d.node.deployment(), dialStdio)
	}
	return nil
}

// connect opens the daemon and sees that it answers. It lasts until ctx ends.
func (d *daemon) connect(ctx context.Context) (*buildkit.Client, string, error) {
	broke := &broken{}
	bk, err := buildkit.New(ctx, d.address, buildkit.WithContextDialer(func(context.Context, string) (net.Conn, error) {
		nc, err := d.dial(ctx)
		if err != nil {
			broke.note(err)
			return nil, err
		}
		return noted{nc, broke}, nil
	}))
	if err != nil {
		return nil, "", d.builder.failed(err.Error(), d.remedy, err)
	}
	limited, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	info, err := bk.Info(limited)
	switch {
	case err == nil:
		return bk, info.BuildkitVersion.Version, nil
	case grpcerrors.Code(err) == codes.Unimplemented: // BuildKit before 0.11
		return bk, "", nil
	}
	_ = bk.Close()
	switch cause := broke.cause(); {
	case ctx.Err() != nil:
		return nil, "", fmt.Errorf("connecting to the builder %s: %w", d.builder.Name, context.Cause(ctx))
	case limited.Err() != nil:
		happened := fmt.Sprintf("BuildKit there did not answer within %s", seconds(answerTime))
		return nil, "", d.builder.failed(happened, d.remedy, context.DeadlineExceeded)
	case cause != nil:
		return nil, "", d.failed(cause)
	}
	return nil, "", d.builder.failed(grpcText(err), d.remedy, err)
}

// failed passes on an error that says all there is to say, and explains others.
func (d *daemon) failed(err error) error {
	var told *Error
	if errors.As(err, &told) {
		return err
	}
	return d.builder.failed(err.Error(), d.remedy, err)
}

// broken remembers why connections broke, which BuildKit's client tells in
// words of its own only. The first cause counts: others follow from it.
type broken struct {
	mu  sync.Mutex
	err error
}

func (b *broken) note(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err == nil && err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, net.ErrClosed) && !errors.Is(err, io.ErrClosedPipe) {
		b.err = err
	}
}

func (b *broken) cause() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}

// noted is a connection whose break is remembered.
type noted struct {
	net.Conn
	broke *broken
}

func (n noted) Read(p []byte) (int, error) {
	done, err := n.Conn.Read(p)
	n.broke.note(err)
	return done, err
}

func (n noted) Write(p []byte) (int, error) {
	done, err := n.Conn.Write(p)
	n.broke.note(err)
	return done, err
}

// grpcText is an error without the words of gRPC before it.
func grpcText(err error) string {
	text := err.Error()
	for _, mark := range []string{"desc = ", "Unavailable: "} {
		if i := strings.LastIndex(text, mark); i >= 0 {
			return strings.Trim(text[i+len(mark):], `"`)
		}
	}
	return text
}

// BuilderState is how a builder stands.
type BuilderState struct {
	BuildKit string // its version; empty if it is stopped, or too old to say
	Stopped  bool   // a container that the next build starts
}

// PingBuilder asks whether the builder named (empty: the one in force) answers.
// It starts nothing.
func (c *Client) PingBuilder(ctx context.Context, name string) (BuilderState, error) {
	b, in, err := c.builder(name)
	if err != nil {
		return BuilderState{}, err
	}
	if b.Own {
		return BuilderState{}, c.Ping(ctx)
	}
	d, err := c.daemon(b, in, "")
	if err != nil {
		return BuilderState{}, err
	}
	if b.Driver == driverContainer {
		running, err := c.builderRuns(ctx, d)
		if err != nil || !running {
			return BuilderState{Stopped: err == nil}, err
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	bk, version, err := d.connect(ctx)
	if err != nil {
		return BuilderState{}, err
	}
	return BuilderState{BuildKit: version}, bk.Close()
}

// bootTime is how long a BuildKit that was just started may take to answer.
const bootTime = 30 * time.Second
