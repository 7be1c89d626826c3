package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/twindeck/twindeck/env/host"
	"github.com/twindeck/twindeck/env/host/hosttest"
)

const (
	dockerConfig  = home + "/.docker/config.json"
	settingsStore = home + "/Library/Group Containers/group.com.docker/settings-store.json"
	defaultSocket = "/var/run/docker.sock" // a link to Desktop's
	binDir        = "/usr/local/bin"
)

// machine is the simulated laptop: a Mac with Docker Desktop, whatever the
// real one is, so that what it shows is the same everywhere.
type machine struct {
	*hosttest.Host
	w *world
}

func (w *world) machine() machine {
	programs := map[string]hosttest.Program{
		binDir + "/docker":                           w.docker,
		binDir + "/kubectl":                          w.kubectl,
		home + "/.docker/cli-plugins/docker-desktop": w.docker,
		home + "/.docker/cli-plugins/docker-buildx":  hosttest.Prints("github.com/docker/buildx v0.37.2"),
		home + "/.docker/cli-plugins/docker-compose": hosttest.Prints("Docker Compose version v5.1.0"),
		"/usr/bin/open":                              w.open,
	}
	if !w.has(HelperMissing) {
		programs[binDir+"/docker-credential-desktop"] = hosttest.Prints("{}\n")
	}
	return machine{w: w, Host: &hosttest.Host{
		System:  "darwin",
		Machine: "arm64",
		HomeDir: home,
		Env: map[string]string{
			"PATH": binDir + ":/usr/bin:/bin:/usr/sbin:/sbin",
			"HOME": home,
		},
		Files:    w.disk(),
		Programs: programs,
		Disks:    map[string]host.Space{"/": {Total: 494 << 30, Free: 131 << 30}},
		RAM:      host.Space{Total: 16 << 30, Free: 5 << 30},
	}}
}

// disk is what the laptop's files say.
func (w *world) disk() map[string]string {
	return map[string]string{
		dockerConfig: `{
  "auths": {"ghcr.io": {}},
  "credsStore": "desktop",
  "currentContext": "desktop-linux"
}
`,
		home + "/.docker/contexts/meta/" + hash("desktop-linux") + "/meta.json": `{"Name":"desktop-linux","Metadata":{"Description":"Docker Desktop"},"Endpoints":{"docker":{"Host":"unix://` + socket + `","SkipTLSVerify":false}}}`,
		settingsStore: fmt.Sprintf(`{
  "AutoStart": true,
  "Cpus": 8,
  "DiskSizeMiB": 102400,
  "KubernetesEnabled": %t,
  "KubernetesMode": "kubeadm",
  "MemoryMiB": 8192,
  "UseContainerdSnapshotter": true
}
`, !w.has(KubernetesOff)),
		kubeconfig: `apiVersion: v1
kind: Config
current-context: ` + w.currentContext() + `
clusters:
- name: docker-desktop
  cluster: {server: "` + apiServer + `"}
- name: ` + apart + `
  cluster: {server: "` + apartURL + `"}
- name: ` + farAway + `
  cluster: {server: "` + farAwayURL + `"}
contexts:
- name: docker-desktop
  context: {cluster: docker-desktop, user: docker-desktop}
- name: ` + apart + `
  context: {cluster: ` + apart + `, user: ` + apart + `}
- name: ` + farAway + `
  context: {cluster: ` + farAway + `, user: ` + farAway + `, namespace: shop}
users:
- name: docker-desktop
  user: {}
- name: ` + apart + `
  user: {}
- name: ` + farAway + `
  user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: aws, interactiveMode: Never}}
`,
		"/Applications/Docker.app/Contents/Info.plist": "<plist/>",
		folder + "/Dockerfile":                         "FROM node:24-alpine\n",
		folder + "/.dockerignore":                      "node_modules\n.git\n",
		folder + "/compose.yaml":                       "services:\n  web: {build: .}\n",
		folder + "/k8s/config.yaml":                    fmt.Sprintf(configYAML, "debug"),
		folder + "/k8s/deployment.yaml":                fmt.Sprintf(deploymentYAML, "my-app", "my-app"),
		folder + "/k8s/service.yaml":                   serviceYAML,
		folder + "/package.json":                       `{"name":"my-app","version":"1.4.2"}`,
	}
}

