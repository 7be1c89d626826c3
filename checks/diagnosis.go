package checks

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/secret"
)

// Diagnosis is all that somebody who is asked about a machine wants to know,
// as one text: the checks with what they saw, and what is around them. Secrets
// are masked, the home directory is written as ~, and the names of the user
// and the machine are left out.
type Diagnosis struct {
	Report   Report
	sections []section
	who      identity
}

// section is a chapter of a diagnosis beside the checks.
type section struct {
	title string
	lines []string
	err   error // why there is not more
}

// lookLimit bounds each section; a server that hangs costs this once, since
// all sections are looked at together.
const lookLimit = 4 * time.Second

// Diagnose runs the checks and looks around at the same time. It takes less
// than 10 s, whatever hangs; what could not be had says why.
func Diagnose(ctx context.Context, list []*Check, e env.Environment, program string) Diagnosis {
	start := time.Now()
	var around Diagnosis
	var looking sync.WaitGroup
	looking.Go(func() { around = LookAround(ctx, Report{}, e, program) })
	results := Collect(ctx, list, e)
	took := time.Since(start)
	looking.Wait()
	around.Report = NewReport(Summarise(results), ReportSystem{OS: e.Host.OS(), Arch: e.Host.Arch()}, e.Host.Now(), took)
	return around
}

// LookAround makes a diagnosis of checks that have run already. The program
// is twindeck's own version.
func LookAround(ctx context.Context, r Report, e env.Environment, program string) Diagnosis {
	ctx, cancel := context.WithTimeout(ctx, lookLimit)
	defer cancel()
	m := &Machine{Environment: e, facts: facts{run: ctx}}
	d := Diagnosis{Report: r, sections: make([]section, len(chapters))}
	var looking sync.WaitGroup
	looking.Go(func() { d.who = identify(ctx, e.Host) })
	for i, c := range chapters {
		looking.Go(func() { d.sections[i] = c.read(ctx, m) })
	}
	looking.Wait()
	// The first chapter is the versions; ours is told by who calls.
	d.sections[0].lines = append([]string{"twindeck        " + secret.Mask(program)}, d.sections[0].lines...)
	return d
}

// read looks at one thing. Who does not listen to ctx is left behind.
func (c chapter) read(ctx context.Context, m *Machine) section {
	found := make(chan section, 1)
	go func() {
		s := section{title: c.title}
		defer func() {
			if p := recover(); p != nil {
				s = section{title: c.title, err: fmt.Errorf("looking went wrong: %v", p)}
			}
			found <- s
		}()
		s.lines, s.err = c.look(ctx, m)
	}()
	select {
	case s := <-found:
		return s.tidy()
	case <-ctx.Done():
	}
	select { // who words its own timeout is given the moment that takes
	case s := <-found:
		return s.tidy()
	case <-time.After(100 * time.Millisecond):
		return section{title: c.title, err: fmt.Errorf("no answer within %s", lookLimit)}
	}
}

func (s section) tidy() section {
	for i, l := range s.lines {
		s.lines[i] = tidyText(strings.ReplaceAll(l, "\n", " "))
	}
	return s
}

// WriteMarkdown writes the diagnosis, which begins with the checks.
func (d Diagnosis) WriteMarkdown(w io.Writer) error {
	var b strings.Builder
	b.WriteString("# twindeck report\n\n")
	b.WriteString("Passwords, tokens and keys are masked; ~ is the home directory. Read it before you pass it on.\n\n")
	if err := d.Report.hidden(d.who).WriteMarkdown(&b, MarkdownOptions{Evidence: true}); err != nil {
		return err
	}
	m := &markdown{}
	for _, s := range d.sections {
		m.line("\n## %s", s.title)
		lines := make([]string, len(s.lines))
		for i, l := range s.lines {
			lines[i] = d.who.hide(l)
		}
		m.block(lines)
		switch {
		case s.err != nil:
			for why := range strings.SplitSeq(tidyText(s.err.Error()), "\n") {
				m.line("\nNot to be had: %s", plain(d.who.hide(why)))
			}
		case len(lines) == 0:
			m.line("\nNone.")
		}
	}
	b.WriteString(m.String())
	_, err := io.WriteString(w, b.String())
	return err
}

// hidden is the report without what names a person or a machine.
func (r Report) hidden(who identity) Report {
	all := make([]ReportCheck, len(r.Checks))
	for i, c := range r.Checks {
		c.Summary, c.Link = who.hide(c.Summary), who.hide(c.Link)
		c.Evidence = append([]ReportEvidence(nil), c.Evidence...)
		for j, e := range c.Evidence {
			c.Evidence[j] = ReportEvidence{What: who.hide(e.What), Got: who.hide(e.Got)}
		}
		c.Steps = hideAll(who, c.Steps)
		if c.Fix != nil {
			c.Fix = &ReportFix{Title: who.hide(c.Fix.Title), Changes: hideAll(who, c.Fix.Changes)}
		}
		all[i] = c
	}
	r.Checks = all
	return r
}

func hideAll(who identity, texts []string) []string {
	hidden := make([]string, len(texts))
	for i, t := range texts {
		hidden[i] = who.hide(t)
	}
	return hidden
}
