package ship

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
)

// Run does what plan says, telling of it in events, and returns how it ended.
// The error is a *Failure. News is never called twice at the same time; it
// should return quickly, as the work waits for it.
//
// Nothing in the cluster changes before the image is built and delivered.
func Run(ctx context.Context, engine Engine, cluster Cluster, plan Plan, news func(Event)) (Report, error) {
	r := &run{engine: engine, cluster: cluster, plan: plan, news: news, start: time.Now(), last: map[kube.Ref]kube.Rollout{}, images: map[string]*made{}}
	for _, image := range plan.Ships() {
		r.images[image.Ref] = &made{}
	}
	if fatal := plan.Fatal(); len(fatal) > 0 {
		q := fatal[0]
		return Report{}, r.fail(&Failure{Stage: q.Stage, Cause: q.Text, Do: q.Do, File: q.File, Line: q.Line})
	}
	if plan.Context.Name != "" {
		// The cluster that the plan was made for, whatever is chosen meanwhile.
		ctx = kube.Aim(ctx, plan.Context)
	}
	ctx = docker.Aim(ctx, plan.Engine) // likewise the engine
	stages := map[Stage]func(context.Context) *Failure{Build: r.build, Deliver: r.deliver, Deploy: r.deploy, Verify: r.verify}
	for _, stage := range plan.Stages {
		if err := ctx.Err(); err != nil {
			return Report{}, r.fail(r.stopped(stage, err))
		}
		r.stage = stage
		if failure := stages[stage](ctx); failure != nil {
			if err := ctx.Err(); err != nil {
				failure = r.stopped(stage, err)
			}
			return Report{}, r.fail(failure)
		}
	}
	if failure := r.tagRelease(ctx); failure != nil {
		return Report{}, r.fail(failure)
	}
	r.report.Image = plan.Image
	r.sumUp()
	r.report.Took = time.Since(r.start)
	report := r.report
	r.tell(Event{Kind: Shipped, Stage: "", Report: &report})
	return report, nil
}

// run is a plan on its way.
type run struct {
	engine  Engine
	cluster Cluster
	plan    Plan
	start   time.Time
	stage   Stage
	report  Report
	applied []kube.Applied // what deploying has done so far

	mu     sync.Mutex
	news   func(Event)
	last   map[kube.Ref]kube.Rollout // the latest of each workload
	images map[string]*made          // by reference
}

// tell sends an event, one at a time whoever has news.
func (r *run) tell(e Event) {
	e.Time = time.Now()
	if e.Stage == "" && e.Kind != Shipped {
		e.Stage = r.stage
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.news != nil {
		r.news(e)
	}
}

// begin tells that a stage starts, and which command would do the same.
func (r *run) begin(what, command string) {
	r.tell(Event{Kind: StageStarted, Text: what})
	r.tell(Event{Kind: Command, Text: command})
}

func (r *run) fail(f *Failure) error {
	if f.Stage == Deploy || f.Stage == Verify {
		f.Applied = r.changed()
		f.Back = r.back()
	}
	r.tell(Event{Kind: Failed, Stage: f.Stage, Failure: f})
	return f
}

// stopped is the failure of a run that was cancelled.
func (r *run) stopped(stage Stage, err error) *Failure {
	cause := "cancelled"
	if errors.Is(err, context.DeadlineExceeded) {
		cause = "out of time"
	}
	return &Failure{Stage: stage, Cause: cause, Err: err}
}

func (r *run) deploy(ctx context.Context) *Failure {
	r.tell(Event{Kind: StageStarted, Text: fmt.Sprintf("applying %d objects to namespace %s of %s", len(r.plan.Manifests), r.plan.Namespace, r.plan.Context.Name)})
	if err := r.addPullSecrets(ctx); err != nil {
		return deployFailure(err)
	}
	r.tell(Event{Kind: Command, Text: applyCommand(r.plan)})
	_, err := r.cluster.Apply(ctx, r.plan.Namespace, r.plan.Manifests, func(a kube.Applied) {
		r.mu.Lock()
		r.applied = append(r.applied, a)
		r.mu.Unlock()
		r.tell(Event{Kind: ObjectApplied, Applied: &a})
	})
	if err != nil {
		return deployFailure(err)
	}
	r.tell(Event{Kind: StageDone})
	return nil
}
