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
	case keys.ScaleUp, keys.ScaleDown, keys.ScaleTo:
		return say("Containers have no replicas: scale a pod's workload"), true
	default:
		return nil, false
	}
	rows, all := on.rows, "containers"
	if on.head != nil {
		rows, all = ofProject(a, rows), "containers of "+on.head.title
	}
	if len(rows) == 0 {
		return say("Select a container first, or mark several with space"), true
	}
	jobs := make([]job, len(rows))
	for i, c := range rows {
		jobs[i] = p.containerJob(a, c, rows[0])
	}
	jobs = distinct(jobs)
	var ask *screen.Ask
	switch a {
	case keys.Remove:
		ask = removeContainers(rows)
	case keys.Kill:
		ask = killContainers(rows)
	}
	return start(bound(jobs, p.origin()), fmt.Sprintf("%s %d %s", verb(jobs[0].does), len(jobs), all), p.origin().EngineTarget(), ask), true
}

// ofProject are the containers below the heading of a Compose project that an
// action is for; of another group none are: they do not belong together. What
// runs comes first, so that a project of which a part runs is stopped; what does
// not is neither killed nor paused.
func ofProject(a keys.Action, rows []*docker.Container) []*docker.Container {
	var up, down []*docker.Container
	for _, c := range rows {
		switch {
		case c.Kind != docker.KindApp || c.Project == "":
			return nil
		case isUp(c):
			up = append(up, c)
		default:
			down = append(down, c)
		}
	}
	if a == keys.Kill || a == keys.Pause || a == keys.StartStop && len(up) > 0 {
		return up
	}
	return append(up, down...)
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
		return job{does: "restart " + name, command: "docker restart " + name, run: func(ctx context.Context, _ func(string)) error { return d.Restart(ctx, id) }}
	case a == keys.Remove:
		return job{does: "remove " + name, command: "docker stop " + name + " && docker rm " + name, run: func(ctx context.Context, _ func(string)) error { return d.Remove(ctx, id) }}
	case a == keys.Kill:
		return job{does: "kill " + name, command: "docker kill " + name, run: func(ctx context.Context, _ func(string)) error { return d.Kill(ctx, id) }}
	case a == keys.Pull:
		return p.pullJob(c.Image)
	case a == keys.Pause && first.State == "paused":
		return job{does: "unpause " + name, command: "docker unpause " + name, run: func(ctx context.Context, _ func(string)) error { return d.Unpause(ctx, id) }}
	case a == keys.Pause:
		return job{does: "pause " + name, command: "docker pause " + name, run: func(ctx context.Context, _ func(string)) error { return d.Pause(ctx, id) }}
	case isUp(first):
		return job{does: "stop " + name, command: "docker stop " + name, run: func(ctx context.Context, _ func(string)) error { return d.Stop(ctx, id) }}
	}
	return job{does: "start " + name, command: "docker start " + name, run: func(ctx context.Context, _ func(string)) error { return d.Start(ctx, id) }}
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
