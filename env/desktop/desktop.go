// Package desktop is Docker Desktop: where it keeps its settings and sockets on
// each system, what they say, and how it is started and stopped.
package desktop

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/host"
)

// Desktop is Docker Desktop as one machine has it.
type Desktop struct{ host host.Host }

// New returns the Docker Desktop of a machine, installed or not.
func New(h host.Host) *Desktop { return &Desktop{host: h} }

// Install is Docker Desktop as found on this machine.
type Install struct {
	Found    bool
	App      string   // application path
	Sockets  []string // engine endpoints it would serve, as Docker host URLs
	Backend  string   // its own socket or pipe, written the same way
	Logs     string   // folder of its logs
	Plugins  string   // folder of the docker plugins it brings; empty: where docker looks anyway
	Settings Settings
	Plugin   bool // `docker desktop` is there
}

// Status is what Docker Desktop says of itself.
type Status struct {
	State string // running, starting, stopped, unknown
	Err   error
}

// Find looks for Docker Desktop's files. It reads, and runs nothing. On the
// Linux side of WSL, where Desktop lives on the Windows side, nothing is found.
func (d *Desktop) Find(context.Context) Install {
	p := placesOf(d.host)
	i := Install{
		Sockets: p.sockets, Backend: p.backend, Logs: p.logs, Plugins: p.brings,
		Settings: findSettings(d.host, p.settings),
	}
	for _, app := range p.apps {
		if d.exists(app) {
			i.App = app
			break
		}
	}
	for _, dir := range p.plugins {
		if d.exists(host.Join(d.host, dir, plugin(d.host))) {
			i.Plugin = true
			break
		}
	}
	// Settings alone prove nothing: they stay behind when Desktop is removed.
	i.Found = i.App != "" || i.Plugin
	return i
}

func (d *Desktop) exists(p string) bool {
	_, err := d.host.Stat(p)
	return err == nil
}

// statusLimit bounds `docker desktop status`, which waits for a backend that
// may be busy starting.
const statusLimit = 2 * time.Second

// Status asks `docker desktop status`. Without that command, or without an
// answer in 2 s, the state is "unknown" and Err says why. Desktop is known to
// say "starting" while its engine answers already: believe the engine.
func (d *Desktop) Status(ctx context.Context) Status {
	if !d.Find(ctx).Plugin {
		return Status{State: "unknown", Err: errors.New("this Docker Desktop has no `docker desktop` command (it came with 4.37)")}
	}
	ctx, cancel := context.WithTimeout(ctx, statusLimit)
	defer cancel()
	r, err := d.host.Run(ctx, host.Command{Path: "docker", Args: []string{"desktop", "status", "--format", "json"}})
	if err != nil {
		return Status{State: "unknown", Err: fmt.Errorf("asking Docker Desktop for its state: %w", err)}
	}
	state, err := parseStatus(r.Stdout)
	if err != nil && r.Code != 0 {
		err = fmt.Errorf("exit code %d: %s", r.Code, firstLine(r.Stderr+r.Stdout))
	}
	if err != nil {
		return Status{State: "unknown", Err: fmt.Errorf("asking Docker Desktop for its state: %w", err)}
	}
	return Status{State: state}
}

// parseStatus reads {"Status":"running",…}; the name's case has varied.
func parseStatus(out string) (string, error) {
	var fields map[string]any
	if err := json.Unmarshal([]byte(out), &fields); err != nil {
		return "", fmt.Errorf("the answer is not JSON: %w", err)
	}
	for name, value := range fields {
		text, ok := value.(string)
		if !ok || !strings.EqualFold(name, "status") {
			continue
		}
		switch text = strings.ToLower(text); text {
		case "running", "starting", "stopped":
			return text, nil
		default:
			return "", fmt.Errorf("the state %q is not known", text)
		}
	}
	return "", errors.New("the answer names no status")
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return strings.TrimSpace(line)
}
