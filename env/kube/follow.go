package kube

import (
	"context"
	"errors"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/twindeck/twindeck/env/link"
)

// Follow lists and watches the objects of a kind in a namespace ("" is all),
// takes the connection up again until ctx ends, and hands each new state to
// show, at most 30 a second, from this goroutine. What goes wrong and may pass
// is told in Objects.Status; what Follow returns is final: ctx's error, or
// ErrElsewhere for a ctx that is aimed at another cluster than the one in force.
func (c *Client) Follow(ctx context.Context, k Kind, namespace string, show func(Objects)) error {
	if !k.Namespaced {
		namespace = ""
	}
	f := &following{client: c, kind: k, namespace: namespace, watchStatus: watchStatus{notice: link.NewNotice(frame)}}
	f.reset(Context{})
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- f.run(ctx) }()
	defer cancel()
	for {
		select {
		case <-f.notice.C():
			show(f.objects())
		case err := <-ended:
			return err
		}
	}
}

// following keeps what is known of a kind's objects.
type following struct {
	client    *Client
	namespace string

	mu sync.Mutex
	watchStatus
	kind    Kind
	at      Context // whose objects they are
	rows    *table[*Object]
	columns []Column
}

// objects is what is known now.
func (f *following) objects() Objects {
	f.mu.Lock()
	defer f.mu.Unlock()
	return Objects{
		Version: f.version, Kind: f.kind, Context: f.at.Name, Namespace: f.namespace,
		Columns: f.columns, Rows: f.rows.share(), Synced: f.rows.synced, Status: f.status,
	}
}

// reset forgets the rows, which are of another cluster than at.
func (f *following) reset(at Context) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.at, f.rows, f.columns = at, &table[*Object]{}, nil
	f.connecting()
	f.changed()
}

// refusedPause is how long a client waits before what will not pass by itself
// is tried again, unless something wakes it.
const refusedPause = 5 * time.Second

// run watches until ctx ends.
func (f *following) run(ctx context.Context) error {
	for pause := firstPause; ctx.Err() == nil; pause = min(pause*2, longestPause) {
		begun := time.Now()
		left, err := f.watch(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, ErrElsewhere):
			return err
		case err == nil:
			pause = firstPause / 2
			continue // the connection was given up for another one
		}
		f.lost(err)
		wait := pause
		if errors.Is(err, ErrForbidden) || errors.Is(err, ErrNotFound) {
			wait = f.client.refused
		} else if time.Since(begun) > longestPause {
			pause, wait = firstPause, firstPause
		}
		select {
		case <-ctx.Done():
		case <-left:
		case <-time.After(wait):
		}
	}
	return ctx.Err()
}

// lost records why there is no news.
func (f *following) lost(err error) {
	state := link.Connecting
	_, bad := f.client.Context()
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case bad != nil:
		state = link.Absent
	case errors.Is(err, ErrNotFound):
		f.rows, f.columns = &table[*Object]{}, nil // with the kind its objects are gone
	case f.rows.synced:
		state = link.Lost
	}
	f.setState(state, err)
}

// watch follows the kind on one connection. It returns nil if another one is
// to be used, and what is closed when that is so.
func (f *following) watch(ctx context.Context) (left <-chan struct{}, err error) {
	if at, err := f.client.Context(); err == nil && (at.Name != f.at.Name || at.Server != f.at.Server) {
		f.reset(at)
	}
	cn, err := f.client.connected(ctx)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(cn.life, cancel)()
	f.mu.Lock()
	w := &objectWatch{following: f, conn: cn, kind: f.kind, rows: f.rows}
	if w.rows.synced {
		w.rows = &table[*Object]{} // the rows there stay until the new list is whole
	}
	f.mu.Unlock()
	err = w.follow(ctx)
	if expired := apierrors.IsResourceExpired(err) || apierrors.IsGone(err); cn.life.Err() != nil || expired && w.rows.synced {
		return cn.life.Done(), nil
	}
	if err = explain("watching "+f.kind.String(), cn.at, err); errors.Is(err, ErrNotFound) {
		err = f.renewed(ctx, cn, err)
	}
	return cn.life.Done(), err
}

// renewed looks for the kind in another version, as when what defines it was
// upgraded. It returns nil if there is one, else what is to be said.
func (f *following) renewed(ctx context.Context, cn *conn, gone error) error {
	ctx, cancel := within(ctx)
	defer cancel()
	kinds, err := cn.ask(ctx)
	if err != nil {
		return gone
	}
	for _, k := range kinds {
		if k.Same(f.kind) && k.Version != f.kind.Version {
			f.mu.Lock()
			f.kind = k
			f.mu.Unlock()
			return nil
		}
		if k.Same(f.kind) {
			return gone
		}
	}
	return &Error{Doing: "watching " + f.kind.String(), Context: cn.at.Name, Server: cn.at.Server, Kind: ErrNotFound, Err: errNoKind}
}

var errNoKind = errors.New("the cluster has no such kind of objects; what defines it is not installed")
