package docker

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
	"golang.org/x/sync/errgroup"

	"github.com/twindeck/twindeck/env/link"
)

// How long to wait between attempts to reach an engine.
const (
	firstWait = 50 * time.Millisecond
	longWait  = time.Second
	// retryTime bounds an attempt after the first: a dead proxy in front of
	// the engine may swallow one, and the next must not wait for it.
	retryTime = 1500 * time.Millisecond
)

// Changed delivers a value after Snapshot changed, at most 30 times a second.
func (c *Client) Changed() <-chan struct{} { return c.notice.C() }

// Snapshot is what is known now. Rows stay when the engine is lost; Status
// tells since when they are old.
func (c *Client) Snapshot() Snapshot { return c.rows.snapshot() }

// Run keeps Snapshot up to date until ctx ends: it subscribes to the engine's
// events, lists, and then asks only for the containers that events name. A
// lost engine is looked for at least once a second. It returns ctx's error.
func (c *Client) Run(ctx context.Context) error {
	wait, limit := firstWait, answerTime
	for ctx.Err() == nil {
		turn := c.current()
		live, err := c.follow(ctx, limit)
		if ctx.Err() != nil {
			break
		}
		if c.current() != turn {
			wait, limit = firstWait, answerTime
			continue
		}
		c.lost(turn, err)
		if live {
			wait = firstWait
		}
		limit = retryTime
		select {
		case <-ctx.Done():
		case <-c.moved:
		case <-time.After(wait):
		}
		wait = min(2*wait, longWait)
	}
	return ctx.Err()
}

// lost records why the engine is not there.
func (c *Client) lost(turn uint64, err error) {
	state := link.Connecting
	switch {
	case c.rows.wasLive():
		state = link.Lost
	case errors.Is(err, ErrConfig):
		state = link.Absent
	}
	if c.rows.stand(turn, state, err) {
		c.notice.Touch()
	}
}

// follow reaches the engine within limit and keeps the rows true until it is
// lost. live reports whether it was reached.
func (c *Client) follow(ctx context.Context, limit time.Duration) (live bool, err error) {
	cn, err := c.conn(ctx)
	if err != nil {
		return false, err
	}
	defer c.drop(cn)
	ctx, cancel := context.WithCancel(ctx)
	var reader sync.WaitGroup
	defer reader.Wait()
	defer cancel()
	reader.Go(func() {
		select {
		case <-cn.left: // another engine was chosen
			cancel()
		case <-ctx.Done():
		}
	})
	if _, err := askAt(ctx, cn, limit, "connecting to the Docker engine", ping); err != nil {
		return false, err
	}
	// Subscribed before listing, so that nothing happens unseen in between.
	stream, err := subscribe(ctx, cn)
	if err != nil {
		return false, err
	}
	changed := newDirty()
	ended := make(chan error, 1)
	reader.Go(func() { ended <- read(stream, changed) })

	w := watch{Client: c, conn: cn}
	c.rows.mark(cn.turn, allChanged) // while nobody followed, anything may have happened
	if err := w.all(ctx); err != nil {
		return false, err
	}
	c.pin(cn)
	learn := time.NewTicker(learnEvery)
	defer learn.Stop()
	for {
		select {
		case <-ctx.Done():
			return true, ctx.Err()
		case err := <-ended:
			return true, cn.explain("following the Docker engine's events", limit, gone(err))
		case <-c.alarm:
			if _, err := askAt(ctx, cn, answerTime, "asking the Docker engine for a sign of life", ping); err != nil {
				return true, err
			}
			c.rows.stand(cn.turn, link.Live, nil)
		case <-learn.C:
			if err := w.learn(ctx); err != nil {
				return true, err
			}
		case <-changed.some:
			if err := w.catchUp(ctx, changed); err != nil {
				return true, err
			}
		}
	}
}

// isLoss reports whether err means that the engine itself is out of reach.
func isLoss(err error) bool {
	return errors.Is(err, ErrUnreachable) || errors.Is(err, ErrTimeout) || errors.Is(err, ErrPermission)
}

// watch asks for rows over one connection.
type watch struct {
	*Client
	conn *conn
}

// manyChanged is the number of changed containers from which one list of all
// is cheaper than a list with that many filters.
const manyChanged = 40

// all lists every container, shows that, then adds what only inspect knows.
func (w watch) all(ctx context.Context) error {
	list, err := w.list(ctx, nil)
	if err != nil {
		return err
	}
	w.show(func() { w.rows.replace(w.conn, list) })
	return w.detail(ctx, list)
}

