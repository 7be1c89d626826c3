package cli

import (
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/project"
	"github.com/twindeck/twindeck/env/ship"
)

// job is a command that does some of the stages of shipping.
type job struct {
	name   string
	short  string
	long   string
	stages []ship.Stage
	names  bool // takes names of images
}

// jobs are the commands over the one pipeline.
var jobs = []job{
	{
		name: "build", short: "Build the image", stages: []ship.Stage{ship.Build}, names: true,
		long: "Build the folder's image with a tag that is unique to what is in it. A project of several images\n" +
			"builds those that have changed, or only the ones that are named.",
	},
	{
		name: "push", short: "Push the image that was built", stages: []ship.Stage{ship.Deliver}, names: true,
		long: "Push the image that was built to the registry. Where engine and cluster share their images, nothing has to be pushed;\n" +
			"into nodes that are containers of the engine (kind, k3d, minikube) it is loaded.",
	},
	{
		name: "deploy", short: "Deploy the image that was built", stages: []ship.Stage{ship.Deploy},
		long: "Apply the folder's manifests with the image that was built, wait for the rollout, and verify that the pods run it.",
	},
	{
		name: "ship", short: "Build, deliver, deploy and verify",
		long: "Build the folder's image, deliver it the shortest right way, apply the manifests with it, wait for the rollout,\n" +
			"and verify that the pods run exactly what was built.",
	},
}

// does reports whether the job has a stage.
func (j job) does(s ship.Stage) bool {
	return len(j.stages) == 0 || slices.Contains(j.stages, s)
}

// shipFlags are the flags of a job.
type shipFlags struct {
	options ship.Options
	build   buildFlags
	name    string
	unlock  string
	out     output
	dryRun  bool
	names   bool // arguments may be names of images
}

func newJob(j job, open opener) *cobra.Command {
	f := &shipFlags{out: textOutput, names: j.names, options: ship.Options{Stages: j.stages}}
	cmd := &cobra.Command{
		Use: j.name, Short: j.short, Long: j.long, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args, open) },
	}
	switch {
	case j.names && j.does(ship.Build):
		cmd.Use, cmd.Args = j.name+" [CONTEXT | IMAGE...]", cobra.ArbitraryArgs
	case j.names:
		cmd.Use, cmd.Args = j.name+" [IMAGE...]", cobra.ArbitraryArgs
	case j.does(ship.Build):
		cmd.Use, cmd.Args = j.name+" [CONTEXT]", cobra.MaximumNArgs(1)
	}
	flags := cmd.Flags()
	addOutput(cmd, &f.out)
	flags.BoolVar(&f.dryRun, "dry-run", false, "show what would happen, and change nothing")
	flags.StringVar(&f.options.Tag, "tag", "", "image tag, instead of one made from git")
	flags.StringVar(&f.name, "name", "", "image name, instead of the project's")
	flags.StringArrayVar(&f.options.Images, "image", nil, "only this one of the project's images, with those it needs (may be repeated)")
	flags.StringVar(&f.options.Registry, "registry", "", "host[:port][/path] to push to (also: TWINDECK_REGISTRY)")
	if j.does(ship.Build) || j.does(ship.Deliver) {
		addRelease(cmd, &f.options.Release)
	}
	f.build.add(flags, j, &f.options.Build)
	if j.does(ship.Deploy) {
		flags.DurationVar(&f.options.Timeout, "timeout", 5*time.Minute, "how long the rollout may take")
		flags.BoolVar(&f.options.PullSecret, "pull-secret", false, "let pods that have no login for the registry use docker's")
		flags.StringVar(&f.unlock, "unlock", "", "deploy to a context that is not known to be local: its name")
	}
	return cmd
}

// dockerfile is the value of a flag that names a Dockerfile.
type dockerfile string

// dockerfileType tells a --file that names a Dockerfile from others.
const dockerfileType = "Dockerfile"

// String is the file's path.
func (d *dockerfile) String() string { return string(*d) }

// Set takes any path.
func (d *dockerfile) Set(path string) error { *d = dockerfile(path); return nil }

// Type names the value in the help.
func (d *dockerfile) Type() string { return dockerfileType }

