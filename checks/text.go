package checks

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// TextOptions choose how a report reads.
type TextOptions struct {
	// Paint colours a piece of text for a status; nil leaves it plain.
	Paint func(Status, string) string
	// All lists every check; else those that are fine or not needed are only counted.
	All bool
}

// glyphs say without colour what the colour says.
var glyphs = map[Status]string{
	OK: "●", Warn: "▲", Fail: "✕", Blocked: "○", NotHere: "·", Waiting: "○", Running: "◐",
}

// Glyph is the status's sign.
func (s Status) Glyph() string {
	if g, ok := glyphs[s]; ok {
		return g
	}
	return "?"
}

// WriteText writes the summary for a terminal: the verdict, each root cause
// with its evidence and what to do, the warnings, then all groups.
func WriteText(w io.Writer, s Summary, o TextOptions) error {
	if o.Paint == nil {
		o.Paint = func(_ Status, text string) string { return text }
	}
	t := &text{paint: o.Paint}
	t.line("%s %s", o.Paint(s.Status, s.Status.Glyph()), s.Line())
	for _, r := range s.Roots {
		t.problem(r)
	}
	for _, r := range s.Warnings {
		t.problem(r)
	}
	if o.All {
		t.everything(s)
	} else {
		t.groups(s)
	}
	_, err := io.WriteString(w, t.String())
	return err
}

// text builds a report.
type text struct {
	strings.Builder
	paint func(Status, string) string
}

func (t *text) line(format string, a ...any) { fmt.Fprintf(t, format+"\n", a...) }

// label is the width of the first column of a problem's lines.
const label = 14

// field writes lines under a label, continued ones aligned with the first.
func (t *text) field(name string, lines ...string) {
	for _, l := range lines {
		for part := range strings.SplitSeq(strings.TrimRight(l, "\n"), "\n") {
			t.line("    %s%s", pad(name, label), strings.TrimSpace(part))
			name = ""
		}
	}
}

func (t *text) problem(r Result) {
	f := r.Finding
	t.line("")
	head := t.paint(f.Status, f.Status.Glyph()+" "+f.Summary)
	if n := len(r.Blocks); n == 1 {
		head += "  (1 check waits for it)"
	} else if n > 1 {
		head += fmt.Sprintf("  (%d checks wait for it)", n)
	}
	t.line("  %s", head)
	t.field("check", fmt.Sprintf("%s: %s", r.Check.ID, r.Check.Title))
	t.field("why", r.Check.Why)
	for i, e := range f.Evidence {
		name := ""
		if i == 0 {
			name = "evidence"
		}
		t.field(name, e.What+": "+e.Got)
	}
	if f.Fix != nil {
		t.field("twindeck can", f.Fix.Title+" (in Setup, key f)")
		t.field("", f.Fix.Changes...)
	}
	for i, step := range f.Steps {
		name := ""
		if i == 0 {
			name = "by hand"
		}
		t.field(name, fmt.Sprintf("%d. %s", i+1, step))
	}
	if f.Link != "" {
		t.field("more", f.Link)
	}
}

// groups writes one line a subject.
func (t *text) groups(s Summary) {
	t.line("")
	for _, subject := range Subjects() {
		group := Summarise(of(subject, s.Results))
		if len(group.Results) == 0 {
			continue
		}
		status := group.Status
		switch {
		case status == OK && group.Counts.Blocked > 0:
			status = Blocked
		case status == OK && group.Counts.OK == 0:
			status = NotHere // nothing was looked at, so nothing is fine
		}
		t.line("  %s %s %s", t.paint(status, status.Glyph()), pad(string(subject), 15), group.Line())
	}
}

// everything writes one line a check.
func (t *text) everything(s Summary) {
	width := 0
	for _, r := range s.Results {
		width = max(width, utf8.RuneCountInString(r.Check.ID))
	}
	for _, subject := range Subjects() {
		group := of(subject, s.Results)
		if len(group) == 0 {
			continue
		}
		t.line("")
		t.line("  %s", subject)
		for _, r := range group {
			status := r.Finding.Status
			t.line("    %s %s  %s", t.paint(status, status.Glyph()), pad(r.Check.ID, width), r.Finding.Summary)
		}
	}
}

func of(subject Subject, all []Result) []Result {
	var some []Result
	for _, r := range all {
		if r.Check.Subject == subject {
			some = append(some, r)
		}
	}
	return some
}

// pad fills with spaces on the right.
func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(s)))
}
