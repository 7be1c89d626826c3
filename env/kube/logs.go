package kube

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// firstLine is how long Logs waits for the answer to begin when it follows:
// the server sends nothing, not even its status, before the first line.
const firstLine = time.Second

// Logs opens a container's log. With Follow it goes on until ctx ends, the
// reader is closed, or the container ends. An error that comes later than
// the opening is returned by Read.
func (c *Client) Logs(ctx context.Context, namespace, pod string, o LogOptions) (io.ReadCloser, error) {
	cn, err := c.connected(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the log: %w", err)
	}
	opts := &corev1.PodLogOptions{Container: o.Container, Follow: o.Follow, Timestamps: o.Timestamps, Previous: o.Previous}
	if o.Tail > 0 {
		n := int64(o.Tail)
		opts.TailLines = &n
	}
	if !o.Since.IsZero() {
		since := metav1.NewTime(o.Since)
		opts.SinceTime = &since
	}
	return cn.openLog(ctx, namespace, pod, opts)
}

func (cn *conn) openLog(ctx context.Context, namespace, pod string, opts *corev1.PodLogOptions) (io.ReadCloser, error) {
	doing := "reading the log of pod " + namespace + "/" + pod
	ctx, cancel := context.WithCancelCause(ctx)
	l := &logStream{ctx: ctx, cancel: cancel, opened: make(chan struct{})}
	go func() {
		defer close(l.opened)
		if opts.Container == "" {
			c, err := cn.container(ctx, namespace, pod, "")
			if err != nil {
				l.err = explain(doing, cn.at, err)
				return
			}
			opts.Container = c.Name
		}
		body, err := cn.streams.CoreV1().Pods(namespace).GetLogs(pod, opts).Stream(ctx)
		if cause := context.Cause(ctx); err != nil && errors.Is(cause, ErrTimeout) {
			err = cause
		}
		l.body, l.err = body, explain(doing, cn.at, err)
	}()
	wait := callLimit
	if opts.Follow {
		wait = firstLine
	}
	limit := time.NewTimer(wait)
	defer limit.Stop()
	select {
	case <-l.opened:
	case <-limit.C:
		if opts.Follow {
			return l, nil // nothing written yet
		}
		cancel(ErrTimeout)
		<-l.opened
	}
	if l.err != nil {
		cancel(nil)
		return nil, l.err
	}
	return l, nil
}

// logStream is a log whose answer may not have begun yet.
type logStream struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	opened chan struct{} // closed when body or err is set
	body   io.ReadCloser
	err    error
}

// Read waits for the log to begin, then reads it.
func (l *logStream) Read(p []byte) (int, error) {
	<-l.opened // ends with ctx at the latest
	if l.err != nil {
		return 0, l.err
	}
	return l.body.Read(p)
}

// Close ends the request and waits until it is gone.
func (l *logStream) Close() error {
	l.cancel(nil)
	<-l.opened
	if l.body == nil {
		return nil
	}
	return l.body.Close()
}
