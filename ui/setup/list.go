package setup

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/checks"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

// headLines is what stands above the list: the verdict and an empty line.
const headLines = 2

// body is how many lines there are for the list.
func (p *Part) body() int { return max(p.height-headLines, 0) }

func (p *Part) viewList() string {
	items := plain(p.items())
	lines := p.cursor.View(items, p.body())
	return strings.Join(screen.Block(append([]string{p.head(), p.more(items, lines)}, lines...), p.width, p.height), "\n")
}

// more says that the list goes on below what is in view.
func (p *Part) more(items []screen.Item, view []string) string {
	if len(items) == 0 || len(view) == 0 || p.first {
		return ""
	}
	last := items[len(items)-1].Lines
	for _, selected := range []bool{false, true} {
		if lines := last(selected); len(lines) == 0 || slices.Contains(view, lines[len(lines)-1]) {
			return ""
		}
	}
	return screen.Between("", p.ctx.Theme.Dim.Render("▾ more below "), p.width)
}

func (p *Part) wheel(msg tea.MouseWheelMsg) {
	a := keys.Down
	if msg.Button == tea.MouseWheelUp {
		a = keys.Up
	}
	if p.open != "" {
		p.keyOpen(a)
		return
	}
	p.keyList(a)
}

// click selects an item; a second click opens it.
func (p *Part) click(msg tea.MouseClickMsg) {
	if p.open != "" || msg.Button != tea.MouseLeft || msg.Y < headLines {
		return
	}
	if again, _ := p.cursor.Click(plain(p.items()), msg.Y-headLines); again {
		p.keyList(keys.Open)
	}
}

// head is the verdict in one line.
func (p *Part) head() string {
	t := p.ctx.Theme
	var right screen.Line
	switch {
	case p.fixing != "":
		right.Add(t.Warn, theme.Starting.Glyph())
		right.Add(t.Dim, " fixing ")
	case p.running && !p.first:
		right.Add(t.Dim, fmt.Sprintf("checking again %d of %d ", len(p.coming), len(p.list)))
	case !p.checked.IsZero():
		right.Add(t.Dim, "checked "+screen.Ago(p.ctx.Now(), p.checked)+"   ↻ ")
		right.Add(t.Key, p.ctx.Keys.Label(keys.Setup, keys.Refresh))
		right.Gap(1)
	}
	var l screen.Line
	l.Add(t.Strong, " Setup   ")
	switch {
	case p.first:
		l.Add(t.Warn, theme.Starting.Glyph())
		l.Add(t.Text, fmt.Sprintf(" checking   %d of %d", len(p.shown), len(p.list)))
	case p.summary.Status == checks.OK:
		l.Add(t.Good, theme.Good.Glyph())
		l.Add(t.Strong, " All is well   ")
	}
	if !p.first {
		p.addCounts(&l, p.width-right.Width()-1)
	}
	return screen.Between(l.String(), right.String(), p.width)
}

// addCounts writes the verdict's counts, each in its colour, as many as there
// is room for up to a column.
func (p *Part) addCounts(l *screen.Line, limit int) {
	t := p.ctx.Theme
	c := p.summary.Counts
	wait := "wait for them"
	if c.Failed == 1 {
		wait = "wait for it"
	}
	sep := ""
	for _, part := range []struct {
		n         int
		one, many string
		style     theme.Style
	}{
		{c.Failed, "problem", "problems", t.Bad.Bold()},
		{c.Warning, "warning", "warnings", t.Warn},
		{c.Blocked, strings.Replace(wait, "wait", "waits", 1), wait, t.Old},
		{c.OK, "fine", "fine", t.Good},
		{c.NotApplicable, "not needed here", "not needed here", t.Dim},
	} {
		text := fmt.Sprintf("%d %s", part.n, part.many)
		if part.n == 1 {
			text = fmt.Sprintf("1 %s", part.one)
		}
		if part.n == 0 || l.Width()+len(sep)+len(text) > limit {
			continue
		}
		l.Add(t.Faint, sep)
		l.Add(part.style, text)
		sep = " · "
	}
}

func (p *Part) level(s checks.Status) theme.Level {
	switch s {
	case checks.OK:
		return theme.Good
	case checks.Warn:
		return theme.Attention
	case checks.Fail:
		return theme.Broken
	case checks.Running:
		return theme.Starting
	case checks.Blocked, checks.NotHere:
		return theme.Idle
	}
	return theme.Unknown
}

// end fills a row up to the edge, with text at its right where there is room.
func (p *Part) end(l *screen.Line, s theme.Style, right string) string {
	if right != "" && l.Width()+1+screen.Width(right)+1 <= p.width {
		l.To(p.width - screen.Width(right) - 1)
		l.Add(s, right)
	}
	l.To(p.width)
	return screen.Cut(l.String(), p.width)
}

const labelWidth = 17

// waits says how much waits for a problem, in full and shorter.
func waits(n int) []string {
	switch n {
	case 0:
		return nil
	case 1:
		return []string{"← the cause; 1 check waits for it", "← 1 waits"}
	}
	return []string{fmt.Sprintf("← the cause; %d checks wait for it", n), fmt.Sprintf("← %d wait", n)}
}

// short is text from a finding in one line, with ~ for the home directory.
func (p *Part) short(s string) string {
	if home := p.ctx.Env.Host.Home(); home != "" {
		s = strings.ReplaceAll(s, home+"/", "~/")
	}
	return screen.Clean(s)
}

