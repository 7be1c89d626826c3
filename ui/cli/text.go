package cli

import (
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/twindeck/twindeck/checks"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/ship"
	"github.com/twindeck/twindeck/ui/screen"
)

// textTeller tells a person, in plain lines that read the same on a terminal
// and in a log: no line is ever drawn over.
type textTeller struct {
	out    io.Writer // what happens
	errs   io.Writer // why it stopped
	err    error
	dir    string            // of the project; paths are shown relative to it
	steps  map[string]string // how a build step was told last, by image and ID
	layers map[string]string // status by image and ID, as told last
	last   string            // the line before, not to be repeated
	prefix string            // before each line: the image it is about, where there are several
	width  int               // of the longest name of an image
}

func (t *textTeller) failed() error { return t.err }

// line writes one line; text from outside is cleaned of what would move the cursor.
func (t *textTeller) line(w io.Writer, format string, args ...any) {
	text := screen.Clean(t.prefix + fmt.Sprintf(format, args...))
	if _, err := fmt.Fprintln(w, strings.TrimRight(text, " ")); err != nil && t.err == nil {
		t.err = fmt.Errorf("writing the output: %w", err)
	}
}

// lines writes text of several lines, each behind an indent.
func (t *textTeller) lines(w io.Writer, indent, text string) {
	for l := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		t.line(w, "%s%s", indent, l)
	}
}

// field writes a name and what it is, if it is anything.
func (t *textTeller) field(w io.Writer, name, value string) {
	if value != "" {
		t.line(w, "  %-10s %s", name, value)
	}
}

// place is file:line, as one types it standing in the project's folder.
func (t *textTeller) place(file string, line int) string {
	if rel, err := filepath.Rel(t.dir, file); err == nil && file != "" && !strings.HasPrefix(rel, "..") {
		file = rel
	}
	if file != "" && line > 0 {
		return fmt.Sprintf("%s:%d", file, line)
	}
	return file
}

func (t *textTeller) plan(p ship.Plan, diffs bool) {
	t.dir = p.Project.Dir
	var stages []string
	for _, s := range p.Stages {
		stages = append(stages, string(s))
	}
	t.line(t.out, "plan: %s", strings.Join(stages, ", "))
	if p.Several() {
		t.images(p.Images)
	} else {
		t.field(t.out, "image", imageOf(p.Image))
	}
	if p.Build.Remote() {
		t.field(t.out, "context", p.Build.Context)
	}
	t.release(p.Release)
	if p.Engine.Host != "" {
		t.field(t.out, "engine", fmt.Sprintf("%s (context %s)", p.Engine.Host, p.Engine.Context))
	}
	t.field(t.out, "builder", p.BuilderWhy())
	if p.Route != ship.NoRoute {
		t.field(t.out, "delivery", fmt.Sprintf("%s: %s", p.Route, p.RouteWhy))
	}
	for _, s := range p.PullSecrets {
		t.field(t.out, "login", fmt.Sprintf("service account %s of namespace %s gets the login of %s at %s (secret %s)", s.Account, s.Namespace, orToken(s.User), s.Registry, s.Name))
	}
	if p.Context.Name != "" {
		t.field(t.out, "cluster", fmt.Sprintf("%s, namespace %s", p.Context.Name, p.Namespace))
	}
	for i, a := range p.Changes {
		name := ""
		if i == 0 {
			name = "objects"
		}
		t.line(t.out, "  %-10s %-12s %s  %s", name, a.Change, a.Ref, t.place(a.File, a.Line))
		if diffs && a.Diff != "" {
			t.lines(t.out, "    ", a.Diff)
		}
	}
	for _, q := range p.Problems {
		if !q.Fatal {
			t.problem(t.out, "▲", q)
		}
	}
}

func (t *textTeller) refused(p ship.Plan) {
	for _, q := range p.Fatal() {
		t.problem(t.errs, "✕", q)
	}
}

func (t *textTeller) problem(w io.Writer, glyph string, q ship.Problem) {
	t.lines(w, "", glyph+" "+strings.ReplaceAll(q.Text, "\n", "\n  "))
	t.field(w, "where", t.place(q.File, q.Line))
	t.field(w, "do", q.Do)
}

func (t *textTeller) event(e ship.Event) {
	if e.ImageName != "" {
		t.prefix = fmt.Sprintf("%-*s", t.width, e.ImageName)
		defer func() { t.prefix = "" }()
	}
	switch e.Kind {
	case ship.StageStarted:
		t.line(t.out, "%s: %s", e.Stage, e.Text)
	case ship.StageSkipped:
		t.line(t.out, "%s: not needed: %s", e.Stage, e.Text)
	case ship.Command:
		t.line(t.out, "  $ %s", e.Text)
	case ship.BuildStepped:
		t.step(e.ImageName, *e.Step)
	case ship.BuildLogged:
		t.lines(t.out, "  │ ", e.Log.Text)
	case ship.BuildWarned:
		t.line(t.out, "  ▲ %s %s: %s", t.place(e.Warning.File, e.Warning.Line), e.Warning.Rule, e.Warning.Text)
	case ship.BuildDone:
		t.line(t.out, "  built %s in %s", e.Image.Digest, took(e.Image.Took))
		if text := screen.Compared(*e.Image); text != "" {
			t.line(t.out, "  %s", text)
		}
	case ship.ImageKept:
		t.line(t.out, "  %s", e.Text)
	case ship.LayerMoved:
		if id := e.ImageName + e.Layer.Node + e.Layer.ID; t.layers[id] != e.Layer.Status {
			t.layers[id] = e.Layer.Status
			t.line(t.out, "  %slayer %s %s", ofNode(e), e.Layer.ID, e.Layer.Status)
		}
	case ship.PushRetried:
		t.line(t.out, "  ▲ %s", e.Text)
		t.layers = map[string]string{}
	case ship.NodeLoaded:
		t.line(t.out, "  loaded into %s (%s), which has %s: %s", e.Loaded.Node, e.Text, e.Loaded.Digest, screen.Moved(*e.Loaded))
	case ship.PushDone:
		t.line(t.out, "  pushed %s", pushed(e.Pushed.Digest, e.Pushed.Verified, e.Pushed.Unverified))
	case ship.ObjectApplied:
		t.line(t.out, "  %-12s %s", e.Applied.Change, e.Applied.Ref)
	case ship.RolloutMoved:
		if text := rolloutLine(*e.Rollout); text != t.last {
			t.last = text
			t.line(t.out, "%s", text)
		}
	case ship.Failed:
		t.card(*e.Failure)
	case ship.Shipped:
		t.report(*e.Report)
	}
}

