package cli

import (
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/project"
)

// contextArg tells the build context from names of the project's images among
// the arguments. A context is a folder, or something remote.
func contextArg(p project.Project, args []string, images bool) (context string, names []string, err error) {
	if len(args) == 0 {
		return "", nil, nil
	}
	first := args[0]
	several := images && len(p.Images) > 1
	switch info, err := os.Stat(first); {
	case len(args) > 1, several && slices.Contains(p.Names(), first):
		return "", args, nil
	case docker.IsRemoteContext(first), err == nil && info.IsDir():
		return first, nil, nil
	case several:
		return "", args, nil // the plan says which images there are
	}
	return "", nil, usageErrorf("%s: there is no such folder, and it is no URL of a git repository or an archive", first)
}

// inFolder makes a folder the project's, as -C does.
func inFolder(cmd *cobra.Command, folder string) error {
	dir := cmd.Flag("directory")
	if dir == nil || dir.Changed {
		return usageErrorf("%s: the folder is given by -C already", folder)
	}
	return dir.Value.Set(folder)
}

// remoteProject is the folder's project built from a context elsewhere.
func remoteProject(p project.Project, context, file string) project.Project {
	p.Context, p.Dockerfile, p.Version, p.Problems = context, file, project.Version{}, nil
	if file == "" {
		p.Dockerfile = "Dockerfile"
	}
	p.Name, p.Images = project.RemoteName(context), nil
	return p
}
