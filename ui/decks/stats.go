package decks

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/link"
)

// sampled carries CPU and memory of the containers that were on the screen.
type sampled struct {
	stats map[string]docker.Stat
	err   error
}

// sample asks for CPU and memory of the running containers that can be seen,
// if now is the time, the columns are shown, and no answer is outstanding.
func (p *Part) sample(due bool) tea.Cmd {
	l := p.layout()
	if !due || p.sampling || p.left.board() != board(p.containers) || l.left == 0 || l.deckHeight == 0 || p.docker.Status.State != link.Live {
		return nil
	}
	wanted := p.containers.shows("CPU", l.left-2)
	var ids []string
	for _, line := range p.containers.visible() {
		if line.head == nil && line.row.State == "running" {
			ids = append(ids, line.row.ID)
		}
	}
	if !wanted || len(ids) == 0 {
		return nil
	}
	p.sampling = true
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(p.ctx.Life, 10*time.Second)
		defer cancel()
		stats, err := p.ctx.Env.Docker.Stats(ctx, ids)
		return sampled{stats, err}
	}
}

// measured says that CPU and memory are others now: rows sorted by them move.
func (d *deck[T]) measured() {
	head := d.kind.columns[d.sort].head
	d.stale = d.stale || head == "CPU" || head == "MEM"
}
