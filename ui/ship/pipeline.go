package ship

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	envship "github.com/twindeck/twindeck/env/ship"
	"github.com/twindeck/twindeck/ui/screen"
)

// pipeline is a run as it is known on the screen: the events so far, summed up.
type pipeline struct {
	stream     *stream
	plan       envship.Plan
	began      time.Time
	ended      time.Time // zero while it runs
	err        error
	cancelling bool

	stages   map[envship.Stage]*stage
	work                 // of a single image
	images   []*imageRun // of several
	applied  []kube.Applied
	rollouts []kube.Rollout
	failure  *envship.Failure
	report   *envship.Report
}

// work is how far the build and the push of an image are.
type work struct {
	steps    []*buildStep
	warnings []docker.BuildWarning
	image    *docker.BuildResult
	layers   []docker.LayerProgress
	retry    *docker.Retry // the newest: the push was tried again
	pushed   *docker.PushResult
	loaded   []docker.Loaded // nodes that have the image
	towards  string          // which node of how many is being loaded
}

// stage is a stage and how far it is.
type stage struct {
	began, ended time.Time
	done         bool   // came to its end, not only to a halt
	skipped      string // why it was not needed
	command      string // what would have done the same
}

// buildStep is a step of the build with its output.
type buildStep struct {
	docker.BuildStep
	seen time.Time // by our clock; the builder's may differ
	log  []string  // the newest lines
}

// keptLines is how much of a step's output is kept to look at.
const keptLines = 200

func newPipeline(s *stream, plan envship.Plan, now time.Time) *pipeline {
	r := &pipeline{stream: s, plan: plan, began: now, stages: map[envship.Stage]*stage{}}
	if plan.Several() {
		for _, image := range plan.Ships() {
			r.images = append(r.images, &imageRun{Image: image})
		}
	}
	return r
}

// takeNews brings the picture up to date and waits for more.
func (p *Part) takeNews(n news) tea.Cmd {
	if n.plan != nil {
		p.past = newPipeline(n.stream, *n.plan, p.ctx.Now())
		p.view, p.list, p.folds = showRun, screen.List{}, map[string]bool{}
		return n.stream.next(p.ctx.Life)
	}
	if p.past == nil || p.past.stream != n.stream {
		return nil
	}
	for _, ev := range n.events {
		p.past.apply(ev)
	}
	if n.over {
		p.past.end(p.ctx.Now(), n.err)
		if p.past.report == nil {
			p.list.Cursor = endItem
			p.list.Reveal(p.items(), p.body())
		} else {
			p.Options.Release.Ask = "" // it is released: what comes next is new work
		}
		return nil
	}
	return n.stream.next(p.ctx.Life)
}

func (r *pipeline) end(now time.Time, err error) {
	r.ended, r.err = now, err
	for _, s := range r.stages {
		if s.ended.IsZero() {
			s.ended = now
		}
	}
}

func (r *pipeline) stage(s envship.Stage) *stage {
	if r.stages[s] == nil {
		r.stages[s] = &stage{}
	}
	return r.stages[s]
}

// apply adds one event to the picture.
func (r *pipeline) apply(ev envship.Event) {
	of := &r.work
	if image := r.imageOf(ev.ImageName); image != nil {
		of = &image.work
		image.apply(ev)
	}
	of.apply(ev)
	switch ev.Kind {
	case envship.StageStarted:
		r.stage(ev.Stage).began = ev.Time
	case envship.StageSkipped:
		r.stage(ev.Stage).skipped = ev.Text
	case envship.StageDone:
		st := r.stage(ev.Stage)
		st.ended, st.done = ev.Time, true
	case envship.Command:
		r.stage(ev.Stage).command = ev.Text
	case envship.ObjectApplied:
		r.applied = append(r.applied, *ev.Applied)
	case envship.RolloutMoved:
		i := slices.IndexFunc(r.rollouts, func(o kube.Rollout) bool { return o.Ref == ev.Rollout.Ref })
		if i < 0 {
			r.rollouts = append(r.rollouts, *ev.Rollout)
		} else {
			r.rollouts[i] = *ev.Rollout
		}
	case envship.Failed:
		r.failure = ev.Failure
	case envship.Shipped:
		r.report = ev.Report
	}
}

// apply adds an event that is about an image.
func (w *work) apply(ev envship.Event) {
	switch ev.Kind {
	case envship.BuildStepped:
		s := w.step(ev.Step.ID, ev.Time)
		s.BuildStep = *ev.Step
	case envship.BuildLogged:
		s := w.step(ev.Log.Step, ev.Time)
		s.log = append(s.log, screen.CleanLines(strings.TrimSuffix(ev.Log.Text, "\n"))...)
		s.log = s.log[max(0, len(s.log)-keptLines):]
	case envship.BuildWarned:
		w.warnings = append(w.warnings, *ev.Warning)
	case envship.BuildDone:
		w.image = ev.Image
	case envship.LayerMoved:
		w.towards = ev.Text
		i := slices.IndexFunc(w.layers, func(l docker.LayerProgress) bool { return l.ID == ev.Layer.ID && l.Node == ev.Layer.Node })
		if i < 0 {
			w.layers = append(w.layers, *ev.Layer)
		} else {
			w.layers[i] = merge(w.layers[i], *ev.Layer)
		}
	case envship.PushRetried:
		w.retry = ev.Retry
	case envship.PushDone:
		w.pushed = ev.Pushed
	case envship.NodeLoaded:
		w.loaded = append(w.loaded, *ev.Loaded)
	}
}

func (w *work) step(id string, seen time.Time) *buildStep {
	for _, s := range w.steps {
		if s.ID == id {
			return s
		}
	}
	s := &buildStep{BuildStep: docker.BuildStep{ID: id}, seen: seen}
	w.steps = append(w.steps, s)
	return s
}

// moved sums up the layers that have to be moved, in bytes, and counts those
// that were there.
func (w *work) moved() (done, total int64, known int) {
	for _, l := range w.layers {
		if held(l) {
			known++
			continue
		}
		done, total = done+l.Done, total+l.Total
	}
	return done, total, known
}

// merge keeps a layer's size when its last news no longer says it.
func merge(was, is docker.LayerProgress) docker.LayerProgress {
	if is.Total == 0 {
		is.Total = was.Total
		is.Done = max(is.Done, was.Done)
	}
	if arrived(is) {
		is.Done = is.Total
	}
	return is
}

// arrived reports whether a layer is where it should be.
func arrived(l docker.LayerProgress) bool {
	return l.Status == "Pushed" || l.Status == "Loaded" || held(l)
}

// held reports whether the registry or the node had a layer before.
func held(l docker.LayerProgress) bool {
	return l.Status == "Layer already exists" || strings.HasPrefix(l.Status, "Mounted from")
}
