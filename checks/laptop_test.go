package checks

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/desktop"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/host"
	"github.com/twindeck/twindeck/env/host/hosttest"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/project"
)

var now = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// laptop is a whole machine as the checks see it. Tests make a sound one and
// then break it.
type laptop struct {
	host    *hosttest.Host
	docker  *fakeDocker
	kube    *fakeKube
	project project.Project
	says    string // what `docker desktop status` prints
	desktop fakeDesktop
}

func (l *laptop) environment() env.Environment {
	return env.Environment{
		Host: l.host, Docker: l.docker, Kube: l.kube, Desktop: desktop.New(l.host),
		Project: func(context.Context) project.Project { return l.project }, Dir: l.project.Dir,
	}
}

const (
	dockerVersionJSON = `{"Client":{"Version":"29.6.0","ApiVersion":"1.56","DefaultAPIVersion":"1.56","Context":"desktop-linux"},` +
		`"Server":{"Version":"29.6.0","ApiVersion":"1.56"}}`
	dockerNoServerJSON = `{"Client":{"Version":"29.6.0","ApiVersion":"1.56","DefaultAPIVersion":"1.56","Context":"desktop-linux"},"Server":null}`
	kubectlJSON        = `{"clientVersion":{"gitVersion":"v1.36.3"}}`
)

// dockerProgram is a docker command that looks at the laptop it runs on.
func (l *laptop) dockerProgram(ctx context.Context, c host.Command) (host.Result, error) {
	switch strings.Join(c.Args, " ") {
	case "--version":
		return host.Result{Stdout: "Docker version 29.6.0, build abc1234\n"}, nil
	case "version --format json":
		if l.docker.hangs {
			return hosttest.Hangs()(ctx, c)
		}
		if l.docker.down != nil {
			return host.Result{Stdout: dockerNoServerJSON, Stderr: l.docker.down.Error(), Code: 1}, nil
		}
		return host.Result{Stdout: dockerVersionJSON}, nil
	case "desktop status --format json":
		return host.Result{Stdout: l.says}, nil
	case "desktop engine use linux":
		l.docker.down, l.docker.version.OS = nil, "linux"
		return host.Result{}, nil
	}
	if len(c.Args) > 0 && c.Args[0] == "desktop" {
		return l.desktop.run(ctx, l, c)
	}
	return host.Result{Code: 1, Stderr: "docker: unknown command"}, nil
}

// cluster is a sound Docker Desktop cluster.
func cluster(t *testing.T, path string) (*fakeKube, string) {
	t.Helper()
	at := kube.Context{
		Name: "docker-desktop", Cluster: "docker-desktop", User: "docker-desktop", Namespace: "default",
		Server: "https://kubernetes.docker.internal:6443", Local: true,
	}
	k := &fakeKube{
		config:  kube.Config{Files: []string{path}, Source: "~/.kube/config", Contexts: []kube.Context{at}, Current: at.Name},
		context: at,
		version: kube.Version{Git: "v1.36.3", Major: 1, Minor: 36, Platform: "linux/amd64"},
		readyz:  kube.Readyz{OK: true, Parts: []kube.ReadyzPart{{Name: "ping", OK: true}, {Name: "etcd", OK: true}}},
		nodes: []kube.Node{{
			Name: "docker-desktop", Ready: true, Runtime: "docker://29.6.0", OSImage: "Docker Desktop", Kubelet: "v1.36.3", Arch: "amd64",
		}},
		namespaces: []string{"default", "kube-system"},
		may:        true,
		metrics:    kube.MetricsThere,
		end:        now.AddDate(0, 10, 0),
		health: kube.Health{Count: 1, Pods: []*kube.Pod{{
			Namespace: "default", Name: "my-app-987c6cb7d-7znrw", Owner: kube.Owner{Kind: "Deployment", Name: "my-app"},
			Status: "Running", Phase: kube.PhaseReady, Ready: 1, Total: 1,
			Images: []kube.PodImage{{Container: "my-app", Image: "registry.example.com/team/my-app:1.0", Digest: "sha256:built"}},
		}}},
		dns: [2]int{2, 2},
		manifests: []kube.Manifest{{
			Ref:  kube.Ref{Kind: "Deployment", Name: "my-app"},
			File: "k8s/app.yaml", Line: 1, Images: []string{"registry.example.com/team/my-app:1.0"},
		}},
	}
	return k, kubeconfigText(t, now.AddDate(1, 0, 0))
}

func kubeconfigText(t *testing.T, until time.Time) string {
	t.Helper()
	return `apiVersion: v1
kind: Config
clusters:
- name: docker-desktop
  cluster: {server: "https://kubernetes.docker.internal:6443"}
contexts:
- name: docker-desktop
  context: {cluster: docker-desktop, user: docker-desktop}
current-context: docker-desktop
users:
- name: docker-desktop
  user:
    client-certificate-data: ` + base64.StdEncoding.EncodeToString(certificatePEM(t, until)) + "\n"
}

