package ship

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/twindeck/twindeck/env/kube"
	envship "github.com/twindeck/twindeck/env/ship"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

// runItem is the ID of the line that runs the plan.
const runItem = "run"

const (
	headLines  = 2  // the title and an empty line
	labelWidth = 12 // of the names of a plan's parts
)

func (p *Part) body() int { return max(p.height-headLines, 0) }

// items is what the list holds now.
func (p *Part) items() []screen.Item {
	switch {
	case p.view == showRun && p.past != nil:
		return p.runItems()
	case p.plan == nil:
		return nil
	}
	return p.planItems(*p.plan)
}

// block is an item of lines that look the same selected or not.
func block(id string, lines ...string) screen.Item {
	return screen.Item{ID: id, Lines: func(bool) []string { return lines }}
}

func (p *Part) viewPlan() string {
	t := p.ctx.Theme
	var head, right screen.Line
	head.Add(t.Strong, " Ship")
	if p.plan != nil {
		head.Gap(3)
		head.Add(t.Text, screen.Clean(p.plan.Project.Name))
		head.Add(t.Dim, "   "+stagesLine(p.plan.Stages))
	}
	switch {
	case p.planning != 0:
		right.Add(t.Warn, theme.Starting.Glyph())
		right.Add(t.Dim, " planning ")
	case p.plan != nil:
		right.Add(t.Dim, "planned "+screen.Ago(p.ctx.Now(), p.planned)+"   ↻ ")
		right.Add(t.Key, p.ctx.Keys.Label(keys.Ship, keys.Refresh))
		right.Gap(1)
	}
	lines := []string{screen.Between(head.String(), right.String(), p.width), ""}
	if p.plan == nil {
		var l screen.Line
		l.Gap(3)
		l.Add(t.Dim, "Reading the folder, asking the engine and the cluster …")
		lines = append(lines, l.String())
	} else {
		list := p.list.View(p.items(), p.body())
		lines = append(lines, list...)
	}
	return strings.Join(screen.Block(lines, p.width, p.height), "\n")
}

func stagesLine(stages []envship.Stage) string {
	words := make([]string, len(stages))
	for i, s := range stages {
		words[i] = string(s)
	}
	return strings.Join(words, " → ")
}

func (p *Part) planItems(plan envship.Plan) []screen.Item {
	if missing := p.missing(plan); missing != nil {
		return missing
	}
	items := []screen.Item{p.runLine(plan)}
	for i, q := range plan.Problems {
		it := block(fmt.Sprintf("problem:%d", i), p.drawProblem(q)...)
		it.Apart = i == 0
		items = append(items, it)
	}
	overview := block("overview", p.overview(plan)...)
	overview.Apart = true
	items = append(items, overview)
	for i, a := range plan.Changes {
		id := "object:" + a.Ref.String()
		items = append(items, screen.Item{ID: id, Apart: i == 0, Lines: func(sel bool) []string {
			return p.drawChange(a, p.folds[id], sel)
		}})
	}
	if p.past != nil {
		it := block("past", p.pastLine())
		it.Apart = true
		items = append(items, it)
	}
	return items
}

// runLine is the plan's verdict: run it, or why not.
func (p *Part) runLine(plan envship.Plan) screen.Item {
	t := p.ctx.Theme
	return screen.Item{ID: runItem, Lines: func(sel bool) []string {
		l := screen.Row(p.ctx.Theme, sel)
		switch {
		case p.locked(plan):
			l.Add(t.Bad, theme.Broken.Glyph())
			l.Add(t.Strong, " Locked: this cluster is not known to be on this machine. Unlock it ")
			l.Add(t.Key, p.ctx.Keys.Label(keys.Ship, keys.Run))
		case len(plan.Fatal()) > 0:
			l.Add(t.Bad, theme.Broken.Glyph())
			l.Add(t.Strong, " This plan cannot run yet")
		default:
			l.Add(t.Good, "▶")
			l.Add(t.Strong, " Nothing has changed yet. Run this plan ")
			l.Add(t.Key, p.ctx.Keys.Label(keys.Ship, keys.Run))
		}
		return []string{p.fill(l)}
	}}
}

func (p *Part) fill(l *screen.Line) string {
	l.To(p.width)
	return screen.Cut(l.String(), p.width)
}

// labelled are lines with a label before the first.
func (p *Part) labelled(label string, style theme.Style, texts ...string) []string {
	const indent = 3
	at := screen.Labels{Indent: indent, Label: labelWidth, Text: p.width - indent - labelWidth - 1}
	return at.Lines(label, p.ctx.Theme.Dim, style, texts...)
}

