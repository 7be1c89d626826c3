package docker

import (
	"fmt"
	"strings"

	buildkit "github.com/moby/buildkit/client"
	"github.com/tonistiigi/fsutil"
)

// addContexts gives a build its named contexts, as --build-context does:
// folders of this machine are sent along, the rest BuildKit fetches itself.
func addContexts(o *buildkit.SolveOpt, contexts map[string]string) error {
	for name, at := range contexts {
		if strings.Contains(at, "://") || strings.HasPrefix(at, "git@") {
			o.FrontendAttrs["context:"+name] = at
			continue
		}
		folder, err := fsutil.NewFS(at)
		if err != nil {
			return fmt.Errorf("reading the folder %s of the named context %s: %w", at, name, err)
		}
		o.FrontendAttrs["context:"+name] = "local:" + name
		o.LocalMounts[name] = folder
	}
	return nil
}