func (m machine) Now() time.Time { return m.w.clock.Now() }

// Stat finds the engine's sockets while it runs.
func (m machine) Stat(path string) (fs.FileInfo, error) {
	if path != socket && path != defaultSocket {
		return m.Host.Stat(path)
	}
	m.w.lock()
	defer m.w.mu.Unlock()
	if !m.w.engineUp {
		return nil, &fs.PathError{Op: "stat", Path: path, Err: fs.ErrNotExist}
	}
	return socketInfo{name: path, made: m.w.upSince}, nil
}

// socketInfo describes a socket.
type socketInfo struct {
	name string
	made time.Time
}

func (i socketInfo) Name() string       { return filepath.Base(i.name) }
func (i socketInfo) Size() int64        { return 0 }
func (i socketInfo) Mode() fs.FileMode  { return fs.ModeSocket | 0o755 }
func (i socketInfo) ModTime() time.Time { return i.made }
func (i socketInfo) IsDir() bool        { return false }
func (i socketInfo) Sys() any           { return nil }

func (m machine) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.w.lock()
	engineUp, clusterUp := m.w.engineUp, m.w.clusterUp
	m.w.mu.Unlock()
	var err error
	switch {
	case network == "unix" && (address == socket || address == defaultSocket) && engineUp:
	case network == "tcp" && strings.HasSuffix(apiServer, address) && clusterUp:
	case network == "tcp":
		err = syscall.ECONNREFUSED
	default:
		err = fs.ErrNotExist
	}
	if err != nil {
		return nil, fmt.Errorf("dial %s %s: %w", network, address, err)
	}
	ours, theirs := net.Pipe()
	return ours, theirs.Close()
}

// docker is the docker command.
func (w *world) docker(ctx context.Context, c host.Command) (host.Result, error) {
	line := strings.Join(c.Args, " ")
	switch {
	case strings.HasPrefix(line, "desktop status"):
		return w.answer(200*time.Millisecond, func() host.Result {
			state := "stopped"
			if w.engineUp {
				state = "running"
			}
			return host.Result{Stdout: `{"Status":"` + state + `","SessionID":"demo"}` + "\n"}
		})
	case strings.HasPrefix(line, "desktop start"), strings.HasPrefix(line, "desktop restart"):
		w.stopDesktop()
		return w.startDesktop(ctx)
	case strings.HasPrefix(line, "desktop stop"):
		if err := w.pass(ctx, 2*time.Second); err != nil {
			return host.Result{Code: -1}, err
		}
		w.stopDesktop()
		return host.Result{}, nil
	case line == "desktop --help":
		return host.Result{Stdout: desktopHelp}, nil
	case line == "desktop kubernetes --help":
		return host.Result{Stdout: "Usage:  docker desktop kubernetes COMMAND\n\nCommands:\n  images   List images\n  status   Get the status\n"}, nil
	case strings.HasPrefix(line, "desktop kubernetes status"):
		return w.answer(200*time.Millisecond, func() host.Result {
			state := "stopped"
			if w.clusterUp {
				state = "running"
			}
			return host.Result{Stdout: `{"status":"` + state + `"}` + "\n"}
		})
	case strings.HasPrefix(line, "version"), strings.HasPrefix(line, "--version"), strings.HasPrefix(line, "-v"):
		return w.answer(30*time.Millisecond, func() host.Result { return dockerVersion(line, w.engineUp) })
	}
	return host.Result{Code: 1, Stderr: "docker: '" + line + "' is not part of the simulation\n"}, nil
}

