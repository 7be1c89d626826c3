package ui

import (
	"context"
	"fmt"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/demo"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/link"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
)

// A large cluster, as test/bench has it on the fixture: 10,000 pods of 50
// owners, of which 200 change in a second, told 30 times a second.
const (
	benchPods   = 10_000
	benchOwners = 50
	benchChange = 7
)

// crowd is that cluster, and the app that shows it.
type crowd struct {
	app  *App
	pods []*kube.Pod
	news kube.Snapshot
	next int // pod that changes next
}

func newCrowd(b *testing.B) *crowd {
	life, cancel := context.WithCancel(context.Background())
	b.Cleanup(cancel)
	c := &crowd{app: NewApp(life, demo.Open(), Options{Start: keys.Decks, Now: func() time.Time { return noon }})}
	c.app.Update(tea.WindowSizeMsg{Width: 140, Height: 40})
	for i := range benchPods {
		owner := i * benchOwners / benchPods
		c.pods = append(c.pods, &kube.Pod{
			UID: fmt.Sprintf("00000000-0000-0000-0000-%012d", i), Namespace: "scale", Name: fmt.Sprintf("app-%02d-%05d", owner, i),
			Owner: kube.Owner{Kind: "Deployment", Name: fmt.Sprintf("app-%02d", owner)}, Status: "Running", Phase: kube.PhaseReady,
			Ready: 1, Total: 1, Created: noon.Add(-time.Hour), Node: "node-1", Images: []kube.PodImage{{Container: "main", Image: "app:1", Digest: "sha256:1"}},
		})
	}
	c.news = kube.Snapshot{Namespace: "scale", Context: "bench", Synced: true, Status: link.Status{State: link.Live}}
	c.change()
	c.press("2")
	c.press("tab")
	return c
}

// change tells the app of the pods that changed since it was told last.
func (c *crowd) change() {
	rows := append(make([]*kube.Pod, 0, len(c.pods)), c.pods...)
	for range benchChange {
		p := *rows[c.next]
		p.Restarts++
		rows[c.next] = &p
		c.next = (c.next + 1) % len(rows)
	}
	c.pods = rows
	c.news.Version++
	c.news.Pods = rows
	c.app.Update(screen.KubeNews{Snapshot: c.news})
}

func (c *crowd) press(key string) { c.app.Update(keyPress(key)) }

func BenchmarkPodsChange(b *testing.B) {
	c := newCrowd(b)
	b.ReportAllocs()
	for b.Loop() {
		c.change()
		_ = c.app.draw()
	}
}

func BenchmarkKeyAmongPods(b *testing.B) {
	c := newCrowd(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		c.press([]string{"j", "k"}[i/20%2])
		_ = c.app.draw()
	}
}

func BenchmarkSecondPasses(b *testing.B) {
	c := newCrowd(b)
	b.ReportAllocs()
	for b.Loop() {
		c.app.Update(screen.Tick{})
		_ = c.app.draw()
	}
}
