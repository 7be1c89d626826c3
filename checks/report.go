package checks

import (
	"encoding/json"
	"io"
	"time"
)

// Report is the outcome of a run as `twindeck check --output json` prints it.
// The names and their meaning stay; new ones may be added. Secrets are masked.
type Report struct {
	Schema int           `json:"schema"` // 1
	Time   time.Time     `json:"time"`   // when the report was made
	System ReportSystem  `json:"system"`
	Status Status        `json:"status"` // ok, warning or failed: the worst there is
	Counts Counts        `json:"counts"`
	Causes []string      `json:"causes"` // IDs of failed checks, the one that most wait for first
	Checks []ReportCheck `json:"checks"` // in the catalogue's order
	Took   int64         `json:"took_ms"`
}

// ReportSystem is the machine that was looked at.
type ReportSystem struct {
	OS   string `json:"os"`   // linux, darwin, windows
	Arch string `json:"arch"` // amd64, arm64
}

// ReportCheck is one check and how it came out.
type ReportCheck struct {
	ID       string           `json:"id"`
	Subject  Subject          `json:"subject"`
	Title    string           `json:"title"`  // what holds when all is well
	Status   Status           `json:"status"` // ok, warning, failed, blocked, not applicable
	Summary  string           `json:"summary"`
	Why      string           `json:"why"`
	Command  string           `json:"command,omitempty"` // asks the same by hand
	Evidence []ReportEvidence `json:"evidence,omitempty"`
	Fix      *ReportFix       `json:"fix,omitempty"`
	Steps    []string         `json:"steps,omitempty"` // the mend by hand
	Link     string           `json:"link,omitempty"`
	Cause    string           `json:"cause,omitempty"`  // for blocked: ID of the check at the root
	Blocks   []string         `json:"blocks,omitempty"` // for failed and warning: IDs that wait for it
	Took     int64            `json:"took_ms"`
}

// ReportEvidence is one thing looked at.
type ReportEvidence struct {
	What string `json:"what"`
	Got  string `json:"got"`
}

// ReportFix is what twindeck could do about it.
type ReportFix struct {
	Title   string   `json:"title"`
	Changes []string `json:"changes"` // exact commands and file changes
}

// NewReport makes a report of a summary.
func NewReport(s Summary, system ReportSystem, at time.Time, took time.Duration) Report {
	r := Report{
		Schema: 1, Time: at.UTC(), System: system,
		Status: s.Status, Counts: s.Counts, Causes: []string{},
		Checks: make([]ReportCheck, 0, len(s.Results)), Took: took.Milliseconds(),
	}
	for _, root := range s.Roots {
		r.Causes = append(r.Causes, root.Check.ID)
	}
	for _, x := range s.Results {
		c := ReportCheck{
			ID: x.Check.ID, Subject: x.Check.Subject, Title: x.Check.Title,
			Status: x.Finding.Status, Summary: x.Finding.Summary,
			Why: x.Check.Why, Command: x.Check.Command,
			Steps: x.Finding.Steps, Link: x.Finding.Link,
			Cause: x.Cause, Blocks: x.Blocks, Took: x.Took.Milliseconds(),
		}
		for _, e := range x.Finding.Evidence {
			c.Evidence = append(c.Evidence, ReportEvidence(e))
		}
		if f := x.Finding.Fix; f != nil {
			c.Fix = &ReportFix{Title: f.Title, Changes: f.Changes}
		}
		r.Checks = append(r.Checks, c)
	}
	return r
}

// WriteJSON writes the report as one line of JSON.
func (r Report) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(r)
}
