package checks

import (
	"errors"
	"io/fs"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/host"
	"github.com/twindeck/twindeck/env/host/hosttest"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/project"
)

// fault is one way to break a laptop and what must come of it.
type fault struct {
	name  string
	on    func(*testing.T) *laptop
	spoil func(*testing.T, *laptop)
	want  Status   // of the check named id
	id    string   // the one root cause
	says  string   // part of its summary
	do    string   // part of what to do by hand
	fix   bool     // twindeck can mend it
	waits []string // some that must be blocked by it
	line  int      // of the catalogue of known faults; 0: none
}

const macConfig = "/Users/ada/.docker/config.json"

// engineFaults are what can be wrong with Docker itself.
var engineFaults = []fault{
	{
		name: "nothing installed", on: mac, want: Fail, id: "docker.installed", says: "not installed", do: "Download",
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Programs = map[string]hosttest.Program{"/usr/local/bin/kubectl": hosttest.Prints(kubectlJSON)}
			l.host.Files = map[string]string{}
			l.host.Sockets = nil
			delete(l.host.Env, "TWINDECK_REGISTRY")
			l.docker.down = docker.ErrUnreachable
			l.kube.config = kube.Config{Source: "~/.kube/config", Err: kube.ErrNoConfig}
			l.kube.contextErr = kube.ErrNoConfig
			l.project = project.Project{}
		},
		waits: []string{"docker.cli", "docker.engine", "docker.disk", "kube.context", "kube.server"},
	},
	{
		name: "docker not on PATH", on: mac, want: Fail, id: "docker.cli", says: "not on PATH", do: "Add /Users/ada/.docker/bin to PATH",
		spoil: func(_ *testing.T, l *laptop) {
			delete(l.host.Programs, "/usr/local/bin/docker")
			l.host.Files["/Users/ada/.docker/bin/docker"] = "x"
			l.says = ""
		},
		waits: []string{"docker.cli.version", "docker.server", "docker.compose"},
	},
	{
		name: "docker does not run", on: linux, want: Fail, id: "docker.cli.version", says: "does not run",
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Programs["/usr/bin/docker"] = hosttest.Exits(126, "", "cannot execute binary file: Exec format error")
		},
		waits: []string{"docker.server"},
	},
	{
		name: "config.json broken", on: mac, want: Fail, id: "docker.config", says: "broken", do: "at the line named", fix: true,
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Files[macConfig+".twindeck-backup-1"] = l.host.Files[macConfig]
			l.host.Files[macConfig] = "{\n  \"credsStore\": \"desktop\",\n}"
			l.docker.endpointErr = &docker.ConfigError{File: macConfig, Line: 3, Err: errors.New("invalid character")}
		},
		waits: []string{"docker.context", "docker.engine", "registry.helper"},
	},
	{
		name: "config.json may not be read", on: mac, want: Fail, id: "docker.config", says: "may not be read", do: "chown",
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Broken = map[string]error{macConfig: fs.ErrPermission}
			l.docker.endpointErr = &docker.ConfigError{File: macConfig, Err: fs.ErrPermission}
		},
		waits: []string{"docker.context"},
	},
	{
		name: "config.json empty", on: mac, want: Warn, id: "docker.config", says: "empty",
		spoil: func(_ *testing.T, l *laptop) { l.host.Files[macConfig] = "\n" },
	},
	{
		name: "context gone", on: mac, want: Fail, id: "docker.context", says: `"gone" does not exist`, do: "docker context use desktop-linux", fix: true,
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Files[macConfig] = `{"currentContext": "gone"}`
			l.docker.endpointErr = &docker.ContextError{
				Name: "gone", Source: "config.json currentContext", File: macConfig, Known: []string{"desktop-linux", "default"},
			}
		},
		waits: []string{"docker.endpoint", "docker.engine"},
	},
	{
		name: "DOCKER_HOST overrides", on: mac, want: Warn, id: "docker.host-variable", says: "overrides the context desktop-linux", do: "unset DOCKER_HOST",
		spoil: func(_ *testing.T, l *laptop) { l.host.Env["DOCKER_HOST"] = "unix:///Users/ada/.docker/run/docker.sock" },
	},
	{
		name: "socket missing", on: mac, want: Fail, id: "docker.endpoint", says: "Docker is not running", do: "Open Docker Desktop", fix: true,
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Sockets = map[string]error{"tcp:localhost:5000": nil, "unix:/var/run/docker.sock": nil}
			l.docker.down, l.kube.down = docker.ErrUnreachable, kube.ErrUnreachable
			l.says = `{"Status":"stopped"}`
		},
		waits: []string{"docker.permission", "docker.engine", "kube.server", "kube.coredns", "desktop.running"},
	},
	{
		name: "socket missing, another context's there", on: linux, want: Fail, id: "docker.endpoint", says: "Docker is not running", do: "docker context use rootless", fix: true,
		spoil: func(_ *testing.T, l *laptop) {
			const socket = "/run/user/1000/docker.sock"
			l.host.Files["/home/ada/.docker/contexts/meta/abc/meta.json"] = `{"Name":"rootless","Endpoints":{"docker":{"Host":"unix://` + socket + `"}}}`
			l.host.Sockets = map[string]error{"unix:" + socket: nil, "tcp:localhost:5000": nil}
			l.docker.endpoint.Source = "default"
			l.docker.down, l.kube.down = docker.ErrUnreachable, kube.ErrUnreachable
		},
		waits: []string{"docker.engine"},
	},
	{
		name: "socket path too long", on: mac, want: Fail, id: "docker.endpoint", says: "too long",
		spoil: func(_ *testing.T, l *laptop) {
			l.docker.endpoint.Host = "unix:///Users/" + strings.Repeat("x", 100) + "/docker.sock"
		},
	},
	{
		name: "socket forbidden", on: linux, want: Fail, id: "docker.permission", says: "may not open", do: "usermod",
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Sockets["unix:/var/run/docker.sock"] = syscall.EACCES
			l.docker.down = docker.ErrPermission
		},
		waits: []string{"docker.engine", "docker.linux"},
	},
	{
		name: "pipe forbidden", on: windows, want: Fail, id: "docker.permission", says: "may not open", do: "docker-users",
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Sockets["npipe://./pipe/dockerDesktopLinuxEngine"] = fs.ErrPermission
			l.docker.down = docker.ErrPermission
		},
	},
	{
		name: "Desktop not running on Windows", on: windows, want: Fail, id: "docker.engine", says: "does not answer", fix: true,
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Sockets = nil
			l.docker.down, l.kube.down = docker.ErrUnreachable, kube.ErrUnreachable
			l.says = `{"Status":"stopped"}`
		},
		waits: []string{"docker.api", "kube.server", "desktop.running"},
	},
	{
		name: "Desktop starting", on: mac, want: Fail, id: "docker.engine", says: "is starting", do: "Wait",
		spoil: func(_ *testing.T, l *laptop) {
			l.docker.down, l.kube.down = docker.ErrUnreachable, kube.ErrUnreachable
			l.says = `{"Status":"starting"}`
		},
		waits: []string{"desktop.running"},
	},
	{
		name: "plain engine stopped", on: linux, want: Fail, id: "docker.engine", says: "does not answer", do: "systemctl start docker",
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Sockets["unix:/var/run/docker.sock"] = syscall.ECONNREFUSED
			l.docker.down, l.kube.down = docker.ErrUnreachable, kube.ErrUnreachable
		},
		waits: []string{"docker.clock", "kube.server"},
	},
	{
		name: "DOCKER_HOST leads nowhere", on: linux, want: Fail, id: "docker.engine", says: "does not answer", do: "DOCKER_HOST leads to tcp://127.0.0.1:1",
		spoil: func(_ *testing.T, l *laptop) {
			l.docker.endpoint = docker.Endpoint{Host: "tcp://127.0.0.1:1", Context: "default", Source: "DOCKER_HOST", Local: true}
			l.docker.down = docker.ErrUnreachable
		},
	},
	{
		name: "engine too old", on: linux, want: Fail, id: "docker.api", says: "speaks API 1.38",
		spoil: func(_ *testing.T, l *laptop) { l.docker.version.API = "1.38" }, do: "Update",
	},
	{
		name: "docker command too old", on: linux, want: Fail, id: "docker.server", says: "older than the engine accepts", do: "Update",
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Programs["/usr/bin/docker"] = hosttest.Exits(1, dockerNoServerJSON,
				"Error response from daemon: client version 1.25 is too old. Minimum supported API version is 1.44")
		},
	},
	{
		name: "Windows containers", on: windows, want: Fail, id: "docker.linux", says: "Windows-container mode", do: "engine use linux", fix: true,
		spoil: func(_ *testing.T, l *laptop) { l.docker.version.OS = "windows" },
	},
	{
		name: "little memory", on: mac, want: Warn, id: "docker.resources", says: "Little", do: "Resources",
		spoil: func(_ *testing.T, l *laptop) { l.docker.info.MemTotal = 1 << 30 },
	},
	{
		name: "disk nearly full", on: linux, want: Warn, id: "docker.disk", says: "nearly full", do: "docker system df",
		spoil: func(_ *testing.T, l *laptop) { l.host.Disks["/"] = host.Space{Total: 500e9, Free: 5e9} },
	},
	{
		name: "disk full", on: mac, want: Fail, id: "docker.disk", says: "is full", do: "docker system df",
		spoil: func(_ *testing.T, l *laptop) { l.host.Disks["/"] = host.Space{Total: 500e9, Free: 5e6} },
	},
	{
		name: "Desktop's disk full", on: mac, want: Warn, id: "docker.usage", says: "Docker Desktop's disk is nearly full", do: "larger disk",
		spoil: func(_ *testing.T, l *laptop) { l.docker.usage.Images = 65e9 },
	},
	{
		name: "clock behind", on: mac, want: Fail, id: "docker.clock", says: "1h0m0s behind", do: "Restart Docker Desktop",
		spoil: func(_ *testing.T, l *laptop) { l.docker.info.SystemTime = now.Add(-time.Hour) },
	},
	{
		name: "clock a little ahead", on: linux, want: Warn, id: "docker.clock", says: "20s ahead",
		spoil: func(_ *testing.T, l *laptop) { l.docker.info.SystemTime = now.Add(20 * time.Second) },
	},
	{
		name: "daemon.json broken", on: mac, want: Fail, id: "docker.daemon-config", says: "broken", do: "Mend",
		spoil: func(_ *testing.T, l *laptop) { l.host.Files["/Users/ada/.docker/daemon.json"] = "{,}" },
	},
	{
		name: "proxy in the shell only", on: mac, want: Warn, id: "docker.proxy", says: "the engine does not", do: "Proxies",
		spoil: func(_ *testing.T, l *laptop) { l.host.Env["HTTPS_PROXY"] = "http://ada:geheim@proxy:3128" },
	},
	{
		name: "no compose for the Compose file", on: mac, want: Warn, id: "docker.compose", says: "not installed",
		spoil: func(_ *testing.T, l *laptop) {
			delete(l.host.Files, "/Applications/Docker.app/Contents/Resources/cli-plugins/docker-compose")
		},
	},
	{
		name: "buildx is a dead link", on: mac, want: Warn, id: "docker.buildx", says: "leads nowhere", do: "rm ",
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Broken = map[string]error{"/Applications/Docker.app/Contents/Resources/cli-plugins/docker-buildx": fs.ErrNotExist}
		},
	},
}