// drawProblem is what went wrong in one line, and unfolded why it matters,
// what was seen and what to do.
func (p *Part) drawProblem(r checks.Result, unfolded, selected bool) []string {
	t := p.ctx.Theme
	level := p.level(r.Finding.Status)
	l := screen.Row(p.ctx.Theme, selected)
	l.Add(t.Level(level), level.Glyph()+" ")
	summary := p.short(r.Finding.Summary)
	room := p.width - l.Width() - 2
	right := ""
	for _, words := range waits(len(r.Blocks)) {
		if right = words; screen.Width(summary)+2+screen.Width(right) <= room {
			break
		}
	}
	if right != "" {
		room -= screen.Width(right) + 2
	}
	l.Add(t.Strong, screen.Cut(summary, room))
	lines := []string{p.end(l, t.Dim, right)}
	if !unfolded {
		return lines
	}
	return append(lines, p.facts(r, 5, p.width-2)...)
}

// facts are why a problem matters, what was seen, the fix and the way by hand.
func (p *Part) facts(r checks.Result, indent, width int) []string {
	t := p.ctx.Theme
	at := screen.Labels{Indent: indent, Label: labelWidth, Text: width - indent - labelWidth}
	var lines []string
	add := func(label string, labels, words theme.Style, texts ...string) {
		short := make([]string, len(texts))
		for i, text := range texts {
			short[i] = p.short(text)
		}
		lines = append(lines, at.Lines(label, labels, words, short...)...)
	}
	add("why it matters", t.Dim, t.Text, r.Check.Why)
	add("evidence", t.Dim, t.Text, saw(r.Finding.Evidence)...)
	if f := r.Finding.Fix; f != nil {
		add("fix ["+p.ctx.Keys.Label(keys.Setup, keys.Fix)+"]", t.Key, t.Text, f.Title)
	}
	add("by hand", t.Dim, t.Text, screen.Numbered(r.Finding.Steps)...)
	return lines
}

// saw is what was looked at, and what came back.
func saw(evidence []checks.Evidence) []string {
	out := make([]string, len(evidence))
	for i, e := range evidence {
		out[i] = e.What + " → " + e.Got
	}
	return out
}

func fold(unfolded bool) string {
	if unfolded {
		return "▾ "
	}
	return "▸ "
}

func (p *Part) drawWaiting(n int, unfolded, selected bool) string {
	l := screen.Row(p.ctx.Theme, selected)
	l.To(5)
	text := fmt.Sprintf("%d checks wait for it", n)
	if n == 1 {
		text = "1 check waits for it"
	}
	l.Add(p.ctx.Theme.Dim, fold(unfolded)+text)
	return p.end(l, p.ctx.Theme.Dim, "")
}

func (p *Part) drawSubject(g group, unfolded, selected bool) string {
	t := p.ctx.Theme
	l := screen.Row(p.ctx.Theme, selected)
	l.Add(t.Dim, fold(unfolded))
	l.Add(t.Strong, string(g.subject))
	l.To(20)
	for _, part := range []struct {
		n     int
		level theme.Level
		word  string
	}{
		{g.counts.Failed, theme.Broken, "failed"},
		{g.counts.Warning, theme.Attention, "to look at"},
		{g.counts.Blocked, theme.Idle, "blocked"},
		{g.waiting, theme.Starting, "to come"},
		{g.counts.OK, theme.Good, "fine"},
		{g.counts.NotApplicable, theme.Idle, "not needed"},
	} {
		count := fmt.Sprintf("%s %d ", part.level.Glyph(), part.n)
		if part.n > 0 && l.Width()+screen.Width(count)+len(part.word) < p.width {
			l.Add(t.Level(part.level), count)
			l.Add(t.Dim, part.word+"   ")
		}
	}
	return p.end(l, t.Dim, "")
}

// drawCheck is a check in one line: what is checked, what came out, how long
// it took.
func (p *Part) drawCheck(c *checks.Check, indent int, selected bool) string {
	t := p.ctx.Theme
	l := screen.Row(p.ctx.Theme, selected)
	l.To(indent)
	r := p.result(c.ID)
	if r == nil {
		l.Add(t.Level(theme.Starting), theme.Starting.Glyph()+" ")
		l.Add(t.Dim, screen.Cut(c.Title, p.width-l.Width()-1))
		return p.end(l, t.Dim, "")
	}
	status := r.Finding.Status
	level := p.level(status)
	l.Add(t.Level(level), level.Glyph()+" ")
	title, summary := t.Text, t.Dim
	switch status {
	case checks.Blocked, checks.NotHere:
		title, summary = t.Dim, t.Old
	case checks.Fail, checks.Warn:
		summary = t.Level(level)
	}
	column := indent + 2 + p.titleWidth()
	l.Add(title, screen.Cut(c.Title, column-l.Width()-1))
	l.To(column)
	spent := ""
	if status != checks.Blocked && status != checks.NotHere && p.width >= 70 {
		spent = took(r.Took)
	}
	l.Add(summary, screen.Cut(p.short(r.Finding.Summary), p.width-column-9))
	return p.end(l, t.Old, spent)
}

// titleWidth is the room for checks' titles: as much as the longest needs, but
// never more than a part of the screen.
func (p *Part) titleWidth() int {
	longest := 0
	for _, c := range p.list {
		longest = max(longest, screen.Width(c.Title))
	}
	return min(longest+2, p.width*45/100)
}
