package ship

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/docker"
	envship "github.com/twindeck/twindeck/env/ship"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

// imageRun is one of several images on its way.
type imageRun struct {
	envship.Image
	work
	kept       string // why it was not built
	build, way span   // of its build, and of its push
}

// span is when something began and ended; zero: not yet.
type span struct{ began, ended time.Time }

func (r *pipeline) imageOf(name string) *imageRun {
	i := slices.IndexFunc(r.images, func(i *imageRun) bool { return name != "" && i.Name == name })
	if i < 0 {
		return nil
	}
	return r.images[i]
}

// apply takes the times from an event, and what became of the image.
func (i *imageRun) apply(ev envship.Event) {
	s := &i.build
	if ev.Stage == envship.Deliver {
		s = &i.way
	}
	if s.began.IsZero() {
		s.began = ev.Time
	}
	switch ev.Kind {
	case envship.ImageKept:
		i.kept = ev.Text
	case envship.BuildDone, envship.PushDone, envship.NodeLoaded:
		s.ended = ev.Time
	}
}

// drawImages is a row for each of several images.
func (p *Part) drawImages(s envship.Stage) []entry {
	var parts []entry
	for _, i := range p.past.images {
		if s == envship.Build || i.Used {
			parts = append(parts, p.drawImage(s, i))
		}
	}
	return parts
}

// drawImage is an image in one line: how it stands in a stage, and for how long.
func (p *Part) drawImage(s envship.Stage, i *imageRun) entry {
	t := p.ctx.Theme
	times, done, words := i.build, i.image != nil, p.building(i)
	if s == envship.Deliver {
		times, done, words = i.way, p.past.delivered(i), p.pushing(i)
		if p.past.plan.Route == envship.Load {
			words = i.loading(len(p.past.plan.Nodes))
		}
		if !done {
			times.ended = time.Time{} // one node of several is not the end
		}
	}
	level, style, right := theme.Starting, t.Strong, ""
	if !times.began.IsZero() {
		until := times.ended
		if until.IsZero() {
			until = p.ctx.Now()
		}
		right = seconds(until.Sub(times.began))
	}
	failed := p.past.failure != nil && p.past.failure.Stage == s && p.past.failure.Image == i.Name
	switch {
	case failed:
		level, words = theme.Broken, "failed"
		if step := p.past.failure.Step; step != "" {
			words = "failed at " + step
		}
	case s == envship.Build && i.kept != "":
		level, style, right = theme.Good, t.Old, ""
	case done:
		level, style = theme.Good, t.Text
	case !p.running():
		level, style, right, words = theme.Idle, t.Dim, "", "stopped"
		if times.began.IsZero() {
			words = "not begun"
		}
	case times.began.IsZero():
		level, style, words = theme.Idle, t.Dim, waiting(s, i, p.past)
	}
	name := screen.Fit(screen.Clean(i.Name), p.nameWidth())
	return entry{p.line(level, style, name+"  "+words, right), done || i.kept != ""}
}

// nameWidth is the width of the column of names.
func (p *Part) nameWidth() int {
	widest := 0
	for _, i := range p.past.images {
		widest = max(widest, screen.Width(screen.Clean(i.Name)))
	}
	return min(widest, p.width/3)
}

// waiting says what an image waits for.
func waiting(s envship.Stage, i *imageRun, r *pipeline) string {
	if s == envship.Build {
		for _, need := range i.Needs {
			if of := r.imageOf(need); of != nil && of.image == nil && of.kept == "" {
				return "waits for " + need
			}
		}
	}
	return "waits"
}

// building is how far an image's build is.
func (p *Part) building(i *imageRun) string {
	switch {
	case i.kept != "":
		return i.kept
	case i.image != nil:
		return "built" + warned(i) + " · " + short(i.image.Digest)
	}
	done, running := 0, ""
	for _, s := range i.steps {
		if !s.Finished.IsZero() {
			done++
		} else if !s.Started.IsZero() {
			running = s.Name
		}
	}
	return strings.TrimSpace(fmt.Sprintf("%d of %d steps  %s", done, len(i.steps), running))
}

func warned(i *imageRun) string {
	if n := len(i.warnings); n > 0 {
		return fmt.Sprintf(", %d to look at", n)
	}
	return ""
}

