package checks

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/host"
)

// dockerConfig is the part of config.json that checks look at.
type dockerConfig struct {
	Path  string `json:"-"`
	There bool   `json:"-"` // the file exists
	Empty bool   `json:"-"` // and holds nothing

	CurrentContext      string
	CredsStore          string
	CredHelpers         map[string]string
	CLIPluginsExtraDirs []string
	Proxies             map[string]struct{ HTTPProxy, HTTPSProxy, NoProxy string }
	Auths               map[string]json.RawMessage
}

// dockerFolder is where docker keeps its configuration.
func dockerFolder(h host.Host) string {
	if dir, set := h.Getenv("DOCKER_CONFIG"); set && dir != "" {
		return dir
	}
	return host.Join(h, h.Home(), ".docker")
}

func (m *Machine) dockerConfig(ctx context.Context) (dockerConfig, error) {
	return once(ctx, &m.facts, "config.json", func(context.Context) (dockerConfig, error) {
		c := dockerConfig{Path: host.Join(m.Host, dockerFolder(m.Host), "config.json")}
		data, err := m.Host.ReadFile(c.Path)
		if errors.Is(err, fs.ErrNotExist) {
			return c, nil
		}
		c.There = true
		if err != nil {
			return c, fmt.Errorf("reading Docker's configuration: %w", err)
		}
		if c.Empty = len(bytes.TrimSpace(data)) == 0; c.Empty {
			return c, nil
		}
		if err := json.Unmarshal(data, &c); err != nil {
			return c, &jsonError{place: jsonPlace(c.Path, data, err), err: err}
		}
		return c, nil
	})
}

// soundDockerConfig reports why data is no config.json worth restoring.
func soundDockerConfig(data []byte) error { return json.Unmarshal(data, &dockerConfig{}) }

// jsonError is what is wrong in a JSON file, apart from where.
type jsonError struct {
	place string // file:line
	err   error
}

func (e *jsonError) Error() string { return e.place + ": " + e.err.Error() }
func (e *jsonError) Unwrap() error { return e.err }

// jsonPlace is file:line of a JSON error.
func jsonPlace(path string, data []byte, err error) string {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	offset := int64(len(data))
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset = kind.Offset
	}
	line := 1 + bytes.Count(data[:max(0, min(offset, int64(len(data))))], []byte("\n"))
	return fmt.Sprintf("%s:%d", path, line)
}

func probeDockerConfig(ctx context.Context, m *Machine) Finding {
	c, err := m.dockerConfig(ctx)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return fail("config.json may not be read").saw(c.Path, "%v", err).
			byHand("ls -l "+c.Path+" shows whose it is", "sudo chown $USER "+c.Path)
	case err != nil:
		where, what := c.Path, err
		var bad *jsonError
		if errors.As(err, &bad) {
			where, what = bad.place, bad.err
		}
		return fail("config.json is broken").saw(where, "%v", what).
			fix(restore(m.Host, c.Path, soundDockerConfig)).
			byHand("Open "+c.Path+" at the line named and mend it", "Or move it away; docker then starts with defaults, and you log in again")
	case !c.There:
		return ok("No config.json; docker's defaults hold").saw(c.Path, "not there")
	case c.Empty:
		return warn("config.json is empty").saw(c.Path, "0 bytes of settings; context and credentials are lost").
			fix(restore(m.Host, c.Path, soundDockerConfig)).
			byHand("Write {} into it, or restore a backup", "docker login, and docker context use, set it up again")
	}
	return ok("%s", c.Path).saw(c.Path, "valid JSON")
}

