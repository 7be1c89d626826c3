package checks

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
)

// WriteJUnit writes the report as JUnit's XML, which build servers read: a
// test suite for each subject, a test case for each check. What is blocked or
// not applicable is skipped; a warning has passed, and says so in its output.
// Characters that XML cannot hold become U+FFFD.
func (r Report) WriteJUnit(w io.Writer) error {
	all := junitSuites{Name: "twindeck check", Time: seconds(r.Took)}
	for _, subject := range Subjects() {
		suite := junitSuite{Name: string(subject), At: r.Time.Format(time.RFC3339)}
		var took int64
		for _, c := range r.Checks {
			if c.Subject == subject {
				took += c.Took
				suite.add(c)
			}
		}
		if suite.Tests == 0 {
			continue
		}
		suite.Time = seconds(took)
		all.Tests += suite.Tests
		all.Failures += suite.Failures
		all.Skipped += suite.Skipped
		all.Suites = append(all.Suites, suite)
	}
	out, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return fmt.Errorf("writing the report as JUnit: %w", err)
	}
	_, err = io.WriteString(w, xml.Header+string(out)+"\n")
	return err
}

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Time     string       `xml:"time,attr"` // seconds
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"` // none: a check that goes wrong has failed
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"`
	At       string      `xml:"timestamp,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"` // the check's ID
	Name    string        `xml:"name,attr"`      // its title
	Time    string        `xml:"time,attr"`
	Failure *junitFailure `xml:"failure,omitempty"`
	Skipped *junitSkipped `xml:"skipped,omitempty"`
	Output  string        `xml:"system-out,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

type junitSkipped struct {
	Message string `xml:"message,attr"`
}

func (s *junitSuite) add(c ReportCheck) {
	s.Tests++
	test := junitCase{Class: c.ID, Name: c.Title, Time: seconds(c.Took)}
	switch c.Status {
	case Fail:
		s.Failures++
		test.Failure = &junitFailure{Message: c.Summary, Text: c.details()}
	case Blocked, NotHere:
		s.Skipped++
		test.Skipped = &junitSkipped{Message: c.Summary}
	case Warn:
		test.Output = "warning: " + c.Summary + "\n" + c.details()
	}
	s.Cases = append(s.Cases, test)
}

// details are what was looked at and what to do, a line each.
func (c ReportCheck) details() string {
	var b strings.Builder
	for _, e := range c.Evidence {
		fmt.Fprintf(&b, "%s: %s\n", e.What, e.Got)
	}
	for i, step := range c.Steps {
		fmt.Fprintf(&b, "%d. %s\n", i+1, step)
	}
	if c.Link != "" {
		fmt.Fprintln(&b, c.Link)
	}
	return b.String()
}

// seconds writes milliseconds as JUnit counts them.
func seconds(ms int64) string { return fmt.Sprintf("%.3f", float64(ms)/1000) }
