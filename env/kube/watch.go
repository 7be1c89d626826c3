package kube

import (
	"context"
	"errors"
	"io"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"

	"github.com/twindeck/twindeck/env/link"
)

const (
	answerLimit = 4 * time.Second  // for the head of an answer, and between rows of a first list
	silentLimit = 90 * time.Second // the server sends a bookmark every minute
	watchLimit  = 480              // seconds after which the server ends a watch; it is taken up again
	pageSize    = 500
)

var (
	errClosed   = errors.New("the server closed the connection")
	errNoStream = errors.New("the server does not stream lists")
)

// Run lists and watches the pods of the chosen namespace, and takes the
// connection up again, until ctx ends.
func (c *Client) Run(ctx context.Context) error {
	looked := make(chan struct{})
	go func() { // notices a kubeconfig that changes while all is quiet
		defer close(looked)
		tick := time.NewTicker(lookEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				c.mu.Lock()
				c.refresh()
				c.mu.Unlock()
			}
		}
	}()
	defer func() { <-looked }()

	for pause := firstPause; ctx.Err() == nil; pause = min(pause*2, longestPause) {
		begun := time.Now()
		err := c.watchPods(ctx)
		switch {
		case err == nil:
			pause = firstPause / 2
			continue // begin anew at once: the namespace or the kubeconfig changed
		case ctx.Err() != nil:
			return ctx.Err()
		default:
			c.lost(err)
		}
		if time.Since(begun) > longestPause {
			pause = firstPause
		}
		wait := pause
		if errors.Is(err, ErrForbidden) {
			wait = c.refused
		}
		select {
		case <-ctx.Done():
		case <-c.restart:
		case <-time.After(wait):
		}
	}
	return ctx.Err()
}

const (
	firstPause   = 100 * time.Millisecond
	longestPause = time.Second // a server that is back is found within two
)

// lost records why there is no news.
func (c *Client) lost(err error) {
	state := link.Connecting
	_, bad := c.Context()
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case bad != nil:
		state = link.Absent
	case errors.Is(err, ErrForbidden) && !c.rows.synced: // it answers: nothing that was there is lost
	case !c.status.News.IsZero():
		state = link.Lost
	}
	c.setState(state, err)
}

// Changed delivers at most 30 values a second; ask Snapshot after each.
func (c *Client) Changed() <-chan struct{} { return c.notice.C() }

// Snapshot is what is known now.
func (c *Client) Snapshot() Snapshot {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.snapshot.Version != c.version || c.snapshot.Pods == nil {
		at, _ := c.options.inForce(c.read)
		c.snapshot = Snapshot{
			Version:   c.version,
			Context:   at.Name,
			Namespace: c.namespace,
			Pods:      c.rows.share(),
			Synced:    c.rows.synced,
		}
	}
	c.snapshot.Status = c.status
	return c.snapshot
}

// SetNamespace changes what is watched; "" is all namespaces. The rows of the
// former one are gone at once.
func (c *Client) SetNamespace(ns string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.chosen = true
	if ns == c.namespace {
		return
	}
	c.watchOther(ns)
	c.wake()
}

// watchOther empties the rows for another namespace; c.mu is held.
func (c *Client) watchOther(ns string) {
	c.namespace = ns
	c.rows = &table[*Pod]{}
	c.changed()
}

// watchPods follows one namespace on one connection. It returns nil when it
// was told to begin anew, else why it ended.
func (c *Client) watchPods(ctx context.Context) error {
	cn, err := c.connected(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c.mu.Lock()
	select {
	case <-c.restart: // what it asked for is what begins here
	default:
	}
	w := &podWatch{client: c, conn: cn, namespace: c.namespace}
	if w.rows = c.rows; w.rows.synced {
		w.rows = &table[*Pod]{} // the rows there stay on the screen until the new list is whole
	}
	c.endWatch = cancel
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		c.endWatch = nil
		c.mu.Unlock()
	}()

	switch err := w.first(ctx); {
	case apierrors.IsForbidden(err):
		return w.ended(ctx, poll(ctx, w.list, w.forget))
	case err != nil:
		return w.ended(ctx, err)
	}
	for {
		// An ended watch is taken up where it stopped; only a lost connection
		// lists anew, for what is there then may be another cluster.
		if err := w.stream(ctx, metav1.ListOptions{ResourceVersion: w.version}); err != nil {
			return w.ended(ctx, err)
		}
	}
}

// podWatch is one run of a watch: it fills rows, which Client shows.
type podWatch struct {
	client    *Client
	conn      *conn
	namespace string
	rows      *table[*Pod]
	version   string // resourceVersion of the last news
}

func (w *podWatch) ended(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(context.Cause(ctx), context.Canceled) {
		return nil
	}
	return explain("watching pods", w.conn.at, err)
}

