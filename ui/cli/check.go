package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/color"
	"io"
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
	watch      bool
	interval   time.Duration // from the end of a run to the next one
}

// The times between two runs of check --watch.
const (
	usualInterval    = 5 * time.Second
	shortestInterval = time.Second
)

// newCheck returns `twindeck check`.
func newCheck(open opener) *cobra.Command {
	o := checkOptions{output: textOutput}
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Check Docker, Docker Desktop and Kubernetes, and say what mends what is wrong",
		Long: "check looks at what docker version, kubectl version --client and kubectl cluster-info stand on,\n" +
			"names the root cause when something is wrong, and what to do about it. It changes nothing.\n" +
			"The exit code is 0 when all is well (warnings included), 1 when something is broken.\n\n" +
			"With --watch it looks again and again until ctrl+c, and its exit code is then the last verdict's,\n" +
			"or 130 if there is none yet. On a terminal the verdict is drawn anew in its place; elsewhere only\n" +
			"what changed is printed, and with --output json one line a run.",
		Example: "  twindeck check\n" +
			"  twindeck check --only kube          # kube.* and what that needs\n" +
			"  twindeck check --skip kube.coredns\n" +
			"  twindeck check --only team          # what the project's .twindeck.yaml asks for\n" +
			"  twindeck check --output json | jq '.causes'\n" +
			"  twindeck check --output junit >report.xml\n" +
			"  twindeck check --output markdown    # to paste into an issue\n" +
			"  twindeck check --watch --interval 10s",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.wrong(cmd); err != nil {
				return err
			}
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
			if o.watch {
				return newWatch(cmd, e, list, o).run()
			}
			return runChecks(cmd, e, list, o)
		},
	}
	f := cmd.Flags()
	addOutput(cmd, &o.output, junitOutput, markdownOutput)
	f.BoolVarP(&o.all, "all", "a", false, "list every check, also those that are fine")
	f.BoolVar(&o.list, "list", false, "list the checks there are, and run none")
	f.StringSliceVar(&o.only, "only", nil, "run these `ids` and what they need; kube means all of kube.*")
	f.StringSliceVar(&o.skip, "skip", nil, "leave these `ids` out")
	f.BoolVarP(&o.watch, "watch", "w", false, "look again and again, until ctrl+c")
	f.DurationVar(&o.interval, "interval", usualInterval, "with --watch: how long to wait between two runs, 1s or more")
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

// wrong is why flags do not go together.
func (o checkOptions) wrong(cmd *cobra.Command) error {
	document := o.output == junitOutput || o.output == markdownOutput
	switch {
	case o.list && o.watch:
		return usageErrorf("--list runs nothing that --watch could look at again; use one of them")
	case o.list && document:
		return usageErrorf("--list --output %s: use text or json", o.output)
	case o.watch && document:
		return usageErrorf("--watch --output %s: that is one document a run; use text or json", o.output)
	case !o.watch && cmd.Flags().Changed("interval"):
		return usageErrorf("--interval is the time between two runs; add --watch")
	case o.interval < shortestInterval:
		return usageErrorf("--interval %s: use %s or more", o.interval, shortestInterval)
	}
	return nil
}

// checked is how one run came out.
type checked struct {
	summary checks.Summary
	report  checks.Report
}

// look runs the checks once; an error means that ctx ended before they did.
func look(ctx context.Context, e *env.Environment, list []*checks.Check) (checked, error) {
	start := time.Now()
	results := checks.Collect(ctx, list, *e)
	if err := ctx.Err(); err != nil {
		return checked{}, fmt.Errorf("the checks were cancelled: %w", err)
	}
	s := checks.Summarise(results)
	system := checks.ReportSystem{OS: e.Host.OS(), Arch: e.Host.Arch()}
	return checked{s, checks.NewReport(s, system, e.Host.Now(), time.Since(start))}, nil
}

// write writes a run as the flags say.
func (c checked) write(w io.Writer, o checkOptions) error {
	switch o.output {
	case jsonOutput:
		return c.report.WriteJSON(w)
	case junitOutput:
		return c.report.WriteJUnit(w)
	case markdownOutput:
		return c.report.WriteMarkdown(w, checks.MarkdownOptions{})
	default:
		return checks.WriteText(w, c.summary, checks.TextOptions{Paint: paint, All: o.all})
	}
}

func runChecks(cmd *cobra.Command, e *env.Environment, list []*checks.Check, o checkOptions) error {
	c, err := look(cmd.Context(), e, list)
	if err != nil {
		return err
	}
	var page bytes.Buffer
	if err := c.write(&page, o); err != nil {
		return err
	}
	if err := show(cmd, page.String()); err != nil {
		return err
	}
	if c.summary.Status == checks.Fail {
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
		if err := writeJSON(&page, listed{c.ID, c.Subject, c.Title, c.Why, c.Needs, c.Systems, c.Command}); err != nil {
			return err
		}
	}
	return show(cmd, page.String())
}
