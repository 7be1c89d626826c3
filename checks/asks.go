package checks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/desktop"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/host"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/project"
)

// What several checks want to know. Each question is put once a run.

func (m *Machine) ping(ctx context.Context) error {
	_, err := once(ctx, &m.facts, "docker ping", func(ctx context.Context) (struct{}, error) {
		return struct{}{}, m.pingTwice(ctx)
	})
	return err
}

// pingTwice asks again while the engine answers with an error: one that Docker
// Desktop's Resource Saver had put to sleep does so while it wakes up.
func (m *Machine) pingTwice(ctx context.Context) error {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		err := m.Docker.Ping(ctx)
		if err == nil || !wakingUp(err) || !m.install(ctx).Found {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-tick.C:
		}
	}
}

// wakingUp reports whether err came from an engine that is there, and no
// refusal.
func wakingUp(err error) bool {
	for _, other := range []error{docker.ErrUnreachable, docker.ErrTimeout, docker.ErrPermission, docker.ErrConfig} {
		if errors.Is(err, other) {
			return false
		}
	}
	return !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
}

func (m *Machine) engine(ctx context.Context) (docker.Version, error) {
	return once(ctx, &m.facts, "docker version", m.Docker.Version)
}

// timedInfo is docker info with our clock before and after it was asked.
type timedInfo struct {
	docker.Info
	before, after time.Time
}

func (m *Machine) info(ctx context.Context) (timedInfo, error) {
	return once(ctx, &m.facts, "docker info", func(ctx context.Context) (timedInfo, error) {
		t := timedInfo{before: m.Host.Now()}
		var err error
		t.Info, err = m.Docker.Info(ctx)
		t.after = m.Host.Now()
		return t, err
	})
}

// dockerCLI is what the docker command says of itself and of the engine.
type dockerCLI struct {
	Client struct {
		Version           string
		APIVersion        string `json:"ApiVersion"`
		DefaultAPIVersion string
		Context           string
	}
	Server *struct {
		Version    string
		APIVersion string `json:"ApiVersion"`
	}
	trouble string // why there is no Server
}

// dockerVersion runs `docker version`. With an engine that hangs it hangs too;
// the client's half of the answer is then had from `docker --version`.
func (m *Machine) dockerVersion(ctx context.Context) (dockerCLI, error) {
	return once(ctx, &m.facts, "run docker version", func(ctx context.Context) (dockerCLI, error) {
		short, cancel := context.WithTimeout(ctx, askLimit*2/3)
		defer cancel()
		var v dockerCLI
		r, err := m.Host.Run(short, host.Command{Path: "docker", Args: []string{"version", "--format", "json"}})
		if err == nil {
			v.trouble = oneLine(r.Stderr)
			if err = json.Unmarshal([]byte(r.Stdout), &v); err == nil {
				return v, nil
			}
		}
		return m.dockerVersionOnly(ctx, err)
	})
}

func (m *Machine) dockerVersionOnly(ctx context.Context, cause error) (dockerCLI, error) {
	r, err := m.Host.Run(ctx, host.Command{Path: "docker", Args: []string{"--version"}})
	if err != nil {
		return dockerCLI{}, err
	}
	// "Docker version 29.6.0, build abc1234"
	words := strings.Fields(r.Stdout)
	if r.Code != 0 || len(words) < 3 {
		return dockerCLI{}, fmt.Errorf("docker --version: exit code %d: %s", r.Code, oneLine(r.Stderr+r.Stdout))
	}
	var v dockerCLI
	v.Client.Version = strings.TrimSuffix(words[2], ",")
	v.trouble = cause.Error()
	return v, nil
}

func (m *Machine) install(ctx context.Context) desktop.Install {
	i, _ := once(ctx, &m.facts, "desktop", func(ctx context.Context) (desktop.Install, error) {
		return m.Desktop.Find(ctx), nil
	})
	return i
}

