package ship_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/project"
	"github.com/twindeck/twindeck/env/ship"
)

// site is a place to ship to for real: one of the fixture's engines and its
// cluster, in a namespace of its own, with a project that may be changed.
type site struct {
	t       *testing.T
	ns, dir string
	engine  *docker.Client
	cluster *kube.Client
	events  []ship.Event
}

// newSite copies an example into a folder of its own; dockerContext is
// desktop-linux (images shared with the node) or separate.
func newSite(t *testing.T, dockerContext, example string) *site {
	t.Helper()
	if os.Getenv("TWINDECK_FIXTURE") == "" {
		t.Skip("needs a real Docker and Kubernetes: TWINDECK_FIXTURE is not set (see test/fixture)")
	}
	t.Setenv("TWINDECK_REGISTRY", "")
	s := &site{t: t, ns: fmt.Sprintf("ship-%d", time.Now().UnixNano()), dir: filepath.Join(t.TempDir(), example)}
	if err := os.CopyFS(s.dir, os.DirFS(filepath.Join("..", "..", "examples", example))); err != nil {
		t.Fatal(err)
	}
	s.kubectl("create", "namespace", s.ns)
	t.Cleanup(func() { s.kubectl("delete", "namespace", s.ns, "--wait=false") })
	s.engine = docker.Open(docker.Options{Context: dockerContext})
	s.cluster = kube.Open(kube.Options{Namespace: s.ns})
	return s
}

func (s *site) kubectl(args ...string) string {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, "kubectl", args...).CombinedOutput()
	if err != nil {
		s.t.Fatalf("kubectl %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// edit replaces text in a file of the project.
func (s *site) edit(name, from, to string) {
	s.t.Helper()
	path := filepath.Join(s.dir, filepath.FromSlash(name))
	text, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(text), from) {
		s.t.Fatalf("no %q in %s (%v)", from, name, err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), from, to, 1)), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) plan(o ship.Options) ship.Plan {
	s.t.Helper()
	o.Namespace = s.ns
	return ship.NewPlan(s.t.Context(), s.engine, s.cluster, project.Read(s.t.Context(), s.dir), o)
}

func (s *site) ship(o ship.Options) (ship.Report, error) {
	s.t.Helper()
	plan := s.plan(o)
	if text := problems(plan); len(plan.Fatal()) > 0 {
		s.t.Fatalf("problems:\n%s", text)
	}
	s.events = nil
	report, err := ship.Run(s.t.Context(), s.engine, s.cluster, plan, func(e ship.Event) { s.events = append(s.events, e) })
	if err == nil {
		s.t.Logf("%v %s in %s", plan.Stages, report.Image, report.Took.Round(time.Millisecond))
	}
	return report, err
}

// shipWell ships, and checks what came of it.
func (s *site) shipWell(o ship.Options, replicas int) ship.Report {
	s.t.Helper()
	report, err := s.ship(o)
	if err != nil {
		var f *ship.Failure
		if errors.As(err, &f) {
			text, _ := json.MarshalIndent(f, "", "  ")
			s.t.Fatalf("%v\n%s", err, text)
		}
		s.t.Fatal(err)
	}
	if len(report.Workloads) != 1 || !report.Workloads[0].Verified || report.Workloads[0].Ready != replicas || report.Digest == "" {
		s.t.Fatalf("report %+v", report)
	}
	images := s.kubectl("get", "pods", "-n", s.ns, "--field-selector=status.phase=Running", "-o", "jsonpath={.items[*].spec.containers[*].image}")
	if !strings.Contains(images, report.Image) {
		s.t.Errorf("pods run %s, want %s", images, report.Image)
	}
	return report
}

// failure ships and returns the card of what must go wrong.
func (s *site) failure(o ship.Options) *ship.Failure {
	s.t.Helper()
	report, err := s.ship(o)
	var f *ship.Failure
	if !errors.As(err, &f) {
		s.t.Fatalf("no failure but %+v, %v", report, err)
	}
	return f
}

func (s *site) generation() string {
	return s.kubectl("get", "all", "-n", s.ns, "-o", "jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.generation}\n{end}")
}

