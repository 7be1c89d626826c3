package cli

import (
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/twindeck/twindeck/checks"
)

// newExplain returns `twindeck explain`.
func newExplain(open opener) *cobra.Command {
	out := textOutput
	cmd := &cobra.Command{
		Use:   "explain [ID | TEXT...]",
		Short: "Say what an error text or a check means, and what to do",
		Long: "explain takes the error text of docker, kubectl, a registry, a build or a pod, as arguments or on\n" +
			"its standard input, and says what is wrong and what mends it. With the ID of a check it says what\n" +
			"that looks at and why. It asks neither Docker nor the cluster.\n" +
			"The exit code is 0 when something is known, 1 when nothing is.",
		Example: "  kubectl apply -f k8s/ 2>&1 | twindeck explain\n" +
			"  twindeck explain < error.txt\n" +
			"  twindeck explain port is already allocated\n" +
			"  twindeck explain docker.engine",
		ValidArgsFunction: completeExplained(open),
		RunE: func(cmd *cobra.Command, args []string) error {
			text := strings.Join(args, " ")
			if len(args) == 1 {
				if done, err := explainID(cmd, catalogue(cmd, open), strings.TrimSpace(text), out); done {
					return err
				}
			}
			if len(args) == 0 {
				var err error
				if text, err = piped(cmd.InOrStdin()); err != nil {
					return err
				}
			}
			if strings.TrimSpace(text) == "" {
				return usageErrorf("there is no text to explain: give it as arguments, or pipe it in")
			}
			return explainText(cmd, text, out)
		},
	}
	addOutput(cmd, &out)
	return cmd
}

func completeExplained(open opener) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		ids, directive := completeChecks(open)(cmd, args, typed)
		for _, s := range checks.Symptoms(runtime.GOOS) {
			ids = append(ids, s.ID+"\t"+s.Cause)
		}
		return ids, directive
	}
}

// idLike is what only an ID looks like; an error text has blanks.
var idLike = regexp.MustCompile(`^[a-z]+(\.[a-z-]+)+$`)

// explainID explains a check or a symptom by its ID; done is false for what is
// to be read as an error text.
func explainID(cmd *cobra.Command, list []*checks.Check, id string, o output) (done bool, err error) {
	if i := slices.IndexFunc(list, func(c *checks.Check) bool { return c.ID == id }); i >= 0 {
		return true, showExplained(cmd, o, pageOf(list, list[i]), 0)
	}
	for _, s := range checks.Symptoms(runtime.GOOS) {
		if s.ID == id {
			return true, showExplained(cmd, o, explained{Known: true, Symptoms: []told{tell(checks.Explanation{Symptom: s})}}, 0)
		}
	}
	near := checks.Near(list, id)
	if len(near) == 0 && !idLike.MatchString(id) || len(checks.Explain(runtime.GOOS, id)) > 0 {
		return false, nil
	}
	return true, exitError{code: exitFailed, err: checks.Unknown(list, id)}
}

func explainText(cmd *cobra.Command, text string, o output) error {
	found := checks.Explain(runtime.GOOS, text)
	if len(found) == 0 {
		return showExplained(cmd, o, explained{Collect: checks.WhatToCollect()}, exitFailed)
	}
	page := explained{Known: true}
	for _, e := range found {
		page.Symptoms = append(page.Symptoms, tell(e))
	}
	return showExplained(cmd, o, page, 0)
}

// explained is what explain knows, as --output json prints it.
type explained struct {
	Known    bool     `json:"known"`
	Check    *page    `json:"check,omitempty"`
	Symptoms []told   `json:"symptoms,omitempty"`
	Collect  []string `json:"collect,omitempty"` // of what is not known: what to gather
}

// told is a symptom.
type told struct {
	ID    string   `json:"id"`
	Line  string   `json:"line,omitempty"` // of the text, that shows it
	Cause string   `json:"cause"`
	Do    []string `json:"do"`
	Check string   `json:"check,omitempty"` // ID of the check that looks at the same thing
	Link  string   `json:"link,omitempty"`
}

// page is a check with those around it.
type page struct {
	listed
	Waiting []string `json:"waiting,omitempty"` // IDs of the checks that need it

	titles map[string]string // of the checks named here, by ID
}

func tell(e checks.Explanation) told {
	return told{e.ID, e.Line, e.Cause, e.Do, e.Check, e.Link}
}

// pageOf is what is known of a check, with the symptoms that belong to it.
func pageOf(list []*checks.Check, c *checks.Check) explained {
	p := page{listed: listed{c.ID, c.Subject, c.Title, c.Why, c.Needs, c.Systems, c.Command}, titles: map[string]string{}}
	for _, other := range list {
		p.titles[other.ID] = other.Title
		if slices.Contains(other.Needs, c.ID) {
			p.Waiting = append(p.Waiting, other.ID)
		}
	}
	e := explained{Known: true, Check: &p}
	for _, s := range checks.Symptoms(runtime.GOOS) {
		if s.Check == c.ID {
			e.Symptoms = append(e.Symptoms, tell(checks.Explanation{Symptom: s}))
		}
	}
	return e
}

// showExplained writes a page, and ends with a code.
func showExplained(cmd *cobra.Command, o output, e explained, code int) error {
	var err error
	if o == jsonOutput {
		err = writeJSON(cmd.OutOrStdout(), e)
	} else {
		err = show(cmd, explainedText(e, widthOf(cmd.OutOrStdout())))
	}
	if err != nil || code == 0 {
		return err
	}
	return exitError{code: code} // the page has told it
}
