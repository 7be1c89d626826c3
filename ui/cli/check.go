package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image/color"
	"strings"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/spf13/cobra"

	"github.com/twindeck/twindeck/checks"
	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/project/team"
)

// checkOptions are the flags of `twindeck check`.
type checkOptions struct {
	output     output
	list, all  bool
	only, skip []string
}

// newCheck returns `twindeck check`.
func newCheck(open opener) *cobra.Command {
	o := checkOptions{output: textOutput}
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Check Docker, Docker Desktop and Kubernetes, and say what mends what is wrong",
		Long: "check looks at what docker version, kubectl version --client and kubectl cluster-info stand on,\n" +
			"names the root cause when something is wrong, and what to do about it. It changes nothing.\n" +
			"The exit code is 0 when all is well (warnings included), 1 when something is broken.",
		Example: "  twindeck check\n" +
			"  twindeck check --only kube          # kube.* and what that needs\n" +
			"  twindeck check --skip kube.coredns\n" +
			"  twindeck check --only team          # what the project's .twindeck.yaml asks for\n" +
			"  twindeck check --output json | jq '.causes'",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			e, err := open(cmd)
			if err != nil {
				return err
			}
			list, err := checks.Select(checks.Catalogue(*e), o.only, o.skip)
			if err != nil {
				return usageErrorf("%w", withTeamFault(*e, err))
			}
			if o.list {
				return listChecks(cmd, list, o.output)
			}
			return runChecks(cmd, e, list, o)
		},
	}
	f := cmd.Flags()
	addOutput(cmd, &o.output)
	f.BoolVarP(&o.all, "all", "a", false, "list every check, also those that are fine")
	f.BoolVar(&o.list, "list", false, "list the checks there are, and run none")
	f.StringSliceVar(&o.only, "only", nil, "run these `ids` and what they need; kube means all of kube.*")
	f.StringSliceVar(&o.skip, "skip", nil, "leave these `ids` out")
	for _, name := range []string{"only", "skip"} {
		// The flags were defined above.
		_ = cmd.RegisterFlagCompletionFunc(name, completeChecks(open))
	}
	return cmd
}

// withTeamFault adds to an ID that nobody knows why the team's are not known.
func withTeamFault(e env.Environment, err error) error {
	var bad *team.Error
	if _, fault := checks.TeamFile(e); errors.As(fault, &bad) {
		return fmt.Errorf("%w\nthe team's checks cannot be read: %w", err, bad)
	}
	return err
}

// completeChecks completes to the IDs of checks, the team's own included.
func completeChecks(open opener) cobra.CompletionFunc {
	return func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		var ids []string
		for _, c := range catalogue(cmd, open) {
			ids = append(ids, c.ID+"\t"+c.Title)
		}
		return ids, cobra.ShellCompDirectiveNoFileComp
	}
}

// catalogue is every check there is for the folder that the flags name.
func catalogue(cmd *cobra.Command, open opener) []*checks.Check {
	e, err := open(cmd)
	if err != nil {
		return checks.All()
	}
	return checks.Catalogue(*e)
}

func runChecks(cmd *cobra.Command, e *env.Environment, list []*checks.Check, o checkOptions) error {
	start := time.Now()
	results := checks.Collect(cmd.Context(), list, *e)
	if err := cmd.Context().Err(); err != nil {
		return fmt.Errorf("the checks were cancelled: %w", err)
	}
	s := checks.Summarise(results)

	var page bytes.Buffer
	var err error
	if o.output == jsonOutput {
		system := checks.ReportSystem{OS: e.Host.OS(), Arch: e.Host.Arch()}
		err = checks.NewReport(s, system, e.Host.Now(), time.Since(start)).WriteJSON(&page)
	} else {
		err = checks.WriteText(&page, s, checks.TextOptions{Paint: paint, All: o.all})
	}
	if err == nil {
		err = show(cmd, page.String())
	}
	if err != nil {
		return err
	}
	if s.Status == checks.Fail {
		return exitError{code: exitFailed} // the report has told it
	}
	return nil
}

// show writes a page, without colours where they are not wanted (no terminal, NO_COLOR).
func show(cmd *cobra.Command, page string) error {
	if _, err := lipgloss.Fprint(cmd.OutOrStdout(), page); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// paint uses the terminal's own sixteen colours, which suit its background.
func paint(s checks.Status, text string) string {
	colors := map[checks.Status]color.Color{
		checks.OK: lipgloss.Green, checks.Warn: lipgloss.Yellow, checks.Fail: lipgloss.Red,
	}
	c, known := colors[s]
	if !known {
		c = lipgloss.BrightBlack
	}
	return lipgloss.NewStyle().Foreground(c).Render(text)
}

// listed is a check as `check --list --output json` prints it, one a line.
type listed struct {
	ID      string         `json:"id"`
	Subject checks.Subject `json:"subject"`
	Title   string         `json:"title"`
	Why     string         `json:"why"`
	Needs   []string       `json:"needs,omitempty"`
	Systems []string       `json:"systems,omitempty"`
	Command string         `json:"command,omitempty"`
}

func listChecks(cmd *cobra.Command, list []*checks.Check, o output) error {
	var page strings.Builder
	width := 0
	for _, c := range list {
		width = max(width, len(c.ID))
	}
	for _, c := range list {
		if o == textOutput {
			fmt.Fprintf(&page, "%-*s  %s\n", width, c.ID, c.Title)
			continue
		}
		line, err := json.Marshal(listed{c.ID, c.Subject, c.Title, c.Why, c.Needs, c.Systems, c.Command})
		if err != nil {
			return fmt.Errorf("listing the checks: %w", err)
		}
		page.Write(append(line, '\n'))
	}
	return show(cmd, page.String())
}
