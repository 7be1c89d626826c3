package ship_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/project"
	"github.com/twindeck/twindeck/env/ship"
)

func TestPlanOfAHealthyWorld(t *testing.T) {
	e, c, p := world(t)
	plan := ship.NewPlan(t.Context(), e, c, p, ship.Options{})
	if text := problems(plan); text != "" {
		t.Fatalf("problems:\n%s", text)
	}
	if plan.Image != "web:"+tag || plan.Build.Tag != plan.Image || plan.Build.Context != "/src/web" || plan.Build.Dockerfile != "/src/web/Dockerfile" {
		t.Errorf("image %s, build %+v", plan.Image, plan.Build)
	}
	if plan.Route != ship.Shared || plan.Namespace != "default" || plan.Timeout <= 0 || len(plan.Stages) != 4 {
		t.Errorf("plan %+v", plan)
	}
	if len(plan.Changes) != 2 || plan.Changes[1].Ref.Name != "web" || plan.Manifests[1].Images[0] != plan.Image {
		t.Errorf("changes %+v", plan.Changes)
	}
	if len(e.did)+len(c.did) > 0 {
		t.Errorf("planning did %v %v", e.did, c.did)
	}
}

// TestPlanOfManifestsAlone: somebody else's image needs no Dockerfile, no
// route and no engine.
func TestPlanOfManifestsAlone(t *testing.T) {
	e, c, p := world(t)
	p.Dockerfile, p.Version = "", project.Version{}
	e.infoErr = errors.New("connection refused")
	plan := ship.NewPlan(t.Context(), e, c, p, ship.Options{Stages: []ship.Stage{ship.Deploy}})
	if text := problems(plan); text != "" {
		t.Fatalf("problems:\n%s", text)
	}
	if plan.Image != "" || plan.Route != ship.NoRoute || len(plan.Changes) != 2 {
		t.Errorf("plan %+v", plan)
	}
	report, err := ship.Run(t.Context(), e, c, plan, nil)
	if err != nil || len(e.did) > 0 || len(report.Workloads) != 1 || report.Workloads[0].Verified {
		t.Errorf("report %+v, %v, engine did %v", report, err, e.did)
	}
}

