package checks

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/host"
	"github.com/twindeck/twindeck/env/host/hosttest"
	"github.com/twindeck/twindeck/env/kube"
)

// fakeDesktop is Docker Desktop as `docker desktop` shows it. Its zero value
// works as it should.
type fakeDesktop struct {
	refuses map[string]string            // what stop, start or restart says instead of doing it
	comesUp bool                         // start brings the engine up though it says it did not
	rewrite func(settings string) string // what it makes of its file when it stops
	forgets bool                         // it starts with its own settings, and writes them over the file
	boots   []kube.Readyz                // what the API server says first, after a start
}

const desktopHelpText = `
Usage:  docker desktop COMMAND

Commands:
  engine      Commands to list and switch containers engines (Windows only)
  kubernetes  Manage Kubernetes settings
  logs        Print log entries for Docker Desktop
  restart     Restart Docker Desktop
  start       Start Docker Desktop
  status      Display whether Docker Desktop is running or stopped
  stop        Stop Docker Desktop
`

func (d *fakeDesktop) run(ctx context.Context, l *laptop, c host.Command) (host.Result, error) {
	words := strings.Join(c.Args[1:], " ")
	switch words {
	case "--help":
		return host.Result{Stdout: desktopHelpText}, nil
	case "engine --help":
		return host.Result{Stdout: "Commands:\n  ls   List available engines\n  use  Switch between engines\n"}, nil
	case "kubernetes --help":
		return host.Result{Stdout: "Commands:\n  images  List images\n  status  Get the status\n"}, nil
	case "kubernetes status --format json":
		return host.Result{Stdout: `{"status":"starting"}`}, nil
	}
	verb, limit, _ := strings.Cut(words, " ")
	if limit != "--timeout 120" {
		return hosttest.Hangs()(ctx, c) // as the real one does
	}
	refusal, refused := d.refuses[verb]
	if refused && !d.comesUp {
		return host.Result{Code: 1, Stderr: refusal}, nil
	}
	if verb == "stop" || verb == "restart" {
		d.stop(l)
	}
	if verb == "start" || verb == "restart" {
		d.start(l)
	}
	if refused {
		return host.Result{Code: 1, Stderr: refusal}, nil
	}
	return host.Result{}, nil
}

func (d *fakeDesktop) stop(l *laptop) {
	l.says = `{"Status":"stopped"}`
	l.docker.down, l.kube.down = docker.ErrUnreachable, kube.ErrUnreachable
	if path := l.settings(); d.rewrite != nil {
		l.host.Files[path] = d.rewrite(l.host.Files[path])
	}
}

func (d *fakeDesktop) start(l *laptop) {
	l.says = `{"Status":"running"}`
	l.docker.down = nil
	l.docker.info.SystemTime = now
	path := l.settings()
	if d.forgets {
		l.host.Files[path] = `{"KubernetesEnabled": false}`
	}
	var s map[string]any
	if json.Unmarshal([]byte(l.host.Files[path]), &s) == nil && (s["KubernetesEnabled"] == true || s["kubernetesEnabled"] == true) {
		l.kube.down, l.kube.boots = nil, d.boots
	}
}

// settings is the path of Docker Desktop's settings on this laptop.
func (l *laptop) settings() string {
	for path := range l.host.Files {
		if strings.HasSuffix(path, "settings-store.json") || strings.HasSuffix(path, "settings.json") && !strings.HasSuffix(path, "admin-settings.json") {
			return path
		}
	}
	return ""
}
