package checks

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/host"
)

// storedContext is a Docker context as its meta.json tells it.
type storedContext struct {
	Name      string
	Endpoints struct {
		Docker struct{ Host string } `json:"docker"`
	}
}

// dockerContexts reads the contexts that docker keeps in its folder. What cannot
// be read is left out: it could not be used either.
func dockerContexts(h host.Host) []storedContext {
	meta := host.Join(h, dockerFolder(h), "contexts", "meta")
	folders, err := h.ReadDir(meta)
	if err != nil {
		return nil
	}
	var all []storedContext
	for _, d := range folders {
		data, err := h.ReadFile(host.Join(h, meta, d.Name(), "meta.json"))
		if err != nil {
			continue
		}
		var c storedContext
		if json.Unmarshal(data, &c) == nil && c.Name != "" {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b storedContext) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// withOtherEngine adds to a finding about an endpoint that is not there that
// another engine's socket is, and the way to it.
func withOtherEngine(ctx context.Context, m *Machine, f Finding, gone docker.Endpoint) Finding {
	there := func(url string) bool {
		path, isUnix := strings.CutPrefix(url, "unix://")
		if !isUnix || url == gone.Host {
			return false
		}
		_, err := m.Host.Stat(path)
		return err == nil
	}
	i := m.install(ctx)
	// Who chose Docker Desktop wants it started, not another engine.
	meant := i.Found && slices.Contains(i.Sockets, gone.Host)
	for _, c := range dockerContexts(m.Host) {
		if meant || !there(c.Endpoints.Docker.Host) {
			continue
		}
		f = f.saw("another engine", "context %s: %s is there", c.Name, c.Endpoints.Docker.Host)
		switch gone.Source {
		case "DOCKER_HOST":
			return f
		case "DOCKER_CONTEXT":
			return f.byHand("export DOCKER_CONTEXT=" + c.Name + " chooses the engine that is there")
		}
		if config, err := m.dockerConfig(ctx); err == nil {
			f = f.fix(useDockerContext(m, config, c.Name))
		}
		return f.byHand("docker context use " + c.Name + " chooses the engine that is there")
	}
	for _, url := range append(slices.Clone(i.Sockets), "unix:///var/run/docker.sock") {
		if there(url) {
			return f.saw("another engine", "%s is there: choose its context (docker context ls)", strings.TrimPrefix(url, "unix://"))
		}
	}
	return f
}
