package setup

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/checks"
)

// While something is broken the checks run again by themselves this long
// after the last run, so that what is mended turns green alone.
const recheckAfter = 2 * time.Second

type (
	// started is a run that is under way.
	started struct {
		run     int
		list    []*checks.Check
		results <-chan checks.Result
	}
	// results are what came out since the last ones.
	results struct {
		run  int
		got  []checks.Result
		from <-chan checks.Result
		done bool
	}
	// recheck is the time to look again after a run.
	recheck struct{ run int }
)

// check starts a run; news of an earlier one is dropped from now on.
func (p *Part) check() tea.Cmd {
	p.run++
	p.running, p.again, p.coming = true, false, nil
	run, life, anew, e := p.run, p.ctx.Life, p.anew, *p.ctx.Env
	return func() tea.Msg {
		list := anew(e) // reads the team's file
		return started{run, list, checks.Run(life, list, e)}
	}
}

// takeList takes the list of a new run. A check that is gone from it is closed.
func (p *Part) takeList(list []*checks.Check) {
	p.list = list
	if p.open != "" && p.checkOf(p.open) == nil {
		p.open = ""
	}
}

// next waits for results; those that are there already come along.
func (p *Part) next(run int, from <-chan checks.Result) tea.Cmd {
	life := p.ctx.Life
	return func() tea.Msg { return collect(life, run, from) }
}

func collect(life context.Context, run int, from <-chan checks.Result) tea.Msg {
	news := results{run: run, from: from}
	// A frame's worth of results is one message: 60 checks are not 60 frames.
	var frame <-chan time.Time
	for {
		select {
		case <-life.Done():
			return nil
		case <-frame:
			return news
		case r, ok := <-from:
			if !ok {
				news.done = true
				return news
			}
			news.got = append(news.got, r)
			if frame == nil {
				frame = time.After(time.Second / 30)
			}
		}
	}
}

func (p *Part) take(news results) tea.Cmd {
	if news.run != p.run {
		return nil
	}
	p.coming = append(p.coming, news.got...)
	if p.first || news.done {
		p.show(p.coming)
	}
	if !news.done {
		return p.next(news.run, news.from)
	}
	return p.ended()
}

// show puts results on the screen. The open check and the cursor stay where
// they are.
func (p *Part) show(all []checks.Result) {
	p.shown = all
	p.summary = checks.Summarise(all)
}

func (p *Part) ended() tea.Cmd {
	p.running, p.first, p.coming = false, false, nil
	p.checked = p.ctx.Now()
	var spent time.Duration
	for _, r := range p.shown {
		spent = max(spent, r.Took)
	}
	broken := p.summary.Status == checks.Fail
	verdict := Verdict{Broken: p.summary.SetupBroken(), Line: p.summary.Line()}
	cmds := []tea.Cmd{func() tea.Msg { return verdict }, p.verified()}
	switch {
	case p.again:
		cmds = append(cmds, p.check())
	case broken:
		// Where looking takes long (a server that never answers), look less often.
		run := p.run
		cmds = append(cmds, p.after(max(recheckAfter, 2*spent), func(time.Time) tea.Msg { return recheck{run} }))
	}
	return tea.Batch(cmds...)
}
