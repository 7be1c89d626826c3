package ui

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/checks"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/link"
	"github.com/twindeck/twindeck/ui/screen"
)

const (
	taskLimit   = 30 * time.Second // of a task that names none
	tasksKept   = 200              // finished ones that are remembered
	progressGap = time.Second / 30 // progress is shown at most this often
)

// tasks is what is being done and what was done, oldest first.
type tasks struct {
	all  []*task
	next int
}

// task is something that is being done in the background, or was.
type task struct {
	id        int
	name      string
	command   string
	began     time.Time
	ended     time.Time // zero while it runs
	progress  string
	err       error
	cancelled bool    // by a person
	live      *living // nil once it has ended
}

// living is what a task holds while it runs. All of it is let go of at the end:
// tasks are remembered for long, and may carry much.
type living struct {
	id      int
	cancel  context.CancelFunc
	then    func(error) tea.Msg
	news    *link.Notice
	done    chan struct{}
	mu      sync.Mutex
	said    string // by the task, from its own goroutine; under mu
	failure error  // set before done is closed
}

// taskSaid is progress of a task; taskEnded is its end.
type (
	taskSaid  struct{ id int }
	taskEnded struct{ id int }
)

// start runs a task, and returns the command that waits for its news.
func (ts *tasks) start(ctx *screen.Context, s screen.StartTask) tea.Cmd {
	limit := s.Limit
	if limit == 0 {
		limit = taskLimit
	}
	life, cancel := context.WithTimeout(ctx.Life, limit)
	if limit == screen.NoLimit {
		cancel()
		life, cancel = context.WithCancel(ctx.Life)
	}
	ts.next++
	l := &living{id: ts.next, cancel: cancel, then: s.Done, news: link.NewNotice(progressGap), done: make(chan struct{})}
	ts.all = append(ts.all, &task{
		id: ts.next, name: screen.Clean(s.Name), command: screen.Clean(s.Command), began: ctx.Now(), live: l,
	})
	ts.forget()
	ctx.Work.Go(func() {
		defer close(l.done)
		defer cancel()
		l.failure = s.Run(life, l.say)
		if l.failure != nil && errors.Is(life.Err(), context.DeadlineExceeded) {
			l.failure = errors.Join(errors.New("given up after "+limit.String()), l.failure)
		}
	})
	return l.wait
}

// say keeps the newest progress; the screen looks at it when it can.
func (l *living) say(text string) {
	l.mu.Lock()
	l.said = text
	l.mu.Unlock()
	l.news.Touch()
}

// wait waits for progress or the end.
func (l *living) wait() tea.Msg {
	select {
	case <-l.done:
		return taskEnded{l.id}
	case <-l.news.C():
		return taskSaid{l.id}
	}
}

// forget drops the oldest finished tasks.
func (ts *tasks) forget() {
	for i := 0; i < len(ts.all) && len(ts.all) > tasksKept; {
		if ts.all[i].ended.IsZero() {
			i++
			continue
		}
		ts.all = slices.Delete(ts.all, i, i+1)
	}
}

func (ts *tasks) find(id int) *task {
	for _, t := range ts.all {
		if t.id == id {
			return t
		}
	}
	return nil
}

func (ts *tasks) running() []*task {
	var out []*task
	for _, t := range ts.all {
		if t.ended.IsZero() {
			out = append(out, t)
		}
	}
	return out
}

// said takes progress, and waits for more.
func (ts *tasks) said(msg taskSaid) tea.Cmd {
	t := ts.find(msg.id)
	if t == nil || t.live == nil {
		return nil
	}
	t.live.mu.Lock()
	t.progress = screen.Clean(t.live.said)
	t.live.mu.Unlock()
	return t.live.wait
}

// taskEnded tells a person, and whoever asked for the task.
func (a *App) taskEnded(msg taskEnded) tea.Cmd {
	t := a.tasks.find(msg.id)
	if t == nil || t.live == nil {
		return nil
	}
	then := t.live.then
	t.ended, t.err, t.live = a.ctx.Now(), t.live.failure, nil
	switch {
	case t.err == nil:
		a.notice = newNotice(screen.Notify{Text: t.name + " · done in " + took(t.ended.Sub(t.began))}, t.ended)
	case t.cancelled:
		a.notice = newNotice(screen.Notify{Text: t.name + " · cancelled"}, t.ended)
	default:
		a.notice = newNotice(screen.Notify{Text: t.name + ": " + a.told(t.err), Bad: true}, t.ended)
	}
	if then == nil {
		return nil
	}
	return screen.Send(then(t.err))
}

// did keeps what was done elsewhere, and shows how it ended.
func (a *App) did(d screen.Did) {
	a.tasks.next++
	a.tasks.all = append(a.tasks.all, &task{
		id: a.tasks.next, name: screen.Clean(d.Name), command: screen.Clean(d.Command), began: d.Began, ended: d.Ended, err: d.Err,
	})
	a.tasks.forget()
	n := screen.Notify{Text: d.Text}
	if d.Err != nil {
		n = screen.Notify{Text: d.Name + ": " + a.told(d.Err), Bad: true}
	}
	a.notice = newNotice(n, a.ctx.Now())
}

// told is an error in a line; one that does not say what to do is replaced by
// what is known of it. The list of tasks keeps its own words.
func (a *App) told(err error) string {
	d, ofDocker := errors.AsType[*docker.Error](err)
	k, ofKube := errors.AsType[*kube.Error](err)
	if ofDocker && d.Do != "" || ofKube && k.Do != "" {
		return err.Error()
	}
	known, ok := checks.Telling(a.ctx.Env.Host.OS(), err.Error())
	if !ok {
		return err.Error()
	}
	return known.Cause + ". " + known.Do[0]
}

// stop cancels a running task.
func (ts *tasks) stop(id int) {
	if t := ts.find(id); t != nil && t.live != nil {
		t.cancelled = true
		t.live.cancel()
	}
}

// took writes how long something took: 0.4s, 12s, 3m.
func took(d time.Duration) string {
	if d < 10*time.Second {
		return d.Round(100 * time.Millisecond).String()
	}
	return screen.Span(d)
}
