package docker

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/twindeck/twindeck/env/link"
)

// rows is what is known of the containers. Containers in it are never
// changed, only replaced. Its zero value is ready for use.
type rows struct {
	mu      sync.Mutex
	turn    uint64   // Client.turn: what comes from a connection of an earlier one is dropped
	from    Endpoint // of the rows
	lists   lists
	version uint64
	byID    map[string]*Container
	sorted  []*Container // cut when byID changes
	stale   bool         // sorted must be made anew
	status  link.Status
}

// lists counts what happened to the lists that are asked for when needed.
type lists struct{ images, volumes, networks uint64 }

// changes are the lists among these that something may have changed.
type changes uint8

const (
	imagesChanged changes = 1 << iota
	volumesChanged
	networksChanged
	allChanged = imagesChanged | volumesChanged | networksChanged
)

func (l *lists) moved(which changes) {
	if which&imagesChanged != 0 {
		l.images++
	}
	if which&volumesChanged != 0 {
		l.volumes++
	}
	if which&networksChanged != 0 {
		l.networks++
	}
}

// snapshot returns the rows, sorted by name.
func (r *rows) snapshot() Snapshot {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stale {
		r.sorted = slices.SortedFunc(maps.Values(r.byID), func(a, b *Container) int {
			return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
		})
		r.stale = false
	}
	return Snapshot{
		Version: r.version, Containers: r.sorted, Status: r.status, Endpoint: r.from,
		Images: r.lists.images, Volumes: r.lists.volumes, Networks: r.lists.networks,
	}
}

// reset forgets the rows: they were of an engine that nobody wants to see any
// more. News of that engine is dropped from now on.
func (r *rows) reset(turn uint64, at Endpoint) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.turn, r.from = turn, at
	r.byID = nil
	r.touched()
	r.lists.moved(allChanged)
	r.status = link.Status{State: link.Connecting, Since: time.Now()}
}

// mark says that lists may have changed.
func (r *rows) mark(turn uint64, which changes) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.turn == turn {
		r.lists.moved(which)
	}
}

// replace puts list in place of everything known.
func (r *rows) replace(cn *conn, list []*Container) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.turn != cn.turn {
		return
	}
	r.from = cn.target.Endpoint
	r.byID = make(map[string]*Container, len(list))
	for _, c := range list {
		r.byID[c.ID] = c
	}
	r.touched()
}

// update replaces the rows of asked by those in found; what was asked for and
// not found is gone.
func (r *rows) update(cn *conn, asked []string, found []*Container) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.turn != cn.turn {
		return
	}
	if r.byID == nil {
		r.byID = map[string]*Container{}
	}
	for _, id := range asked {
		delete(r.byID, id)
	}
	for _, c := range found {
		r.byID[c.ID] = c
	}
	r.touched()
}

func (r *rows) touched() {
	r.version++
	r.stale = true
	r.status.News = time.Now()
}

// get returns a container, or nil.
func (r *rows) get(id string) *Container {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.byID[id]
}

// stand sets the connection's state. It reports whether that is news.
func (r *rows) stand(turn uint64, state link.State, err error) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.turn != turn {
		return false
	}
	now := time.Now()
	if state == link.Live {
		r.status.News = now
	}
	same := r.status.State == state && text(r.status.Err) == text(err)
	if same {
		return false
	}
	if r.status.State != state {
		r.status.Since = now
	}
	r.status.State, r.status.Err = state, err
	r.version++
	return true
}

// wasLive reports whether the engine ever answered.
func (r *rows) wasLive() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !r.status.News.IsZero()
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
