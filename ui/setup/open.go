package setup

import (
	"fmt"
	"strings"

	"github.com/twindeck/twindeck/checks"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

func (p *Part) keyOpen(a keys.Action) bool {
	switch a {
	case keys.Back, keys.Open:
		p.open = ""
		return true
	case keys.Up:
		p.top--
	case keys.Down:
		p.top++
	case keys.PageUp:
		p.top -= max(1, p.body()/2)
	case keys.PageDown:
		p.top += max(1, p.body()/2)
	case keys.Top:
		p.top = 0
	case keys.Bottom:
		p.top = len(p.page())
	default:
		return false
	}
	p.top = min(max(p.top, 0), max(0, len(p.page())-p.height))
	return true
}

// viewOpen is one check with everything that is known of it.
func (p *Part) viewOpen() string {
	page := p.page()
	top := min(p.top, max(0, len(page)-p.height))
	return strings.Join(screen.Block(page[top:], p.width, p.height), "\n")
}

func (p *Part) page() []string {
	t := p.ctx.Theme
	c := p.checkOf(p.open)
	if c == nil {
		return nil
	}
	var head screen.Line
	head.Add(t.Strong, " Setup")
	head.Add(t.Faint, " › ")
	head.Add(t.Dim, string(c.Subject))
	head.Add(t.Faint, " › ")
	head.Add(t.Strong, c.Title)
	var back screen.Line
	back.Add(t.Key, p.ctx.Keys.Label(keys.Setup, keys.Back))
	back.Add(t.Dim, " back ")
	lines := []string{screen.Between(head.String(), back.String(), p.width), ""}

	r := p.result(p.open)
	if r == nil {
		var l screen.Line
		l.Gap(1)
		l.Add(t.Warn, theme.Starting.Glyph())
		l.Add(t.Text, " being checked")
		return append(lines, l.String())
	}
	level := p.level(r.Finding.Status)
	for i, text := range screen.WrapText(screen.Clean(r.Finding.Summary), p.width-5) {
		var l screen.Line
		l.Gap(1)
		if i == 0 {
			l.Add(t.Level(level), level.Glyph())
		}
		l.To(3)
		l.Add(t.Strong, text)
		lines = append(lines, l.String())
	}
	return append(append(lines, ""), p.sections(c, r)...)
}

func (p *Part) checkOf(id string) *checks.Check {
	for _, c := range p.list {
		if c.ID == id {
			return c
		}
	}
	return nil
}

// sections are the labelled parts of an open check, an empty line between.
func (p *Part) sections(c *checks.Check, r *checks.Result) []string {
	t := p.ctx.Theme
	const indent = 3
	at := screen.Labels{Indent: indent, Label: labelWidth, Text: p.width - indent - labelWidth - 1}
	var lines []string
	section := func(label string, labels, words theme.Style, texts ...string) {
		if part := at.Lines(label, labels, words, texts...); len(part) > 0 {
			lines = append(append(lines, part...), "")
		}
	}

	if c.Command != "" {
		section("asked", t.Dim, t.Text, "$ "+c.Command)
	}
	section("came back", t.Dim, t.Text, saw(r.Finding.Evidence)...)
	switch r.Finding.Status {
	case checks.Blocked:
		if cause := p.result(r.Cause); cause != nil {
			section("waits for", t.Dim, t.Bad, theme.Broken.Glyph()+" "+cause.Finding.Summary)
		}
	case checks.NotHere:
	default:
		section("took", t.Dim, t.Text, took(r.Took)+", "+screen.Ago(p.ctx.Now(), r.At))
	}
	section("why it matters", t.Dim, t.Text, c.Why)
	if f := r.Finding.Fix; f != nil {
		section("fix ["+p.ctx.Keys.Label(keys.Setup, keys.Fix)+"]", t.Key, t.Text, append([]string{f.Title}, bulleted(f.Changes)...)...)
	}
	section("by hand", t.Dim, t.Text, screen.Numbered(r.Finding.Steps)...)
	var waiting []string
	for _, id := range r.Blocks {
		if b := p.checkOf(id); b != nil {
			waiting = append(waiting, b.Title)
		}
	}
	section("wait for it", t.Dim, t.Dim, waiting...)
	section("read more", t.Dim, t.Accent, r.Finding.Link)
	section("check", t.Dim, t.Old, fmt.Sprintf("%s   %s", c.ID, strings.TrimSpace(needs(c))))
	return lines
}

func needs(c *checks.Check) string {
	if len(c.Needs) == 0 {
		return ""
	}
	return "after " + strings.Join(c.Needs, ", ")
}

func bulleted(lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = "· " + l
	}
	return out
}
