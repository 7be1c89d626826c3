package cli

import (
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/demo"
	"github.com/twindeck/twindeck/env/local"
	"github.com/twindeck/twindeck/ui"
)

// opener returns the environment that a command's flags ask for.
type opener func(cmd *cobra.Command) (*env.Environment, error)

// newRoot returns the whole command tree.
func newRoot(b Build) *cobra.Command {
	var o local.Options
	var simulated bool
	open := func(cmd *cobra.Command) (*env.Environment, error) {
		if simulated {
			return demo.Open(), nil
		}
		if o.Dir != "" {
			if info, err := os.Stat(o.Dir); err != nil || !info.IsDir() {
				return nil, usageErrorf("-C %s: there is no such folder", o.Dir)
			}
		}
		chosen := o
		if file := cmd.Flags().Lookup("file"); file != nil && file.Changed {
			chosen.Dockerfile = file.Value.String()
			if _, err := os.Stat(chosen.Dockerfile); err != nil {
				return nil, usageErrorf("--file %s: there is no such file", chosen.Dockerfile)
			}
		}
		return local.Open(chosen), nil
	}
	root := &cobra.Command{
		Use:   "twindeck",
		Short: "Docker and local Kubernetes, side by side: check, see, ship",
		Long: "twindeck shows the containers Docker runs and the pods Kubernetes runs side by side,\n" +
			"checks that both are set up well, and ships code from a folder into the cluster.\n" +
			"Without a command it opens on the terminal.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			e, err := open(cmd)
			if err != nil {
				return err
			}
			return ui.Run(cmd.Context(), e, ui.Options{})
		},
	}
	flags := root.PersistentFlags()
	flags.StringVarP(&o.Dir, "directory", "C", "", "the project's folder, instead of the working directory")
	flags.StringVar(&o.DockerContext, "docker-context", "", "Docker context, instead of the current one")
	flags.StringVar(&o.Context, "context", "", "kubeconfig context, instead of the current one")
	flags.StringVarP(&o.Namespace, "namespace", "n", "", "Kubernetes namespace, instead of the context's")
	flags.BoolVar(&simulated, "demo", false, "use a simulated Docker and Kubernetes")

	root.AddCommand(newCheck(open), newExplain(open), newTrust(open), newVersion(b))
	for _, job := range jobs {
		root.AddCommand(newJob(job, open))
	}
	return root
}

// output is how a command tells what it found or did.
type output string

const (
	textOutput output = "text"
	jsonOutput output = "json"
)

// String, Set and Type make output a flag's value.
func (o *output) String() string { return string(*o) }

// Set takes text or json.
func (o *output) Set(value string) error {
	if !slices.Contains([]output{textOutput, jsonOutput}, output(value)) {
		return fmt.Errorf("use text or json")
	}
	*o = output(value)
	return nil
}

// Type names the value in the help.
func (o *output) Type() string { return "text|json" }

// addOutput gives a command the flag --output.
func addOutput(cmd *cobra.Command, o *output) {
	cmd.Flags().VarP(o, "output", "o", "how to tell: text, or json with one object a line")
	// The flag was defined on the line above.
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{"text", "json"}, cobra.ShellCompDirectiveNoFileComp))
}
