package decks

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/ui/detail"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

// countPause is how long sizes are believed: the engine reads all its disk to
// count them.
const countPause = 30 * time.Second

// newVolumes returns the list of volumes. How big they are is asked for
// besides: the engine counts for seconds.
func (p *Part) newVolumes() *engineList[*docker.Volume] {
	sizes := map[string]int64{}
	l := &engineList[*docker.Volume]{
		changes: func(s docker.Snapshot) uint64 { return s.Volumes },
		read:    p.ctx.Env.Docker.Volumes,
	}
	counting, counted := false, time.Time{}
	l.drop = func() {
		clear(sizes)
		counting, counted = false, time.Time{}
	}
	l.more = func() tea.Cmd {
		if counting || p.ctx.Now().Sub(counted) < countPause {
			return nil
		}
		counting, counted = true, p.ctx.Now()
		life, engine := p.origin().Bind(p.ctx.Life), l.engine
		return func() tea.Msg {
			ctx, cancel := context.WithTimeout(life, listLimit)
			defer cancel()
			found, err := p.ctx.Env.Docker.VolumeSizes(ctx)
			return listed{func() tea.Cmd {
				if engine != l.engine {
					return nil
				}
				counting = false
				if err == nil {
					clear(sizes)
					for name, n := range found {
						sizes[name] = n
					}
					l.stale = true
				}
				return nil
			}}
		}
	}
	k := volumeKind(sizes)
	k.subject = detail.Volume
	k.act = func(a keys.Action, on chosen[*docker.Volume]) (tea.Cmd, bool) { return p.actOnVolumes(a, on, sizes) }
	engineKind(p, k, "volumes", func() error { return l.err })
	l.deck = newDeck(k, &p.scene)
	return l
}

func volumeKind(sizes map[string]int64) *kind[*docker.Volume] {
	type v = *docker.Volume
	size := func(r v) int64 {
		if n, ok := sizes[r.Name]; ok {
			return n
		}
		return r.Size
	}
	return &kind[v]{
		noun:   "Volumes",
		one:    "A volume",
		copies: volumeCopies,
		short:  "volumes",
		id:     func(r v) string { return r.Name },
		level:  func(r v) theme.Level { return usedLevel(r.UsedBy) },
		users:  func(r v) []string { return r.UsedBy },
		group: func(r v) groupKey {
			if r.Anonymous && r.Project == "" {
				return groupKey{rank: rankSystem, name: "without a name"}
			}
			return composeGroup(r.Project)
		},
		title: composeTitle,
		fields: func(r v, to []string) []string {
			return append(to, r.Name, r.Driver, strings.Join(r.UsedBy, " "), r.Project, r.Mountpoint)
		},
		labels: func(r v) []string { return r.Labels },
		columns: []column[v]{
			{
				head: "NAME", least: 12, width: 20,
				text:  func(r v, _ *scene) string { return screen.Clean(strings.TrimPrefix(r.Name, r.Project+"_")) },
				full:  func(r v, _ *scene) string { return screen.Clean(r.Name) },
				cut:   screen.CutMiddle,
				order: func(a, b v, _ *scene) int { return cmp.Compare(a.Name, b.Name) },
			},
			{
				head: "DRIVER", width: 7, rank: 3,
				text:  func(r v, _ *scene) string { return screen.Clean(r.Driver) },
				order: func(a, b v, _ *scene) int { return cmp.Compare(a.Driver, b.Driver) },
			},
			{
				head: "USED BY", width: 14, rank: 2, falls: true,
				text:  func(r v, _ *scene) string { return usedBy(r.UsedBy) },
				order: func(a, b v, _ *scene) int { return cmp.Compare(len(b.UsedBy), len(a.UsedBy)) },
			},
			{
				head: "SIZE", width: 5, right: true, falls: true,
				text: func(r v, _ *scene) string {
					if n := size(r); n >= 0 {
						return screen.Bytes(n)
					}
					return "-"
				},
				order: func(a, b v, _ *scene) int { return cmp.Compare(size(b), size(a)) },
			},
			{
				head: "AGE", width: 4, right: true, rank: 1,
				text:  func(r v, in *scene) string { return screen.Age(in.now, r.Created) },
				order: func(a, b v, _ *scene) int { return b.Created.Compare(a.Created) },
			},
		},
	}
}

// usedBy names the first container, and how many more there are.
func usedBy(names []string) string {
	switch len(names) {
	case 0:
		return "-"
	case 1:
		return screen.Clean(names[0])
	}
	return fmt.Sprintf("%s +%d", screen.Clean(names[0]), len(names)-1)
}

func (p *Part) actOnVolumes(a keys.Action, on chosen[*docker.Volume], sizes map[string]int64) (tea.Cmd, bool) {
	d := p.ctx.Env.Docker
	return removeRows(p, a, on, removal[*docker.Volume]{
		one: "volume", command: "docker volume rm",
		name: func(r *docker.Volume) string { return r.Name },
		note: func(r *docker.Volume) string {
			size := ""
			if n, ok := sizes[r.Name]; ok {
				size = ", " + screen.Bytes(n)
			}
			return size + usedNote(r.UsedBy)
		},
		run: func(ctx context.Context, r *docker.Volume) error { return d.RemoveVolume(ctx, r.Name) },
		lost: [2]string{
			"Lost: all data in it, for good. No image and no container has a copy.",
			"Lost: all data in them, for good. No image and no container has a copy.",
		},
	})
}
