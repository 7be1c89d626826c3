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
		return f.fix(unsetForThisRun(m, "DOCKER_CONTEXT")).byHand(unsetForGood(m.Host, "DOCKER_CONTEXT")...).
			byHand("Or set it to one of: " + strings.Join(missing.Known, ", "))
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
	f := warn("DOCKER_HOST overrides the context %s", c.CurrentContext).
		saw("DOCKER_HOST", "%s", value).
		saw(c.Path+": currentContext", "%s", c.CurrentContext)
	if m.ping(ctx) != nil {
		// With an engine that answered twindeck stays, so it would change nothing.
		f = f.fix(unsetForThisRun(m, "DOCKER_HOST"))
	}
	return f.byHand(unsetForGood(m.Host, "DOCKER_HOST")...).
		byHand("Or docker context use default, if DOCKER_HOST is what you want")
}

// reason is an error without the path that stands before it already.
func reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
