package ship

import (
	"fmt"
	"strings"

	"github.com/twindeck/twindeck/env/kube"
	envship "github.com/twindeck/twindeck/env/ship"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

// inside is what a stage is made of, and the command that does the same.
func (p *Part) inside(s envship.Stage) []entry {
	var parts []entry
	switch s {
	case envship.Build:
		parts = p.drawSteps()
		for _, i := range p.past.images {
			parts = append(parts, p.drawWarnings(i.warnings)...)
		}
	case envship.Deliver:
		parts = p.drawLayers()
	case envship.Deploy:
		parts = p.drawApplied()
	case envship.Verify:
		parts = p.drawRollouts()
	}
	if st := p.past.stages[s]; st != nil && st.skipped == "" && (s == envship.Build || s == envship.Deliver) {
		parts = append(p.drawImages(s), parts...)
	}
	if st := p.past.stages[s]; st != nil && st.command != "" {
		t := p.ctx.Theme
		teach := "     " + t.Faint.Render("$ ") + t.Old.Render(screen.Cut(screen.Clean(st.command), p.width-8))
		parts = append([]entry{{teach, true}}, parts...)
	}
	return parts
}

// line is a row inside a stage: glyph, text, and something at its right.
func (p *Part) line(level theme.Level, style theme.Style, text, right string) string {
	t := p.ctx.Theme
	var l screen.Line
	l.Gap(5)
	l.Add(t.Level(level), level.Glyph()+" ")
	l.Add(style, screen.Cut(screen.Clean(text), p.width-l.Width()-screen.Width(right)-3))
	l.To(p.width - screen.Width(right) - 1)
	l.Add(t.Dim, right)
	return l.String()
}

func (p *Part) drawSteps() []entry {
	t := p.ctx.Theme
	var parts []entry
	add := func(settled bool, text string) { parts = append(parts, entry{text, settled}) }
	for _, s := range p.past.steps {
		spent := seconds(s.Finished.Sub(s.Started))
		switch {
		case s.Err != "":
			add(false, p.line(theme.Broken, t.Text, s.Name, spent))
		case s.Cached:
			add(true, p.line(theme.Idle, t.Old, s.Name, "cached"))
		case !s.Finished.IsZero():
			add(true, p.line(theme.Good, t.Text, s.Name, spent))
		case p.running():
			add(false, p.line(theme.Starting, t.Strong, s.Name, p.counted(s)+seconds(p.ctx.Now().Sub(s.seen))))
			for _, text := range s.log[max(0, len(s.log)-runningTail):] {
				add(false, "       "+t.Faint.Render("│ ")+t.Dim.Render(screen.Cut(text, p.width-10)))
			}
		default:
			add(true, p.line(theme.Idle, t.Dim, s.Name, "stopped"))
		}
	}
	parts = append(parts, p.drawWarnings(p.past.warnings)...)
	if p.past.image != nil {
		if text := screen.Compared(*p.past.image); text != "" {
			add(true, "       "+t.Dim.Render(screen.Cut(text, p.width-8)))
		}
	}
	return parts
}

// runningTail is how many lines of its output stand under a running step.
const runningTail = 5

// counted is how far a step is that counts bytes.
func (p *Part) counted(s *buildStep) string {
	if s.Total <= 0 {
		return ""
	}
	return screen.Bytes(s.Done) + " of " + screen.Bytes(s.Total) + "   "
}

func (p *Part) drawApplied() []entry {
	t := p.ctx.Theme
	var parts []entry
	for _, a := range p.past.applied {
		level, style := theme.Good, t.Text
		if a.Change == kube.Unchanged {
			level, style = theme.Idle, t.Old
		}
		parts = append(parts, entry{p.line(level, style, strings.ToLower(a.Ref.Kind)+"/"+a.Ref.Name, string(a.Change)), a.Change == kube.Unchanged})
	}
	return parts
}

func (p *Part) drawRollouts() []entry {
	t := p.ctx.Theme
	var parts []entry
	for _, o := range p.past.rollouts {
		level := theme.Starting
		switch {
		case o.Done:
			level = theme.Good
		case o.Deadline, !p.running():
			level = theme.Broken
		}
		parts = append(parts, entry{p.line(level, t.Strong, strings.ToLower(o.Ref.Kind)+"/"+o.Ref.Name+"   "+dots(o), fmt.Sprintf("%d/%d ready", o.Ready, o.Desired)), false})
		for _, pod := range o.Pods {
			parts = append(parts, entry{p.drawPod(pod), !pod.New || pod.Ready})
		}
	}
	return parts
}

// dots is the rollout at a glance: a dot for each pod wanted.
func dots(o kube.Rollout) string {
	if o.Desired > 20 {
		return ""
	}
	return strings.Repeat("●", min(o.Ready, o.Desired)) + strings.Repeat("○", max(0, o.Desired-o.Ready))
}

func (p *Part) drawPod(pod kube.RolloutPod) string {
	t := p.ctx.Theme
	level, style, kind := theme.Starting, t.Text, "new"
	switch {
	case !pod.New:
		level, style, kind = theme.Idle, t.Old, "old"
	case pod.Ready:
		level = theme.Good
	case strings.Contains(pod.Status, "BackOff"), strings.HasPrefix(pod.Status, "Err"), pod.Status == "Error":
		level = theme.Broken
	}
	var l screen.Line
	l.Gap(7)
	l.Add(t.Level(level), level.Glyph()+" ")
	nameWidth := min(40, p.width/2)
	l.Add(style, screen.Fit(screen.Clean(pod.Name), nameWidth))
	l.Gap(2)
	l.Add(t.Dim, kind+"  ")
	l.Add(style, screen.Fit(screen.Clean(pod.Status), 18))
	digest := ""
	if len(pod.Digests) > 0 {
		digest = short(pod.Digests[0])
	}
	if l.Width()+2+screen.Width(digest)+1 <= p.width {
		l.To(p.width - screen.Width(digest) - 1)
		l.Add(t.Dim, digest)
	}
	return l.String()
}

// Command is what would have done the same as the newest stage.
func (p *Part) Command() string {
	if p.view != showRun || p.past == nil {
		return ""
	}
	command := ""
	for _, s := range p.past.plan.Stages {
		if st := p.past.stages[s]; st != nil && st.command != "" {
			command = st.command
		}
	}
	return command
}