// first fills the rows and goes on watching. A streamed list decodes one pod
// at a time: 10,000 pods never are in memory together, as they are when a
// list is read whole. Old servers, which cannot, are read in pages.
func (w *podWatch) first(ctx context.Context) error {
	if !w.conn.paged() {
		yes := true
		err := w.stream(ctx, metav1.ListOptions{
			SendInitialEvents:    &yes,
			ResourceVersionMatch: metav1.ResourceVersionMatchNotOlderThan,
		})
		if !errors.Is(err, errNoStream) && !apierrors.IsInvalid(err) && !apierrors.IsBadRequest(err) {
			return err
		}
		w.conn.setPaged()
	}
	return w.list(ctx)
}

// poll is for those who may list and not watch: it lists again and again.
func poll(ctx context.Context, list func(context.Context) error, forget func()) error {
	for {
		if err := list(ctx); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pollEvery):
			forget()
		}
	}
}

func (w *podWatch) forget() { w.rows = &table[*Pod]{} }

func (w *podWatch) list(ctx context.Context) error {
	o := metav1.ListOptions{Limit: pageSize}
	for {
		cctx, cancel := within(ctx)
		page, err := w.conn.calls.CoreV1().Pods(w.namespace).List(cctx, o)
		cancel()
		if err != nil {
			return err
		}
		w.live()
		for i := range page.Items {
			w.apply(watch.Added, &page.Items[i])
		}
		if page.Continue == "" {
			w.version = page.ResourceVersion
			w.synced()
			return nil
		}
		o.Continue = page.Continue
	}
}

// stream follows one watch to its end. It returns nil if that was an orderly one.
func (w *podWatch) stream(ctx context.Context, o metav1.ListOptions) error {
	limit := int64(watchLimit)
	o.AllowWatchBookmarks, o.TimeoutSeconds = true, &limit
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	alarm := time.AfterFunc(answerLimit, func() { cancel(ErrTimeout) })
	defer alarm.Stop()
	watching, err := w.conn.streams.CoreV1().Pods(w.namespace).Watch(ctx, o)
	if err != nil {
		if errors.Is(context.Cause(ctx), ErrTimeout) {
			return ErrTimeout
		}
		return err
	}
	defer watching.Stop()
	listing := o.SendInitialEvents != nil
	w.live()
	got := false
	for ev := range watching.ResultChan() {
		got = true
		wait := silentLimit
		if listing {
			wait = answerLimit
		}
		alarm.Reset(wait)
		switch ev.Type {
		case watch.Error:
			return apierrors.FromObject(ev.Object)
		case watch.Bookmark:
			pod, ok := ev.Object.(*corev1.Pod)
			if !ok {
				continue
			}
			w.version = pod.ResourceVersion
			if listing && pod.Annotations[metav1.InitialEventsAnnotationKey] == "true" {
				listing = false
				alarm.Reset(silentLimit)
				w.synced()
			}
			w.news()
		default:
			if pod, ok := ev.Object.(*corev1.Pod); ok {
				w.version = pod.ResourceVersion
				w.apply(ev.Type, pod)
			}
		}
	}
	return streamEnd(ctx, io.EOF, got, listing)
}

// apply keeps what a row needs of a pod and forgets the rest.
func (w *podWatch) apply(kind watch.EventType, pod *corev1.Pod) {
	var r *Pod
	if kind != watch.Deleted {
		r = row(pod)
	}
	w.client.mu.Lock()
	defer w.client.mu.Unlock()
	if r == nil {
		w.rows.remove(pod.Namespace, pod.Name)
	} else {
		w.rows.put(r)
	}
	if w.conn == w.client.conn {
		w.client.news()
	}
	if w.rows == w.client.rows {
		w.client.changed()
	}
}

// synced shows the rows, now whole.
func (w *podWatch) synced() {
	w.client.mu.Lock()
	defer w.client.mu.Unlock()
	w.rows.synced = true
	if w.namespace == w.client.namespace && w.conn == w.client.conn {
		w.client.rows = w.rows
		w.client.changed()
	}
}

func (w *podWatch) live() {
	w.client.mu.Lock()
	defer w.client.mu.Unlock()
	if w.conn != w.client.conn {
		return // another cluster was chosen meanwhile: this is no news of it
	}
	w.client.live()
}

func (w *podWatch) news() {
	w.client.mu.Lock()
	defer w.client.mu.Unlock()
	if w.conn == w.client.conn {
		w.client.news()
	}
}

func (cn *conn) paged() bool {
	cn.mu.Lock()
	defer cn.mu.Unlock()
	return cn.noStream
}

func (cn *conn) setPaged() {
	cn.mu.Lock()
	defer cn.mu.Unlock()
	cn.noStream = true
}
