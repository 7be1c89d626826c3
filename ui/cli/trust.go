package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/twindeck/twindeck/checks"
	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/project/team"
	"github.com/twindeck/twindeck/ui/screen"
)

// newTrust returns `twindeck trust`.
func newTrust(open opener) *cobra.Command {
	var yes, revoke bool
	cmd := &cobra.Command{
		Use:   "trust",
		Short: "Show what the team's checks would run, and let them",
		Long: "trust shows every command that the project's " + team.Name + " wants to run, and asks whether it may.\n" +
			"The answer holds for the file as it is, at its place, on this machine: any change of it asks anew.\n" +
			"Until then twindeck reads the file and runs nothing of it.",
		Example: "  twindeck trust\n" +
			"  twindeck trust --yes      # where nobody can be asked\n" +
			"  twindeck trust --revoke",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if yes && revoke {
				return usageErrorf("--yes and --revoke: use one of them")
			}
			e, err := open(cmd)
			if err != nil {
				return err
			}
			t := trusting{cmd: cmd, e: e}
			if revoke {
				return t.revoke()
			}
			return t.ask(yes)
		},
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "trust the file without a question")
	cmd.Flags().BoolVar(&revoke, "revoke", false, "trust the file no more")
	return cmd
}

// trusting is one talk about trust.
type trusting struct {
	cmd *cobra.Command
	e   *env.Environment
}

// say writes one line, cleaned of what would move the cursor.
func (t trusting) say(format string, a ...any) error {
	if _, err := fmt.Fprintln(t.cmd.OutOrStdout(), screen.Clean(fmt.Sprintf(format, a...))); err != nil {
		return fmt.Errorf("writing the output: %w", err)
	}
	return nil
}

func (t trusting) revoke() error {
	path, err := team.Find(t.e.Host, t.e.Dir)
	if err != nil {
		return t.none()
	}
	had, err := team.Revoke(t.e.Host, path)
	switch {
	case err != nil:
		return err
	case !had:
		return t.say("%s was not trusted", path)
	}
	return t.say("%s is not trusted any more", path)
}

func (t trusting) none() error {
	return fmt.Errorf("there is no %s in %s, nor above it up to the top of its git repository", team.Name, t.e.Dir)
}

func (t trusting) ask(yes bool) error {
	f, err := checks.TeamFile(*t.e)
	switch {
	case errors.Is(err, team.ErrNone):
		return t.none()
	case err != nil:
		return fmt.Errorf("the file must be sound before it can be trusted:\n%w", err)
	case len(f.Commands()) == 0:
		return t.say("%s runs nothing, so there is nothing to trust", f.Path)
	}
	trust := f.Trusted(t.e.Host)
	head := "%s wants to run:"
	switch {
	case trust.Given:
		head = "%s is trusted, and runs:"
	case !trust.Before.IsZero():
		head = "%s was changed since it was trusted, and wants to run:"
	}
	lines := []string{fmt.Sprintf(head, f.Path), ""}
	for _, c := range f.Commands() {
		lines = append(lines, "  "+c)
	}
	if !trust.Given {
		lines = append(append(lines, ""), checks.TrustMeans(t.e.Host, f)...)
	}
	for _, l := range lines {
		if err := t.say("%s", l); err != nil {
			return err
		}
	}
	if trust.Given {
		return nil
	}
	if !yes {
		if yes, err = ask(t.cmd.Context(), "\nTrust it?", t.cmd.OutOrStdout(), t.cmd.InOrStdin()); err != nil {
			return err
		}
	}
	if !yes {
		return errors.New("not trusted: nothing of the file is run (--yes trusts it without a question)")
	}
	path, _, err := f.Give(t.e.Host)
	if err != nil {
		return err
	}
	return t.say("Trusted; remembered in %s", path)
}
