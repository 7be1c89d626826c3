package ship

import (
	"fmt"
	"strings"

	"github.com/twindeck/twindeck/checks"
	"github.com/twindeck/twindeck/env/kube"
	envship "github.com/twindeck/twindeck/env/ship"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

// end is how the run ended: the line that says what runs, or the card.
func (p *Part) end() []string {
	r := p.past
	switch {
	case r.report != nil:
		return p.drawReport(*r.report)
	case r.failure != nil:
		return p.card(*r.failure)
	case !r.ended.IsZero() && r.err != nil:
		return p.card(envship.Failure{Cause: r.err.Error()})
	}
	return nil
}

func (p *Part) drawReport(done envship.Report) []string {
	t := p.ctx.Theme
	var lines []string
	for _, w := range done.Workloads {
		var l screen.Line
		l.Gap(1)
		l.Add(t.Good, theme.Good.Glyph()+" ")
		l.Add(t.Strong, "running "+fmt.Sprintf("%d/%d", w.Ready, w.Desired))
		l.Add(t.Text, " of ")
		l.Add(t.Strong, screen.Clean(runs(done, w)))
		l.Add(t.Text, " in "+seconds(done.Took))
		if w.Verified {
			l.Add(t.Good, "   verified")
		}
		l.Add(t.Dim, "   "+screen.Clean(strings.ToLower(w.Ref.Kind)+"/"+w.Ref.Name))
		lines = append(lines, screen.Cut(l.String(), p.width))
	}
	if len(lines) > 0 {
		return append(lines, p.drawThen(done)...)
	}
	verb := "built"
	switch {
	case len(p.past.loaded) > 0:
		verb = "loaded"
	case p.past.pushed != nil:
		verb = "pushed"
	case p.past.image == nil:
		verb = "done:"
	}
	var l screen.Line
	l.Gap(1)
	l.Add(t.Good, theme.Good.Glyph()+" ")
	what := verb + " " + done.Image
	if len(done.Images) > 0 {
		what = done.Counted()
	}
	l.Add(t.Strong, screen.Clean(what))
	l.Add(t.Text, " in "+seconds(done.Took))
	lines = append(lines, screen.Cut(l.String(), p.width))
	if done.Digest != "" {
		lines = append(lines, "   "+t.Dim.Render(screen.Cut(done.Digest, p.width-4)))
	}
	return append(lines, p.drawThen(done)...)
}

// pastLine is the last run in one line, under a new plan.
func (p *Part) pastLine() string {
	t := p.ctx.Theme
	r := p.past
	var l screen.Line
	l.Gap(3)
	l.Add(t.Dim, screen.Fit("last run", labelWidth))
	switch {
	case r.report != nil && len(r.report.Workloads) > 0:
		w := r.report.Workloads[0]
		l.Add(t.Good, theme.Good.Glyph())
		l.Add(t.Text, fmt.Sprintf(" running %d/%d of %s", w.Ready, w.Desired, screen.Clean(runs(*r.report, w))))
	case r.report != nil:
		l.Add(t.Good, theme.Good.Glyph())
		what := r.report.Image
		if len(r.report.Images) > 0 {
			what = r.report.Counted()
		}
		l.Add(t.Text, " "+screen.Clean(what))
	case r.failure != nil:
		l.Add(t.Bad, theme.Broken.Glyph())
		l.Add(t.Text, " "+screen.Clean(string(r.failure.Stage)+": "+r.failure.Cause))
	}
	l.Add(t.Dim, ", "+screen.Ago(p.ctx.Now(), r.ended))
	return screen.Cut(l.String(), p.width)
}

// card is a failure: where, what, why, what to do, the last lines, what was
// changed and how to go back.
func (p *Part) card(f envship.Failure) []string {
	t := p.ctx.Theme
	width := p.width - 2
	inner := width - 4
	var lines []string
	add := func(label string, style theme.Style, texts ...string) {
		for _, text := range texts {
			if text == "" {
				continue
			}
			for _, wrapped := range screen.WrapText(screen.Clean(text), inner-labelWidth) {
				lines = append(lines, " "+t.Dim.Render(screen.Fit(label, labelWidth))+style.Render(wrapped))
				label = ""
			}
		}
	}
	add("image", t.Text, f.Image)
	add("step", t.Text, f.Step)
	add("cause", t.Strong, f.Cause)
	add("where", t.Text, p.place(f.File, f.Line))
	if known, ok := checks.ExplainFailure(p.ctx.Env.Host.OS(), f); ok {
		add("this means", t.Text, known.Cause)
		add("what to do", t.Text, known.Do...)
	} else {
		add("what to do", t.Text, f.Do)
	}
	if len(f.Tail) > 0 {
		lines = append(lines, "")
		label := "last lines"
		for _, text := range f.Tail[max(0, len(f.Tail)-cardTail):] {
			lines = append(lines, " "+t.Dim.Render(screen.Fit(label, labelWidth))+t.Faint.Render("│ ")+t.Text.Render(screen.Cut(screen.CleanLogLine(text), inner-labelWidth-2)))
			label = ""
		}
	}
	if len(f.Applied) > 0 || f.Back != "" {
		lines = append(lines, "")
	}
	if len(f.Applied) > 0 {
		add("was applied", t.Text, objects(f.Applied)...)
	} else if f.Stage == envship.Build || f.Stage == envship.Deliver {
		lines = append(lines, "")
		add("cluster", t.Text, "unchanged: nothing was applied")
	}
	add("to go back", t.Text, f.Back)
	title := " " + string(f.Stage) + " failed "
	if f.Cause == "cancelled" {
		title = " " + string(f.Stage) + " cancelled "
	}
	box := screen.Box{Title: t.Bad.Bold().Render(theme.Broken.Glyph() + strings.TrimRight(title, " ")), Edge: t.Bad}
	framed := box.Draw(lines, width, len(lines)+2)
	for i := range framed {
		framed[i] = " " + framed[i]
	}
	return framed
}

// cardTail is how many of the last lines the card shows.
const cardTail = 12

func objects(applied []kube.Applied) []string {
	out := make([]string, len(applied))
	for i, a := range applied {
		out[i] = strings.ToLower(a.Ref.Kind) + "/" + a.Ref.Name + " " + string(a.Change)
	}
	return out
}
