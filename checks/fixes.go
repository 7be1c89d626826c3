package checks

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/desktop"
	"github.com/twindeck/twindeck/env/host"
)

// withStart adds the way to get the engine running on this machine.
func withStart(ctx context.Context, m *Machine, f Finding) Finding {
	if e, err := m.Docker.Endpoint(); err == nil && e.Source == "DOCKER_HOST" {
		step := "DOCKER_HOST leads to " + e.Host + ": unset it, if another engine is meant"
		if c, err := m.dockerConfig(ctx); err == nil && c.CurrentContext != "" {
			step += "; docker then uses the context " + c.CurrentContext
		}
		f = f.byHand(step)
	}
	if m.install(ctx).Found {
		if f.Fix == nil {
			f = f.fix(startDesktop(ctx, m))
		}
		return f.byHand("Open Docker Desktop", "Wait until it says that the engine is running")
	}
	switch m.Host.OS() {
	case "linux":
		return f.byHand("sudo systemctl start docker", "journalctl -u docker -n 50 tells why, if it does not start")
	default:
		return f.byHand("Start the application that runs your engine", "docker context ls shows the endpoints there are")
	}
}

// startDesktop starts Docker Desktop, and then believes only the engine.
func startDesktop(ctx context.Context, m *Machine) *Fix {
	e := m.Environment
	changes := desktop.New(e.Host).StartCommands(ctx)
	for i := range changes[min(1, len(changes)):] {
		changes[i+1] = "if that fails: " + changes[i+1]
	}
	return &Fix{
		Title:   "Start Docker Desktop and wait until its engine answers",
		Changes: changes,
		Takes:   "1 to 3 minutes",
		Run: func(ctx context.Context, say func(string)) (*Undo, error) {
			say("starting Docker Desktop")
			if err := e.Desktop.Start(ctx); err != nil {
				return nil, err
			}
			say("waiting for the engine to answer")
			return nil, untilFine(ctx, "the engine", e.Docker.Ping)
		},
	}
}

// startWait is how long an engine may take to come up.
const startWait = 3 * time.Minute

// untilFine asks every second until the answer is no error.
func untilFine(ctx context.Context, what string, ask func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, startWait)
	defer cancel()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		err := ask(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w; it last said: %w", what, ctx.Err(), err)
		case <-tick.C:
		}
	}
}

// useDockerContext writes the current context into config.json, as
// `docker context use` does.
func useDockerContext(m *Machine, c dockerConfig, name string) *Fix {
	value := name
	if name == "default" {
		value = "" // what docker itself writes for it
	}
	return editFile(m.Host, c.Path, Fix{
		Title:   "Use the Docker context " + name,
		Changes: []string{"docker context use " + name, c.Path + `: "currentContext" becomes ` + name + " (a backup is kept beside it)"},
	}, func(old []byte) ([]byte, error) { return setTop(old, "currentContext", value) })
}

// restore puts the newest backup of a broken file back in place. There is a
// fix only if a backup exists that is sound.
func restore(h host.Host, path string, sound func([]byte) error) *Fix {
	backup, data := newestBackup(h, path, sound)
	if backup == "" {
		return nil
	}
	return editFile(h, path, Fix{
		Title:   "Restore the newest sound backup",
		Changes: []string{path + " becomes what " + backup + " holds (the broken file is kept beside it)"},
	}, func([]byte) ([]byte, error) { return data, nil })
}

// newestBackup looks beside path for path.twindeck-backup-*, .bak, .backup and
// the like, and returns the last written one that is sound.
func newestBackup(h host.Host, path string, sound func([]byte) error) (string, []byte) {
	cut := strings.LastIndexAny(path, `/\`)
	dir, name := path[:max(cut, 0)], path[cut+1:]
	entries, err := h.ReadDir(dir)
	if err != nil {
		return "", nil
	}
	var backups []fs.FileInfo
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && strings.HasPrefix(e.Name(), name+".") && info.Mode().IsRegular() {
			backups = append(backups, info)
		}
	}
	slices.SortStableFunc(backups, func(a, b fs.FileInfo) int { return b.ModTime().Compare(a.ModTime()) })
	for _, b := range backups {
		at := host.Join(h, dir, b.Name())
		if data, err := h.ReadFile(at); err == nil && len(data) > 0 && sound(data) == nil {
			return at, data
		}
	}
	return "", nil
}

// useKubeContext writes the current context into the kubeconfig, as
// `kubectl config use-context` does.
func useKubeContext(m *Machine, name string) *Fix {
	path := currentContextFile(m.Host, m.Kube.Config().Files)
	if path == "" {
		return nil
	}
	return editFile(m.Host, path, Fix{
		Title:   "Use the Kubernetes context " + name,
		Changes: []string{"kubectl config use-context " + name, path + ": current-context becomes " + name + " (a backup is kept beside it)"},
	}, func(old []byte) ([]byte, error) { return setCurrentContext(old, name) })
}