func TestRoute(t *testing.T) {
	node := func(name, runtime string) []kube.Node { return []kube.Node{{Name: name, Runtime: runtime}} }
	desktop := docker.Info{Name: "docker-desktop", OperatingSystem: "Docker Desktop", ContainerdStore: true}
	tests := []struct {
		name     string
		info     docker.Info
		nodes    []kube.Node
		context  string
		image    string // in the manifests
		env      string
		options  ship.Options
		want     ship.Route
		wantName string
		problem  string
	}{
		{name: "Desktop, kubeadm on Docker", info: docker.Info{Name: "docker-desktop", OperatingSystem: "Docker Desktop"}, nodes: node("docker-desktop", "docker://29.0"), want: ship.Shared, wantName: "web"},
		{name: "Desktop, one containerd", info: desktop, nodes: node("docker-desktop", "containerd://2"), want: ship.Shared, wantName: "web"},
		{name: "Desktop, kind mode", info: desktop, nodes: node("desktop-control-plane", "containerd://2"), want: ship.Shared, wantName: "web"},
		{
			name: "Desktop, kind mode, old store", info: docker.Info{Name: "docker-desktop", OperatingSystem: "Docker Desktop"}, nodes: node("desktop-control-plane", "containerd://2"),
			problem: "containerd image store on in Docker Desktop",
		},
		{name: "minikube's engine", info: docker.Info{Name: "minikube"}, nodes: node("minikube", "docker://28"), want: ship.Shared, wantName: "web"},
		{
			name: "one Linux machine, two stores", info: docker.Info{Name: "box", ContainerdStore: true}, nodes: node("box", "containerd://2"),
			problem: "has an image store of its own",
		},
		{name: "kind", info: docker.Info{Name: "box"}, nodes: node("kind-control-plane", "containerd://2"), context: "kind-kind", problem: "is no container of this engine"},
		{name: "no nodes to see", info: docker.Info{Name: "box"}, problem: "no node of context"},
		{name: "registry by option", info: docker.Info{Name: "box"}, nodes: node("n", "containerd://2"), options: ship.Options{Registry: "localhost:5000/"}, want: ship.Registry, wantName: "localhost:5000/web"},
		{name: "registry by option beats a shared store", info: desktop, nodes: node("docker-desktop", "containerd://2"), options: ship.Options{Registry: "localhost:5000"}, want: ship.Registry, wantName: "localhost:5000/web"},
		{name: "registry by environment", info: docker.Info{Name: "box"}, nodes: node("n", "containerd://2"), env: "reg.example/team", want: ship.Registry, wantName: "reg.example/team/web"},
		{name: "a shared store beats the environment", info: desktop, nodes: node("docker-desktop", "containerd://2"), env: "reg.example", want: ship.Shared, wantName: "web"},
		{name: "registry of the manifests", info: docker.Info{Name: "box"}, nodes: node("n", "containerd://2"), image: "localhost:5001/a/web:1", want: ship.Registry, wantName: "localhost:5001/a/web"},
		{name: "Docker Hub is not assumed", info: docker.Info{Name: "box"}, nodes: node("n", "containerd://2"), image: "acme/web:1", problem: "no way is known"},
		{name: "Docker Hub when spelled out", info: docker.Info{Name: "box"}, nodes: node("n", "containerd://2"), image: "docker.io/acme/web:1", want: ship.Registry, wantName: "docker.io/acme/web"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, c, p := world(t)
			e.info, c.nodes = tt.info, tt.nodes
			if tt.context != "" {
				c.at.Name = tt.context
			}
			if tt.image != "" {
				c.written[1].Images = []string{tt.image}
			}
			t.Setenv("TWINDECK_REGISTRY", tt.env)
			plan := ship.NewPlan(t.Context(), e, c, p, tt.options)
			text := problems(plan)
			if tt.problem == "" && text != "" || !strings.Contains(text, tt.problem) {
				t.Errorf("problems %q, want %q", text, tt.problem)
			}
			if plan.Route != tt.want || (plan.Route == ship.NoRoute) == (plan.RouteWhy != "") {
				t.Errorf("route %q because %q, want %q", plan.Route, plan.RouteWhy, tt.want)
			}
			if tt.wantName != "" && plan.Image != tt.wantName+":"+tag {
				t.Errorf("image %s, want %s", plan.Image, tt.wantName)
			}
		})
	}
}

