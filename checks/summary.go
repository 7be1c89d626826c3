package checks

import (
	"fmt"
	"slices"
	"strings"
)

// Summary is a run seen as a whole.
type Summary struct {
	Status   Status   // Fail, Warn or OK: the worst there is
	Counts   Counts   //
	Roots    []Result // what failed, the one that most checks wait for first
	Warnings []Result
	Results  []Result // all, in the catalogue's order
}

// Counts is how many checks came out how. What is not applicable is counted
// apart: it was not looked at, so it is not fine.
type Counts struct {
	OK            int `json:"ok"`
	Warning       int `json:"warning"`
	Failed        int `json:"failed"`
	Blocked       int `json:"blocked"`
	NotApplicable int `json:"not_applicable"`
}

// Summarise sums results up; their order does not matter.
func Summarise(results []Result) Summary {
	s := Summary{Status: OK, Results: slices.Clone(results)}
	sortResults(s.Results)
	for i := range s.Results {
		r := &s.Results[i]
		if r.Finding.Status == Fail || r.Finding.Status == Warn {
			r.Blocks = blockedBy(*r, s.Results)
		}
		switch r.Finding.Status {
		case OK:
			s.Counts.OK++
		case Warn:
			s.Counts.Warning++
			s.Warnings = append(s.Warnings, *r)
		case Fail:
			s.Counts.Failed++
			s.Roots = append(s.Roots, *r)
		case Blocked:
			s.Counts.Blocked++
		case NotHere:
			s.Counts.NotApplicable++
		}
	}
	slices.SortStableFunc(s.Roots, func(a, b Result) int { return len(b.Blocks) - len(a.Blocks) })
	switch {
	case s.Counts.Failed > 0:
		s.Status = Fail
	case s.Counts.Warning > 0:
		s.Status = Warn
	}
	return s
}

// blockedBy are the checks that wait for another: those that need it, and
// those that named it when they came out, which is known only at the end.
func blockedBy(cause Result, all []Result) []string {
	ids := slices.Clone(cause.Blocks)
	for _, r := range all {
		if r.Cause == cause.Check.ID && !slices.Contains(ids, r.Check.ID) {
			ids = append(ids, r.Check.ID)
		}
	}
	return ids
}

// SetupBroken reports whether the set-up itself is broken. A pod that fails is
// something to mend too, but in a sound set-up.
func (s Summary) SetupBroken() bool {
	return slices.ContainsFunc(s.Roots, func(r Result) bool { return r.Check.Subject != Workloads })
}

// Line is the verdict in one line: "2 problems · 1 warning · 31 fine · 4 not needed here".
func (s Summary) Line() string { return s.Counts.Line() }

// Line is the counts in words.
func (c Counts) Line() string {
	var parts []string
	add := func(n int, one, many string) {
		switch {
		case n == 1:
			parts = append(parts, "1 "+one)
		case n > 1:
			parts = append(parts, fmt.Sprintf("%d %s", n, many))
		}
	}
	add(c.Failed, "problem", "problems")
	add(c.Warning, "warning", "warnings")
	add(c.Blocked, "check waits", "checks wait")
	add(c.OK, "fine", "fine")
	add(c.NotApplicable, "not needed here", "not needed here")
	return strings.Join(parts, " · ")
}

// Subjects are all subjects in the order they are shown.
func Subjects() []Subject {
	return []Subject{Docker, Desktop, Kubernetes, Workloads, Registry, Project, Team}
}
