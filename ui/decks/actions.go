package decks

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

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

// say says why nothing is done.
func say(text string) tea.Cmd { return screen.Send(screen.Notify{Text: text, Not: true}) }

// refusals say, behind "A volume", that rows of a kind have no use for an action.
var refusals = map[keys.Action]string{
	keys.LogsOf:    "writes no logs",
	keys.ShellIn:   "has no shell",
	keys.AttachTo:  "has no process to attach to",
	keys.CopyFiles: "has no files to copy",
	keys.Restart:   "cannot be restarted",
	keys.StartStop: "cannot be stopped or started",
	keys.Pause:     "cannot be paused",
	keys.Kill:      "cannot be killed",
	keys.Pull:      "is not pulled from a registry",
	keys.ScaleUp:   "has no replicas to scale",
	keys.ScaleDown: "has no replicas to scale",
	keys.ScaleTo:   "has no replicas to scale",
	keys.Remove:    "cannot be removed",
}

// refuse says why a list has no use for an action; false: that is not known.
func (p *Part) refuse(a keys.Action) (tea.Cmd, bool) {
	why, ok := refusals[a]
	if !ok {
		return nil, false
	}
	return say(p.current().one() + " " + why), true
}

// job is an action ready to be done. Everything it needs is read when its key
// is pressed: nothing that happens later can send it elsewhere.
type job struct {
	does    string        // "restart web"
	command string        // what would do the same
	limit   time.Duration // 0: jobLimit; screen.NoLimit: it takes as long as it takes
	run     func(ctx context.Context, tell func(progress string)) error
}

const (
	jobLimit   = 2 * time.Minute // a container may ask for more than Docker's 10 s to end
	sideBySide = 8               // jobs that are done at once
)

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
		Limit:   screen.NoLimit, // each job has its own
		Run:     func(ctx context.Context, tell func(string)) error { return runAll(ctx, jobs, tell) },
	})
	if ask != nil {
		question := *ask
		question.Then = then
		then = screen.Send(question)
	}
	return screen.Send(screen.Guard{Target: target, Does: screen.Clean(does), Then: then})
}

// runAll does jobs, some side by side, each within its limit. One that fails
// keeps no other from being done; what failed is told in the order of the jobs.
func runAll(ctx context.Context, jobs []job, tell func(string)) error {
	failed := make([]error, len(jobs))
	ended, free := &ends{of: len(jobs), tell: tell}, make(chan struct{}, sideBySide)
	var all sync.WaitGroup
	for i, j := range jobs {
		free <- struct{}{}
		all.Go(func() {
			defer func() { <-free }()
			if ctx.Err() != nil {
				return // cancelled before its turn
			}
			failed[i] = j.within(ctx, ended.say(j))
			ended.one(failed[i] == nil)
		})
	}
	all.Wait()
	if err := ctx.Err(); err != nil && ended.well < len(jobs) {
		failed = append(failed, fmt.Errorf("%d of %d were done: %w", ended.well, len(jobs), err))
	}
	return errors.Join(failed...)
}

// within does a job within its limit.
func (j job) within(ctx context.Context, tell func(string)) error {
	limit := cmp.Or(j.limit, jobLimit)
	if limit == screen.NoLimit {
		return j.run(ctx, tell)
	}
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := j.run(limited, tell)
	if err != nil && ctx.Err() == nil && limited.Err() != nil {
		return fmt.Errorf("%s: given up after %s: %w", screen.Clean(j.does), screen.Span(limit), err)
	}
	return err
}

// ends counts jobs that ended, and tells of that, and of what the others say.
type ends struct {
	mu   sync.Mutex
	n    int
	well int // of them, those that did what they should
	of   int
	tell func(string)
}

func (e *ends) one(well bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if well {
		e.well++
	}
	if e.n++; e.of > 1 {
		e.tell(fmt.Sprintf("%d of %d", e.n, e.of))
	}
}

// say tells what one job says of itself; of one among several, which it is.
func (e *ends) say(j job) func(string) {
	if e.of == 1 {
		return e.tell
	}
	return func(progress string) {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.tell(fmt.Sprintf("%d of %d, %s: %s", e.n, e.of, j.does, progress))
	}
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
