package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/project"
	"github.com/twindeck/twindeck/env/ship"
)

// addRelease gives a job the flags that make a version of it.
func addRelease(cmd *cobra.Command, o *ship.ReleaseOptions) {
	flags := cmd.Flags()
	flags.StringVar(&o.Ask, "release", "", "release a version: patch, minor or major after the newest git tag, or one such as v1.2.3")
	flags.BoolVar(&o.Overwrite, "overwrite", false, "release a version that the registry or git has already")
	flags.BoolVar(&o.AllowDirty, "allow-dirty", false, "release what is not committed")
	flags.BoolVar(&o.GitTag, "git-tag", false, "tag the commit in git when all went well")
	_ = cmd.RegisterFlagCompletionFunc("release", cobra.FixedCompletions(
		[]string{project.Patch, project.Minor, project.Major}, cobra.ShellCompDirectiveNoFileComp))
}

// readReleases reads the versions there are, if one is asked for.
func (f *shipFlags) readReleases(ctx context.Context, e *env.Environment, p project.Project) error {
	o := &f.options.Release
	if o.Ask == "" {
		if o.Overwrite || o.AllowDirty || o.GitTag {
			return usageErrorf("--overwrite, --allow-dirty and --git-tag go with --release")
		}
		return nil
	}
	o.Known = e.Releases(ctx, p)
	return nil
}

// release writes which version a plan makes.
func (t *textTeller) release(r *ship.Release) {
	switch {
	case r == nil:
		return
	case r.After == "":
		t.field(t.out, "release", r.Version+", the first")
	default:
		t.field(t.out, "release", r.Version+", after "+r.After)
	}
}

// pushed writes what has arrived at the registry, and how that is known.
func pushed(digest string, verified bool, why string) string {
	switch {
	case verified:
		return digest + " (verified: the registry has it)"
	case why != "":
		return digest + " (not verified: " + why + ")"
	}
	return digest
}