func TestFixtureSharedStore(t *testing.T) {
	s := newSite(t, "desktop-linux", "hello-node")
	first := s.shipWell(ship.Options{}, 3)
	if !strings.Contains(kinds(s.events), "skipped") {
		t.Errorf("a shared store needs no push: %s", kinds(s.events))
	}
	again := s.shipWell(ship.Options{}, 3)
	if again.Image != first.Image || again.Digest != first.Digest {
		t.Errorf("nothing changed, and yet: %+v, then %+v", first, again)
	}
	s.edit("server.js", "Hello from", "Good day from")
	second := s.shipWell(ship.Options{}, 3)
	if second.Image == first.Image || second.Digest == first.Digest {
		t.Errorf("the pods did not turn over: %+v, then %+v", first, second)
	}

	// The older image under the newest's tag must be seen.
	if err := s.engine.Tag(t.Context(), first.Image, "hello-node:stale"); err != nil {
		t.Fatal(err)
	}
	s.shipWell(ship.Options{Stages: []ship.Stage{ship.Deploy}, Tag: "stale"}, 3)
	s.edit("server.js", "Good day from", "Hi from")
	f := s.failure(ship.Options{Tag: "stale"})
	if f.Stage != ship.Verify || !strings.Contains(f.Cause, "and not what was built") || !strings.Contains(f.Do, "rollout restart") {
		t.Errorf("a pod with the older image went unseen: %+v", f)
	}
}

func TestFixtureRegistry(t *testing.T) {
	s := newSite(t, "separate", "hello-node")
	if text := problems(s.plan(ship.Options{})); !strings.Contains(text, "no way is known from the engine") {
		t.Errorf("without a registry: %q", text)
	}
	o := ship.Options{Registry: os.Getenv("TWINDECK_FIXTURE_REGISTRY")}
	first := s.shipWell(o, 3)
	s.edit("server.js", "Hello from", "Good day from")
	second := s.shipWell(o, 3)
	if first.Digest == second.Digest {
		t.Errorf("the pods did not turn over: %+v, then %+v", first, second)
	}
	for _, stage := range []ship.Stage{ship.Build, ship.Deliver, ship.Deploy} {
		o.Stages = []ship.Stage{stage}
		if report, err := s.ship(o); err != nil || report.Image != second.Image {
			t.Errorf("%s alone: %+v, %v", stage, report, err)
		}
	}
}

func TestFixtureKustomization(t *testing.T) {
	newSite(t, "desktop-linux", "hello-go").shipWell(ship.Options{}, 2)
}

func TestFixtureFailuresLeaveTheClusterAsItWas(t *testing.T) {
	s := newSite(t, "desktop-linux", "hello-node")
	s.shipWell(ship.Options{}, 3)
	before := s.generation()

	s.edit("Dockerfile", "COPY server.js ./\n", "COPY server.js ./\nRUN echo on its way && exit 3\n")
	f := s.failure(ship.Options{})
	if f.Stage != ship.Build || f.Line != 4 || filepath.Base(f.File) != "Dockerfile" || !strings.Contains(f.Step, "RUN echo") ||
		!strings.Contains(strings.Join(f.Tail, "\n"), "on its way") || f.Back != "" {
		t.Errorf("a failing RUN: %+v", f)
	}
	s.edit("Dockerfile", "RUN echo on its way && exit 3\n", "")

	f = s.failure(ship.Options{Registry: os.Getenv("TWINDECK_FIXTURE_REGISTRY_AUTH")})
	if f.Stage != ship.Deliver || !strings.Contains(f.Do, "docker login") || f.Back != "" {
		t.Errorf("no password: %+v", f)
	}

	s.edit("k8s/deployment.yaml", "      app: hello-node\n  template", "      app: another\n  template")
	if text := problems(s.plan(ship.Options{})); !strings.Contains(text, "deployment.yaml:") || !strings.HasPrefix(text, "!") {
		t.Errorf("a selector that does not match: %q", text)
	}
	s.edit("k8s/deployment.yaml", "      app: another\n  template", "      app: hello-node\n  template")
	if after := s.generation(); after != before {
		t.Errorf("the cluster changed:\n%s\nwas\n%s", after, before)
	}
}

func TestFixtureCrashingImage(t *testing.T) {
	s := newSite(t, "desktop-linux", "hello-node")
	first := s.shipWell(ship.Options{}, 3)
	s.edit("server.js", "server.listen(", "console.error(\"no such luck\"); process.exit(3);\nserver.listen(")
	f := s.failure(ship.Options{Timeout: 2 * time.Minute})
	if f.Stage != ship.Verify || !strings.Contains(f.Step, "pod hello-node-") || !strings.Contains(strings.Join(f.Tail, "\n"), "no such luck") ||
		len(f.Applied) != 1 || !strings.Contains(f.Back, "rollout undo deployment/hello-node") {
		t.Fatalf("a crashing image: %+v", f)
	}
	s.kubectl(strings.Fields(f.Back)[1:]...)
	s.kubectl("rollout", "status", "deployment/hello-node", "-n", s.ns, "--timeout=60s")
	if image := s.kubectl("get", "deployment", "hello-node", "-n", s.ns, "-o", "jsonpath={.spec.template.spec.containers[0].image}"); image != first.Image {
		t.Errorf("going back led to %s, want %s", image, first.Image)
	}
}