// desktopHelp is what `docker desktop --help` lists.
const desktopHelp = `Usage:  docker desktop COMMAND

Commands:
  engine      Commands to list and switch containers engines
  kubernetes  Manage Kubernetes settings
  logs        Print log entries for Docker Desktop
  restart     Restart Docker Desktop
  start       Start Docker Desktop
  status      Display Docker Desktop's status
  stop        Stop Docker Desktop
`

func dockerVersion(line string, up bool) host.Result {
	if !strings.HasPrefix(line, "version") {
		return host.Result{Stdout: "Docker version 29.6.0, build 5d1c2e7\n"}
	}
	answer := map[string]any{"Client": map[string]string{
		"Version": "29.6.0", "ApiVersion": "1.56", "DefaultAPIVersion": "1.56", "Os": "darwin", "Arch": "arm64", "Context": "desktop-linux",
	}}
	r := host.Result{}
	if up {
		answer["Server"] = map[string]any{"Platform": map[string]string{"Name": "Docker Desktop 4.91.0 (239619)"}, "Version": "29.6.0", "ApiVersion": "1.56", "MinAPIVersion": "1.44", "Os": "linux", "Arch": "arm64"}
	} else {
		r.Code, r.Stderr = 1, errEngineOff.Error()+"\n"
	}
	raw, err := json.Marshal(answer)
	if err != nil {
		return host.Result{Code: 1, Stderr: err.Error()}
	}
	r.Stdout = string(raw) + "\n"
	if strings.Contains(line, "{{.Client.Version}}") {
		r.Stdout = "29.6.0\n"
	}
	return r
}

// kubectl is the kubectl command.
func (w *world) kubectl(_ context.Context, c host.Command) (host.Result, error) {
	line := strings.Join(c.Args, " ")
	if !strings.HasPrefix(line, "version") {
		return host.Result{Code: 1, Stderr: "kubectl: '" + line + "' is not part of the simulation\n"}, nil
	}
	return w.answer(40*time.Millisecond, func() host.Result {
		if !strings.Contains(line, "json") {
			return host.Result{Stdout: "Client Version: v1.36.2\nKustomize Version: v5.8.1\n"}
		}
		return host.Result{Stdout: `{"clientVersion":{"major":"1","minor":"36","gitVersion":"v1.36.2","goVersion":"go1.26.4","platform":"darwin/arm64"},"kustomizeVersion":"v5.8.1"}` + "\n"}
	})
}

// open is macOS's open, which starts applications.
func (w *world) open(ctx context.Context, c host.Command) (host.Result, error) {
	if strings.Contains(strings.Join(c.Args, " "), "Docker") {
		return w.startDesktop(ctx)
	}
	return host.Result{}, nil
}

// answer asks what a program prints, the world locked, and says how long it
// would have taken.
func (w *world) answer(takes time.Duration, print func() host.Result) (host.Result, error) {
	w.lock()
	defer w.mu.Unlock()
	r := print()
	r.Took = takes
	return r, nil
}

func (w *world) stopDesktop() {
	w.lock()
	defer w.mu.Unlock()
	w.engineUp, w.clusterUp = false, false
	w.changed()
}

// startDesktop starts the engine, and the cluster if the settings say so.
func (w *world) startDesktop(ctx context.Context) (host.Result, error) {
	const takes = 3 * time.Second
	if err := w.pass(ctx, takes); err != nil {
		return host.Result{Code: -1}, err
	}
	raw, err := w.laptop.ReadFile(settingsStore)
	if err != nil {
		return host.Result{}, err
	}
	settings := struct{ KubernetesEnabled bool }{}
	if err := json.Unmarshal(raw, &settings); err != nil {
		return host.Result{Code: 1, Stderr: "reading " + settingsStore + ": " + err.Error()}, nil
	}
	now := w.lock()
	defer w.mu.Unlock()
	w.engineUp, w.upSince = true, now
	w.changed()
	if settings.KubernetesEnabled {
		w.later(now, 4*time.Second, func(time.Time) { w.clusterUp = true; w.changed() })
	}
	return host.Result{Stdout: "Docker Desktop started\n", Took: takes}, nil
}
