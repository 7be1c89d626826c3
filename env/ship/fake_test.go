package ship_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/project"
	"github.com/twindeck/twindeck/env/ship"
)

const (
	oldDigest = "sha256:1111111111111111111111111111111111111111111111111111111111111111"
	newDigest = "sha256:2222222222222222222222222222222222222222222222222222222222222222"
	imageID   = "sha256:3333333333333333333333333333333333333333333333333333333333333333"
	tag       = "v1.0.0-3-g1a2b3c"
)

// engine is a Docker engine made of data. It writes down what it was told to do.
type engine struct {
	info     docker.Info
	infoErr  error
	images   map[string]docker.Image
	buildErr error
	pushErr  error
	builder  docker.Builder // zero: the engine's own
	builds   docker.BuilderState
	pingErr  error             // of the builder
	pushErrs []error           // of the pushes to come, before pushErr
	registry map[string]string // digests it has, by reference
	lost     bool              // what is pushed does not arrive
	askErr   error
	nodes    []docker.Node
	loads    func(docker.LoadRequest) (docker.Loaded, error)
	needs    bool // a login, to pull
	login    docker.Login
	aimed    docker.Endpoint // what Build was bound to
	mu       sync.Mutex
	did      []string
	building func(ctx context.Context) // runs while a build does
}

func (e *engine) does(what string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.did = append(e.did, what)
}

func (e *engine) Endpoint() (docker.Endpoint, error) {
	return docker.Endpoint{Host: "unix:///run/docker.sock", Context: "desktop-linux", Local: true}, nil
}

func (e *engine) Info(context.Context) (docker.Info, error) { return e.info, e.infoErr }

func (e *engine) Image(_ context.Context, ref string) (docker.Image, error) {
	if image, ok := e.images[ref]; ok {
		return image, nil
	}
	return docker.Image{}, fmt.Errorf("image %s: %w", ref, docker.ErrNotFound)
}

func (e *engine) Build(ctx context.Context, r docker.BuildRequest, news func(docker.BuildEvent)) (docker.BuildResult, error) {
	e.aimed, _ = docker.AimedAt(ctx)
	e.does("build " + r.Tag)
	news(docker.BuildEvent{Step: &docker.BuildStep{ID: "a", Name: "[1/1] FROM a"}})
	news(docker.BuildEvent{Log: &docker.BuildLog{Step: "a", Text: "hello\n"}})
	news(docker.BuildEvent{Warning: &docker.BuildWarning{Rule: "Rule", Line: 1}})
	if e.building != nil {
		e.building(ctx)
	}
	if err := ctx.Err(); err != nil {
		return docker.BuildResult{}, err
	}
	return docker.BuildResult{Tag: r.Tag, ImageID: imageID, Digest: newDigest}, e.buildErr
}

func (e *engine) Tag(_ context.Context, image, ref string) error {
	e.does("tag " + image + " " + ref)
	return nil
}

func (e *engine) Push(_ context.Context, ref string, news func(docker.LayerProgress)) (docker.PushResult, error) {
	e.does("push " + ref)
	news(docker.LayerProgress{ID: "l1", Status: "Pushing", Done: 1, Total: 2})
	e.mu.Lock()
	defer e.mu.Unlock()
	err := e.pushErr
	if len(e.pushErrs) > 0 {
		err, e.pushErrs = e.pushErrs[0], e.pushErrs[1:]
	}
	if err == nil && !e.lost {
		e.registry[ref] = newDigest
	}
	return docker.PushResult{Reference: ref, Digest: newDigest}, err
}

func (e *engine) Published(_ context.Context, ref string) (string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if digest, ok := e.registry[ref]; ok || e.askErr != nil {
		return digest, e.askErr
	}
	return "", fmt.Errorf("asking for %s: %w", ref, docker.ErrNotFound)
}

func (e *engine) Nodes(context.Context) ([]docker.Node, error)        { return e.nodes, nil }
func (e *engine) NeedsLogin(context.Context, string) (bool, error)    { return e.needs, nil }
func (e *engine) Login(context.Context, string) (docker.Login, error) { return e.login, nil }

func (e *engine) Load(_ context.Context, r docker.LoadRequest, news func(docker.LayerProgress)) (docker.Loaded, error) {
	e.does("load " + r.Image + " into " + r.Node.Name)
	news(docker.LayerProgress{ID: "l1", Node: r.Node.Name, Status: "Loaded", Done: 2, Total: 2})
	if e.loads != nil {
		return e.loads(r)
	}
	return docker.Loaded{Node: r.Node.Name, Image: "docker.io/library/" + r.Image, Digest: newDigest, Config: imageID, Layers: 2, Moved: 1, Bytes: 2}, nil
}

// cluster is a Kubernetes cluster made of data.
type cluster struct {
	hosts      []string          // that pods can log in to
	pulls      []kube.PullPolicy // that the dry run finds
	at         kube.Context
	atErr      error
	nodes      []kube.Node
	nodesErr   error
	written    []kube.Manifest
	readErr    error
	dryErr     error
	applyErr   error // after the first object
	change     kube.Change
	rollout    kube.Rollout
	rolloutErr error
	waits      bool // the rollout goes on until its context ends
	troubles   []kube.Trouble
	did        []string
	aimed      kube.Context // what Apply was bound to
}