func TestPlanProblems(t *testing.T) {
	refused := errors.New("connection refused")
	tests := []struct {
		name string
		set  func(*engine, *cluster, *project.Project, *ship.Options)
		want []string // each in the problems; "!" leads a fatal one
	}{
		{"nothing to ship, all told at once", func(e *engine, c *cluster, p *project.Project, _ *ship.Options) {
			p.Dockerfile, p.Manifests = "", project.Manifests{}
			e.infoErr, c.atErr = refused, refused
		}, []string{"!build: no Dockerfile here", "!deploy: no Kubernetes manifests here", "!build: the engine cannot be used: connection refused", "!deploy: the cluster cannot be used"}},
		{"findings of the folder", func(_ *engine, _ *cluster, p *project.Project, _ *ship.Options) {
			p.Problems = []project.Problem{{File: "/src/web/k8s/values.yaml", Line: 1, Text: "not a manifest"}}
		}, []string{"build: not a manifest |  | /src/web/k8s/values.yaml:1"}},
		{"another image", func(_ *engine, c *cluster, _ *project.Project, _ *ship.Options) {
			c.written[1].Images = []string{"ghcr.io/acme/shop:1", "redis"}
		}, []string{"no manifest uses an image named web", "last part", "ghcr.io/acme/shop:1, redis", "--name shop"}},
		{"no image at all", func(_ *engine, c *cluster, _ *project.Project, _ *ship.Options) {
			c.written[1].Images = nil
		}, []string{"there is no image at all", "write image: web"}},
		{"not local", func(_ *engine, c *cluster, _ *project.Project, _ *ship.Options) {
			c.at.Name, c.at.Local = "prod", false
		}, []string{"!deploy: context prod", "--unlock prod"}},
		{"latest", func(_ *engine, _ *cluster, _ *project.Project, o *ship.Options) { o.Tag = "latest" }, []string{`!build: the tag "latest"`, tag}},
		{"bad tag", func(_ *engine, _ *cluster, _ *project.Project, o *ship.Options) { o.Tag = "-a b" }, []string{"not a valid image tag"}},
		{"bad name", func(_ *engine, _ *cluster, p *project.Project, _ *ship.Options) { p.Name = "My App" }, []string{`"My App" is not a valid image name | use my-app`}},
		{"registry with a scheme", func(_ *engine, _ *cluster, _ *project.Project, o *ship.Options) {
			o.Registry = "https://localhost:5000/"
		}, []string{"use localhost:5000"}},
		{"bad registry", func(_ *engine, _ *cluster, _ *project.Project, o *ship.Options) { o.Registry = "UPPER CASE" }, []string{"not a valid registry"}},
		{"broken manifest", func(_ *engine, c *cluster, _ *project.Project, _ *ship.Options) {
			c.readErr = errors.Join(
				&kube.ManifestError{File: "/src/web/k8s/a.yaml", Line: 7, Err: errors.New("mapping values are not allowed"), Hint: "indent it"},
				&kube.ManifestError{File: "/src/web/k8s/b.yaml", Line: 3, Ref: kube.Ref{Kind: "Deployment", Name: "b"}, Err: errors.New("selector does not match")})
		}, []string{"!deploy: mapping values are not allowed | indent it | /src/web/k8s/a.yaml:7", "!deploy: deployment/b: selector does not match |  | /src/web/k8s/b.yaml:3"}},
		{"refused by the server", func(_ *engine, c *cluster, _ *project.Project, _ *ship.Options) {
			c.dryErr = &kube.ManifestError{File: "/src/web/k8s/web.yaml", Line: 9, Err: errors.New("unknown field")}
		}, []string{"!deploy: unknown field |  | /src/web/k8s/web.yaml:9"}},
		{"a dry run that fails as a whole", func(_ *engine, c *cluster, _ *project.Project, _ *ship.Options) { c.dryErr = refused }, []string{"!deploy: connection refused"}},
		{"nodes may not be listed", func(_ *engine, c *cluster, _ *project.Project, o *ship.Options) {
			c.nodes, c.nodesErr, o.Registry = nil, kube.ErrForbidden, "localhost:5000"
		}, nil},
		{"nothing built yet", func(_ *engine, _ *cluster, _ *project.Project, o *ship.Options) { o.Stages = []ship.Stage{ship.Deploy} }, []string{"!deliver: the engine has no image web:" + tag, "build it first"}},
		{"deploy from a registry without an engine", func(e *engine, _ *cluster, _ *project.Project, o *ship.Options) {
			e.infoErr, o.Registry, o.Stages = refused, "localhost:5000", []ship.Stage{ship.Deploy}
		}, []string{"deploy: the engine has no image localhost:5000/web", "make sure"}},
		{"a build needs no cluster", func(_ *engine, c *cluster, p *project.Project, o *ship.Options) {
			c.atErr, p.Manifests, o.Stages = refused, project.Manifests{}, []ship.Stage{ship.Build}
		}, nil},
		{"a push to a known registry needs no cluster", func(e *engine, c *cluster, _ *project.Project, o *ship.Options) {
			e.images["web:"+tag] = docker.Image{}
			c.atErr, o.Registry, o.Stages = refused, "localhost:5000", []ship.Stage{ship.Deliver}
		}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, c, p := world(t)
			var o ship.Options
			tt.set(e, c, &p, &o)
			plan := ship.NewPlan(t.Context(), e, c, p, o)
			text := problems(plan)
			if len(tt.want) == 0 && text != "" {
				t.Errorf("problems:\n%s", text)
			}
			for _, want := range tt.want {
				if !strings.Contains(text, want) {
					t.Errorf("no %q in\n%s", want, text)
				}
			}
			if len(plan.Fatal()) > 0 {
				if _, err := ship.Run(t.Context(), e, c, plan, nil); err == nil || len(e.did)+len(c.did) > 0 {
					t.Errorf("it ran: %v, %v %v", err, e.did, c.did)
				}
			}
		})
	}
}

