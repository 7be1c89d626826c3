package decks

import (
	"cmp"
	"context"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/link"
	"github.com/twindeck/twindeck/ui/screen"
)

// podsMeasured carries CPU and memory of the pods that were on the screen.
type podsMeasured struct {
	by  map[string]kube.Stat
	err error
}

// useColumns are CPU and memory, in Kubernetes' own units: thousandths of a
// core and bytes.
func useColumns() []column[*kube.Pod] {
	stat := func(r *kube.Pod, in *scene) (kube.Stat, bool) {
		s, ok := in.podStats[r.UID]
		return s, ok && r.Phase != kube.PhaseDone
	}
	return []column[*kube.Pod]{
		{
			head: "CPU", width: 5, right: true, from: 70,
			text: func(r *kube.Pod, in *scene) string {
				s, ok := stat(r, in)
				if !ok {
					return "-"
				}
				return milliCores(s.CPU)
			},
			order: func(a, b *kube.Pod, in *scene) int {
				return cmp.Compare(in.podStats[b.UID].CPU, in.podStats[a.UID].CPU)
			},
		},
		{
			head: "MEM", width: 5, right: true, from: 70,
			text: func(r *kube.Pod, in *scene) string {
				s, ok := stat(r, in)
				if !ok {
					return "-"
				}
				return screen.Bytes(s.Memory)
			},
			order: func(a, b *kube.Pod, in *scene) int {
				return cmp.Compare(in.podStats[b.UID].Memory, in.podStats[a.UID].Memory)
			},
		},
	}
}

// milliCores writes cores as kubectl top does: 2m, 250m, 1500m.
func milliCores(cores float64) string { return strconv.Itoa(int(cores*1000+0.5)) + "m" }

// samplePods asks for CPU and memory of the pods that can be seen, if now is
// the time, the columns are shown, and no answer is outstanding.
func (p *Part) samplePods(due bool) tea.Cmd {
	l := p.layout()
	if !due || p.samplingPods || p.right.board() != board(p.pods) || l.right == 0 || l.deckHeight == 0 || p.kube.Status.State != link.Live {
		return nil
	}
	if !p.pods.shows("CPU", l.right-2) {
		return nil
	}
	var seen []*kube.Pod
	for _, line := range p.pods.visible() {
		if line.head == nil && line.row.Node != "" && line.row.Phase != kube.PhaseDone {
			seen = append(seen, line.row)
		}
	}
	if len(seen) == 0 {
		return nil
	}
	p.samplingPods = true
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(p.ctx.Life, 10*time.Second)
		defer cancel()
		by, err := p.ctx.Env.Kube.PodStats(ctx, seen)
		return podsMeasured{by, err}
	}
}

func (p *Part) tookPods(msg podsMeasured) {
	p.samplingPods = false
	if len(msg.by) > 0 {
		p.scene.podStats = msg.by
		p.pods.measured()
	}
}

// shows reports whether a column has room.
func (d *deck[T]) shows(head string, width int) bool {
	for _, c := range d.shownColumns(width) {
		if c.head == head {
			return true
		}
	}
	return false
}
