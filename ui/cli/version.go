package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// Build is what is known of the program itself. What the linker did not set
// is taken from what Go wrote into the binary.
type Build struct {
	Version string
	Commit  string
}

func (b Build) version() string {
	if b.Version != "" {
		return b.Version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

func (b Build) commit() string {
	if b.Commit != "" {
		return b.Commit
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return ""
}

func newVersion(b Build) *cobra.Command {
	out := textOutput
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Say which twindeck this is",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			platform := runtime.GOOS + "/" + runtime.GOARCH
			if out == jsonOutput {
				return writeJSON(cmd.OutOrStdout(), map[string]string{
					"version": b.version(), "commit": b.commit(), "go": runtime.Version(), "platform": platform,
				})
			}
			commit := b.commit()
			if commit == "" {
				commit = "unknown"
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "twindeck %s\ncommit   %s\nbuilt    %s %s\n", b.version(), commit, runtime.Version(), platform)
			return err
		},
	}
	addOutput(cmd, &out)
	return cmd
}