// ofNode is the node that a layer goes to, which of how many; empty for a push.
func ofNode(e ship.Event) string {
	if e.Layer.Node == "" {
		return ""
	}
	return fmt.Sprintf("%s (%s): ", e.Layer.Node, e.Text)
}

// step writes a build step when it starts to run and when it has ended. BuildKit
// reports a step ended each time it knew more of it: what was told stays told.
// Two images may have steps in common.
func (t *textTeller) step(image string, s docker.BuildStep) {
	id := image + s.ID
	before, known := t.steps[id]
	ended := took(s.Finished.Sub(s.Started))
	switch {
	case s.Finished.IsZero():
		if !known && !s.Started.IsZero() && strings.Contains(s.Name, "] RUN") {
			t.steps[id] = "…" // may take long, and write
			t.line(t.out, "  %-8s %s", "…", s.Name)
		}
		return
	case s.Err != "":
		ended = "failed"
	case s.Cached:
		ended = "cached"
	}
	if ended == before || s.Err == "" && !s.Cached && ended == "0s" && before != "" && before != "…" {
		return
	}
	t.steps[id] = ended
	t.line(t.out, "  %-8s %s", ended, s.Name)
}

// rolloutLine is how far a rollout is, with the new pods that are not ready.
func rolloutLine(r kube.Rollout) string {
	text := fmt.Sprintf("  %s  %d/%d ready", r.Ref, r.Ready, r.Desired)
	if r.Old > 0 {
		text += fmt.Sprintf(", %d old", r.Old)
	}
	for _, p := range r.Pods {
		if p.New && !p.Ready && p.Status != "" {
			text += fmt.Sprintf(", %s %s", p.Name, p.Status)
		}
	}
	return text
}

// card says why shipping stopped, and how to go on.
func (t *textTeller) card(f ship.Failure) {
	head := string(f.Stage) + " failed"
	if f.Image != "" {
		head = string(f.Stage) + " of " + f.Image + " failed"
	}
	if f.Step != "" {
		head += " at " + f.Step
	}
	t.line(t.errs, "✕ %s", head)
	t.lines(t.errs, "", "  "+fmt.Sprintf("%-10s ", "cause")+strings.ReplaceAll(f.Cause, "\n", "\n"+strings.Repeat(" ", 13)))
	t.field(t.errs, "where", t.place(f.File, f.Line))
	if len(f.Tail) > 0 {
		t.line(t.errs, "  last lines")
		t.lines(t.errs, "    │ ", strings.Join(f.Tail, "\n"))
	}
	do := []string{f.Do}
	if known, ok := checks.ExplainFailure(runtime.GOOS, f); ok {
		t.field(t.errs, "means", known.Cause)
		do = known.Do
	}
	for i, step := range do {
		name := ""
		if i == 0 {
			name = "do"
		}
		t.field(t.errs, name, step)
	}
	for i, a := range f.Applied {
		name := ""
		if i == 0 {
			name = "applied"
		}
		t.line(t.errs, "  %-10s %-12s %s", name, a.Change, a.Ref)
	}
	t.field(t.errs, "go back", f.Back)
	if f.Back == "" {
		t.field(t.errs, "cluster", "unchanged")
	}
}

func (t *textTeller) report(r ship.Report) {
	if len(r.Images) > 0 {
		t.shipped(r)
		return
	}
	t.line(t.out, "done: %s in %s", imageOf(r.Image), took(r.Took))
	for _, n := range r.Nodes {
		t.line(t.out, "  node %s: has %s, all of it (verified)", n.Node, n.Digest)
	}
	for _, w := range r.Workloads {
		digest := r.Digest // pods may report the same image by another of its digests
		if !w.Verified {
			digest = strings.Join(w.Digests, ", ")
		}
		t.line(t.out, "  %s: running %d/%d of %s (%s)", w.Ref, w.Ready, w.Desired, digest, verified(w))
	}
	t.field(t.out, "git tag", r.GitTag)
	t.field(t.out, "then", r.Then)
}

// imageOf is an image's name, or what is deployed where there is none.
func imageOf(image string) string {
	if image == "" {
		return "none of its own: the manifests as they are written"
	}
	return image
}

// orToken is whose a login is.
func orToken(user string) string {
	if user == "" {
		return "a token"
	}
	return user
}

func verified(w ship.Workload) string {
	switch {
	case w.Verified:
		return "verified"
	case w.Desired == 0:
		return "no pods, so nothing to verify"
	default:
		return "not verified: the engine does not have the image to compare with"
	}
}

// took is a duration to a tenth of a second.
func took(d time.Duration) string { return d.Round(100 * time.Millisecond).String() }
