package decks

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/link"
	"github.com/twindeck/twindeck/ui/screen"
)

// podsMeasured carries CPU and memory of the pods that were asked for.
type podsMeasured struct {
	asked []string
	by    map[string]kube.Stat
	err   error
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
			head: "CPU", width: 5, right: true, rank: 5, falls: true,
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
			head: "MEM", width: 5, right: true, rank: 6, falls: true,
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
// the time, the columns are shown, and no answer is outstanding. If they say in
// which order the rows are, all are asked for: a node tells of all its pods.
func (p *Part) samplePods(due bool) tea.Cmd {
	l := p.layout()
	if !due || p.samplingPods || p.right.board() != board(p.pods) || l.right == 0 || l.deckHeight == 0 || p.kube.Status.State != link.Live {
		return nil
	}
	if !p.pods.shows("CPU", l.right-2) {
		return nil
	}
	pods := p.podsToMeasure()
	if len(pods) == 0 {
		return nil
	}
	p.samplingPods = true
	life := p.origin().Bind(p.ctx.Life)
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(life, 10*time.Second)
		defer cancel()
		by, err := p.ctx.Env.Kube.PodStats(ctx, pods)
		msg := podsMeasured{by: by, err: err}
		for _, pod := range pods {
			msg.asked = append(msg.asked, pod.UID)
		}
		return msg
	}
}

// podsToMeasure are the pods that are asked for this time, of so many nodes as
// are asked at once.
func (p *Part) podsToMeasure() []*kube.Pod {
	seen, all := p.pods.toMeasure(func(r *kube.Pod) bool { return r.Node != "" && r.Phase != kube.PhaseDone })
	if len(all) == 0 {
		return seen
	}
	node := func(r *kube.Pod) string { return r.Node }
	now := inTurn(distinctOf(seen, node), distinctOf(all, node), &p.sampledNodes)
	asked := make(map[string]bool, len(now))
	for _, n := range now {
		asked[n] = true
	}
	return slices.DeleteFunc(all, func(r *kube.Pod) bool { return !asked[r.Node] })
}

func (p *Part) tookPods(msg podsMeasured) {
	p.samplingPods = false
	if len(msg.by) == 0 {
		return
	}
	if msg.err != nil {
		msg.asked = nil // some nodes did not answer: what was known of their pods stays
	}
	p.scene.podStats = merged(p.pods, p.scene.podStats, msg.asked, msg.by)
	p.pods.measured()
}
