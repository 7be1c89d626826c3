package docker

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strings"
	"syscall"
	"time"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/moby/moby/client"
)

// What can stand between us and an engine. Use errors.Is; the error itself
// says what was tried, what happened and what to do.
var (
	// ErrNotFound: the engine answered that it has no such thing.
	ErrNotFound = errors.New("not found")
	// ErrConfig: no endpoint can be named (config.json, context or DOCKER_HOST
	// is wrong). errors.As with *ConfigError or *ContextError tells more.
	ErrConfig = errors.New("docker configuration")
	// ErrUnreachable: nothing answers at the endpoint.
	ErrUnreachable = errors.New("docker engine unreachable")
	// ErrPermission: the endpoint is there, and this user may not use it.
	ErrPermission = errors.New("permission denied")
	// ErrTimeout: something is there and does not answer in time.
	ErrTimeout = errors.New("docker engine does not answer")
	// ErrDenied: a registry refused the credentials, or had none to look at.
	ErrDenied = errors.New("registry denied access")
	// ErrLoad: a node did not take an image.
	ErrLoad = errors.New("node did not take the image")
	// ErrInUse: containers use what was to be removed. The error names them.
	ErrInUse = errors.New("in use")
	// ErrElsewhere: another Docker context was chosen meanwhile.
	ErrElsewhere = errors.New("another Docker context was chosen meanwhile")
)

// An Error is a failed attempt told in three parts. Kind is one of this
// package's Err values.
type Error struct {
	Kind     error
	Tried    string // "listing containers at unix:///var/run/docker.sock (context "default", by default)"
	Happened string // "no such socket"
	Do       string // "start Docker"
	Err      error  // the cause; may be nil
}

// Error tells the three parts in one line.
func (e *Error) Error() string {
	s := e.Tried + ": " + e.Happened
	if e.Do != "" {
		s += ". " + strings.ToUpper(e.Do[:1]) + e.Do[1:]
	}
	return s
}

// Unwrap returns kind and cause.
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Err}
}

// dialError carries a failed dial through Docker's client, which would
// otherwise replace it by text of its own: that is why it has neither an
// Unwrap nor the cause in its text.
type dialError struct{ err error }

func (e *dialError) Error() string { return "no connection" }

// explain tells what err, the outcome of doing something within limit, means.
func (c *conn) explain(doing string, limit time.Duration, err error) error {
	var dial *dialError
	var told *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &told):
		return err
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("%s: %w", doing, err)
	case errors.As(err, &dial):
		return c.dialFailed(doing, dial.err)
	case errors.Is(err, context.DeadlineExceeded):
		return c.timedOut(doing, limit, err)
	case client.IsErrConnectionFailed(err):
		return &Error{
			Kind: ErrUnreachable, Tried: c.tried(doing), Err: err,
			Happened: "the connection failed: " + tlsHint(err),
			Do:       "see whether a Docker engine listens there: docker version",
		}
	case cerrdefs.IsNotFound(err):
		return fmt.Errorf("%s: %w (%s)", doing, ErrNotFound, daemonText(err))
	}
	return fmt.Errorf("%s: %s%w", doing, daemonText(err), silent{err})
}

// silent keeps an error in the chain whose text has been told already.
type silent struct{ error }

func (silent) Error() string   { return "" }
func (s silent) Unwrap() error { return s.error }

// daemonText is what the engine said, without the client's preface.
func daemonText(err error) string {
	return strings.TrimPrefix(err.Error(), "Error response from daemon: ")
}

// tlsHint drops the request line that Go's client puts before the cause.
func tlsHint(err error) string {
	text := strings.TrimPrefix(err.Error(), "error during connect: ")
	if i := strings.Index(text, `": `); i >= 0 && strings.Contains(text[:i], `"http`) {
		text = text[i+3:]
	}
	return text
}

func (c *conn) tried(doing string) string {
	return doing + " at " + c.target.String()
}

func (c *conn) timedOut(doing string, limit time.Duration, err error) error {
	happened := fmt.Sprintf("accepted the connection and did not answer within %s", seconds(limit))
	do := "the engine hangs or is just waking up: wait, or restart Docker"
	if !c.reached.Load() {
		happened = fmt.Sprintf("no connection within %s", seconds(limit))
		do = "see whether the address is right and the machine is on the network"
	}
	return &Error{Kind: ErrTimeout, Tried: c.tried(doing), Happened: happened, Do: do, Err: err}
}

func seconds(d time.Duration) string {
	return fmt.Sprintf("%g s", d.Seconds())
}

// dialFailed tells why no connection could be made.
func (c *conn) dialFailed(doing string, err error) error {
	e := &Error{Kind: ErrUnreachable, Tried: c.tried(doing), Err: err}
	socket := c.target.socket()
	var dns *net.DNSError
	switch {
	case errors.Is(err, fs.ErrPermission):
		e.Kind = ErrPermission
		e.Happened = "permission denied on " + socket
		e.Do = permissionAdvice
	case errors.Is(err, fs.ErrNotExist):
		e.Happened = "there is no " + socket
		e.Do = "start Docker, or choose another context: docker context ls"
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Happened = "connection refused: nothing listens on " + socket
		e.Do = "start Docker, or choose another context: docker context ls"
	case errors.Is(err, syscall.EINVAL) && len(socket) > maxSocketPath:
		e.Happened = fmt.Sprintf("the socket's path is longer than the system's %d bytes: %s", maxSocketPath, socket)
		e.Do = "use a shorter path"
	case errors.As(err, &dns):
		e.Happened = fmt.Sprintf("the name %s does not resolve", dns.Name)
		e.Do = "see whether the host's name is right and the network is up"
	default:
		e.Happened = err.Error()
		e.Do = "see whether a Docker engine listens there: docker version"
	}
	if c.target.note != "" {
		e.Happened += " (" + c.target.note + ")"
	}
	return e
}
