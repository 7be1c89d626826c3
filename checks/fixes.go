package checks

import (
	"context"
	"io/fs"
	"slices"
	"strings"

	"github.com/twindeck/twindeck/env/host"
)

// withStart adds the way to get the engine running on this machine.
func withStart(ctx context.Context, m *Machine, f Finding) Finding {
	if e, err := m.Docker.Endpoint(); err == nil && e.Source == "DOCKER_HOST" {
		step := "DOCKER_HOST leads to " + e.Host + ": unset it, if another engine is meant"
		if c, err := m.dockerConfig(ctx); err == nil && c.CurrentContext != "" {
			step += "; docker then uses the context " + c.CurrentContext
		}
		f = f.byHand(step).byHand(unsetForGood(m.Host, "DOCKER_HOST")...)
		if f.Fix == nil && !slices.Contains(m.install(ctx).Sockets, e.Host) {
			f = f.fix(unsetForThisRun(m, "DOCKER_HOST"))
		}
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
