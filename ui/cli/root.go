package cli

import (
	"cmp"
	"os"

	"github.com/spf13/cobra"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/demo"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/local"
	"github.com/twindeck/twindeck/ui"
	"github.com/twindeck/twindeck/ui/shell"
)

// opener returns the environment that a command's flags ask for.
type opener func(cmd *cobra.Command) (*env.Environment, error)

// newRoot returns the whole command tree.
func newRoot(b Build) *cobra.Command {
	var o local.Options
	var simulated bool
	var debugImage string
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
		if file := cmd.Flags().Lookup("file"); file != nil && file.Changed && file.Value.Type() == dockerfileType {
			if docker.IsRemoteContext(cmd.Flags().Arg(0)) {
				return local.Open(chosen), nil // it may be there
			}
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
			return ui.Run(cmd.Context(), e, ui.Options{Version: b.version(), DebugImage: debugImage})
		},
	}
	flags := root.PersistentFlags()
	flags.StringVarP(&o.Dir, "directory", "C", "", "the project's folder, instead of the working directory")
	flags.StringVar(&o.DockerContext, "docker-context", "", "Docker context, instead of the current one")
	flags.StringVar(&o.Builder, "builder", "", "buildx builder, instead of the current one")
	flags.StringVar(&o.Context, "context", "", "kubeconfig context, instead of the current one")
	flags.StringVarP(&o.Namespace, "namespace", "n", "", "Kubernetes namespace, instead of the context's")
	root.Flags().StringVar(&debugImage, "debug-image", cmp.Or(os.Getenv("TWINDECK_DEBUG_IMAGE"), shell.DefaultImage), "image of debug containers, for those without a shell; TWINDECK_DEBUG_IMAGE sets it too")
	flags.BoolVar(&simulated, "demo", false, "use a simulated Docker and Kubernetes")

	root.AddCommand(newCheck(open), newExplain(open), newReport(open, b), newTrust(open), newVersion(b))
	for _, job := range jobs {
		root.AddCommand(newJob(job, open))
	}
	return root
}
