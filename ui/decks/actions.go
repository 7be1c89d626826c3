package decks

import (
	"context"
	"errors"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/kube"
	envship "github.com/twindeck/twindeck/env/ship"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/shell"
)

// shipKeys are the stages each key asks for.
var shipKeys = map[keys.Action][]envship.Stage{
	keys.Build:   {envship.Build},
	keys.Push:    {envship.Build, envship.Deliver},
	keys.Deploy:  {envship.Deploy, envship.Verify},
	keys.ShipAll: {envship.Build, envship.Deliver, envship.Deploy, envship.Verify},
}

// inside is what a key does in one container or pod; nil for another key.
func inside(a keys.Action) func(*screen.Context, shell.Place) tea.Cmd {
	switch a {
	case keys.ShellIn:
		return shell.Open
	case keys.AttachTo:
		return shell.Attach
	case keys.CopyFiles:
		return shell.CopyFiles
	}
	return nil
}

func say(text string) tea.Cmd { return screen.Send(screen.Notify{Text: text}) }

// job is an action ready to be done. Everything it needs is read when its key
// is pressed: nothing that happens later can send it elsewhere.
type job struct {
	does    string // "restart web"
	command string // what would do the same
	run     func(ctx context.Context, tell func(progress string)) error
}

// start sends jobs on their way: past the lock of a target that is not local,
// past the question if there is one, to the app's tasks. Several are one task,
// called all.
func start(jobs []job, all string, target screen.Target, ask *screen.Ask) tea.Cmd {
	if len(jobs) == 0 {
		return nil
	}
	does := jobs[0].does
	if len(jobs) > 1 {
		does = all
	}
	commands := make([]string, len(jobs))
	for i, j := range jobs {
		commands[i] = j.command
	}
	then := screen.Send(screen.StartTask{
		Name:    screen.Clean(does),
		Command: screen.Clean(strings.Join(commands, " ; ")),
		Run:     func(ctx context.Context, tell func(string)) error { return runAll(ctx, jobs, tell) },
	})
	if ask != nil {
		question := *ask
		question.Then = then
		then = screen.Send(question)
	}
	return screen.Send(screen.Guard{Target: target, Does: screen.Clean(does), Then: then})
}

// runAll does jobs one after the other. One that fails keeps no other from
// being done.
func runAll(ctx context.Context, jobs []job, tell func(string)) error {
	var failed []error
	for i, j := range jobs {
		if err := ctx.Err(); err != nil {
			return errors.Join(append(failed, fmt.Errorf("%d of %d were done: %w", i, len(jobs), err))...)
		}
		say := tell
		if len(jobs) > 1 {
			at := fmt.Sprintf("%d of %d", i+1, len(jobs))
			tell(at)
			say = func(progress string) { tell(at + ": " + progress) }
		}
		if err := j.run(ctx, say); err != nil {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

// distinct leaves out jobs that others do as well: three pods of a deployment
// are one restart.
func distinct(jobs []job) []job {
	var out []job
	seen := map[string]bool{}
	for _, j := range jobs {
		if !seen[j.command] {
			seen[j.command] = true
			out = append(out, j)
		}
	}
	return out
}

// someNames lists names for a question, not more than fit one.
func someNames(names []string) []string {
	const most = 8
	if len(names) <= most {
		return names
	}
	return append(names[:most-1:most-1], fmt.Sprintf("and %d more", len(names)-most+1))
}

// bound binds jobs to where the rows are from that they were asked for.
func bound(jobs []job, to screen.Origin) []job {
	for i := range jobs {
		run := jobs[i].run
		jobs[i].run = func(ctx context.Context, tell func(string)) error { return run(to.Bind(ctx), tell) }
	}
	return jobs
}

// origin is where the rows shown are from. Of the cluster the rows tell the
// name alone; its server is known once the header tells of it, which may be
// later, or already be about another one.
func (p *Part) origin() screen.Origin {
	cluster := kube.Context{Name: p.kube.Context}
	if at := p.ctx.Facts.Context; at.Name == cluster.Name {
		cluster = at
	}
	return screen.Origin{Engine: p.docker.Endpoint, Cluster: cluster}
}