func probeDockerContext(ctx context.Context, m *Machine) Finding {
	e, err := m.Docker.Endpoint()
	if err == nil {
		return ok("%s, from %s", e.Context, e.Source).saw("docker context show", "%s → %s", e.Context, e.Host)
	}
	f := fail("The Docker context cannot be resolved").saw("docker context", "%v", err)
	var broken *docker.ConfigError
	if errors.As(err, &broken) {
		f.Because = "docker.config"
		return f
	}
	var missing *docker.ContextError
	if !errors.As(err, &missing) {
		return f.byHand("docker context ls shows which contexts there are", "docker context use default")
	}
	f.Summary = fmt.Sprintf("The Docker context %q does not exist", missing.Name)
	f = f.saw("contexts", "%s", strings.Join(missing.Known, ", "))
	other := betterContext(ctx, m, missing.Known)
	switch missing.Source {
	case "DOCKER_CONTEXT":
		return f.byHand("unset DOCKER_CONTEXT", "or set it to one of: "+strings.Join(missing.Known, ", "))
	case "config.json currentContext":
		if c, err := m.dockerConfig(ctx); err == nil {
			f = f.fix(useDockerContext(m, c, other))
		}
	}
	return f.byHand("docker context use " + other)
}

// betterContext picks the context whose endpoint is likeliest to be there.
func betterContext(ctx context.Context, m *Machine, known []string) string {
	if slices.Contains(known, "desktop-linux") && m.install(ctx).Found {
		return "desktop-linux"
	}
	return "default"
}

func probeDockerHost(ctx context.Context, m *Machine) Finding {
	value, set := m.Host.Getenv("DOCKER_HOST")
	if !set || value == "" {
		return ok("DOCKER_HOST is not set")
	}
	c, err := m.dockerConfig(ctx)
	if err != nil || c.CurrentContext == "" || c.CurrentContext == "default" {
		return ok("DOCKER_HOST is %s, and no other context is chosen", value).saw("DOCKER_HOST", "%s", value)
	}
	return warn("DOCKER_HOST overrides the context %s", c.CurrentContext).
		saw("DOCKER_HOST", "%s", value).
		saw(c.Path+": currentContext", "%s", c.CurrentContext).
		byHand("unset DOCKER_HOST, and remove it from your shell's profile, to use the context",
			"or docker context use default, if DOCKER_HOST is what you want")
}

func probeDaemonConfig(_ context.Context, m *Machine) Finding {
	h := m.Host
	places := []string{host.Join(h, h.Home(), ".docker", "daemon.json")}
	switch h.OS() {
	case "linux":
		places = append(places, "/etc/docker/daemon.json")
	case "windows":
		data, _ := h.Getenv("ProgramData")
		places = append(places, host.Join(h, data, "docker", "config", "daemon.json"))
	}
	f := ok("No daemon.json; the engine's defaults hold")
	for _, path := range places {
		data, err := h.ReadFile(path)
		if err != nil {
			f = f.saw(path, "%v", reason(err))
			continue
		}
		if err := json.Unmarshal(data, &map[string]json.RawMessage{}); err != nil {
			return fail("daemon.json is broken").saw(jsonPlace(path, data, err), "%v", err).
				byHand("Mend the line named", "Restart Docker")
		}
		f.Summary = path + " is valid JSON"
		f = f.saw(path, "valid JSON")
	}
	return f
}

// reason is an error without the path that stands before it already.
func reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// pluginFolders are where docker looks for its plugins.
func pluginFolders(h host.Host, c dockerConfig) []string {
	dirs := append(slices.Clone(c.CLIPluginsExtraDirs), host.Join(h, dockerFolder(h), "cli-plugins"))
	switch h.OS() {
	case "darwin":
		dirs = append(dirs, "/usr/local/lib/docker/cli-plugins", "/opt/homebrew/lib/docker/cli-plugins",
			"/Applications/Docker.app/Contents/Resources/cli-plugins")
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
			return warn("%s leads nowhere", path).saw(path, "%v", reason(err)).
				byHand("Remove the dead link: rm "+path, "Reinstall Docker Desktop, or the plugin, to get a new one")
		}
		return ok("%s", path).saw(path, "there")
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