func certificatePEM(t *testing.T, until time.Time) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "docker-for-desktop"},
		NotBefore: until.AddDate(-1, 0, -1), NotAfter: until,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func desktopEngine(endpoint string) *fakeDocker {
	return &fakeDocker{
		endpoint: docker.Endpoint{Host: endpoint, Context: "desktop-linux", Source: "config.json currentContext", Local: true},
		version: docker.Version{
			Platform: "Docker Desktop 4.91.0 (239619)", Engine: "29.6.0", API: "1.56", MinAPI: "1.40", Spoken: "1.56", OS: "linux", Arch: "amd64",
		},
		info: docker.Info{
			Name: "docker-desktop", OperatingSystem: "Docker Desktop", ContainerdStore: true,
			MemTotal: 8 << 30, CPUs: 4, SystemTime: now, RootDir: "/var/lib/docker",
		},
		usage: docker.DiskUsage{Images: 5e9, ImagesReclaimable: 1e9, BuildCache: 1e9},
		images: map[string]docker.Image{
			"registry.example.com/team/my-app:1.0": {ID: "sha256:id", Digest: "sha256:built", Arch: "amd64"},
		},
	}
}

const compose = `services:
  web:
    build: .
    ports: ["127.0.0.1:${PORT:-8080}:3000", "9229"]
  db:
    image: postgres:18
    volumes: ["data:/var/lib/postgresql", "./conf:/etc/postgresql:ro"]
    ports:
      - {target: 5432, published: "5432"}
`

const goodDockerfile = "ARG base=alpine\nFROM $base\nCOPY app /app\n"

func app(dir string) project.Project {
	return project.Project{
		Dir: dir, Name: "my-app", Dockerfile: dir + "/Dockerfile", Context: dir, Compose: dir + "/compose.yaml",
		Manifests: project.Manifests{Kind: project.PlainFiles, Path: dir + "/k8s", Files: []string{dir + "/k8s/app.yaml"}},
		Version:   project.Version{Describe: "v1.4.2", Commit: strings.Repeat("a", 40), Tag: "v1.4.2"},
	}
}

// mac is a MacBook with Docker Desktop and its Kubernetes, all well.
func mac(t *testing.T) *laptop {
	t.Helper()
	const home = "/Users/ada"
	const resources = "/Applications/Docker.app/Contents/Resources/"
	l := &laptop{says: `{"Status":"running","SessionID":"x"}`, project: app(home + "/code/my-app")}
	l.docker = desktopEngine("unix://" + home + "/.docker/run/docker.sock")
	var config string
	l.kube, config = cluster(t, home+"/.kube/config")
	l.host = &hosttest.Host{
		System: "darwin", Machine: "amd64", HomeDir: home, Clock: now,
		Env: map[string]string{"PATH": "/usr/local/bin:/usr/bin", "TWINDECK_REGISTRY": "localhost:5000/team"},
		Files: map[string]string{
			home + "/.docker/config.json": `{"currentContext": "desktop-linux", "credsStore": "desktop"}`,
			home + "/Library/Group Containers/group.com.docker/settings-store.json": `{
				"KubernetesEnabled": true, "KubernetesMode": "kind", "MemoryMiB": 8192, "Cpus": 4, "DiskSizeMiB": 65536}`,
			home + "/.docker/daemon.json":                `{"builder": {}}`,
			home + "/.kube/config":                       config,
			resources + "cli-plugins/docker-desktop":     "x",
			resources + "cli-plugins/docker-compose":     "x",
			resources + "cli-plugins/docker-buildx":      "x",
			home + "/.docker/cli-plugins/docker-compose": "x",
			home + "/.docker/cli-plugins/docker-buildx":  "x",
			"/Applications/Docker.app/Contents/Info":     "x",
			home + "/code/my-app/.git/HEAD":              "ref: refs/heads/main",
			l.project.Dockerfile:                         goodDockerfile,
			l.project.Compose:                            compose,
		},
		Programs: map[string]hosttest.Program{
			"/usr/local/bin/docker":                    l.dockerProgram,
			"/usr/local/bin/docker-credential-desktop": hosttest.Prints(`{"https://index.docker.io/v1/":"ada"}`),
			"/usr/local/bin/kubectl":                   hosttest.Prints(kubectlJSON),
			"/usr/bin/git":                             hosttest.Prints(""),
		},
		Sockets: map[string]error{
			"unix:" + home + "/.docker/run/docker.sock": nil,
			"unix:/var/run/docker.sock":                 nil,
			"tcp:localhost:5000":                        nil,
		},
		Disks: map[string]host.Space{"/": {Total: 500e9, Free: 200e9}},
		RAM:   host.Space{Total: 16 << 30, Free: 4 << 30},
	}
	return l
}

