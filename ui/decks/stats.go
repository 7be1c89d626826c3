package decks

import (
	"context"
	"maps"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/link"
)

// sampledAtOnce is how many containers, or nodes for their pods, are asked at a
// time for what is used. More are asked in turn.
const sampledAtOnce = 100

// sampled carries CPU and memory of the containers that were asked.
type sampled struct {
	asked []string
	stats map[string]docker.Stat
	err   error
}

// sample asks for CPU and memory of the running containers that can be seen,
// if now is the time, the columns are shown, and no answer is outstanding. If
// they say in which order the rows are, all are asked.
func (p *Part) sample(due bool) tea.Cmd {
	l := p.layout()
	if !due || p.sampling || p.left.board() != board(p.containers) || l.left == 0 || l.deckHeight == 0 || p.docker.Status.State != link.Live {
		return nil
	}
	wanted := p.containers.shows("CPU", l.left-2)
	if !wanted {
		return nil
	}
	seen, all := p.containers.toMeasure(running)
	ids := inTurn(distinctOf(seen, containerID), distinctOf(all, containerID), &p.sampledTo)
	if len(ids) == 0 {
		return nil
	}
	p.sampling = true
	life := p.origin().Bind(p.ctx.Life)
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(life, 10*time.Second)
		defer cancel()
		stats, err := p.ctx.Env.Docker.Stats(ctx, ids)
		return sampled{ids, stats, err}
	}
}

func (p *Part) tookSample(msg sampled) {
	p.sampling = false
	if msg.err == nil {
		p.scene.stats = merged(p.containers, p.scene.stats, msg.asked, msg.stats)
		p.containers.measured()
	}
}

func running(c *docker.Container) bool { return c.State == "running" }

func containerID(c *docker.Container) string { return c.ID }

// distinctOf is what rows have of something, each once.
func distinctOf[T any](rows []T, what func(T) string) []string {
	out := make([]string, 0, len(rows))
	had := make(map[string]bool, len(rows))
	for _, r := range rows {
		if w := what(r); !had[w] {
			had[w] = true
			out = append(out, w)
		}
	}
	return out
}

// toMeasure are the rows that use something: those that can be seen, and all of
// them if that is needed to put the rows in order.
func (d *deck[T]) toMeasure(uses func(T) bool) (seen, all []T) {
	for _, l := range d.visible() {
		if l.head == nil && uses(l.row) {
			seen = append(seen, l.row)
		}
	}
	if !d.byUse() {
		return seen, nil
	}
	for _, r := range d.rows { // not as they are sorted: that changes between two turns
		if uses(r) && !d.isHidden(r) && d.passes(r) {
			all = append(all, r)
		}
	}
	return seen, all
}

// inTurn returns what is asked this time: what can be seen, and of all as many
// as there is room for, from where the last time ended.
func inTurn(seen, all []string, to *int) []string {
	now := make(map[string]bool, sampledAtOnce)
	for _, id := range seen {
		now[id] = true
	}
	for range all {
		if len(now) >= sampledAtOnce {
			break
		}
		id := all[*to%len(all)]
		*to++
		if !now[id] {
			now[id] = true
			seen = append(seen, id)
		}
	}
	return seen
}

// merged are the figures that are known now: those that came, and the former
// ones of rows that were not asked this time.
func merged[T, S any](d *deck[T], had map[string]S, asked []string, came map[string]S) map[string]S {
	now := make(map[string]S, len(had))
	for _, r := range d.rows {
		id := d.kind.id(r)
		if s, ok := had[id]; ok {
			now[id] = s
		}
	}
	for _, id := range asked {
		delete(now, id)
	}
	maps.Copy(now, came)
	return now
}

// measured says that CPU and memory are others now: rows sorted by them move.
func (d *deck[T]) measured() {
	d.stale = d.stale || d.byUse()
}

// byUse reports whether rows are in the order of what they use.
func (d *deck[T]) byUse() bool {
	head := d.kind.columns[d.sort].head
	return head == "CPU" || head == "MEM"
}
