package kube

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/remotecommand"
	"k8s.io/client-go/util/exec"
	"k8s.io/streaming/pkg/httpstream"

	"github.com/twindeck/twindeck/env/link"
)

// Exec runs a command in a pod's container, connects it to s until it ends, and
// returns its exit code. An empty container is the one that kubectl would take.
// The end of ctx leaves it. Errors: link.ErrNotRunning, link.ErrNoProgram,
// link.ErrBroken, ErrNotFound, ErrForbidden, ErrElsewhere.
func (c *Client) Exec(ctx context.Context, namespace, pod, container string, command []string, s link.Streams) (code int, err error) {
	doing := fmt.Sprintf("running %s in pod %s/%s", command[0], namespace, pod)
	cn, err := c.connected(ctx)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", doing, err)
	}
	s, said := s.Heard()
	code, err = cn.stream(ctx, doing, cn.execURL(namespace, pod, container, command, s), s)
	if err != nil {
		return 0, err
	}
	if why := link.NoProgram(command[0], code, said.String()); why != "" {
		return code, &Error{Doing: doing, Context: cn.at.Name, Server: cn.at.Server, Kind: link.ErrNoProgram, Err: errors.New(why), Do: noProgramDo}
	}
	return code, nil
}

const noProgramDo = "use a program that the image has, or a debug container"

// Attach connects s to the main process of a pod's container. It returns the
// exit code when that ends; the end of ctx leaves it as it is. Errors are those
// of Exec, and link.ErrNoCode.
func (c *Client) Attach(ctx context.Context, namespace, pod, container string, s link.Streams) (code int, err error) {
	doing := fmt.Sprintf("attaching to pod %s/%s", namespace, pod)
	cn, err := c.connected(ctx)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", doing, err)
	}
	at, err := cn.container(ctx, namespace, pod, container)
	if err != nil {
		return 0, explain(doing, cn.at, err)
	}
	if !at.Running() {
		return 0, &Error{Doing: doing, Context: cn.at.Name, Kind: link.ErrNotRunning, Err: fmt.Errorf("%w: container %s is %s", link.ErrNotRunning, at.Name, at.Why()), Do: "see in its log and events why"}
	}
	if s.TTY = at.TTY; !at.Stdin {
		s.In = nil
	}
	to := cn.sessionURL("attach", namespace, pod, &corev1.PodAttachOptions{
		Container: at.Name, Stdin: s.In != nil, Stdout: true, Stderr: !s.TTY, TTY: s.TTY,
	})
	if _, err := cn.stream(ctx, doing, to, s); err != nil {
		return 0, err
	}
	// The API tells no exit code of what it was attached to, but the pod does, soon.
	if code, err = cn.exitCode(ctx, namespace, pod, at); err != nil {
		return 0, fmt.Errorf("%s: %w", doing, err)
	}
	return code, nil
}

func (cn *conn) pod(ctx context.Context, namespace, name string) (*corev1.Pod, error) {
	ctx, cancel := within(ctx)
	defer cancel()
	return cn.calls.CoreV1().Pods(namespace).Get(ctx, name, metav1.GetOptions{})
}

// container finds one of a pod's by name; an empty name is the one that kubectl
// would take.
func (cn *conn) container(ctx context.Context, namespace, pod, name string) (PodContainer, error) {
	p, err := cn.pod(ctx, namespace, pod)
	if err != nil {
		return PodContainer{}, err
	}
	for _, c := range podContainersOf(p) {
		if c.Name == name || name == "" && c.Default {
			return c, nil
		}
	}
	return PodContainer{}, fmt.Errorf("%w: the pod has no container %s", link.ErrNotRunning, name)
}

func statuses(p *corev1.Pod) []corev1.ContainerStatus {
	return slices.Concat(p.Status.ContainerStatuses, p.Status.InitContainerStatuses, p.Status.EphemeralContainerStatuses)
}

func (cn *conn) execURL(namespace, pod, container string, command []string, s link.Streams) *url.URL {
	return cn.sessionURL("exec", namespace, pod, &corev1.PodExecOptions{
		Container: container, Command: command, Stdin: s.In != nil, Stdout: true, Stderr: !s.TTY, TTY: s.TTY,
	})
}

// sessionURL leads to a pod's subresource that becomes a connection.
func (cn *conn) sessionURL(kind, namespace, pod string, options runtime.Object) *url.URL {
	return cn.streams.CoreV1().RESTClient().Post().
		Namespace(namespace).Resource("pods").Name(pod).SubResource(kind).
		VersionedParams(options, scheme.ParameterCodec).URL()
}