// pushing is how far an image's push is.
func (p *Part) pushing(i *imageRun) string {
	done, total, known := i.moved()
	text := fmt.Sprintf("%s of %s", screen.Bytes(done), screen.Bytes(total))
	switch {
	case i.pushed != nil:
		text = screen.Bytes(total) + " pushed"
	case i.retry != nil:
		text = i.retry.String() + "  " + text
	}
	if known > 0 {
		text += fmt.Sprintf(", %d of %d layers were there", known, len(i.layers))
	}
	if i.pushed != nil {
		text += " · " + short(i.pushed.Digest)
	}
	return text
}

// delivered reports whether an image is where the cluster gets it from.
func (r *pipeline) delivered(i *imageRun) bool {
	if r.plan.Route == envship.Load {
		return len(i.loaded) == len(r.plan.Nodes)
	}
	return i.pushed != nil
}

// loading is how far an image is on its way into nodes.
func (i *imageRun) loading(nodes int) string {
	moved, _, _ := i.moved()
	if len(i.loaded) == nodes {
		return fmt.Sprintf("%d of %d nodes have all of it, %s moved", nodes, nodes, screen.Bytes(moved))
	}
	return strings.TrimPrefix(fmt.Sprintf("%s, %s moved", i.towards, screen.Bytes(moved)), ", ")
}

// sumImages is a stage of several images in words.
func (r *pipeline) sumImages(s envship.Stage) string {
	done, kept, all := 0, 0, 0
	for _, i := range r.images {
		switch {
		case s == envship.Deliver && !i.Used:
			continue
		case s == envship.Deliver && r.delivered(i), s == envship.Build && i.image != nil:
			done++
		case s == envship.Build && i.kept != "":
			kept++
			continue
		}
		all++
	}
	verb := "built"
	switch {
	case s == envship.Deliver && r.plan.Route == envship.Load:
		verb = "loaded"
	case s == envship.Deliver:
		verb = "pushed"
	}
	text := fmt.Sprintf("%d of %d images %s", done, all, verb)
	if kept > 0 {
		text += fmt.Sprintf(", %d unchanged", kept)
	}
	return text
}

// drawWarnings are the linter's findings in all images.
func (p *Part) drawWarnings(of []docker.BuildWarning) []entry {
	var parts []entry
	for _, w := range of {
		text := w.Text
		if at := p.place(w.File, w.Line); at != "" {
			text = at + ": " + text
		}
		parts = append(parts, entry{p.line(theme.Attention, p.ctx.Theme.Text, text, w.Rule), true})
	}
	return parts
}

// planImages are the images of a plan, each with what becomes of it.
func (p *Part) planImages(plan envship.Plan) []string {
	t := p.ctx.Theme
	widest := 0
	for _, i := range plan.Images {
		widest = max(widest, screen.Width(i.Ref))
	}
	widest = min(widest, p.width/2)
	var lines []string
	for n, i := range plan.Images {
		var l screen.Line
		l.Gap(3)
		if n == 0 {
			l.Add(t.Dim, "images")
		}
		l.To(3 + labelWidth)
		style := t.Strong
		if i.Action != envship.BuildImage {
			style = t.Old
		}
		l.Add(style, screen.Fit(screen.Clean(i.Ref), widest))
		l.Gap(2)
		l.Add(t.Dim, screen.Cut(screen.Clean(i.Fate()), p.width-l.Width()-1))
		lines = append(lines, screen.Cut(l.String(), p.width))
	}
	return lines
}

// toBuild is how many images a plan builds, in words.
func toBuild(plan envship.Plan) string {
	n := 0
	for _, i := range plan.Images {
		if i.Action == envship.BuildImage {
			n++
		}
	}
	switch n {
	case 0:
		return "nothing has changed: no image"
	case 1:
		return "1 image"
	}
	return fmt.Sprintf("%d images", n)
}

// subject is what a plan is about, for the title.
func subject(plan envship.Plan) string {
	if !plan.Several() {
		return plan.Image
	}
	return fmt.Sprintf("%s   %d images", plan.Project.Name, len(plan.Ships()))
}

// runs is what a workload runs, shortly.
func runs(done envship.Report, w envship.Workload) string {
	if len(w.Images) == 0 {
		return short(done.Digest)
	}
	return strings.Join(w.Images, ", ")
}