// run makes the plan, shows it, and does it.
func (f *shipFlags) run(cmd *cobra.Command, args []string, open opener) error {
	if err := f.build.read(&f.options.Build); err != nil {
		return err
	}
	e, p, err := f.open(cmd, args, open)
	if err != nil {
		return err
	}
	if err := f.checkUnlock(e); err != nil {
		return err
	}
	if f.name != "" {
		if len(p.Images) > 1 {
			return usageErrorf("--name %s: the project has %d images, each with its own name", f.name, len(p.Images))
		}
		p.Name = f.name
	}
	switch {
	case f.build.check:
		return f.runCheck(cmd, e, p)
	case f.build.history:
		return f.runHistory(cmd, e, p)
	}
	if err := f.readReleases(cmd.Context(), e, p); err != nil {
		return err
	}
	f.options.Namespace = cmd.Flag("namespace").Value.String()
	return f.ship(cmd, e, p)
}

// open returns the environment and the project that the arguments name: a
// folder, names of its images, or a context elsewhere.
func (f *shipFlags) open(cmd *cobra.Command, args []string, open opener) (*env.Environment, project.Project, error) {
	e, err := open(cmd)
	if err != nil {
		return nil, project.Project{}, err
	}
	p := e.Project(cmd.Context())
	if cmd.Context().Err() != nil {
		return nil, project.Project{}, exitError{code: exitCancelled}
	}
	context, names, err := contextArg(p, args, f.names)
	if err != nil {
		return nil, project.Project{}, err
	}
	f.options.Images = append(f.options.Images, names...)
	switch {
	case context == "":
		return e, p, nil
	case docker.IsRemoteContext(context):
		return e, remoteProject(p, context, cmd.Flag("file").Value.String()), nil
	default:
		if err := inFolder(cmd, context); err != nil {
			return nil, project.Project{}, err
		}
		if e, err = open(cmd); err != nil {
			return nil, project.Project{}, err
		}
	}
	return e, e.Project(cmd.Context()), nil
}

// ship makes a project's plan, shows it, and does it unless it is only to be shown.
func (f *shipFlags) ship(cmd *cobra.Command, e *env.Environment, p project.Project) error {
	plan := ship.NewPlan(cmd.Context(), e.Docker, e.Kube, p, f.options)
	if err := cmd.Context().Err(); err != nil {
		return exitError{code: exitCancelled}
	}
	tell := f.teller(cmd)
	tell.plan(plan, f.dryRun)
	if len(plan.Fatal()) > 0 {
		tell.refused(plan)
		return exitError{code: exitFailed}
	}
	if f.dryRun {
		return tell.failed()
	}
	var kept error // of the files to write
	if _, err := ship.Run(cmd.Context(), e.Docker, e.Kube, plan, func(ev ship.Event) {
		tell.event(ev)
		if ev.Kind == ship.BuildDone {
			kept = f.build.write(*ev.Image)
		}
	}); err != nil {
		return exitError{code: exitFailed} // the failure was an event
	}
	if kept != nil {
		return kept
	}
	return tell.failed()
}

// checkUnlock takes a context's own name for leave to change it.
func (f *shipFlags) checkUnlock(e *env.Environment) error {
	if f.unlock == "" {
		return nil
	}
	at, err := e.Kube.Context()
	if err != nil {
		return nil //nolint:nilerr // the plan says so
	}
	if at.Name != f.unlock {
		return usageErrorf("--unlock %s: the context in force is %s", f.unlock, at.Name)
	}
	f.options.Unlocked = true
	return nil
}

// teller tells a person or a program of a plan and its run.
type teller interface {
	plan(p ship.Plan, diffs bool)
	refused(p ship.Plan) // the plan does not run
	event(e ship.Event)
	failed() error // the first error of writing
}

func (f *shipFlags) teller(cmd *cobra.Command) teller {
	if f.out == jsonOutput {
		return &jsonTeller{out: cmd.OutOrStdout()}
	}
	return &textTeller{
		out: cmd.OutOrStdout(), errs: cmd.ErrOrStderr(),
		steps: map[string]string{}, layers: map[string]string{},
	}
}

// jsonTeller writes one object a line: the plan, then each event.
type jsonTeller struct {
	out io.Writer
	err error
}

func (t *jsonTeller) write(v any) {
	if err := writeJSON(t.out, v); t.err == nil {
		t.err = err
	}
}

func (t *jsonTeller) plan(p ship.Plan, _ bool) { t.write(p) }
func (t *jsonTeller) refused(ship.Plan)        {}
func (t *jsonTeller) event(e ship.Event)       { t.write(e) }
func (t *jsonTeller) failed() error            { return t.err }
