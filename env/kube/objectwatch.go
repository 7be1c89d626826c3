package kube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
)

// pollEvery is how often is listed what cannot be watched.
const pollEvery = 5 * time.Second

// objectWatch is one run of a watch: it fills rows, which following shows.
type objectWatch struct {
	following *following
	conn      *conn
	kind      Kind
	rows      *table[*Object]
	reader    tableReader
	version   string // resourceVersion of the last news
}

// follow goes on until something is wrong. Like the watch of pods it streams
// the first list, an object at a time, and reads it in pages from old servers.
func (w *objectWatch) follow(ctx context.Context) error {
	if len(w.kind.Verbs) > 0 && !w.kind.Can("watch") {
		return poll(ctx, w.list, w.forget)
	}
	switch err := w.first(ctx); {
	case apierrors.IsForbidden(err):
		return poll(ctx, w.list, w.forget)
	case err != nil:
		return err
	}
	for {
		if err := w.stream(ctx, url.Values{"resourceVersion": {w.version}}); err != nil {
			return err
		}
	}
}

func (w *objectWatch) first(ctx context.Context) error {
	if !w.conn.paged() {
		err := w.stream(ctx, url.Values{"sendInitialEvents": {"true"}, "resourceVersionMatch": {string(metav1.ResourceVersionMatchNotOlderThan)}})
		if !errors.Is(err, errNoStream) && !apierrors.IsInvalid(err) && !apierrors.IsBadRequest(err) {
			return err
		}
		// It may be this kind alone, as of an API that another program serves.
	}
	return w.list(ctx)
}

func (w *objectWatch) forget() { w.rows = &table[*Object]{} }

func (w *objectWatch) list(ctx context.Context) error {
	more := ""
	for {
		var page tableJSON
		ask := url.Values{"limit": {strconv.Itoa(pageSize)}}
		if more != "" {
			ask.Set("continue", more)
		}
		cctx, cancel := within(ctx)
		body, err := w.open(cctx, w.conn.calls, ask)
		if err == nil {
			err = decode1(body, &page)
		}
		cancel()
		if err != nil {
			return err
		}
		w.live()
		w.heads(&page)
		for i := range page.Rows {
			w.apply(watch.Added, &page.Rows[i])
		}
		if more = page.Metadata.Continue; more == "" {
			w.version = page.Metadata.ResourceVersion
			w.synced()
			return nil
		}
	}
}

func decode1(body io.ReadCloser, into *tableJSON) error {
	defer body.Close()
	d := json.NewDecoder(body)
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("reading the server's table: %w", err)
	}
	return into.wrong()
}

// open asks for the kind as a table.
func (w *objectWatch) open(ctx context.Context, set *kubernetes.Clientset, ask url.Values) (io.ReadCloser, error) {
	r := set.RESTClient().Get().AbsPath(w.kind.path(w.following.namespace)...).MaxRetries(0)
	r.SetHeader("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json")
	r.Param("includeObject", w.kind.includes())
	for name, values := range ask {
		r.Param(name, values[0])
	}
	return r.Stream(ctx)
}

// stream follows one watch to its end. It returns nil if that was an orderly one.
func (w *objectWatch) stream(ctx context.Context, ask url.Values) error {
	listing := ask.Has("sendInitialEvents")
	ask.Set("watch", "true")
	ask.Set("allowWatchBookmarks", "true")
	ask.Set("timeoutSeconds", strconv.Itoa(watchLimit))
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	alarm := time.AfterFunc(answerLimit, func() { cancel(ErrTimeout) })
	defer alarm.Stop()
	body, err := w.open(ctx, w.conn.streams, ask)
	if err != nil {
		if errors.Is(context.Cause(ctx), ErrTimeout) {
			return ErrTimeout
		}
		return err
	}
	defer body.Close()
	w.live()
	d := json.NewDecoder(body)
	d.UseNumber()
	for got := false; ; got = true {
		var ev struct {
			Type   watch.EventType
			Object tableJSON
		}
		if err := d.Decode(&ev); err != nil {
			return streamEnd(ctx, err, got, listing)
		}
		wait := silentLimit
		if listing {
			wait = answerLimit
		}
		alarm.Reset(wait)
		if ev.Type == watch.Error {
			return ev.Object.status()
		}
		if err := ev.Object.wrong(); err != nil {
			return err
		}
		w.heads(&ev.Object)
		w.version = ev.Object.Metadata.ResourceVersion
		if ev.Type != watch.Bookmark {
			for i := range ev.Object.Rows {
				w.apply(ev.Type, &ev.Object.Rows[i])
			}
			continue
		}
		w.news()
		if listing && ev.Object.ends() {
			listing = false
			alarm.Reset(silentLimit)
			w.synced()
		}
	}
}

// streamEnd says what the end of a stream means.
func streamEnd(ctx context.Context, err error, got, listing bool) error {
	switch timeout := errors.Is(context.Cause(ctx), ErrTimeout); {
	case timeout && listing:
		return errNoStream // rows came, but never the sign that they are all
	case timeout:
		return ErrTimeout
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, io.EOF) && got && !listing:
		return nil
	case errors.Is(err, io.EOF):
		return errClosed
	}
	return fmt.Errorf("reading what changed: %w", err)
}

// heads takes the columns, which only the first table of a stream names.
func (w *objectWatch) heads(t *tableJSON) {
	if len(t.ColumnDefinitions) == 0 {
		return
	}
	w.reader = newTableReader(w.kind, t)
	f := w.following
	f.mu.Lock()
	defer f.mu.Unlock()
	if w.rows == f.rows {
		f.columns = w.reader.columns
	}
}

// apply keeps what a row needs of an object and forgets the rest.
func (w *objectWatch) apply(kind watch.EventType, r *rowJSON) {
	var o *Object
	if kind != watch.Deleted {
		o = w.reader.object(r, time.Now())
	}
	f := w.following
	f.mu.Lock()
	defer f.mu.Unlock()
	if o == nil {
		w.rows.remove(r.Object.Metadata.Namespace, r.Object.Metadata.Name)
	} else {
		w.rows.put(o)
	}
	f.news()
	if w.rows == f.rows {
		f.changed()
	}
}

// synced shows the rows, now whole.
func (w *objectWatch) synced() {
	f := w.following
	f.mu.Lock()
	defer f.mu.Unlock()
	w.rows.synced = true
	f.rows, f.columns = w.rows, w.reader.columns
	f.changed()
}

func (w *objectWatch) live() {
	f := w.following
	f.mu.Lock()
	defer f.mu.Unlock()
	f.live()
}

func (w *objectWatch) news() {
	f := w.following
	f.mu.Lock()
	defer f.mu.Unlock()
	f.news()
}
