package checks

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/host/hosttest"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/project"
)

// clusterFaults are what can be wrong with Docker Desktop, Kubernetes, the
// registry and the project.
var clusterFaults = []fault{
	{
		name: "settings broken", on: mac, want: Fail, id: "desktop.settings", says: "cannot be read", do: "Quit Docker Desktop",
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Files["/Users/ada/Library/Group Containers/group.com.docker/settings-store.json"] = "{\n\"KubernetesEnabled\": tru"
		},
		waits: []string{"desktop.images"},
	},
	{
		name: "Kubernetes off", on: mac, want: Fail, id: "desktop.kubernetes", says: "Kubernetes is off", do: "Enable Kubernetes", fix: true,
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Files["/Users/ada/Library/Group Containers/group.com.docker/settings-store.json"] = `{"KubernetesEnabled": false}`
			l.kube.down = kube.ErrUnreachable
		},
		waits: []string{"kube.context", "kube.server", "kube.nodes"},
	},
	{
		name: "Kubernetes never on, no kubeconfig", on: windows, want: Fail, id: "desktop.kubernetes", says: "Kubernetes is off", fix: true,
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Files[`C:\Users\ada\AppData\Roaming\Docker\settings-store.json`] = `{}`
			l.kube.config = kube.Config{Source: "~/.kube/config", Err: fmt.Errorf("%w: none", kube.ErrNoConfig)}
			l.kube.contextErr, l.kube.down = l.kube.config.Err, kube.ErrUnreachable
		},
		waits: []string{"kube.context", "kube.local"},
	},
	{
		name: "kind without the containerd store", on: mac, want: Warn, id: "desktop.images", says: "cannot see images", do: "containerd",
		spoil: func(_ *testing.T, l *laptop) { l.docker.info.ContainerdStore = false },
	},
	{
		name: "no default socket", line: 5, on: mac, want: Warn, id: "desktop.default-socket", says: "leads nowhere",
		spoil: func(_ *testing.T, l *laptop) { delete(l.host.Sockets, "unix:/var/run/docker.sock") },
	},
	{
		name: "old WSL", line: 17, on: windows, want: Warn, id: "desktop.wsl", says: "WSL 2.0.9", do: "wsl --update",
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Programs[`C:\Windows\System32\wsl.exe`] = hosttest.Prints(utf16le("WSL-Version: 2.0.9.0\r\n"))
		},
	},
	{
		name: "no kubectl", on: linux, want: Fail, id: "kube.cli", says: "not on PATH", do: "install",
		spoil: func(_ *testing.T, l *laptop) { delete(l.host.Programs, "/usr/bin/kubectl") },
		waits: []string{"kube.cli.version", "kube.skew"},
	},
	{
		name: "kubectl does not run", on: linux, want: Fail, id: "kube.cli.version", says: "does not run",
		spoil: func(_ *testing.T, l *laptop) { l.host.Programs["/usr/bin/kubectl"] = hosttest.Exits(1, "", "boom") },
	},
	{
		name: "kubeconfig broken", on: mac, want: Fail, id: "kube.config", says: "broken", do: "at the line named",
		spoil: func(_ *testing.T, l *laptop) {
			l.kube.config.Err = fmt.Errorf("%w: line 3", kube.ErrBroken)
			l.kube.contextErr = l.kube.config.Err
		},
		waits: []string{"kube.context", "kube.server"},
	},
	{
		name: "context names nothing", on: mac, want: Fail, id: "kube.context", says: "No Kubernetes context", do: "use-context docker-desktop", fix: true,
		spoil: func(_ *testing.T, l *laptop) {
			l.kube.config.Current = "gone"
			l.kube.contextErr = fmt.Errorf("%w: gone", kube.ErrNoContext)
		},
		waits: []string{"kube.server"},
	},
	{
		name: "no cluster at all", on: linux, want: Fail, id: "kube.context", says: "There is no cluster yet", do: "kind create cluster",
		spoil: func(_ *testing.T, l *laptop) {
			l.kube.config = kube.Config{Source: "~/.kube/config", Err: fmt.Errorf("%w: none", kube.ErrNoConfig)}
			l.kube.contextErr = l.kube.config.Err
		},
	},
	{
		name: "context without its cluster", on: mac, want: Fail, id: "kube.context", says: "No Kubernetes context", do: "Add what is missing to /Users/ada/.kube/config, or let Docker Desktop",
		spoil: func(_ *testing.T, l *laptop) {
			l.kube.contextErr = fmt.Errorf("%w: context docker-desktop names cluster gone", kube.ErrNoContext)
		},
		waits: []string{"kube.server"},
	},
	{
		name: "neither engine nor cluster", on: linux, want: Fail, id: "docker.endpoint", says: "Docker is not running", do: "systemctl start docker",
		spoil: func(_ *testing.T, l *laptop) {
			delete(l.host.Sockets, "unix:/var/run/docker.sock")
			l.docker.down = docker.ErrUnreachable
			l.kube.config = kube.Config{Source: "~/.kube/config", Err: fmt.Errorf("%w: none", kube.ErrNoConfig)}
			l.kube.contextErr = l.kube.config.Err
		},
		waits: []string{"docker.engine", "kube.context", "kube.server"},
	},
	{
		name: "context of production", on: mac, want: Warn, id: "kube.local", says: "Keys would go to prod", do: "use-context docker-desktop", fix: true,
		spoil: func(_ *testing.T, l *laptop) {
			l.kube.context = kube.Context{Name: "prod", User: "docker-desktop", Namespace: "default", Server: "https://k8s.example.com"}
		},
	},
	{
		name: "credential program missing", on: linux, want: Fail, id: "kube.plugin", says: "aws is not on PATH", do: "brew install awscli",
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Files["/home/ada/.kube/config"] = "contexts: [{name: x}]\nusers:\n- name: docker-desktop\n  user:\n    exec:\n      command: aws\n      installHint: brew install awscli\n"
			l.kube.denied = fmt.Errorf("getting credentials: exec: executable aws not found: %w", kube.ErrUnauthorized)
		},
		waits: []string{"kube.credentials", "kube.ready"},
	},
	{
		name: "client certificate expired", on: mac, want: Fail, id: "kube.client-certificate", says: "expired on 1 November 2026", do: "Reset cluster",
		spoil: func(t *testing.T, l *laptop) {
			l.host.Files["/Users/ada/.kube/config"] = kubeconfigText(t, time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC))
			l.kube.denied = kube.ErrUnauthorized
		},
		waits: []string{"kube.credentials", "kube.ready"},
	},
	{
		name: "client certificate ends soon", on: mac, want: Warn, id: "kube.client-certificate", says: "expires in 9 days", do: "Save",
		spoil: func(t *testing.T, l *laptop) {
			l.host.Files["/Users/ada/.kube/config"] = kubeconfigText(t, now.AddDate(0, 0, 9).Add(time.Hour))
		},
	},
	{
		name: "API server refuses", on: mac, want: Fail, id: "kube.server", says: "Nothing answers at https://kubernetes.docker.internal:6443", do: "Kubernetes", fix: true,
		spoil: func(_ *testing.T, l *laptop) { l.kube.down = kube.ErrUnreachable },
		waits: []string{"kube.certificate", "kube.coredns"},
	},
	{
		name: "API server's name does not resolve", on: mac, want: Fail, id: "kube.server", says: "does not resolve", do: "/etc/hosts",
		spoil: func(_ *testing.T, l *laptop) {
			l.kube.down = fmt.Errorf("%w: dial tcp: lookup kubernetes.docker.internal: no such host", kube.ErrUnreachable)
		},
	},
	{
		name: "cluster was reset", on: mac, want: Fail, id: "kube.certificate", says: "another or a reset cluster", do: "Move the kubeconfig away",
		spoil: func(_ *testing.T, l *laptop) {
			l.kube.down = fmt.Errorf("%w: x509: certificate signed by unknown authority", kube.ErrCertificate)
		},
		waits: []string{"kube.credentials", "kube.skew"},
	},
	{
		name: "cluster's certificate expired", on: mac, want: Fail, id: "kube.certificate", says: "has expired", do: "Reset cluster",
		spoil: func(_ *testing.T, l *laptop) {
			l.kube.down = fmt.Errorf("%w: x509: certificate has expired or is not yet valid", kube.ErrCertificate)
		},
	},
	{
		name: "credentials refused", on: linux, want: Fail, id: "kube.credentials", says: "does not accept", do: "whoami",
		spoil: func(_ *testing.T, l *laptop) { l.kube.denied = kube.ErrUnauthorized },
		waits: []string{"kube.ready", "kube.writable"},
	},
	{
		name: "anonymous", on: linux, want: Fail, id: "kube.credentials", says: "anonymous",
		spoil: func(_ *testing.T, l *laptop) { l.kube.denied = kube.ErrForbidden },
	},
	{
		name: "etcd not ready", on: mac, want: Fail, id: "kube.ready", says: "Not ready: etcd", do: "Wait", fix: true,
		spoil: func(_ *testing.T, l *laptop) { l.kube.readyz.OK, l.kube.readyz.Parts[1].OK = false, false },
		waits: []string{"kube.nodes", "kube.coredns"},
	},
	{
		name: "old kubectl first on PATH", on: linux, want: Warn, id: "kube.skew", says: "more than one minor", do: "/opt/bin/kubectl fits",
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Env["PATH"] = "/usr/bin:/opt/bin"
			l.host.Programs["/usr/bin/kubectl"] = hosttest.Prints(`{"clientVersion":{"gitVersion":"v1.32.4-dispatcher"}}`)
			l.host.Programs["/opt/bin/kubectl"] = hosttest.Prints(kubectlJSON)
		},
	},
	{
		name: "node not ready", on: mac, want: Fail, id: "kube.nodes", says: "not Ready: kubelet stopped", do: "describe node",
		spoil: func(_ *testing.T, l *laptop) {
			l.kube.nodes[0].Ready, l.kube.nodes[0].Reason = false, "kubelet stopped"
		},
		waits: []string{"kube.coredns", "kube.pressure"},
	},
	{
		name: "disk pressure", on: mac, want: Warn, id: "kube.pressure", says: "DiskPressure", do: "docker system df",
		spoil: func(_ *testing.T, l *laptop) { l.kube.nodes[0].Pressures = []string{"DiskPressure"} },
	},
	{
		name: "another architecture", line: 28, on: mac, want: Warn, id: "kube.arch", says: "builds for arm64, the nodes run amd64", do: "--platform linux/amd64",
		spoil: func(_ *testing.T, l *laptop) { l.docker.version.Arch = "arm64" },
	},
	{
		name: "namespace gone", on: mac, want: Fail, id: "kube.namespace", says: "team-a does not exist", do: "create namespace team-a",
		spoil: func(_ *testing.T, l *laptop) { l.kube.context.Namespace = "team-a" },
	},
	{
		name: "read only", on: linux, want: Warn, id: "kube.writable", says: "not deploy", do: "can-i --list",
		spoil: func(_ *testing.T, l *laptop) { l.kube.may = false },
	},
	{
		name: "CoreDNS down", on: mac, want: Fail, id: "kube.coredns", says: "0 of 2", do: "logs",
		spoil: func(_ *testing.T, l *laptop) { l.kube.dns[0] = 0 },
	},
	{
		name: "CoreDNS half down", on: mac, want: Warn, id: "kube.coredns", says: "1 of 2",
		spoil: func(_ *testing.T, l *laptop) { l.kube.dns[0] = 1 },
	},
	{
		name: "credential helper missing", line: 9, on: mac, want: Fail, id: "registry.helper", says: "docker-credential-desktop is not on PATH", do: "credsStore", fix: true,
		spoil: func(_ *testing.T, l *laptop) { delete(l.host.Programs, "/usr/local/bin/docker-credential-desktop") },
		waits: []string{"registry.helper.answers"},
	},
	{
		name: "credential helper hangs", line: 10, on: mac, want: Fail, id: "registry.helper.answers", says: "does not answer within 2s", do: "keychain",
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Programs["/usr/local/bin/docker-credential-desktop"] = hosttest.Hangs()
		},
	},
	{
		name: "registry down", on: mac, want: Fail, id: "registry.address", says: "Nothing answers at localhost:5000", do: "unset TWINDECK_REGISTRY",
		spoil: func(_ *testing.T, l *laptop) { delete(l.host.Sockets, "tcp:localhost:5000") },
	},
	{
		name: "Dockerfile misspelled", on: mac, want: Fail, id: "project.dockerfile", says: "unknown instruction COPPY", do: "Mend the line",
		spoil: func(_ *testing.T, l *laptop) { l.host.Files[l.project.Dockerfile] = "FROM alpine\nCOPPY . .\n" },
	},
	{
		name: "no Dockerfile", on: mac, want: Warn, id: "project.dockerfile", says: "no Dockerfile", do: "twindeck -C",
		spoil: func(_ *testing.T, l *laptop) { l.project.Dockerfile, l.project.Compose = "", "" },
	},
	{
		name: "file unreadable", on: mac, want: Warn, id: "project.files", says: "may not be read",
		spoil: func(_ *testing.T, l *laptop) {
			l.project.Problems = []project.Problem{{File: "a", Line: 2, Text: "may not be read"}}
		},
	},
	{
		name: "git without commit", on: mac, want: Warn, id: "project.git", says: "cannot be read", do: "git commit",
		spoil: func(_ *testing.T, l *laptop) { l.project.Version.Commit = "" },
	},
	{
		name: "manifest broken", on: mac, want: Fail, id: "project.manifests", says: "cannot be read", do: "indent by two",
		spoil: func(_ *testing.T, l *laptop) {
			l.kube.badFile = &kube.ManifestError{File: "k8s/app.yaml", Line: 7, Err: errors.New("bad"), Hint: "indent by two spaces"}
		},
		waits: []string{"project.image"},
	},
	{
		name: "image not used", on: mac, want: Warn, id: "project.image", says: "No manifest runs an image called other", do: "image: other",
		spoil: func(_ *testing.T, l *laptop) { l.project.Name = "other" },
	},
}