func TestUnlocked(t *testing.T) {
	e, c, p := world(t)
	c.at.Local = false
	if text := problems(ship.NewPlan(t.Context(), e, c, p, ship.Options{Unlocked: true})); text != "" {
		t.Errorf("problems:\n%s", text)
	}
}

func TestPullPolicy(t *testing.T) {
	tests := []struct {
		policy string
		kind   bool
		route  ship.Options
		bad    bool
	}{
		{policy: "IfNotPresent"},
		{policy: "Never"},
		{policy: "Always", bad: true},
		{policy: "Always", kind: true},
		{policy: "Never", kind: true, bad: true},
		{policy: "Always", route: ship.Options{Registry: "localhost:5000"}},
		{policy: "Never", route: ship.Options{Registry: "localhost:5000"}, bad: true},
	}
	for _, tt := range tests {
		e, c, p := world(t)
		if tt.kind {
			c.nodes[0].Name = "desktop-control-plane"
		}
		file := filepath.Join(t.TempDir(), "web.yaml")
		text := "kind: Service\n---\n" + strings.ReplaceAll(deploymentYAML, "IfNotPresent", `"`+tt.policy+`" # why`)
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		c.written[1].File, c.written[1].Line = file, 3
		c.written[1].YAML = []byte(strings.ReplaceAll(deploymentYAML, "IfNotPresent", tt.policy))
		plan := ship.NewPlan(t.Context(), e, c, p, tt.route)
		bad := slices.ContainsFunc(plan.Problems, func(q ship.Problem) bool {
			return q.Fatal && q.File == file && q.Line == 12 && strings.Contains(q.Text, "imagePullPolicy: "+tt.policy)
		})
		if bad != tt.bad {
			t.Errorf("%+v: problems:\n%s", tt, problems(plan))
		}
	}
}

func TestTagFollowsBuildOptions(t *testing.T) {
	e, c, p := world(t)
	seen := map[string]bool{}
	for _, r := range []docker.BuildRequest{
		{}, {Target: "a"}, {Target: "b"}, {Platform: "linux/arm64"}, {Args: map[string]string{"A": "1"}}, {Args: map[string]string{"A": "2"}}, {NoCache: true}, {NoCache: true},
	} {
		plan := ship.NewPlan(t.Context(), e, c, p, ship.Options{Build: r})
		if seen[plan.Image] {
			t.Errorf("%+v: %s was there before", r, plan.Image)
		}
		seen[plan.Image] = true
	}
	one := ship.NewPlan(t.Context(), e, c, p, ship.Options{Build: docker.BuildRequest{Target: "a"}})
	if !seen[one.Image] {
		t.Errorf("the same options gave another tag: %s", one.Image)
	}
	if named := ship.NewPlan(t.Context(), e, c, p, ship.Options{Tag: "v9", Build: docker.BuildRequest{Target: "a"}}); named.Image != "web:v9" {
		t.Errorf("a tag asked for: %s", named.Image)
	}
}

func TestPlanJSON(t *testing.T) {
	e, c, p := world(t)
	plan := ship.NewPlan(t.Context(), e, c, p, ship.Options{})
	text, err := json.Marshal(plan)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if got["kind"] != "plan" || got["image"] != plan.Image || got["route"] != "shared store" || len(got["changes"].([]any)) != 2 {
		t.Errorf("got %s", text)
	}
}
