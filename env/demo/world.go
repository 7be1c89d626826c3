package demo

import (
	"context"
	"sort"
	"sync"
	"time"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/link"
)

// world is everything there is. The engine, the cluster, the machine and the
// project of the environment are views of it. It runs on a list of things that
// happen later, which every look at the world first brings up to date; so
// nothing runs on its own, and a frozen clock makes all of it repeatable.
type world struct {
	mu     sync.Mutex
	clock  clock
	faults map[Fault]bool
	opened time.Time
	due    []happening
	serial int // of happenings, pods and builds: the source of all variety

	engineUp, clusterUp bool
	upSince             time.Time // of either
	buildCache          int64     // bytes nothing uses
	laptop              machine

	store                              // of the engine in use
	stores        map[string]store     // of the other engines, by Docker context
	dockerContext string               // in use
	movedAt       time.Time            // to it; zero: it was from the start
	builds        []docker.PastBuild   // newest first
	published     map[string]string    // digests the registry has, by reference
	pods          map[string]*kube.Pod // by namespace/name
	workloads     []*workload
	live          map[string]string // YAML in the cluster, by kube.Ref.String
	namespace     string            // watched; "" is all
	chosen        string            // kube context; "" is the kubeconfig's
	spaces        map[string]string // namespaces of the contexts that were left
	deleted       map[kube.Ref]bool // things that are gone
	turn          chan struct{}     // closed when rows change

	version       uint64
	dockerRows    []*docker.Container // as of version; nil when stale
	podRows       []*kube.Pod
	dockerNotice  *link.Notice
	clusterNotice *link.Notice
}

// happening is something that will happen at a time.
type happening struct {
	at     time.Time
	serial int
	do     func(at time.Time)
}

func newWorld(c clock, faults []Fault) *world {
	w := &world{
		clock:         c,
		faults:        map[Fault]bool{},
		opened:        c.Now(),
		store:         newStore(),
		stores:        map[string]store{},
		dockerContext: desktopContext,
		published:     map[string]string{},
		pods:          map[string]*kube.Pod{},
		live:          map[string]string{},
		deleted:       map[kube.Ref]bool{},
		spaces:        map[string]string{},
		turn:          make(chan struct{}),
		dockerNotice:  link.NewNotice(time.Second / 30),
		clusterNotice: link.NewNotice(time.Second / 30),
	}
	for _, f := range faults {
		w.faults[f] = true
	}
	w.engineUp = !w.has(EngineOff)
	w.clusterUp = w.engineUp && !w.has(KubernetesOff)
	w.upSince = w.opened.Add(-4 * 24 * time.Hour)
	w.buildCache = 3_120_000_000
	w.laptop = w.machine()
	w.builds = w.pastBuilds()
	w.cast()
	return w
}

func (w *world) has(f Fault) bool { return w.faults[f] }

// later arranges for do to happen after a while; do is called with the world
// locked. The caller holds the lock.
func (w *world) later(from time.Time, after time.Duration, do func(at time.Time)) {
	w.serial++
	w.due = append(w.due, happening{from.Add(after), w.serial, do})
}

// lock brings the world up to date and locks it; the returned time is now.
func (w *world) lock() time.Time {
	w.mu.Lock()
	now := w.clock.Now()
	for {
		sort.Slice(w.due, func(i, j int) bool {
			a, b := w.due[i], w.due[j]
			return a.at.Before(b.at) || a.at.Equal(b.at) && a.serial < b.serial
		})
		if len(w.due) == 0 || w.due[0].at.After(now) {
			return now
		}
		next := w.due[0]
		w.due = w.due[1:]
		next.do(next.at)
	}
}

// changed says that rows differ from before. The caller holds the lock.
func (w *world) changed() {
	w.version++
	w.dockerRows, w.podRows = nil, nil
	w.dockerNotice.Touch()
	w.clusterNotice.Touch()
	close(w.turn)
	w.turn = make(chan struct{})
}

// pass lets time go by, or returns ctx's error if that ends first.
func (w *world) pass(ctx context.Context, d time.Duration) error {
	if err := w.clock.Sleep(ctx, d); err != nil {
		return err
	}
	w.lock()
	w.mu.Unlock()
	return nil
}

// run keeps a living world up to date until ctx ends.
func (w *world) run(ctx context.Context) error {
	if _, frozen := w.clock.(*frozenClock); frozen {
		<-ctx.Done()
		return ctx.Err()
	}
	for {
		if err := w.pass(ctx, 250*time.Millisecond); err != nil {
			return err
		}
	}
}
