package decks

import (
	"cmp"
	"context"
	"fmt"
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
		noun:  "Networks",
		short: "networks",
		id:    func(r n) string { return r.ID },
		level: func(r n) theme.Level { return usedLevel(r.UsedBy) },
		group: func(r n) groupKey {
			if r.BuiltIn {
				return groupKey{rank: rankSystem, name: "the engine's own"}
			}
			return composeGroup(r.Project)
		},
		title: composeTitle,
		fields: func(r n) [5]string {
			return [5]string{r.Name, r.Driver, strings.Join(r.UsedBy, " "), r.Project, strings.Join(r.Subnets, " ")}
		},
		labels: func(r n) []string { return r.Labels },
		columns: []column[n]{
			{
				head:  "NAME",
				text:  func(r n, _ *scene) string { return screen.Clean(r.Name) },
				cut:   screen.CutMiddle,
				order: func(a, b n, _ *scene) int { return cmp.Compare(a.Name, b.Name) },
			},
			{
				head: "DRIVER", width: 8, from: 36,
				text:  func(r n, _ *scene) string { return screen.Clean(r.Driver) },
				order: func(a, b n, _ *scene) int { return cmp.Compare(a.Driver, b.Driver) },
			},
			{
				head: "SUBNET", width: 16, from: 60,
				text: func(r n, _ *scene) string { return screen.Clean(strings.Join(r.Subnets, " ")) },
				order: func(a, b n, _ *scene) int {
					return cmp.Compare(strings.Join(a.Subnets, " "), strings.Join(b.Subnets, " "))
				},
			},
			{
				head: "USED", width: 4, right: true,
				text:  func(r n, _ *scene) string { return orDash(len(r.UsedBy)) },
				order: func(a, b n, _ *scene) int { return cmp.Compare(len(b.UsedBy), len(a.UsedBy)) },
			},
			{
				head: "AGE", width: 4, right: true, from: 30,
				text:  func(r n, in *scene) string { return screen.Age(in.now, r.Created) },
				order: func(a, b n, _ *scene) int { return b.Created.Compare(a.Created) },
			},
		},
	}
}

func (p *Part) actOnNetworks(a keys.Action, on chosen[*docker.Network]) (tea.Cmd, bool) {
	if a != keys.Remove {
		return nil, false
	}
	if len(on.rows) == 0 || on.head != nil {
		return say("Select a network first, or mark several with space"), true
	}
	d := p.ctx.Env.Docker
	jobs := make([]job, len(on.rows))
	names := make([]string, len(on.rows))
	for i, r := range on.rows {
		if r.BuiltIn {
			return say("The network " + screen.Clean(r.Name) + " is the engine's own and cannot be removed"), true
		}
		id, name := r.ID, screen.Clean(r.Name)
		jobs[i] = job{"remove network " + name, "docker network rm " + name, func(ctx context.Context, _ func(string)) error { return d.RemoveNetwork(ctx, id) }}
		names[i] = "  " + name
		if len(r.UsedBy) > 0 {
			names[i] += ", used by " + usedBy(r.UsedBy)
		}
	}
	ask := &screen.Ask{
		Title: fmt.Sprintf("Remove %d networks?", len(jobs)), Yes: "remove", Danger: true,
		Body: append(someNames(names), "", "Lost: containers no longer find each other by name over them. No data."),
	}
	if len(jobs) == 1 {
		ask.Title = "Remove network " + screen.Clean(on.rows[0].Name) + "?"
		ask.Body = []string{names[0], "", "Lost: containers no longer find each other by name over it. No data."}
	}
	return start(p.aimEngine(jobs), fmt.Sprintf("remove %d networks", len(jobs)), p.engine(), ask), true
}
