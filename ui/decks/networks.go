package decks

import (
	"cmp"
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/ui/detail"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

// newNetworks returns the list of networks.
func (p *Part) newNetworks() *engineList[*docker.Network] {
	l := &engineList[*docker.Network]{
		changes: func(s docker.Snapshot) uint64 { return s.Networks },
		read:    p.ctx.Env.Docker.Networks,
	}
	k := networkKind()
	k.subject = detail.Network
	k.act = p.actOnNetworks
	engineKind(p, k, "networks", func() error { return l.err })
	l.deck = newDeck(k, &p.scene)
	return l
}

func networkKind() *kind[*docker.Network] {
	type n = *docker.Network
	return &kind[n]{
		noun:   "Networks",
		one:    "A network",
		copies: networkCopies,
		short:  "networks",
		id:     func(r n) string { return r.ID },
		level:  func(r n) theme.Level { return usedLevel(r.UsedBy) },
		users:  func(r n) []string { return r.UsedBy },
		group: func(r n) groupKey {
			if r.BuiltIn {
				return groupKey{rank: rankSystem, name: "the engine's own"}
			}
			return composeGroup(r.Project)
		},
		title: composeTitle,
		fields: func(r n, to []string) []string {
			return append(to, r.Name, r.Driver, strings.Join(r.UsedBy, " "), r.Project, strings.Join(r.Subnets, " "))
		},
		ids:    func(r n) []string { return []string{r.ID} },
		labels: func(r n) []string { return r.Labels },
		columns: []column[n]{
			{
				head: "NAME", least: 12, width: 20,
				text:  func(r n, _ *scene) string { return screen.Clean(r.Name) },
				cut:   screen.CutMiddle,
				order: func(a, b n, _ *scene) int { return cmp.Compare(a.Name, b.Name) },
			},
			{
				head: "DRIVER", width: 8, rank: 2,
				text:  func(r n, _ *scene) string { return screen.Clean(r.Driver) },
				order: func(a, b n, _ *scene) int { return cmp.Compare(a.Driver, b.Driver) },
			},
			{
				head: "SUBNET", width: 16, rank: 3,
				text: func(r n, _ *scene) string { return screen.Clean(strings.Join(r.Subnets, " ")) },
				order: func(a, b n, _ *scene) int {
					return cmp.Compare(strings.Join(a.Subnets, " "), strings.Join(b.Subnets, " "))
				},
			},
			{
				head: "USED", width: 5, right: true, falls: true,
				text:  func(r n, _ *scene) string { return orDash(len(r.UsedBy)) },
				order: func(a, b n, _ *scene) int { return cmp.Compare(len(b.UsedBy), len(a.UsedBy)) },
			},
			{
				head: "AGE", width: 4, right: true, rank: 1,
				text:  func(r n, in *scene) string { return screen.Age(in.now, r.Created) },
				order: func(a, b n, _ *scene) int { return b.Created.Compare(a.Created) },
			},
		},
	}
}

func (p *Part) actOnNetworks(a keys.Action, on chosen[*docker.Network]) (tea.Cmd, bool) {
	d := p.ctx.Env.Docker
	return removeRows(p, a, on, removal[*docker.Network]{
		one: "network", command: "docker network rm",
		name: func(r *docker.Network) string { return r.Name },
		note: func(r *docker.Network) string { return usedNote(r.UsedBy) },
		kept: func(r *docker.Network) string {
			if !r.BuiltIn {
				return ""
			}
			return "The network " + screen.Clean(r.Name) + " is the engine's own and cannot be removed"
		},
		run: func(ctx context.Context, r *docker.Network) error { return d.RemoveNetwork(ctx, r.ID) },
		lost: [2]string{
			"Lost: containers no longer find each other by name over it. No data.",
			"Lost: containers no longer find each other by name over them. No data.",
		},
	})
}
