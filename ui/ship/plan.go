package ship

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	envship "github.com/twindeck/twindeck/env/ship"
)

// planLimit is how long a plan may take; a cluster that does not answer by
// then is a problem the plan names.
const planLimit = 15 * time.Second

// planMade is a finished plan.
type planMade struct {
	number int
	plan   envship.Plan
}

// makePlan reads the folder and asks engine and cluster what would happen. The
// plan shown until then is not the one that was asked for.
func (p *Part) makePlan(stages []envship.Stage) tea.Cmd {
	p.stale = true
	p.view = showPlan
	p.Options.Stages = stages
	return p.renewPlan()
}

// renewPlan makes the plan anew because something changed. The one that is
// shown can still be run: it is what a person sees, and names its targets.
func (p *Part) renewPlan() tea.Cmd {
	p.asked++
	p.planning = p.asked
	number, o, e, life, unlocked, shown := p.planning, p.Options, p.ctx.Env, p.ctx.Life, p.unlocked, p.target
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(life, planLimit)
		defer cancel()
		// All that is asked for a plan is asked of one engine and one cluster.
		if at, err := e.Kube.Context(); err == nil {
			o.Unlocked = unlocked == whereOf(at)
			if o.Namespace == "" && at.Name == shown.cluster {
				o.Namespace = shown.namespace // one is chosen to work in it; of all, the context's
			}
			ctx = kube.Aim(ctx, at)
		}
		if at, err := e.Docker.Endpoint(); err == nil {
			ctx = docker.Aim(ctx, at)
		}
		project := e.Project(ctx)
		if o.Release.Ask != "" {
			o.Release.Known = e.Releases(ctx, project)
		}
		return planMade{number, envship.NewPlan(ctx, e.Docker, e.Kube, project, o)}
	}
}

func (p *Part) takePlan(m planMade) {
	if m.number != p.planning {
		return // an answer to an older question
	}
	p.plan, p.planning, p.stale, p.planned = &m.plan, 0, false, p.ctx.Now()
}

// where is a cluster as a context names it. The same name may lead elsewhere later.
type where struct{ context, server string }

func whereOf(at kube.Context) where { return where{at.Name, at.Server} }

// unlocked says that a person typed the name of a context that is not known
// to be local: plans may go there from now on.
type unlocked struct{ at where }

// locked reports whether a plan goes to a cluster that may not be local, and
// that nobody unlocked.
func (p *Part) locked(plan envship.Plan) bool {
	return touchesCluster(plan) && plan.Context.Name != "" && !plan.Context.Local && p.unlocked != whereOf(plan.Context)
}
