package decks

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/link"
	"github.com/twindeck/twindeck/ui/detail"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/shell"
)

// containerKind is containers, with what can be done to them.
func (p *Part) containerKind() *kind[*docker.Container] {
	k := containerKind()
	k.subject = detail.Container
	k.heading = groupSubject(detail.Container)
	k.status = func() link.Status { return p.docker.Status }
	k.empty = p.noContainers
	k.act = p.actOnContainers
	k.footer = []keys.Action{
		keys.ShipAll, keys.Build, keys.Push, keys.Deploy, keys.LogsOf, keys.ShellIn, keys.Describe, keys.Restart,
		keys.StartStop, keys.Remove, keys.OtherDeck, keys.System,
	}
	return k
}

func (p *Part) actOnContainers(a keys.Action, on chosen[*docker.Container]) (tea.Cmd, bool) {
	if do := inside(a); do != nil {
		if len(on.rows) != 1 || on.head != nil {
			return say("Select one container first"), true
		}
		return do(p.ctx, shell.OfContainer(p.ctx, p.origin(), on.rows[0])), true
	}
	switch a {
	case keys.Restart, keys.StartStop, keys.Remove, keys.Pause, keys.Kill, keys.Pull:
	case keys.ScaleUp, keys.ScaleDown:
		return say("Containers have no replicas: scale a pod's workload"), true
	default:
		return nil, false
	}
	if len(on.rows) == 0 || on.head != nil {
		return say("Select a container first, or mark several with space"), true
	}
	jobs := make([]job, len(on.rows))
	for i, c := range on.rows {
		jobs[i] = p.containerJob(a, c, on.rows[0])
	}
	jobs = distinct(jobs)
	var ask *screen.Ask
	switch a {
	case keys.Remove:
		ask = removeContainers(on.rows)
	case keys.Kill:
		ask = killContainers(on.rows)
	}
	return start(bound(jobs, p.origin()), fmt.Sprintf("%s %d containers", verb(jobs[0].does), len(jobs)), p.origin().EngineTarget(), ask), true
}

// verb is the first word of what a job does.
func verb(does string) string {
	word, _, _ := strings.Cut(does, " ")
	return word
}

// containerJob is one container's part; of several, the first decides whether
// all are stopped or started.
func (p *Part) containerJob(a keys.Action, c, first *docker.Container) job {
	d, id, name := p.ctx.Env.Docker, c.ID, screen.Clean(c.Name)
	switch {
	case a == keys.Restart:
		return job{"restart " + name, "docker restart " + name, func(ctx context.Context, _ func(string)) error { return d.Restart(ctx, id) }}
	case a == keys.Remove:
		return job{"remove " + name, "docker stop " + name + " && docker rm " + name, func(ctx context.Context, _ func(string)) error { return d.Remove(ctx, id) }}
	case a == keys.Kill:
		return job{"kill " + name, "docker kill " + name, func(ctx context.Context, _ func(string)) error { return d.Kill(ctx, id) }}
	case a == keys.Pull:
		return p.pullJob(c.Image)
	case a == keys.Pause && first.State == "paused":
		return job{"unpause " + name, "docker unpause " + name, func(ctx context.Context, _ func(string)) error { return d.Unpause(ctx, id) }}
	case a == keys.Pause:
		return job{"pause " + name, "docker pause " + name, func(ctx context.Context, _ func(string)) error { return d.Pause(ctx, id) }}
	case isUp(first):
		return job{"stop " + name, "docker stop " + name, func(ctx context.Context, _ func(string)) error { return d.Stop(ctx, id) }}
	}
	return job{"start " + name, "docker start " + name, func(ctx context.Context, _ func(string)) error { return d.Start(ctx, id) }}
}

func isUp(c *docker.Container) bool {
	return c.State == "running" || c.State == "restarting" || c.State == "paused"
}

func removeContainers(cs []*docker.Container) *screen.Ask {
	lost := "Lost: its writable layer (files written inside it) and its logs."
	kept := "Kept: its image, and its volumes."
	if len(cs) == 1 {
		var body []string
		if isUp(cs[0]) {
			body = append(body, "It is running and will be stopped.")
		}
		return &screen.Ask{Title: "Remove container " + screen.Clean(cs[0].Name) + "?", Body: append(body, lost, kept), Yes: "remove", Danger: true}
	}
	names, up := make([]string, len(cs)), 0
	for i, c := range cs {
		names[i] = "  " + screen.Clean(c.Name)
		if isUp(c) {
			names[i] += ", running"
			up++
		}
	}
	body := someNames(names)
	if up > 0 {
		body = append(body, "", fmt.Sprintf("%d of them run and will be stopped.", up))
	}
	return &screen.Ask{
		Title: fmt.Sprintf("Remove %d containers?", len(cs)),
		Body:  append(body, "", "Lost: their writable layers (files written inside them) and their logs.", "Kept: their images, and their volumes."),
		Yes:   "remove", Danger: true,
	}
}

func killContainers(cs []*docker.Container) *screen.Ask {
	ask := &screen.Ask{
		Title: fmt.Sprintf("Kill %d containers?", len(cs)), Yes: "kill", Danger: true,
		Body: []string{"They end at once (SIGKILL), without a chance to finish or save.", "Lost: what they hold in memory. Their files stay."},
	}
	if len(cs) == 1 {
		ask.Title = "Kill container " + screen.Clean(cs[0].Name) + "?"
		ask.Body = []string{"It ends at once (SIGKILL), without a chance to finish or save.", "Lost: what it holds in memory. Its files stay."}
	}
	return ask
}
