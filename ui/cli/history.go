package cli

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/project"
	"github.com/twindeck/twindeck/ui/screen"
)

// runHistory lists the builds of the project's image that the engine remembers.
func (f *shipFlags) runHistory(cmd *cobra.Command, e *env.Environment, p project.Project) error {
	past, err := e.Docker.Builds(cmd.Context(), "")
	if err != nil {
		return err
	}
	past = slices.DeleteFunc(past, func(b docker.PastBuild) bool { return !madeFor(b, p.Name) })
	if f.out == jsonOutput {
		for _, b := range past {
			if err := writeJSON(cmd.OutOrStdout(), b); err != nil {
				return err
			}
		}
		return nil
	}
	if len(past) == 0 {
		return show(cmd, fmt.Sprintf("the engine remembers no build of %s\n", p.Name))
	}
	var page strings.Builder
	table := tabwriter.NewWriter(&page, 0, 0, 2, ' ', 0)
	zone := e.Host.Now().Location()
	fmt.Fprintln(table, "STARTED\tTOOK\tCACHED\tRESULT\tIMAGE")
	for _, b := range past {
		fmt.Fprintf(table, "%s\t%s\t%d/%d\t%s\t%s\n", b.Started.In(zone).Format(time.DateTime), tookOf(b), b.Cached, b.Steps, resultOf(b), screen.Clean(strings.Join(b.Images, " ")))
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("laying out the builds: %w", err)
	}
	return show(cmd, page.String())
}

// madeFor reports whether a build made the project's image, in whatever
// registry.
func madeFor(b docker.PastBuild, name string) bool {
	for _, image := range b.Images {
		image = image[strings.LastIndex(image, "/")+1:]
		if image, _, _ = strings.Cut(image, ":"); image == name {
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
