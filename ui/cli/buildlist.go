package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/project"
	"github.com/twindeck/twindeck/ui/screen"
)

// runCheck tells what the linter finds in the Dockerfile; a finding fails the
// command, as it does docker build --check.
func (f *shipFlags) runCheck(cmd *cobra.Command, e *env.Environment, p project.Project) error {
	if p.Dockerfile == "" {
		return exitError{code: exitFailed, err: fmt.Errorf("no Dockerfile in %s: name one with --file", p.Dir)}
	}
	r := f.options.Build
	r.Context, r.Dockerfile = p.Context, p.Dockerfile
	found, err := e.Docker.Lint(cmd.Context(), r)
	var broken *docker.BuildError
	if errors.As(err, &broken) {
		found = append(found, docker.BuildWarning{Rule: "BuildError", Text: broken.Err.Error(), File: broken.File, Line: broken.Line})
	} else if err != nil {
		return err
	}
	if f.out == jsonOutput {
		enc := json.NewEncoder(cmd.OutOrStdout())
		for _, w := range found {
			if err := enc.Encode(w); err != nil {
				return fmt.Errorf("writing the output: %w", err)
			}
		}
	} else if err := show(cmd, findings(found, p)); err != nil {
		return err
	}
	if len(found) > 0 {
		return exitError{code: exitFailed}
	}
	return nil
}

// findings are the linter's, one a line, and where each is explained.
func findings(found []docker.BuildWarning, p project.Project) string {
	t := textTeller{dir: p.Dir}
	var b strings.Builder
	for _, w := range found {
		fmt.Fprintf(&b, "▲ %s %s: %s\n", t.place(w.File, w.Line), w.Rule, screen.Clean(w.Text))
		if w.URL != "" {
			fmt.Fprintf(&b, "  %s\n", w.URL)
		}
	}
	file := t.place(p.Dockerfile, 0)
	if len(found) == 0 {
		fmt.Fprintf(&b, "%s: nothing to say against it\n", filepath.ToSlash(file))
	}
	return b.String()
}

// runHistory lists the builds of the project's image that the engine remembers.
func (f *shipFlags) runHistory(cmd *cobra.Command, e *env.Environment, p project.Project) error {
	past, err := e.Docker.Builds(cmd.Context(), "")
	if err != nil {
		return err
	}
	if f.out == jsonOutput {
		enc := json.NewEncoder(cmd.OutOrStdout())
		for _, b := range past {
			if !madeFor(b, p.Name) {
				continue
			}
			if err := enc.Encode(b); err != nil {
				return fmt.Errorf("writing the output: %w", err)
			}
		}
		return nil
	}
	var b strings.Builder
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	rows, zone := 0, e.Host.Now().Location()
	fmt.Fprintln(table, "STARTED\tTOOK\tCACHED\tRESULT\tIMAGE")
	for _, past := range past {
		if !madeFor(past, p.Name) {
			continue
		}
		rows++
		fmt.Fprintf(table, "%s\t%s\t%d/%d\t%s\t%s\n", past.Started.In(zone).Format(time.DateTime), tookOf(past), past.Cached, past.Steps, resultOf(past), screen.Clean(strings.Join(past.Images, " ")))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if rows == 0 {
		return show(cmd, fmt.Sprintf("the engine remembers no build of %s\n", p.Name))
	}
	return show(cmd, b.String())
}

// madeFor reports whether a build made the project's image, in whatever
// registry.
func madeFor(b docker.PastBuild, name string) bool {
	for _, image := range b.Images {
		if project.LastPart(image) == name {
			return true
		}
	}
	return false
}

func tookOf(b docker.PastBuild) string {
	if b.Running {
		return "-"
	}
	return took(b.Took)
}

// resultOf is how a build ended, in one line.
func resultOf(b docker.PastBuild) string {
	switch {
	case b.Running:
		return "running"
	case strings.HasSuffix(b.Err, "context canceled"):
		return "cancelled"
	case b.Err != "":
		line, _, _ := strings.Cut(b.Err, "\n")
		return "failed: " + screen.Cut(screen.Clean(line), 60)
	case b.Warnings == 1:
		return "built, 1 warning"
	case b.Warnings > 1:
		return fmt.Sprintf("built, %d warnings", b.Warnings)
	}
	return "built"
}
