package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

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
		for _, w := range found {
			if err := writeJSON(cmd.OutOrStdout(), w); err != nil {
				return err
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