// catchUp asks for what events named.
func (w watch) catchUp(ctx context.Context, changed *dirty) error {
	n := changed.take()
	ids := slices.Collect(maps.Keys(n.ids))
	if n.lists != 0 {
		w.rows.mark(w.conn.turn, n.lists)
		w.notice.Touch()
	}
	if n.digests {
		w.digests.clear()
	}
	for _, id := range n.early {
		if err := w.settled(ctx, id); err != nil {
			return err
		}
	}
	if n.digests || len(ids) >= manyChanged {
		return w.all(ctx)
	}
	if len(ids) == 0 {
		return nil
	}
	list, err := w.list(ctx, ids)
	if err != nil {
		return err
	}
	w.show(func() { w.rows.update(w.conn, ids, list) })
	return w.detail(ctx, list)
}

// settled waits until the engine has done what it told of early: to inspect a
// container takes the lock that is held meanwhile, to list does not.
func (w watch) settled(ctx context.Context, id string) error {
	_, err := askAt(ctx, w.conn, workTime, "inspecting container "+short(id), func(ctx context.Context, cn *conn) (client.ContainerInspectResult, error) {
		return cn.api.ContainerInspect(ctx, id, client.ContainerInspectOptions{})
	})
	if isLoss(err) || ctx.Err() != nil {
		return err
	}
	return nil // it may be gone by now: the list tells
}

func (w watch) show(change func()) {
	change()
	w.rows.stand(w.conn.turn, link.Live, nil)
	w.notice.Touch()
}

// list asks for rows: those of ids, or all. What inspect told earlier stays
// until it is asked anew.
func (w watch) list(ctx context.Context, ids []string) ([]*Container, error) {
	return askAt(ctx, w.conn, workTime, "listing containers", func(ctx context.Context, cn *conn) ([]*Container, error) {
		o := client.ContainerListOptions{All: true}
		if ids != nil {
			o.Filters = client.Filters{}.Add("id", ids...)
		}
		r, err := cn.api.ContainerList(ctx, o)
		if err != nil {
			return nil, err
		}
		list, once := make([]*Container, 0, len(r.Items)), interned{}
		for _, s := range r.Items {
			list = append(list, w.keep(s, once))
		}
		return list, nil
	})
}

func (w watch) keep(s container.Summary, once interned) *Container {
	c := fromSummary(s)
	for i, l := range c.Labels {
		c.Labels[i] = once.text(l)
	}
	if old := w.rows.get(s.ID); old != nil {
		if slices.Equal(c.Labels, old.Labels) {
			c.Labels = old.Labels
		}
		c.Started, c.Restarts = old.Started, old.Restarts
		c.OutOfMemory, c.NotStarted = old.OutOfMemory, old.NotStarted
		c.Image = named(c.Image, old.Image)
		if c.ImageID == old.ImageID {
			c.ImageDigest, c.ImageConfig, c.ImageAlso = old.ImageDigest, old.ImageConfig, old.ImageAlso
		}
	}
	return &c
}

// named is what to call a container's image. The list names it by its ID once
// the user's name leads to another one, as after a build under the same tag.
func named(listed, user string) string {
	if isDigest(listed) && user != "" {
		return user
	}
	return listed
}

// interned keeps one copy of texts that many containers share.
type interned map[string]string

func (in interned) text(s string) string {
	if known, ok := in[s]; ok {
		return known
	}
	in[s] = s
	return s
}

// detail inspects containers, a few at a time, and shows the result. A
// container that cannot be inspected (it may be gone by now) stays as it is.
func (w watch) detail(ctx context.Context, list []*Container) error {
	full := make([]*Container, len(list))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(parallel)
	for i, c := range list {
		group.Go(func() error {
			next, err := w.inspect(ctx, *c)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if isLoss(err) {
				return err
			}
			full[i] = &next
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	ids := make([]string, len(full))
	for i, c := range full {
		ids[i] = c.ID
	}
	if len(ids) > 0 {
		w.show(func() { w.rows.update(w.conn, ids, full) })
	}
	return nil
}

func (w watch) inspect(ctx context.Context, c Container) (Container, error) {
	d, err := askAt(ctx, w.conn, workTime, "inspecting container "+c.Name, func(ctx context.Context, cn *conn) (detail, error) {
		r, err := cn.api.ContainerInspect(ctx, c.ID, client.ContainerInspectOptions{})
		return toDetail(r.Container), err
	})
	if err != nil {
		return c, err
	}
	c.Started, c.Restarts = d.started, d.restarts
	c.OutOfMemory, c.NotStarted = d.outOfMemory, d.notStarted
	c.Image = named(c.Image, d.image)
	if known, err := w.digest(ctx, w.conn, c.ImageID); err != nil {
		return c, err
	} else if known.manifest != "" || known.config != "" {
		c.learned(known)
	}
	return c, nil
}