// stream connects s to what url leads to, over WebSocket, or over SPDY where
// the server or a proxy on the way knows nothing else, until that ends. A dial
// to a server that hangs is left behind when ctx ends.
func (cn *conn) stream(ctx context.Context, doing string, to *url.URL, s link.Streams) (code int, err error) {
	cfg := rest.CopyConfig(cn.fast)
	modern, err := remotecommand.NewWebSocketExecutor(cfg, "GET", to.String())
	if err != nil {
		return 0, explain(doing, cn.at, err)
	}
	old, err := remotecommand.NewSPDYExecutor(cfg, "POST", to)
	if err != nil {
		return 0, explain(doing, cn.at, err)
	}
	run, err := remotecommand.NewFallbackExecutor(modern, old, func(err error) bool {
		return httpstream.IsUpgradeFailure(err) || httpstream.IsHTTPSProxyError(err)
	})
	if err != nil {
		return 0, explain(doing, cn.at, err)
	}
	life, cancel := context.WithCancel(ctx)
	defer cancel()
	o := remotecommand.StreamOptions{Stdin: s.In, Stdout: link.Discard(s.Out), Tty: s.TTY}
	if s.TTY {
		o.TerminalSizeQueue = sizes{life, s.Sizes}
	} else {
		o.Stderr = link.Discard(s.Err)
	}
	ended := make(chan error, 1)
	go func() { ended <- run.StreamWithContext(life, o) }()
	select {
	case err = <-ended:
	case <-ctx.Done():
		return 0, fmt.Errorf("%s: %w", doing, ctx.Err())
	}
	if ctx.Err() != nil {
		return 0, fmt.Errorf("%s: %w", doing, ctx.Err())
	}
	return cn.ending(doing, err)
}

// sizes hands a terminal's sizes to the API.
type sizes struct {
	life context.Context
	of   <-chan link.Size
}

// Next waits for the next size; nil: there will be none.
func (s sizes) Next() *remotecommand.TerminalSize {
	select {
	case size, open := <-s.of:
		if !open {
			return nil
		}
		return &remotecommand.TerminalSize{Width: size.Cols, Height: size.Rows}
	case <-s.life.Done():
		return nil
	}
}

// ending is how a program ended, or why it could not run.
func (cn *conn) ending(doing string, err error) (code int, _ error) {
	if err == nil {
		return 0, nil
	}
	if exit, ok := errors.AsType[exec.CodeExitError](err); ok {
		return exit.Code, nil
	}
	told := func(kind error, do string) error {
		return &Error{Doing: doing, Context: cn.at.Name, Server: cn.at.Server, Kind: kind, Err: err, Do: do}
	}
	text := err.Error()
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(text, p) {
				return true
			}
		}
		return false
	}
	switch {
	case has("executable file not found", "no such file or directory"):
		return 0, told(link.ErrNoProgram, noProgramDo)
	case has("container not found", "completed pod", "is not running", "is terminated", "is waiting to start", "cannot exec in a stopped", "does not have a host assigned"):
		return 0, told(link.ErrNotRunning, "see in its log and events why")
	case has("pods \"") && has("not found"): // an upgrade that was refused has lost its kind
		return 0, told(ErrNotFound, "it was replaced, perhaps: choose the one that is there now")
	case apierrors.IsForbidden(err), has("is forbidden"):
		return 0, told(ErrForbidden, "ask for a role that may create pods/exec and pods/attach")
	case has("error reading from error stream", "unexpected EOF", "websocket: close", "connection reset", "broken pipe"):
		return 0, told(link.ErrBroken, "the cluster may be starting or stopping: connect again when it is there")
	}
	return 0, explain(doing, cn.at, err)
}

// endTime is how long a node may take to tell how a container ended.
const endTime = 15 * time.Second

// exitCode is how a container that was attached to ended, also if it was
// started again meanwhile; link.ErrNoCode if it runs on, or nobody knows.
func (cn *conn) exitCode(life context.Context, namespace, pod string, c PodContainer) (int, error) {
	ctx, cancel := context.WithTimeout(life, endTime)
	defer cancel()
	w, err := cn.streams.CoreV1().Pods(namespace).Watch(ctx, metav1.SingleObject(metav1.ObjectMeta{Name: pod}))
	if err != nil {
		return 0, cmp.Or(life.Err(), link.ErrNoCode)
	}
	defer w.Stop()
	for e := range w.ResultChan() {
		p, ok := e.Object.(*corev1.Pod)
		if !ok {
			continue
		}
		for _, s := range statuses(p) {
			for _, end := range []*corev1.ContainerStateTerminated{s.State.Terminated, s.LastTerminationState.Terminated} {
				if end != nil && end.ContainerID == c.ID {
					return int(end.ExitCode), nil
				}
			}
		}
		if e.Type == watch.Deleted {
			break
		}
	}
	return 0, cmp.Or(life.Err(), link.ErrNoCode)
}
