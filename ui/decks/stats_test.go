package decks

import (
	"context"
	"fmt"
	"testing"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/link"
)

// measuring is an engine and a cluster that are asked what is used: as much as
// use says of the name.
type measuring struct {
	env.Docker
	use   map[string]int64
	asked int // containers, the last time
}

func (m *measuring) Stats(_ context.Context, ids []string) (map[string]docker.Stat, error) {
	m.asked = len(ids)
	out := map[string]docker.Stat{}
	for _, id := range ids {
		out[id] = docker.Stat{CPU: float64(m.use[id]), Memory: m.use[id]}
	}
	return out, nil
}

type measuringPods struct {
	env.Kube
	use   map[string]int64
	nodes map[string]bool // the last time
	fails error
}

func (m *measuringPods) PodStats(_ context.Context, pods []*kube.Pod) (map[string]kube.Stat, error) {
	m.nodes = map[string]bool{}
	out := map[string]kube.Stat{}
	for i, p := range pods {
		m.nodes[p.Node] = true
		if m.fails == nil || i == 0 {
			out[p.UID] = kube.Stat{CPU: float64(m.use[p.UID]), Memory: m.use[p.UID]}
		}
	}
	return out, m.fails
}

// numbered are n names in order, and what they use: those at the end most.
func numbered(n int) (names []string, use map[string]int64) {
	use = map[string]int64{}
	for i := range n {
		names = append(names, fmt.Sprintf("c%03d", i))
		use[names[i]] = int64(i + 1)
	}
	return names, use
}

func sortTo[T any](d *deck[T], head string) {
	for d.kind.columns[d.sort].head != head {
		d.sortBy(1)
	}
}

// firstRow is the row on top, however far the deck is scrolled.
func firstRow[T any](d *deck[T]) string { return d.kind.id(d.passed()[0]) }

func TestContainersAreSortedByWhatAllOfThemUse(t *testing.T) {
	const n = 250
	names, use := numbered(n)
	rows := make([]*docker.Container, n)
	for i, name := range names {
		rows[i] = &docker.Container{ID: name, Name: name, State: "running"}
	}
	e := &measuring{use: use}
	p := testPart(t, &env.Environment{Docker: e})
	show := func(rows []*docker.Container) {
		p.docker = docker.Snapshot{Containers: rows, Status: link.Status{State: link.Live}}
		p.containers.setRows(rows)
	}
	sample := func() {
		for _, msg := range answers(p.sample(true)) {
			p.Update(msg)
		}
	}
	show(rows)
	sample()
	if seen := p.containers.height - 1; e.asked != seen {
		t.Errorf("%d were asked, %d can be seen", e.asked, seen)
	}
	p.containers.page(3)
	sample()
	if _, known := p.scene.stats["c000"]; !known {
		t.Error("what a row uses is forgotten once it is scrolled away")
	}
	p.containers.first()
	sortTo(p.containers, "CPU")
	for range 4 { // what can be seen is asked every time
		sample()
		if e.asked > sampledAtOnce {
			t.Errorf("%d were asked at once", e.asked)
		}
	}
	if len(p.scene.stats) != n || firstRow(p.containers) != "c249" {
		t.Errorf("%d of %d are known, and %s is on top", len(p.scene.stats), n, firstRow(p.containers))
	}
	p.containers.last()
	sample()
	if top := firstRow(p.containers); top != "c249" {
		t.Errorf("after scrolling %s is on top", top)
	}
	show(rows[:200])
	sample()
	if len(p.scene.stats) != 200 || firstRow(p.containers) != "c199" {
		t.Errorf("%d are known of 200, and %s is on top", len(p.scene.stats), firstRow(p.containers))
	}
}

func TestPodsAreSortedByWhatAllOfThemUse(t *testing.T) {
	const n = 250
	names, use := numbered(n)
	for name, tc := range map[string]struct{ nodes, turns int }{
		"two nodes":           {2, 1},
		"a node for each pod": {n, 4},
	} {
		t.Run(name, func(t *testing.T) {
			rows := make([]*kube.Pod, n)
			for i, name := range names {
				rows[i] = testPod("shop", "web", name)
				rows[i].UID, rows[i].Node = name, fmt.Sprint("node", i%tc.nodes)
			}
			k := &measuringPods{use: use}
			p := testPart(t, &env.Environment{Docker: &measuring{}, Kube: k})
			p.kube = kube.Snapshot{Namespace: "shop", Pods: rows, Status: link.Status{State: link.Live}}
			p.pods.setRows(rows)
			sample := func() {
				for _, msg := range answers(p.samplePods(true)) {
					p.Update(msg)
				}
			}
			sample()
			if seen := p.pods.height - 1; len(p.scene.podStats) != seen {
				t.Errorf("%d were asked for, %d can be seen", len(p.scene.podStats), seen)
			}
			sortTo(p.pods, "MEM")
			for range tc.turns {
				sample()
				if len(k.nodes) > sampledAtOnce {
					t.Errorf("%d nodes were asked at once", len(k.nodes))
				}
			}
			if len(p.scene.podStats) != n || firstRow(p.pods) != "c249" {
				t.Errorf("%d of %d are known, and %s is on top", len(p.scene.podStats), n, firstRow(p.pods))
			}
			p.pods.last()
			k.fails = context.DeadlineExceeded
			sample()
			if len(p.scene.podStats) != n || firstRow(p.pods) != "c249" {
				t.Errorf("a node fails: %d of %d are known, and %s is on top", len(p.scene.podStats), n, firstRow(p.pods))
			}
		})
	}
}
