package checks

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/twindeck/twindeck/env/host"
)

// pluginFolders are where docker looks for its plugins.
func pluginFolders(h host.Host, c dockerConfig) []string {
	dirs := append(slices.Clone(c.CLIPluginsExtraDirs), host.Join(h, dockerFolder(h), "cli-plugins"))
	switch h.OS() {
	case "windows":
		data, _ := h.Getenv("ProgramData")
		dirs = append(dirs, host.Join(h, data, "Docker", "cli-plugins"), `C:\Program Files\Docker\cli-plugins`)
	default:
		dirs = append(dirs, "/usr/local/lib/docker/cli-plugins", "/usr/local/libexec/docker/cli-plugins",
			"/usr/lib/docker/cli-plugins", "/usr/libexec/docker/cli-plugins")
	}
	return dirs
}

func probePlugin(ctx context.Context, m *Machine, name string) Finding {
	c, _ := m.dockerConfig(ctx)
	file := "docker-" + name
	if m.Host.OS() == "windows" {
		file += ".exe"
	}
	var looked []string
	for _, dir := range pluginFolders(m.Host, c) {
		entries, err := m.Host.ReadDir(dir)
		if err != nil {
			continue
		}
		looked = append(looked, dir)
		if !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == file }) {
			continue
		}
		path := host.Join(m.Host, dir, file)
		if _, err := m.Host.Stat(path); err != nil {
			f := warn("%s leads nowhere", path).saw(path, "%v", reason(err))
			if x := linkPlugin(ctx, m, file, path); x != nil {
				return f.fix(x).byHand(x.Changes...)
			}
			return f.byHand("Remove the dead link: rm "+path, "Reinstall Docker Desktop, or the plugin, to get a new one")
		}
		return ok("%s", path).saw(path, "there")
	}
	if x := linkPlugin(ctx, m, file, host.Join(m.Host, dockerFolder(m.Host), "cli-plugins", file)); x != nil {
		return warn("Docker Desktop brings docker %s, and the docker command does not find it", name).
			saw("plugins", "not in %s", orNone(strings.Join(looked, ", "))).
			saw(host.Join(m.Host, m.install(ctx).Plugins, file), "there").
			fix(x).byHand(x.Changes...)
	}
	if name == "compose" {
		if p, err := m.project(ctx); err == nil && p.Compose != "" {
			return warn("docker compose is not installed").saw("plugins", "not in %s", strings.Join(looked, ", ")).
				saw("project", "%s", p.Compose).
				byHand("https://docs.docker.com/compose/install/ tells how to install it")
		}
		return notHere("Not installed, and this folder has no Compose file")
	}
	return notHere("Not installed; twindeck builds through the engine itself")
}

// linkPlugin makes path a link to the plugin of Docker Desktop; nil where
// Desktop brings none that docker does not look for by itself.
func linkPlugin(ctx context.Context, m *Machine, file, path string) *Fix {
	i := m.install(ctx)
	target := host.Join(m.Host, i.Plugins, file)
	if _, err := m.Host.Stat(target); err != nil || i.Plugins == "" || target == path {
		return nil
	}
	h := m.Host
	return &Fix{
		Title:   "Link Docker Desktop's " + file + " where docker looks",
		Changes: []string{"ln -sf " + target + " " + path},
		Run: func(_ context.Context, say func(string)) (*Undo, error) {
			if err := h.Link(target, path); err != nil {
				return nil, fmt.Errorf("linking %s: %w", path, err)
			}
			say("linked " + path)
			return &Undo{
				Title: "Remove the link again", Changes: []string{"rm " + path},
				Run: func(context.Context, func(string)) error { return h.Remove(path) },
			}, nil
		},
	}
}
