package checks

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/host"
	"github.com/twindeck/twindeck/env/host/hosttest"
	"github.com/twindeck/twindeck/env/kube"
)

const (
	macAdmin     = "/Library/Application Support/com.docker.docker/admin-settings.json"
	windowsAdmin = `C:\ProgramData\DockerDesktop\admin-settings.json`
	linuxAdmin   = "/usr/share/docker-desktop/admin-settings.json"
	locked       = `{"configurationFileVersion": 2, "kubernetes": {"locked": true, "enabled": false}}`
)

// kubernetesOff is a laptop on which Kubernetes was turned off.
func kubernetesOff(t *testing.T, l *laptop) {
	t.Helper()
	path := l.settings()
	l.host.Files[path] = strings.Replace(l.host.Files[path], `"KubernetesEnabled": true`, `"KubernetesEnabled": false`, 1)
	l.kube.down = kube.ErrUnreachable
}

// desktopFaults are what can be wrong with Docker Desktop, and with what a
// project asks of it.
var desktopFaults = []fault{
	{
		name: "docker not on PATH on Windows", line: 1, on: windows, want: Fail, id: "docker.cli", says: "not on PATH", do: "DockerDesktop\\resources\\bin to PATH",
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Env["Path"] = `C:\Windows\System32;C:\tools`
			l.host.Files[`C:\Users\ada\AppData\Local\Programs\DockerDesktop\resources\bin\docker.exe`] = "x"
			l.host.Programs = map[string]hosttest.Program{
				`C:\tools\kubectl.exe`:                   hosttest.Prints(kubectlJSON),
				`C:\tools\docker-credential-desktop.exe`: hosttest.Prints(`{}`),
				`C:\Windows\System32\wsl.exe`:            hosttest.Prints("WSL version: 2.3.26.0\n"),
			}
		},
	},
	{
		name: "Desktop stopped on Linux", line: 2, on: linuxDesktop, want: Fail, id: "docker.endpoint", says: "Docker is not running", do: "Open Docker Desktop", fix: true,
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Sockets = nil
			l.docker.down, l.kube.down = docker.ErrUnreachable, kube.ErrUnreachable
			l.says = `{"Status":"stopped"}`
		},
		waits: []string{"docker.engine", "kube.server"},
	},
	{
		name: "DOCKER_CONTEXT names none", line: 7, on: windows, want: Fail, id: "docker.context", says: `"old" does not exist`, do: "Remove-Item Env:DOCKER_CONTEXT", fix: true,
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Env["DOCKER_CONTEXT"] = "old"
			l.docker.endpointErr = &docker.ContextError{Name: "old", Source: "DOCKER_CONTEXT", Known: []string{"desktop-linux", "default"}}
		},
		waits: []string{"docker.engine"},
	},
	{
		name: "config.json broken on Windows", line: 11, on: windows, want: Fail, id: "docker.config", says: "broken", do: "at the line named",
		spoil: func(_ *testing.T, l *laptop) {
			const config = `C:\Users\ada\.docker\config.json`
			l.host.Files[config] = "{\r\n  \"credsStore\": \"desktop\"\r\n  \"auths\": {}\r\n}\r\n"
			l.docker.endpointErr = &docker.ConfigError{File: config, Line: 3, Err: errors.New("invalid character '\"'")}
		},
	},
	{
		name: "daemon.json with a number where a text belongs", line: 12, on: linux, want: Fail, id: "docker.daemon-config", says: "broken", do: "Mend the line",
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Files["/etc/docker/daemon.json"] = "{\n  \"log-driver\": \"json-file\",\n  \"log-opts\": {\"max-file\": 3}\n}\n"
		},
	},
	{
		name: "daemon.json with one text where a list belongs", line: 12, on: windows, want: Fail, id: "docker.daemon-config", says: "broken", do: "Mend the line",
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Files[`C:\Users\ada\.docker\daemon.json`] = "{\r\n  \"insecure-registries\": \"10.0.0.5:5000\"\r\n}"
		},
	},
	{
		name: "daemon.json broken, with a backup", line: 12, on: linuxDesktop, want: Fail, id: "docker.daemon-config", says: "broken", do: "Mend the line", fix: true,
		spoil: func(_ *testing.T, l *laptop) {
			const path = "/home/ada/.docker/daemon.json"
			l.host.Files[path+".bak"] = l.host.Files[path]
			l.host.Files[path] = `{"debug": yes}`
		},
	},
	{
		name: "home folder's path too long", line: 18, on: mac, want: Fail, id: "desktop.socket-path", says: "too long", do: "bytes shorter",
		spoil: func(_ *testing.T, l *laptop) { moveHome(l, "/Users/"+strings.Repeat("x", 60)) },
	},
	{
		name: "home folder's path too long on Linux", line: 18, on: linuxDesktop, want: Fail, id: "desktop.socket-path", says: "too long", do: "bytes shorter",
		spoil: func(_ *testing.T, l *laptop) { moveHome(l, "/home/"+strings.Repeat("x", 90)) },
	},
	{
		name: "compose not linked", line: 19, on: mac, want: Warn, id: "docker.compose", says: "does not find it", do: "ln -sf /Applications/Docker.app", fix: true,
		spoil: func(_ *testing.T, l *laptop) { delete(l.host.Files, "/Users/ada/.docker/cli-plugins/docker-compose") },
	},
	{
		name: "buildx's link leads to a former Desktop", line: 19, on: mac, want: Warn, id: "docker.buildx", says: "leads nowhere", do: "ln -sf", fix: true,
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Broken = map[string]error{"/Users/ada/.docker/cli-plugins/docker-buildx": errors.New("no such file or directory")}
		},
	},
	{
		name: "proxy in the shell only, on Windows", line: 21, on: windows, want: Warn, id: "docker.proxy", says: "the engine does not", do: "Proxies",
		spoil: func(_ *testing.T, l *laptop) { l.host.Env["HTTP_PROXY"] = "http://proxy.example.com:8080" },
	},
	{
		name: "the organisation's settings broken", line: 22, on: mac, want: Fail, id: "desktop.policy", says: "cannot be read", do: "whoever administers",
		spoil: func(_ *testing.T, l *laptop) { l.host.Files[macAdmin] = "{\n  \"kubernetes\": {\"locked\": true,}\n}" },
	},
	{
		name: "the organisation's settings broken on Windows", line: 22, on: windows, want: Fail, id: "desktop.policy", says: "cannot be read", do: "whoever administers",
		spoil: func(_ *testing.T, l *laptop) { l.host.Files[windowsAdmin] = "" },
	},
	{
		name: "Kubernetes forbidden by the organisation", line: 22, on: linuxDesktop, want: Fail, id: "desktop.kubernetes", says: "off in Docker Desktop, by your organisation", do: linuxAdmin,
		spoil: func(t *testing.T, l *laptop) {
			t.Helper()
			kubernetesOff(t, l)
			l.host.Files[linuxAdmin] = locked
		},
		waits: []string{"kube.context", "kube.server"},
	},
	{
		name: "port taken by another container", line: 23, on: mac, want: Warn, id: "project.ports", says: "port 8080 (container old-web)", do: "docker stop old-web", fix: true,
		spoil: func(_ *testing.T, l *laptop) {
			l.docker.containers = []docker.Container{
				{ID: "1", Name: "old-web", Image: "web:1", State: "running", Ports: []docker.Port{{Host: 8080, Container: 80, Proto: "tcp"}}},
				{ID: "2", Name: "my-app-db-1", State: "running", Project: "my-app", Ports: []docker.Port{{Host: 5432, Container: 5432, Proto: "tcp"}}},
				{ID: "3", Name: "stopped", State: "exited", Ports: []docker.Port{{Host: 5432, Container: 5432, Proto: "tcp"}}},
			}
		},
	},
	{
		name: "port taken by a program", line: 23, on: mac, want: Warn, id: "project.ports", says: "port 9000 (node, process 812)", do: "kill 812",
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Files[l.project.Dir+"/.env"] = "# mine\nPORT=9000\n"
			l.host.Sockets["tcp:127.0.0.1:9000"] = nil
			l.host.Programs["/usr/bin/lsof"] = hosttest.Prints("p812\ncnode\nf21\n")
		},
	},
	{
		name: "port taken by a program on Windows", line: 23, on: windows, want: Warn, id: "project.ports", says: "port 5432 (postgres.exe, process 4711)", do: "taskkill /PID 4711",
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Sockets["tcp:127.0.0.1:5432"] = nil
			l.host.Programs[`C:\Windows\System32\netstat.exe`] = hosttest.Prints("\r\nAktive Verbindungen\r\n\r\n" +
				"  Proto  Lokale Adresse         Remoteadresse          Status           PID\r\n" +
				"  TCP    127.0.0.1:54320        0.0.0.0:0              ABH\u00d6REN         12\r\n" +
				"  TCP    0.0.0.0:5432           0.0.0.0:0              ABH\u00d6REN         4711\r\n")
			l.host.Programs[`C:\Windows\System32\tasklist.exe`] = hosttest.Prints("\"postgres.exe\",\"4711\",\"Services\",\"0\",\"18.340 K\"\r\n")
		},
	},
	{
		name: "port reserved by Windows", line: 24, on: windows, want: Warn, id: "project.ports", says: "port 8080 (Windows itself", do: "excludedportrange",
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Programs[`C:\Windows\System32\netsh.exe`] = hosttest.Prints("\r\nProtocol tcp Port Exclusion Ranges\r\n\r\n" +
				"Start Port    End Port\r\n----------    --------\r\n      5357        5357\r\n      8000        8099\r\n     50000       50059     *\r\n\r\n" +
				"* - Administered port exclusions.\r\n")
		},
	},
	{
		name: "a folder that is not shared", line: 25, on: mac, want: Warn, id: "project.mounts", says: "does not share /opt/data", do: "File sharing: add /opt/data",
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Files[l.project.Compose] = strings.Replace(compose, "./conf:", "/opt/data:", 1)
		},
	},
	{
		name: "a folder that is no longer shared", line: 25, on: mac, want: Warn, id: "project.mounts", says: "does not share /Users/ada/code/my-app/conf", do: "File sharing",
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Files[l.settings()] = `{"KubernetesEnabled": true, "KubernetesMode": "kind", "FilesharingDirectories": ["/Volumes", "/Users/ada/co"]}`
		},
	},
	{
		name: "disk nearly full, with things to remove", line: 26, on: mac, want: Warn, id: "docker.disk", says: "nearly full", do: "docker system df", fix: true,
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Disks["/"] = host.Space{Total: 500e9, Free: 5e9}
			l.docker.spare = docker.Spare{BuildCache: 3e9}
		},
	},
	{
		name: "a script with Windows line ends", line: 29, on: windows, want: Warn, id: "project.line-ends", says: "run.sh has Windows line ends", do: ".gitattributes", fix: true,
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Files[l.project.Context+"/run.sh"] = "#!/bin/sh\r\nexec node server.js\r\n"
		},
	},
	{
		name: "an entrypoint with Windows line ends", line: 29, on: mac, want: Warn, id: "project.line-ends", says: "entrypoint has Windows line ends", do: "LF", fix: true,
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Files[l.project.Dockerfile] = "FROM alpine\nCOPY docker/entrypoint /\nENTRYPOINT [\"/entrypoint\"]\n"
			l.host.Files[l.project.Context+"/docker/entrypoint"] = "#!/bin/sh\r\necho hello\n"
		},
	},
	{
		name: "less memory than the settings give", line: 30, on: linuxDesktop, want: Warn, id: "docker.resources", says: "The settings give Docker 8.6 GB, and it has 4.3 GB", do: "Apply & restart", fix: true,
		spoil: func(_ *testing.T, l *laptop) { l.docker.info.MemTotal = 4 << 30 },
	},
	{
		name: "fewer CPUs than the settings give", line: 30, on: mac, want: Warn, id: "docker.resources", says: "give Docker 4 CPUs, and it has 2", do: "Apply & restart", fix: true,
		spoil: func(_ *testing.T, l *laptop) { l.docker.info.CPUs = 2 },
	},
	{
		name: "KUBECONFIG leads nowhere", line: 38, on: mac, want: Fail, id: "kube.config", says: "KUBECONFIG names no kubeconfig", do: "unset KUBECONFIG", fix: true,
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Env["KUBECONFIG"], l.host.Env["SHELL"] = "/Users/ada/gone", "/bin/zsh"
			l.kube.contextErr = fmt.Errorf("%w: looked for /Users/ada/gone", kube.ErrNoConfig)
			l.kube.config = kube.Config{Source: "KUBECONFIG", Err: l.kube.contextErr}
		},
		waits: []string{"kube.context", "kube.server"},
	},
	{
		name: "KUBECONFIG is an empty file", line: 38, on: mac, want: Fail, id: "kube.config", says: "KUBECONFIG names holds no context", do: "Enable Kubernetes", fix: true,
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Env["KUBECONFIG"] = "/Users/ada/cluster"
			l.host.Files["/Users/ada/cluster"] = ""
			l.host.Files["/Users/ada/cluster.bak"] = l.host.Files["/Users/ada/.kube/config"]
			delete(l.host.Files, "/Users/ada/.kube/config")
			l.kube.contextErr = fmt.Errorf("%w: /Users/ada/cluster holds no context", kube.ErrNoConfig)
			l.kube.config = kube.Config{Files: []string{"/Users/ada/cluster"}, Source: "KUBECONFIG", Err: l.kube.contextErr}
		},
	},
}

// moveHome makes a laptop whose account has another home folder; Docker Desktop
// could not make its sockets in it.
func moveHome(l *laptop, home string) {
	old := l.host.HomeDir
	for path, data := range l.host.Files {
		if rest, below := strings.CutPrefix(path, old); below {
			delete(l.host.Files, path)
			l.host.Files[home+rest] = data
		}
	}
	l.host.HomeDir = home
	l.host.Sockets = map[string]error{"unix:/var/run/docker.sock": nil, "tcp:localhost:5000": nil}
	l.docker.endpoint.Host = strings.Replace(l.docker.endpoint.Host, old, home, 1)
	l.docker.down, l.kube.down = docker.ErrUnreachable, kube.ErrUnreachable
	l.kube.config.Files = []string{home + "/.kube/config"}
	if rest, below := strings.CutPrefix(l.project.Dir, old+"/"); below {
		l.project = app(home + "/" + rest)
	} else {
		l.project.Dir = home
	}
	l.says = `{"Status":"stopped"}`
}
