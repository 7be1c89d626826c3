package ship_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/project"
	"github.com/twindeck/twindeck/env/ship"
)

// kindNode makes the cluster one whose only node is a container of the engine.
func kindNode(y *yard, c *cluster) {
	y.info.ContainerdStore = true
	y.info.Name, y.info.OperatingSystem = "plain", "Debian GNU/Linux"
	y.nodes = []docker.Node{{Name: "dev-control-plane", Tool: "kind", Cluster: "dev", Running: true}}
	c.nodes = []kube.Node{{Name: "dev-control-plane", Runtime: "containerd://2.1.3", Arch: "amd64"}}
}

// Each image that a pod runs is loaded into the node under its own name, and
// what went into others is not.
func TestLoadOfSeveralImages(t *testing.T) {
	y, c, p := shop(t)
	kindNode(y, c)
	y.loads = func(r docker.LoadRequest) (docker.Loaded, error) {
		return docker.Loaded{Node: r.Node.Name, Image: r.Image, Digest: digestOf(r.Image)}, nil
	}
	plan := ship.NewPlan(t.Context(), y, c, p, ship.Options{})
	if plan.Route != ship.Load {
		t.Fatalf("route %q: %+v", plan.Route, plan.Problems)
	}
	report, events, err := runYard(t.Context(), y, c, plan)
	if err != nil {
		t.Fatal(err)
	}
	var loaded []string
	for _, ev := range events {
		if ev.Kind == ship.NodeLoaded {
			loaded = append(loaded, ev.ImageName)
		}
	}
	slices.Sort(loaded)
	if want := []string{"api", "mail", "web"}; !slices.Equal(loaded, want) || len(report.Nodes) != 3 {
		t.Errorf("loaded %v, want %v; the report says %+v", loaded, want, report.Nodes)
	}
}

// A builder elsewhere cannot take one image of the project from the engine to
// build another of it.
func TestImagesMadeOfEachOtherNeedTheEngine(t *testing.T) {
	y, c, p := shop(t)
	y.builder = big
	plan := ship.NewPlan(t.Context(), y, c, p, ship.Options{})
	fatal := plan.Fatal()
	if len(fatal) == 0 || !strings.Contains(fatal[0].Text, "made of base, which the builder big cannot take") || !strings.Contains(fatal[0].Do, "--builder desktop-linux") {
		t.Errorf("got %+v", fatal)
	}
}

// A release is one version for all images, and none of them may be there.
func TestReleaseOfSeveralImages(t *testing.T) {
	y, c, p := shop(t)
	p.Version.Commit = commit
	o := release("patch", history(""))
	o.Registry = "localhost:5000"
	plan := ship.NewPlan(t.Context(), y, c, p, o)
	for _, i := range plan.Ships() {
		if !strings.HasSuffix(i.Ref, ":v1.0.1") {
			t.Errorf("%s is not of the version", i.Ref)
		}
	}
	var there []string
	for _, q := range plan.Fatal() {
		if strings.Contains(q.Text, "is in the registry already") {
			there = append(there, q.Text)
		}
	}
	if len(there) != 3 {
		t.Errorf("told of %d images that are there, want 3: %+v", len(there), plan.Problems)
	}
	choices := ship.Choices(plan, project.Project{}, o.Release.Known)
	if len(choices) != 4 || choices[1].Ask != "v1.0.1" || !strings.Contains(choices[1].Image, "4 images as v1.0.1") {
		t.Errorf("choices %+v", choices)
	}
}