// windows is a Windows laptop with Docker Desktop, all well.
func windows(t *testing.T) *laptop {
	t.Helper()
	const home = `C:\Users\ada`
	l := &laptop{says: `{"status":"running"}`, project: app(home + `\my-app`)}
	l.docker = desktopEngine("npipe:////./pipe/dockerDesktopLinuxEngine")
	var config string
	l.kube, config = cluster(t, home+`\.kube\config`)
	const bin = `C:\Program Files\Docker\Docker\resources\bin\`
	l.host = &hosttest.Host{
		System: "windows", HomeDir: home, Clock: now,
		Env: map[string]string{
			"Path": `C:\Windows\System32;C:\Program Files\Docker\Docker\resources\bin`, "APPDATA": home + `\AppData\Roaming`,
			"LOCALAPPDATA": home + `\AppData\Local`, "ProgramData": `C:\ProgramData`, "ProgramFiles": `C:\Program Files`,
		},
		Files: map[string]string{
			home + `\.docker\config.json`:                            `{"currentContext": "desktop-linux", "credsStore": "desktop"}`,
			home + `\AppData\Roaming\Docker\settings-store.json`:     `{"KubernetesEnabled": true}`,
			home + `\.kube\config`:                                   config,
			`C:\Program Files\Docker\Docker\Docker Desktop.exe`:      "x",
			`C:\Program Files\Docker\cli-plugins\docker-desktop.exe`: "x",
			`C:\Program Files\Docker\cli-plugins\docker-compose.exe`: "x",
			`C:\Program Files\Docker\cli-plugins\docker-buildx.exe`:  "x",
			l.project.Dockerfile:                                     goodDockerfile,
			l.project.Compose:                                        strings.ReplaceAll(compose, "\n", "\r\n"),
			l.project.Context + "/run.sh":                            "#!/bin/sh\nexec node server.js\n",
		},
		Programs: map[string]hosttest.Program{
			bin + "docker.exe":                    l.dockerProgram,
			bin + "docker-credential-desktop.exe": hosttest.Prints(`{}`),
			bin + "kubectl.exe":                   hosttest.Prints(kubectlJSON),
			`C:\Windows\System32\wsl.exe`:         hosttest.Prints(utf16le("WSL version: 2.3.26.0\r\nKernel version: 5.15\r\n")),
		},
		Sockets: map[string]error{`npipe://./pipe/dockerDesktopLinuxEngine`: nil},
		Disks:   map[string]host.Space{`C:\`: {Total: 500e9, Free: 200e9}},
	}
	return l
}

// utf16le is what wsl.exe prints.
func utf16le(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteString(string([]byte{byte(r), byte(r >> 8)}))
	}
	return b.String()
}

// linux is a Linux machine with a plain engine and a kind cluster, all well.
func linux(t *testing.T) *laptop {
	t.Helper()
	const home = "/home/ada"
	l := &laptop{project: project.Project{Dir: home}}
	l.docker = desktopEngine("unix:///var/run/docker.sock")
	l.docker.endpoint.Context, l.docker.endpoint.Source = "default", "default"
	l.docker.version.Platform = "Docker Engine - Community"
	l.docker.info.OperatingSystem, l.docker.info.Name = "Debian GNU/Linux 12", "box"
	var config string
	l.kube, config = cluster(t, home+"/.kube/config")
	l.kube.context.Name, l.kube.context.Server = "kind-dev", "https://127.0.0.1:40001"
	l.kube.config.Contexts = []kube.Context{l.kube.context}
	l.host = &hosttest.Host{
		HomeDir: home, Clock: now,
		Env:   map[string]string{"PATH": "/usr/bin"},
		Files: map[string]string{home + "/.kube/config": config},
		Programs: map[string]hosttest.Program{
			"/usr/bin/docker":  l.dockerProgram,
			"/usr/bin/kubectl": hosttest.Prints(kubectlJSON),
		},
		Sockets: map[string]error{"unix:/var/run/docker.sock": nil},
		Disks:   map[string]host.Space{"/": {Total: 500e9, Free: 200e9}},
	}
	return l
}

// linuxDesktop is a Linux machine with Docker Desktop, all well.
func linuxDesktop(t *testing.T) *laptop {
	t.Helper()
	const home = "/home/ada"
	const socket = home + "/.docker/desktop/docker.sock"
	l := linux(t)
	l.says = `{"Status":"running"}`
	l.docker = desktopEngine("unix://" + socket)
	var config string
	l.kube, config = cluster(t, home+"/.kube/config")
	l.host.Files = map[string]string{
		home + "/.kube/config":                          config,
		home + "/.docker/config.json":                   `{"currentContext": "desktop-linux"}`,
		home + "/.docker/desktop/settings-store.json":   `{"KubernetesEnabled": true, "Cpus": 4, "MemoryMiB": 8192}`,
		home + "/.docker/daemon.json":                   `{"builder": {"gc": {"enabled": true}}, "log-opts": {"max-size": "10m"}}`,
		"/opt/docker-desktop/bin/com.docker.backend":    "x",
		"/usr/lib/docker/cli-plugins/docker-desktop":    "x",
		"/usr/lib/docker/cli-plugins/docker-compose":    "x",
		"/usr/share/docker-desktop/admin-settings.json": `{"configurationFileVersion": 2, "proxy": {"locked": true, "mode": "system"}}`,
	}
	l.host.Sockets = map[string]error{"unix:" + socket: nil}
	return l
}
