package checks

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/twindeck/twindeck/env/desktop"
	"github.com/twindeck/twindeck/env/host"
	"github.com/twindeck/twindeck/env/project"
)

func probeMounts(ctx context.Context, m *Machine) Finding {
	p, err := m.project(ctx)
	if err != nil || p.Compose == "" {
		return notHere("There is no Compose file here")
	}
	if i, err := m.info(ctx); err != nil || !i.IsDesktop() {
		return notHere("The engine is not Docker Desktop's: it sees every folder")
	}
	data, err := m.Host.ReadFile(p.Compose)
	if err != nil {
		return notHere("The Compose file cannot be read")
	}
	mounts := composeMounts(m.Host, p, data)
	if len(mounts) == 0 {
		return ok("The Compose file mounts no folder")
	}
	shared := sharedFolders(m.Host, m.install(ctx).Settings)
	f := ok("All are").saw("Docker Desktop shares", "%s", strings.Join(shared, ", "))
	var outside []string
	for _, dir := range mounts {
		if slices.ContainsFunc(shared, func(s string) bool { return within(dir, s) }) {
			continue
		}
		outside = append(outside, dir)
		f = f.saw(p.Compose, "mounts %s", dir)
	}
	if len(outside) == 0 {
		return f
	}
	f.Status = Warn
	f.Summary = "Docker Desktop does not share " + strings.Join(outside, ", ") + ": Mounts denied"
	for _, dir := range outside {
		f = f.byHand(fmt.Sprintf("Docker Desktop → Settings → Resources → File sharing: add %s", dir))
	}
	return f.byHand("Apply & restart")
}

// sharedFolders are those that containers may mount: the settings', or what
// Docker Desktop begins with.
func sharedFolders(h host.Host, s desktop.Settings) []string {
	switch {
	case len(s.Shared) > 0:
		return s.Shared
	case h.OS() == "darwin":
		return []string{"/Users", "/Volumes", "/private", "/tmp", "/var/folders"}
	default:
		return []string{h.Home()}
	}
}

func within(p, dir string) bool {
	dir = strings.TrimSuffix(dir, "/")
	return p == dir || strings.HasPrefix(p, dir+"/")
}

// composeMounts are the folders and files of this machine that a Compose file
// mounts, absolute and sorted. What is no Compose file mounts nothing.
func composeMounts(h host.Host, p project.Project, data []byte) []string {
	var file struct {
		Services map[string]struct {
			Volumes []any `json:"volumes"`
		} `json:"services"`
	}
	if yaml.Unmarshal(data, &file) != nil {
		return nil
	}
	vars := variables{h, dotEnv(h, p.Dir)}
	var all []string
	for _, s := range file.Services {
		for _, entry := range s.Volumes {
			source := ""
			switch e := entry.(type) {
			case string:
				if from, _, bind := strings.Cut(vars.expand(e), ":"); bind {
					source = from
				}
			case map[string]any:
				if e["type"] == "bind" {
					source, _ = e["source"].(string)
					source = vars.expand(source)
				}
			}
			dir := absolute(h, p.Dir, source)
			if dir != "" && !slices.Contains(all, dir) {
				all = append(all, dir)
			}
		}
	}
	slices.Sort(all)
	return all
}

// absolute is where a mount's source leads; empty for a volume's name.
func absolute(h host.Host, dir, source string) string {
	switch {
	case strings.HasPrefix(source, "/"):
		return path.Clean(source)
	case source == "~" || strings.HasPrefix(source, "~/"):
		return path.Join(h.Home(), source[1:])
	case strings.HasPrefix(source, "."):
		return path.Join(dir, source)
	}
	return ""
}