func (c *cluster) Context() (kube.Context, error)             { return c.at, c.atErr }
func (c *cluster) Nodes(context.Context) ([]kube.Node, error) { return c.nodes, c.nodesErr }
func (c *cluster) asked(format string, args ...any) {
	c.did = append(c.did, fmt.Sprintf(format, args...))
}

func (c *cluster) applied(ns string, m kube.Manifest) kube.Applied {
	ref := m.Ref
	ref.Namespace = ns
	return kube.Applied{Ref: ref, Change: c.change, File: m.File, Line: m.Line}
}

func (c *cluster) ReadManifests(_ context.Context, _ kube.Source, ours map[string]string) ([]kube.Manifest, error) {
	var out []kube.Manifest
	for _, m := range c.written {
		images := append([]string{}, m.Images...)
		for i, each := range images {
			for name, image := range ours {
				if each == name || strings.HasSuffix(each, "/"+name) || strings.Contains(each, name+":") {
					m.YAML = []byte(strings.ReplaceAll(string(m.YAML), each, image))
					images[i] = image
				}
			}
		}
		m.Images = images
		out = append(out, m)
	}
	return out, c.readErr
}

func (c *cluster) DryRun(_ context.Context, ns string, ms []kube.Manifest) ([]kube.Applied, error) {
	if c.dryErr != nil {
		return nil, c.dryErr
	}
	var out []kube.Applied
	for _, m := range ms {
		a := c.applied(ns, m)
		if len(m.Images) > 0 {
			a.Pulls = c.pulls
		}
		out = append(out, a)
	}
	return out, nil
}

func (c *cluster) Apply(ctx context.Context, ns string, ms []kube.Manifest, news func(kube.Applied)) ([]kube.Applied, error) {
	c.aimed, _ = kube.AimedAt(ctx)
	var out []kube.Applied
	for _, m := range ms {
		if len(out) == 1 && c.applyErr != nil {
			return out, c.applyErr
		}
		c.asked("apply %s %s", m.Ref, strings.Join(m.Images, ","))
		out = append(out, c.applied(ns, m))
		news(out[len(out)-1])
	}
	return out, nil
}

func (c *cluster) Rollout(ctx context.Context, refs []kube.Ref, news func(kube.Rollout)) error {
	for _, ref := range refs {
		c.asked("rollout %s", ref)
		r := c.rollout
		r.Ref = ref
		news(r)
	}
	if c.waits {
		<-ctx.Done()
		return ctx.Err()
	}
	return c.rolloutErr
}

func (c *cluster) PullHosts(_ context.Context, _, _ string, _ []string) ([]string, error) {
	return c.hosts, nil
}

func (c *cluster) AddPullSecret(_ context.Context, namespace, name, account string, login []byte) error {
	c.asked("secret %s/%s for %s: %d bytes", namespace, name, account, len(login))
	return nil
}

func (c *cluster) Trouble(context.Context, kube.Ref) ([]kube.Trouble, error) { return c.troubles, nil }

const deploymentYAML = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
      - name: web
        image: web:dev
        imagePullPolicy: IfNotPresent
`

// world is an engine and a cluster that share their images, and a project for them.
func world(t *testing.T) (*engine, *cluster, project.Project) {
	t.Helper()
	t.Setenv("TWINDECK_REGISTRY", "")
	e := &engine{
		info:   docker.Info{Name: "docker-desktop", OperatingSystem: "Docker Desktop", ContainerdStore: true},
		images: map[string]docker.Image{}, registry: map[string]string{},
	}
	c := &cluster{
		at:    kube.Context{Name: "docker-desktop", Namespace: "default", Server: "https://127.0.0.1:6443", Local: true},
		nodes: []kube.Node{{Name: "docker-desktop", Ready: true, Runtime: "containerd://2.4.2"}},
		written: []kube.Manifest{
			{Ref: kube.Ref{Version: "v1", Kind: "Service", Name: "web"}, File: "/src/web/k8s/web.yaml", Line: 1, YAML: []byte("kind: Service")},
			{Ref: kube.Ref{Group: "apps", Version: "v1", Kind: "Deployment", Name: "web"}, File: "/src/web/k8s/web.yaml", Line: 9, YAML: []byte(deploymentYAML), Images: []string{"web:dev"}},
		},
		change: kube.Updated,
		rollout: kube.Rollout{
			Desired: 1, Updated: 1, Ready: 1, Done: true,
			Pods: []kube.RolloutPod{
				{Name: "web-new", New: true, Ready: true, Digests: []string{newDigest}},
				{Name: "web-old", Digests: []string{oldDigest}},
			},
		},
	}
	p := project.Project{
		Dir: "/src/web", Name: "web", Dockerfile: "/src/web/Dockerfile", Context: "/src/web",
		Manifests: project.Manifests{Kind: project.PlainFiles, Path: "/src/web/k8s", Files: []string{"/src/web/k8s/web.yaml"}},
		Version:   project.Version{Tag: tag},
	}
	return e, c, p
}

// problems are a plan's problems as text, fatal ones behind "!".
func problems(p ship.Plan) string {
	text := ""
	for _, q := range p.Problems {
		if q.Fatal {
			text += "!"
		}
		text += fmt.Sprintf("%s: %s | %s | %s:%d\n", q.Stage, q.Text, q.Do, q.File, q.Line)
	}
	return text
}