func (m *Machine) desktopStatus(ctx context.Context) desktop.Status {
	s, err := once(ctx, &m.facts, "desktop status", func(ctx context.Context) (desktop.Status, error) {
		return m.Desktop.Status(ctx), nil
	})
	if err != nil {
		return desktop.Status{State: "unknown", Err: err}
	}
	return s
}

// usesDesktop reports whether Docker Desktop is on this machine, seen by its
// files or by the engine that answers (from inside WSL, only the latter shows).
func (m *Machine) usesDesktop(ctx context.Context) bool {
	if m.install(ctx).Found {
		return true
	}
	info, err := m.info(ctx)
	return err == nil && info.IsDesktop()
}

func (m *Machine) server(ctx context.Context) (kube.Version, error) {
	return once(ctx, &m.facts, "kube version", m.Kube.Version)
}

func (m *Machine) nodes(ctx context.Context) ([]kube.Node, error) {
	return once(ctx, &m.facts, "kube nodes", m.Kube.Nodes)
}

// mayDeploy asks the API server whether we may create Deployments in the
// context's namespace. It needs accepted credentials to be answered at all.
func (m *Machine) mayDeploy(ctx context.Context) (bool, error) {
	return once(ctx, &m.facts, "may deploy", func(ctx context.Context) (bool, error) {
		at, err := m.Kube.Context()
		if err != nil {
			return false, err
		}
		return m.Kube.CanI(ctx, at.Namespace, "create", "apps", "deployments")
	})
}

// kubectl is the client version of the first kubectl on PATH.
func (m *Machine) kubectl(ctx context.Context) (string, error) {
	return once(ctx, &m.facts, "kubectl version", func(ctx context.Context) (string, error) {
		return kubectlVersion(ctx, m.Host, "kubectl")
	})
}

func kubectlVersion(ctx context.Context, h host.Host, path string) (string, error) {
	r, err := h.Run(ctx, host.Command{Path: path, Args: []string{"version", "--client", "--output", "json"}})
	if err != nil {
		return "", err
	}
	var v struct {
		ClientVersion struct{ GitVersion string } `json:"clientVersion"`
	}
	if err := json.Unmarshal([]byte(r.Stdout), &v); err != nil || v.ClientVersion.GitVersion == "" {
		return "", fmt.Errorf("%s version --client: exit code %d: %s", path, r.Code, oneLine(r.Stderr+r.Stdout))
	}
	return v.ClientVersion.GitVersion, nil
}

func (m *Machine) project(ctx context.Context) (project.Project, error) {
	return once(ctx, &m.facts, "project", func(ctx context.Context) (project.Project, error) {
		if m.Project == nil {
			return project.Project{}, errors.New("no folder to look at")
		}
		p := m.Project(ctx)
		if err := ctx.Err(); err != nil {
			return project.Project{}, fmt.Errorf("reading the folder: %w", err)
		}
		return p, nil
	})
}

// manifests reads the project's objects as they are, without an image put in.
func (m *Machine) manifests(ctx context.Context) ([]kube.Manifest, error) {
	return once(ctx, &m.facts, "manifests", func(ctx context.Context) ([]kube.Manifest, error) {
		p, err := m.project(ctx)
		if err != nil {
			return nil, err
		}
		src := kube.Source{Files: p.Manifests.Files}
		if p.Manifests.Kind == project.Kustomize {
			src = kube.Source{Kustomize: p.Manifests.Path}
		}
		return m.Kube.ReadManifests(ctx, src, nil)
	})
}

func oneLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return strings.TrimSpace(line)
}

// size writes bytes for people: 512 MB, 3.1 GB (decimal, as docker prints).
func size(n int64) string {
	const units = "kMGTP"
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	f, u := float64(n)/1000, 0
	for f >= 999.5 && u < len(units)-1 {
		f, u = f/1000, u+1
	}
	if f < 9.95 {
		return fmt.Sprintf("%.1f %cB", f, units[u])
	}
	return fmt.Sprintf("%.0f %cB", f, units[u])
}
