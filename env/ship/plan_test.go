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
		{"bad registry", func(_ *engine, _ *cluster, _ *project.Project, o *ship.Options) { o.Registry = "UPPER CASE" }, []string{"not a valid image name"}},
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
		{},
		{Target: "a"},
		{Target: "b"},
		{Platform: "linux/arm64"},
		{Args: map[string]string{"A": "1"}},
		{Args: map[string]string{"A": "2"}},
		{NoCache: true},
		{NoCache: true},
		{Pull: true},
		{NoCacheFilter: []string{"a"}},
		{Labels: map[string]string{"a": "b"}},
		{Attests: map[string]string{"sbom": ""}},
		{Annotations: []docker.BuildAnnotation{{Key: "a", Value: "b"}}},
		{Contexts: map[string]string{"lib": "docker-image://lib:1"}},
		{Network: "none"},
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
	same := ship.NewPlan(t.Context(), e, c, p, ship.Options{})
	for _, r := range []docker.BuildRequest{ // nothing of these is in the image
		{Secrets: []docker.BuildSecret{{ID: "a", Env: "PATH"}}}, {CacheFrom: []docker.BuildCache{{Type: "inline"}}}, {ShmSize: 1},
	} {
		if plan := ship.NewPlan(t.Context(), e, c, p, ship.Options{Build: r}); plan.Image != same.Image {
			t.Errorf("%+v: %s, want %s", r, plan.Image, same.Image)
		}
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

// What is in a further context, or in a Dockerfile that lies elsewhere, is in
// the image too.
func TestTagFollowsFilesElsewhere(t *testing.T) {
	e, c, p := world(t)
	lib := t.TempDir()
	p.Dockerfile = filepath.Join(lib, "web.Dockerfile")
	seen := map[string]bool{}
	for _, change := range []struct{ file, text string }{
		{"web.Dockerfile", "FROM a"}, {"web.Dockerfile", "FROM b"}, {"lib.js", "1"}, {"lib.js", "2"},
	} {
		if err := os.WriteFile(filepath.Join(lib, change.file), []byte(change.text), 0o600); err != nil {
			t.Fatal(err)
		}
		plan := ship.NewPlan(t.Context(), e, c, p, ship.Options{Build: docker.BuildRequest{Contexts: map[string]string{"lib": lib}}})
		if seen[plan.Image] {
			t.Errorf("%+v: %s was there before", change, plan.Image)
		}
		seen[plan.Image] = true
	}
}

// What this machine or the engine lacks is told before anything is built.
func TestPlanChecksBuildOptions(t *testing.T) {
	tests := []struct {
		r    docker.BuildRequest
		says string
	}{
		{docker.BuildRequest{Secrets: []docker.BuildSecret{{ID: "npm", File: "no-such-file"}}}, "--secret id=npm: there is no no-such-file"},
		{docker.BuildRequest{Platform: "linux/amd64,linux/arm64"}, "--platform linux/amd64,linux/arm64 asks for one image of several platforms"},
	}
	for _, tt := range tests {
		e, c, p := world(t)
		e.info.ContainerdStore = false
		plan := ship.NewPlan(t.Context(), e, c, p, ship.Options{Stages: []ship.Stage{ship.Build}, Build: tt.r})
		if fatal := plan.Fatal(); len(fatal) != 1 || !strings.Contains(fatal[0].Text, tt.says) {
			t.Errorf("%+v: problems:\n%s", tt.r, problems(plan))
		}
	}
}

// A context that is elsewhere has no files to make a tag from.
func TestPlanOfARemoteContext(t *testing.T) {
	e, c, p := world(t)
	p.Context, p.Dockerfile, p.Version = "https://example.com/web.git#main:app", "Dockerfile", project.Version{}
	plan := ship.NewPlan(t.Context(), e, c, p, ship.Options{Stages: []ship.Stage{ship.Build}})
	if fatal := plan.Fatal(); len(fatal) != 1 || !strings.Contains(fatal[0].Do, "--tag") {
		t.Errorf("without a tag: problems:\n%s", problems(plan))
	}
	plan = ship.NewPlan(t.Context(), e, c, p, ship.Options{Stages: []ship.Stage{ship.Build}, Tag: "v1"})
	if len(plan.Fatal()) > 0 || plan.Image != "web:v1" {
		t.Errorf("with a tag: %s, problems:\n%s", plan.Image, problems(plan))
	}
	_, events, err := record(t.Context(), e, c, plan)
	if want := "docker --context desktop-linux build -t web:v1 'https://example.com/web.git#main:app'"; err != nil || !slices.Contains(commands(events), want) {
		t.Errorf("%v, commands %q, want %s", err, commands(events), want)
	}
}
