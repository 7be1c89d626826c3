package ship

import (
	"context"
	"fmt"
	"strings"

	"github.com/twindeck/twindeck/env/docker"
)

// builderSight is what the first look at the builder brought.
type builderSight struct {
	builder docker.Builder
	state   docker.BuilderState
	err     error
}

// lookAtBuilder finds the builder of this build, and asks one that is not the
// engine's own whether it answers. Nothing is started.
func (w *planner) lookAtBuilder(ctx context.Context) builderSight {
	var s builderSight
	if s.builder, s.err = w.engine.Builder(w.options.Build.Builder); s.err == nil && !s.builder.Own {
		s.state, s.err = w.engine.PingBuilder(ctx, s.builder.Name)
	}
	return s
}

// chooseBuilder writes the builder into the plan. The build runs on this one,
// whichever is chosen meanwhile.
func (w *planner) chooseBuilder(s *sight) {
	if !w.plan.does(Build) {
		return
	}
	w.plan.Builder, w.plan.BuilderState = s.builder.builder, s.builder.state
	w.plan.Build.Builder = s.builder.builder.Name
	for i := range w.plan.Images {
		image := &w.plan.Images[i]
		image.Build.Builder = s.builder.builder.Name
		if image.Action == BuildImage && len(image.Needs) > 0 && w.plan.foreign() {
			w.problem(Problem{
				Fatal: true, Stage: Build,
				Text: fmt.Sprintf("image %s is made of %s, which the builder %s cannot take from the engine", image.Name, strings.Join(image.Needs, ", "), w.plan.Builder.Name),
				Do:   "build with the engine's own builder: --builder " + w.plan.Engine.Context,
			})
		}
	}
	if s.builder.err == nil || s.infoErr != nil {
		return // without an engine, that is what stands in the way
	}
	f := &Failure{Cause: s.builder.err.Error()}
	f.told(s.builder.err)
	w.problem(Problem{Fatal: true, Stage: Build, Text: f.Cause, Do: f.Do})
}

// foreign reports whether the plan builds elsewhere than in the engine itself.
func (p Plan) foreign() bool { return p.Builder.Name != "" && !p.Builder.Own }

// BuilderWhy says in one line which builder is used, where and why; empty: the
// engine's own.
func (p Plan) BuilderWhy() string {
	if !p.foreign() {
		return ""
	}
	b := p.Builder
	line := b.Name + " (" + b.Driver + ": " + b.Place + "), chosen by " + b.Why
	switch {
	case p.BuilderState.Stopped:
		line += "; it is stopped, and the build starts it"
	case p.BuilderState.BuildKit != "":
		line += "; BuildKit " + p.BuilderState.BuildKit
	}
	return line
}

// builderJSON is a builder that is not the engine's own, as told to programs.
type builderJSON struct {
	Name     string `json:"name"`
	Driver   string `json:"driver"`
	Place    string `json:"place,omitempty"`
	Why      string `json:"why"`
	BuildKit string `json:"buildkit,omitempty"`
	Stopped  bool   `json:"stopped,omitempty"`
}

func (p Plan) builderJSON() *builderJSON {
	if !p.foreign() {
		return nil
	}
	b := p.Builder
	return &builderJSON{
		Name: b.Name, Driver: b.Driver, Place: b.Place, Why: b.Why,
		BuildKit: p.BuilderState.BuildKit, Stopped: p.BuilderState.Stopped,
	}
}
