package checks

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
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
		name: "Kubernetes off", on: mac, want: Fail, id: "desktop.kubernetes", says: "Kubernetes is off", do: "Enable Kubernetes", fix: true, line: 41,
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Files["/Users/ada/Library/Group Containers/group.com.docker/settings-store.json"] = `{"KubernetesEnabled": false}`
			l.kube.down = kube.ErrUnreachable
		},
		waits: []string{"kube.context", "kube.server", "kube.nodes"},
	},
	{
		name: "Kubernetes never on, no kubeconfig", on: windows, want: Fail, id: "desktop.kubernetes", says: "Kubernetes is off", fix: true, line: 41,
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Files[`C:\Users\ada\AppData\Roaming\Docker\settings-store.json`] = `{}`
			l.kube.config = kube.Config{Source: "~/.kube/config", Err: fmt.Errorf("%w: none", kube.ErrNoConfig)}
			l.kube.contextErr, l.kube.down = l.kube.config.Err, kube.ErrUnreachable
		},
		waits: []string{"kube.context", "kube.local"},
	},
	{
		name: "kind without the containerd store", on: mac, want: Warn, id: "desktop.images", says: "cannot see images", do: "containerd", line: 55,
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
		name: "no kubectl", on: linux, want: Fail, id: "kube.cli", says: "not on PATH", do: "install", line: 36,
		spoil: func(_ *testing.T, l *laptop) { delete(l.host.Programs, "/usr/bin/kubectl") },
		waits: []string{"kube.cli.version", "kube.skew"},
	},
	{
		name: "kubectl does not run", on: linux, want: Fail, id: "kube.cli.version", says: "does not run", line: 36,
		spoil: func(_ *testing.T, l *laptop) { l.host.Programs["/usr/bin/kubectl"] = hosttest.Exits(1, "", "boom") },
	},
	{
		name: "kubeconfig broken", on: mac, want: Fail, id: "kube.config", says: "broken", do: "at the line named", line: 38,
		spoil: func(_ *testing.T, l *laptop) {
			l.kube.config.Err = fmt.Errorf("%w: line 3", kube.ErrBadConfig)
			l.kube.contextErr = l.kube.config.Err
		},
		waits: []string{"kube.context", "kube.server"},
	},
	{
		name: "context names nothing", on: mac, want: Fail, id: "kube.context", says: "No Kubernetes context", do: "use-context docker-desktop", fix: true, line: 38,
		spoil: func(_ *testing.T, l *laptop) {
			l.kube.config.Current = "gone"
			l.kube.contextErr = fmt.Errorf("%w: gone", kube.ErrNoContext)
		},
		waits: []string{"kube.server"},
	},
	{
		name: "no cluster at all", on: linux, want: Fail, id: "kube.context", says: "There is no cluster yet", do: "kind create cluster", line: 38,
		spoil: func(_ *testing.T, l *laptop) {
			l.kube.config = kube.Config{Source: "~/.kube/config", Err: fmt.Errorf("%w: none", kube.ErrNoConfig)}
			l.kube.contextErr = l.kube.config.Err
		},
	},
	{
		name: "context without its cluster", on: mac, want: Fail, id: "kube.context", says: "No Kubernetes context", do: "Add what is missing to /Users/ada/.kube/config, or let Docker Desktop", line: 38,
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
		name: "context of production", on: mac, want: Warn, id: "kube.local", says: "Keys would go to prod", do: "use-context docker-desktop", fix: true, line: 39,
		spoil: func(_ *testing.T, l *laptop) {
			l.kube.context = kube.Context{Name: "prod", User: "docker-desktop", Namespace: "default", Server: "https://k8s.example.com"}
		},
	},
	{
		name: "credential program missing", on: linux, want: Fail, id: "kube.plugin", says: "aws is not on PATH", do: "brew install awscli", line: 46,
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Files["/home/ada/.kube/config"] = "contexts: [{name: x}]\nusers:\n- name: docker-desktop\n  user:\n    exec:\n      command: aws\n      installHint: brew install awscli\n"
			l.kube.denied = fmt.Errorf("getting credentials: exec: executable aws not found: %w", kube.ErrUnauthorized)
		},
		waits: []string{"kube.credentials", "kube.ready"},
	},
	{
		name: "client certificate expired", on: mac, want: Fail, id: "kube.client-certificate", says: "expired on 1 November 2026", do: "Reset cluster", line: 43,
		spoil: func(t *testing.T, l *laptop) {
			l.host.Files["/Users/ada/.kube/config"] = kubeconfigText(t, time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC))
			l.kube.denied = kube.ErrUnauthorized
		},
		waits: []string{"kube.credentials", "kube.ready"},
	},
	{
		name: "client certificate ends soon", on: mac, want: Warn, id: "kube.client-certificate", says: "expires in 9 days", do: "Save", line: 43,
		spoil: func(t *testing.T, l *laptop) {
			l.host.Files["/Users/ada/.kube/config"] = kubeconfigText(t, now.AddDate(0, 0, 9).Add(time.Hour))
		},
	},
	{
		name: "API server refuses", on: mac, want: Fail, id: "kube.server", says: "Nothing answers at https://kubernetes.docker.internal:6443", do: "Kubernetes", fix: true, line: 44,
		spoil: func(_ *testing.T, l *laptop) { l.kube.down = kube.ErrUnreachable },
		waits: []string{"kube.certificate", "kube.coredns"},
	},
	{
		name: "API server's name does not resolve", on: mac, want: Fail, id: "kube.server", says: "does not resolve", do: "/etc/hosts", line: 40,
		spoil: func(_ *testing.T, l *laptop) {
			l.kube.down = fmt.Errorf("%w: dial tcp: lookup kubernetes.docker.internal: no such host", kube.ErrUnreachable)
		},
	},
	{
		name: "cluster was reset", on: mac, want: Fail, id: "kube.certificate", says: "another or a reset cluster", do: "Move the kubeconfig away", fix: true, line: 42,
		spoil: func(_ *testing.T, l *laptop) {
			l.kube.down = fmt.Errorf("%w: x509: certificate signed by unknown authority", kube.ErrCertificate)
		},
		waits: []string{"kube.credentials", "kube.skew"},
	},
	{
		name: "cluster's certificate expired", on: mac, want: Fail, id: "kube.certificate", says: "has expired", do: "Reset cluster", line: 43,
		spoil: func(_ *testing.T, l *laptop) {
			l.kube.down = fmt.Errorf("%w: x509: certificate has expired or is not yet valid", kube.ErrCertificate)
		},
	},
	{
		name: "credentials refused", on: linux, want: Fail, id: "kube.credentials", says: "does not accept", do: "whoami", line: 46,
		spoil: func(_ *testing.T, l *laptop) { l.kube.denied = kube.ErrUnauthorized },
		waits: []string{"kube.ready", "kube.writable"},
	},
	{
		name: "anonymous", on: linux, want: Fail, id: "kube.credentials", says: "anonymous", line: 46,
		spoil: func(_ *testing.T, l *laptop) { l.kube.denied = kube.ErrForbidden },
	},
	{
		name: "etcd not ready", on: mac, want: Fail, id: "kube.ready", says: "Not ready: etcd", do: "Wait", fix: true, line: 41,
		spoil: func(_ *testing.T, l *laptop) { l.kube.readyz.OK, l.kube.readyz.Parts[1].OK = false, false },
		waits: []string{"kube.nodes", "kube.coredns"},
	},
	{
		name: "old kubectl first on PATH", on: linux, want: Warn, id: "kube.skew", says: "more than one minor", do: "/opt/bin/kubectl fits", line: 37,
		spoil: func(_ *testing.T, l *laptop) {
			l.host.Env["PATH"] = "/usr/bin:/opt/bin"
			l.host.Programs["/usr/bin/kubectl"] = hosttest.Prints(`{"clientVersion":{"gitVersion":"v1.32.4-dispatcher"}}`)
			l.host.Programs["/opt/bin/kubectl"] = hosttest.Prints(kubectlJSON)
		},
	},
	{
		name: "node not ready", on: mac, want: Fail, id: "kube.nodes", says: "not Ready: kubelet stopped", do: "describe node", line: 49,
		spoil: func(_ *testing.T, l *laptop) {
			l.kube.nodes[0].Ready, l.kube.nodes[0].Reason = false, "kubelet stopped"
		},
		waits: []string{"kube.coredns", "kube.pressure"},
	},
	{
		name: "disk pressure", on: mac, want: Warn, id: "kube.pressure", says: "DiskPressure", do: "docker system df", line: 49,
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
		name: "read only", on: linux, want: Warn, id: "kube.writable", says: "not deploy", do: "can-i --list", line: 47,
		spoil: func(_ *testing.T, l *laptop) { l.kube.may = false },
	},
	{
		name: "CoreDNS down", on: mac, want: Fail, id: "kube.coredns", says: "0 of 2", do: "logs", line: 48,
		spoil: func(_ *testing.T, l *laptop) { l.kube.dns[0] = 0 },
	},
	{
		name: "CoreDNS half down", on: mac, want: Warn, id: "kube.coredns", says: "1 of 2", line: 48,
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
		name: "token ran out", on: windows, want: Fail, id: "kube.token", says: "expired on 22 November 2026 09:00 UTC", do: "Log in again", line: 46,
		spoil: both(withToken(now.Add(-time.Hour)), func(_ *testing.T, l *laptop) { l.kube.denied = kube.ErrUnauthorized }),
		waits: []string{"kube.credentials", "pods.seen"},
	},
	{
		name: "token ends soon", on: linux, want: Warn, id: "kube.token", says: "expires in 2h0m0s", do: "Log in again before", line: 46,
		spoil: withToken(now.Add(2 * time.Hour)),
	},
	{
		name: "server's certificate ends soon", on: mac, want: Warn, id: "kube.server-certificate", says: "expires in 12 days, on 4 December 2026", do: "kubectl get all,configmap", line: 43,
		spoil: func(_ *testing.T, l *laptop) { l.kube.end = now.AddDate(0, 0, 12) },
	},
	{
		name: "cluster was reset, kind", on: linux, want: Fail, id: "kube.certificate", says: "another or a reset cluster", do: "kind export kubeconfig", fix: true, line: 42,
		spoil: both(withKind, func(_ *testing.T, l *laptop) {
			l.kube.down = fmt.Errorf("%w: x509: certificate signed by unknown authority", kube.ErrCertificate)
		}),
	},
	{
		name: "cluster still starting", on: windows, want: Fail, id: "kube.server", says: "Nothing answers", do: "wait while it starts", fix: true, line: 41,
		spoil: func(_ *testing.T, l *laptop) { l.kube.down = fmt.Errorf("%w: EOF", kube.ErrUnreachable) },
		waits: []string{"pods.image", "services.pending", "kube.metrics"},
	},
	{
		name: "metrics-server does not answer", on: mac, want: Warn, id: "kube.metrics", says: "registered and does not answer", do: "--kubelet-insecure-tls", line: 50,
		spoil: func(_ *testing.T, l *laptop) { l.kube.metrics = kube.MetricsBlocked },
	},
	{
		name: "not logged in", on: mac, want: Warn, id: "registry.login", says: "not logged in to ghcr.io", do: "docker login ghcr.io", line: 32,
		spoil: pushesTo("ghcr.io/acme"),
	},
	{
		name: "wrong password", on: mac, want: Fail, id: "registry.login", says: "ghcr.io does not accept docker's login: ada at ghcr.io", do: "docker login ghcr.io", line: 32,
		spoil: func(t *testing.T, l *laptop) {
			both(pushesTo("ghcr.io/acme"), loggedIn("ghcr.io", "ada", "x"))(t, l)
			l.docker.loginErr = docker.ErrDenied
		},
	},
	{
		name: "nobody's place on Docker Hub", on: mac, want: Warn, id: "registry.login", says: "belongs to Docker", do: "=docker.io/ada", line: 32,
		spoil: both(pushesTo("docker.io"), loggedIn("docker.io", "ada", "x")),
	},
	{
		name: "ECR's token ran out", on: windows, want: Fail, id: "registry.login", says: "expired on 21 November 2026 22:00 UTC", line: 33,
		do:    "aws ecr get-login-password --region eu-central-1 | docker login --username AWS --password-stdin 402913377.dkr.ecr.eu-central-1.amazonaws.com",
		spoil: both(pushesTo("402913377.dkr.ecr.eu-central-1.amazonaws.com"), loggedIn("402913377.dkr.ecr.eu-central-1.amazonaws.com", "AWS", ecrToken(now.Add(-12*time.Hour)))),
	},
	{
		name: "ECR's token ends soon", on: linux, want: Warn, id: "registry.login", says: "expires in 30m0s", do: "aws ecr get-login-password", line: 33,
		spoil: both(pushesTo("402913377.dkr.ecr.eu-central-1.amazonaws.com"), loggedIn("402913377.dkr.ecr.eu-central-1.amazonaws.com", "AWS", ecrToken(now.Add(30*time.Minute)))),
	},
	{
		name: "not logged in to Google", on: linux, want: Warn, id: "registry.login", says: "not logged in", do: "gcloud auth configure-docker europe-docker.pkg.dev", line: 33,
		spoil: pushesTo("europe-docker.pkg.dev/acme/apps"),
	},
	{
		name: "not logged in to Azure", on: mac, want: Warn, id: "registry.login", says: "not logged in", do: "az acr login --name acme", line: 33,
		spoil: pushesTo("acme.azurecr.io"),
	},
	{
		name: "registry with capitals", on: mac, want: Fail, id: "registry.name", says: "lower case", do: "export TWINDECK_REGISTRY=localhost:5000/team", line: 35,
		spoil: func(_ *testing.T, l *laptop) { l.host.Env["TWINDECK_REGISTRY"] = "localhost:5000/Team" },
		waits: []string{"registry.address", "registry.login"},
	},
	{
		name: "registry with a scheme", on: windows, want: Fail, id: "registry.name", says: "has none", do: "export TWINDECK_REGISTRY=localhost:5000", line: 35,
		spoil: func(_ *testing.T, l *laptop) { l.host.Env["TWINDECK_REGISTRY"] = "https://localhost:5000/" },
	},
	{
		name: "image with capitals", on: mac, want: Fail, id: "project.names", says: "names the image ghcr.io/acme/Web:1.0: a repository is written in lower case", do: "image: ghcr.io/acme/web:1.0", line: 35,
		spoil: alsoRuns("ghcr.io/acme/Web:1.0"),
	},
	{
		name: "latest", on: windows, want: Warn, id: "project.names", says: "postgres:latest has no tag of its own", do: "image: postgres:VERSION", line: 35,
		spoil: alsoRuns("postgres:latest"),
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
		name: "manifest broken", on: mac, want: Fail, id: "project.manifests", says: "cannot be read", do: "indent by two", line: 63,
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

// pushesTo names the registry to push to, which answers.
func pushesTo(registry string) func(*testing.T, *laptop) {
	return func(_ *testing.T, l *laptop) {
		l.host.Env["TWINDECK_REGISTRY"] = registry
		name, _, _ := strings.Cut(registry, "/")
		if l.host.Sockets["tcp:"+name+":443"] = nil; l.docker.logins == nil {
			l.docker.logins = map[string]docker.Login{}
		}
	}
}

func loggedIn(registry, user, password string) func(*testing.T, *laptop) {
	return func(_ *testing.T, l *laptop) { l.docker.logins[registry] = docker.NewLogin(registry, user, password) }
}

// ecrToken is the password that `aws ecr get-login-password` prints.
func ecrToken(end time.Time) string {
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, `{"payload":"c2VjcmV0","datakey":"QVE=","version":"2","type":"DATA_KEY","expiration":%d}`, end.Unix()))
}

// withToken gives the kubeconfig's user a token in place of a certificate.
func withToken(end time.Time) func(*testing.T, *laptop) {
	return func(_ *testing.T, l *laptop) {
		part := base64.RawURLEncoding.EncodeToString
		token := part([]byte(`{"alg":"RS256"}`)) + "." + part(fmt.Appendf(nil, `{"sub":"ada","exp":%d}`, end.Unix())) + "." + part([]byte("signature"))
		l.host.Files[l.kube.config.Files[0]] = "contexts: [{name: x}]\nusers:\n- name: docker-desktop\n  user:\n    token: " + token + "\n"
	}
}

// alsoRuns adds a workload to the project's manifests.
func alsoRuns(image string) func(*testing.T, *laptop) {
	return func(_ *testing.T, l *laptop) {
		l.kube.manifests = append(l.kube.manifests, kube.Manifest{Ref: kube.Ref{Kind: "Deployment", Name: "other"}, File: "k8s/other.yaml", Line: 3, Images: []string{image}})
	}
}
