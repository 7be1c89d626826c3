package cli

import (
	"fmt"
	"os"

	"github.com/spf13/pflag"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/ship"
)

// buildFlags are the options of docker buildx build, as they were typed.
type buildFlags struct {
	values  map[string]*[]string // by docker.BuildOption's name
	check   bool
	history bool
	idFile  string
	metaTo  string
}

// add gives a job's command its options. Those that change the image belong to
// jobs that do not build too: they make its tag.
func (f *buildFlags) add(flags *pflag.FlagSet, j job, r *docker.BuildRequest) {
	f.values = map[string]*[]string{}
	flags.StringVar(&r.Target, "target", "", "stage of the Dockerfile to build")
	for _, o := range docker.BuildOptions {
		if o.Image || j.does(ship.Build) {
			f.values[o.Name] = flags.StringArray(o.Name, nil, o.Usage)
		}
	}
	if !j.does(ship.Build) {
		flags.Var(new(dockerfile), "file", "Dockerfile that was built, instead of the one found")
		return
	}
	flags.VarP(new(dockerfile), "file", "f", "Dockerfile to build, instead of the one found")
	flags.BoolVar(&r.NoCache, "no-cache", false, "build every step anew")
	flags.BoolVar(&r.Pull, "pull", false, "ask registries for newer base images")
	flags.StringVar(&f.idFile, "iidfile", "", "file to write the image's ID to")
	flags.StringVar(&f.metaTo, "metadata-file", "", "file to write the build's metadata to, as JSON")
	if j.name == "build" {
		flags.BoolVar(&f.check, "check", false, "check the Dockerfile with its linter, and build nothing")
		flags.BoolVar(&f.history, "history", false, "list the builds of this image that the engine remembers, and build nothing")
	}
}

// read puts what was typed into a request.
func (f *buildFlags) read(r *docker.BuildRequest) error {
	for _, o := range docker.BuildOptions {
		values := f.values[o.Name]
		if values == nil {
			continue
		}
		for _, value := range *values {
			if err := o.Set(r, value); err != nil {
				return usageErrorf("--%s: %w", o.Name, err)
			}
		}
	}
	return nil
}

// write keeps what the files asked for keep of an image that was built.
func (f *buildFlags) write(built docker.BuildResult) error {
	if f.idFile != "" {
		if err := os.WriteFile(f.idFile, []byte(built.ImageID), 0o644); err != nil { //nolint:gosec // as docker writes it
			return fmt.Errorf("--iidfile: %w", err)
		}
	}
	if f.metaTo == "" {
		return nil
	}
	data, err := built.Metadata()
	if err == nil {
		err = os.WriteFile(f.metaTo, data, 0o644) //nolint:gosec // as docker writes it
	}
	if err != nil {
		return fmt.Errorf("--metadata-file: %w", err)
	}
	return nil
}