// overview is the plan in a line for each of its parts.
func (p *Part) overview(plan envship.Plan) []string {
	t := p.ctx.Theme
	does := func(s envship.Stage) bool { return slices.Contains(plan.Stages, s) }
	image := plan.Image
	if image == "" {
		image = "none of its own: the manifests as they are written"
	}
	lines := p.labelled("image", t.Strong, image)
	if plan.Several() {
		lines = p.planImages(plan)
	}
	if r := plan.Release; r != nil {
		after := "the first version"
		if r.After != "" {
			after = "after " + r.After
		}
		lines = append(lines, p.labelled("release", t.Text, r.Version+", "+after)...)
	}
	if plan.Project.Version.Dirty {
		lines = append(lines, p.labelled("", t.Dim, "from changed files of "+plan.Project.Version.Describe)...)
	}
	if does(envship.Build) {
		lines = append(lines, p.buildLines(plan)...)
	}
	if does(envship.Deliver) && plan.Route != envship.NoRoute {
		lines = append(lines, p.labelled("deliver", t.Text, string(plan.Route))...)
		lines = append(lines, p.labelled("", t.Dim, plan.RouteWhy)...)
	}
	lines = append(lines, p.loginLines(plan)...)
	if does(envship.Deploy) && plan.Context.Name != "" {
		lines = append(lines, p.labelled("deploy", t.Text, "namespace "+plan.Namespace+" of "+plan.Context.Name)...)
		lines = append(lines, p.labelled("", t.Dim, plan.Context.Server)...)
	}
	if does(envship.Verify) {
		promise := "each new pod runs the digest that was built"
		if len(plan.Images) == 0 {
			promise = "each workload rolls out"
		}
		lines = append(lines, p.labelled("verify", t.Text, fmt.Sprintf("%s, within %s", promise, screen.Span(plan.Timeout)))...)
	}
	return lines
}

// inProject is a path as one types it standing in the project's folder.
func (p *Part) inProject(path string) string {
	if p.plan == nil || path == "" {
		return path
	}
	dir := p.plan.Project.Dir
	if p.view == showRun && p.past != nil {
		dir = p.past.plan.Project.Dir
	}
	if rel, err := filepath.Rel(dir, path); err == nil && !strings.HasPrefix(rel, "..") {
		return filepath.ToSlash(rel)
	}
	return path
}

func (p *Part) drawProblem(q envship.Problem) []string {
	t := p.ctx.Theme
	level := theme.Attention
	if q.Fatal {
		level = theme.Broken
	}
	text := q.Text
	if at := p.place(q.File, q.Line); at != "" {
		text = at + ": " + text
	}
	lines := p.marked(level, t.Text, text)
	if q.Do == "" {
		return lines
	}
	for _, wrapped := range screen.WrapText(screen.Clean(q.Do), p.width-6) {
		var l screen.Line
		l.Gap(5)
		l.Add(t.Dim, wrapped)
		lines = append(lines, l.String())
	}
	return lines
}

// marked is text with a glyph before its first line.
func (p *Part) marked(level theme.Level, style theme.Style, text string) []string {
	var lines []string
	for i, wrapped := range screen.WrapText(screen.Clean(text), p.width-6) {
		var l screen.Line
		l.Gap(3)
		if i == 0 {
			l.Add(p.ctx.Theme.Level(level), level.Glyph())
		}
		l.To(5)
		l.Add(style, wrapped)
		lines = append(lines, l.String())
	}
	return lines
}

// place is file:line as editors read it; empty without a file.
func (p *Part) place(file string, line int) string {
	file = p.inProject(file)
	if line > 0 && file != "" {
		return fmt.Sprintf("%s:%d", file, line)
	}
	return file
}

// changeWord says with a sign what an apply does to an object.
func (p *Part) changeWord(c kube.Change) (string, theme.Style) {
	switch c {
	case kube.Created:
		return "+ new", p.ctx.Theme.Good
	case kube.Updated:
		return "± changes", p.ctx.Theme.Warn
	}
	return "= stays", p.ctx.Theme.Old
}

// drawChange is an object and what becomes of it; unfolded with its diff.
func (p *Part) drawChange(a kube.Applied, unfolded, selected bool) []string {
	t := p.ctx.Theme
	diff := screen.DiffLines(a.Diff)
	l := screen.Row(p.ctx.Theme, selected)
	sign := "  "
	if len(diff) > 0 {
		sign = "▸ "
		if unfolded {
			sign = "▾ "
		}
	}
	l.Add(t.Dim, sign)
	word, colour := p.changeWord(a.Change)
	l.Add(colour, screen.Fit(word, labelWidth))
	style := t.Text
	if a.Change == kube.Unchanged {
		style = t.Dim
	}
	l.Add(style, screen.Cut(screen.Clean(strings.ToLower(a.Ref.Kind)+"/"+a.Ref.Name), max(10, p.width/2-l.Width())))
	if plus, minus := counts(diff); plus+minus > 0 {
		l.To(max(l.Width()+2, p.width/2))
		l.Add(t.Good, fmt.Sprintf("+%d ", plus))
		l.Add(t.Bad, fmt.Sprintf("−%d", minus))
	}
	if at := p.place(a.File, a.Line); at != "" && l.Width()+2+screen.Width(at)+1 <= p.width {
		l.To(p.width - screen.Width(at) - 1)
		l.Add(t.Dim, at)
	}
	lines := []string{p.fill(l)}
	if !unfolded {
		return lines
	}
	for _, d := range diff {
		var l screen.Line
		l.Gap(5)
		l.Add(screen.DiffStyle(t, d), screen.Cut(screen.Clean(d), p.width-6))
		lines = append(lines, l.String())
	}
	return lines
}

func counts(diff []string) (plus, minus int) {
	for _, l := range diff {
		switch l[0] {
		case '+':
			plus++
		case '-':
			minus++
		}
	}
	return plus, minus
}
