package cli

import (
	"fmt"
	"strings"

	"github.com/twindeck/twindeck/checks"
	"github.com/twindeck/twindeck/ui/screen"
)

// explainLabel is the width of the first column.
const explainLabel = 14

// explainPage builds what explain prints, wrapped to a width; 0 does not wrap.
type explainPage struct {
	strings.Builder
	width int
}

// explainedText is an explanation for a person.
func explainedText(e explained, width int) string {
	p := &explainPage{width: width}
	switch {
	case e.Check != nil:
		p.check(*e.Check, e.Symptoms)
	case !e.Known:
		p.head(checks.Blocked, "This text is not known.")
		p.field("collect", e.Collect...)
		p.field("then", "compare with what is said of others: twindeck check --list, twindeck explain ID")
	}
	if e.Check == nil {
		for i, s := range e.Symptoms {
			if i > 0 {
				p.WriteByte('\n')
			}
			p.symptom(s)
		}
	}
	return p.String()
}

func (p *explainPage) head(status checks.Status, text string) {
	for i, l := range p.wrap(text, 2) {
		sign := "  "
		if i == 0 {
			sign = paint(status, status.Glyph()) + " "
		}
		fmt.Fprintln(p, sign+l)
	}
}

// field writes lines under a label, what is wrapped aligned with the first.
func (p *explainPage) field(name string, lines ...string) {
	for _, line := range lines {
		if line == "" {
			continue
		}
		for _, l := range p.wrap(line, 4+explainLabel) {
			fmt.Fprintf(p, "    %s%s\n", screen.Fit(name, explainLabel), l)
			name = ""
		}
	}
}

func (p *explainPage) wrap(text string, indent int) []string {
	text = screen.Clean(text)
	if p.width == 0 {
		return []string{text}
	}
	return screen.WrapText(text, max(p.width-indent, 20))
}

func (p *explainPage) symptom(s told) {
	p.head(checks.Fail, s.Cause)
	p.field("symptom", s.ID)
	p.field("line", s.Line)
	p.field("do", screen.Numbered(s.Do)...)
	if s.Check != "" {
		p.field("check", "twindeck check --only "+s.Check)
	}
	p.field("more", s.Link)
}

func (p *explainPage) check(c page, symptoms []told) {
	p.head(checks.NotHere, c.ID+": "+c.Title)
	p.field("subject", string(c.Subject))
	p.field("why", c.Why)
	p.field("looks at", c.Command)
	p.field("needs first", c.titled(c.Needs)...)
	p.field("wait for it", c.titled(c.Waiting)...)
	if len(c.Systems) > 0 {
		p.field("systems", strings.Join(c.Systems, ", "))
	}
	p.field("run it", "twindeck check --only "+c.ID)
	for _, s := range symptoms {
		p.WriteByte('\n')
		p.field("symptom", s.ID+": "+s.Cause)
		p.field("do", screen.Numbered(s.Do)...)
		p.field("more", s.Link)
	}
}

// titled is each check's ID with its title.
func (p page) titled(ids []string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = id + ": " + p.titles[id]
	}
	return out
}
