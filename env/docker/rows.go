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
	version uint64
	byID    map[string]*Container
	sorted  []*Container // cut when byID changes
	stale   bool         // sorted must be made anew
	status  link.Status
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
	return Snapshot{Version: r.version, Containers: r.sorted, Status: r.status}
}

// replace puts all in place of everything known.
func (r *rows) replace(all []*Container) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.byID = make(map[string]*Container, len(all))
	for _, c := range all {
		r.byID[c.ID] = c
	}
	r.touched()
}

// update replaces the rows of asked by those in found; what was asked for and
// not found is gone.
func (r *rows) update(asked []string, found []*Container) {
	r.mu.Lock()
	defer r.mu.Unlock()
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
func (r *rows) stand(state link.State, err error) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
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
