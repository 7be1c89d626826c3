package ship

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"github.com/twindeck/twindeck/env/demo"
	"github.com/twindeck/twindeck/env/docker"
	envship "github.com/twindeck/twindeck/env/ship"
)

// Moments of a run that are worth a picture.
func building(e envship.Event) bool {
	return e.Log != nil && strings.Contains(e.Log.Text, "packages are looking")
}

func pushing(e envship.Event) bool {
	return e.Layer != nil && e.Layer.ID == "b7c64e08d1fa" && e.Layer.Done > 14_000_000
}

func loadingSecond(e envship.Event) bool {
	return e.Layer != nil && e.Layer.Node == "k3d-dev-server-0" && e.Layer.ID == "b7c64e08d1fa" && e.Layer.Done > 7_000_000
}

func rolling(e envship.Event) bool { return e.Rollout != nil && e.Rollout.Ready == 2 }

// TestScreens compares what is drawn, colours included, with golden files;
// go test -update writes them anew.
func TestScreens(t *testing.T) {
	for _, c := range []struct {
		name  string
		scene func(t *testing.T, dark bool) *scene
	}{
		{"no-project", func(t *testing.T, dark bool) *scene { return newScene(t, dark, demo.NoProject).plan() }},
		{"plan", func(t *testing.T, dark bool) *scene {
			s := newScene(t, dark).plan()
			s.part.folds["object:deployment/my-app (default)"] = true
			return s
		}},
		{"locked", func(t *testing.T, dark bool) *scene { return newScene(t, dark, demo.ContextNotLocal).plan() }},
		{"builder-elsewhere", func(t *testing.T, dark bool) *scene { return newScene(t, dark, demo.BuilderElsewhere).plan() }},
		{"building", func(t *testing.T, dark bool) *scene { return newScene(t, dark).plan().run(building) }},
		{"pushing", func(t *testing.T, dark bool) *scene {
			return newScene(t, dark, demo.RegistryRequired).plan().run(pushing)
		}},
		{"push-again", func(t *testing.T, dark bool) *scene {
			s := newScene(t, dark, demo.RegistryRequired).plan().run(pushing)
			s.part.past.apply(envship.Event{Kind: envship.PushRetried, Retry: &docker.Retry{Number: 2, Of: 5, Why: "connection lost"}})
			return s
		}},
		{"release", func(t *testing.T, dark bool) *scene {
			return newScene(t, dark, demo.RegistryRequired).committed().plan().release(t, "next minor")
		}},
		{"released", func(t *testing.T, dark bool) *scene {
			return newScene(t, dark, demo.RegistryRequired).committed().plan().release(t, "next minor").run(nil)
		}},
		{"loading", func(t *testing.T, dark bool) *scene {
			return newScene(t, dark, demo.ClusterInNodes).plan().run(loadingSecond)
		}},
		{"plan-to-load", func(t *testing.T, dark bool) *scene { return newScene(t, dark, demo.ClusterInNodes).plan() }},
		{"login-offered", func(t *testing.T, dark bool) *scene {
			return newScene(t, dark, demo.RegistryRequired, demo.RegistryPrivate).plan()
		}},
		{"rolling-out", func(t *testing.T, dark bool) *scene { return newScene(t, dark).plan().run(rolling) }},
		{"done", func(t *testing.T, dark bool) *scene { return newScene(t, dark).plan().run(nil) }},
		{"build-failed", func(t *testing.T, dark bool) *scene { return newScene(t, dark, demo.BuildFails).plan().run(nil) }},
		{"rollout-failed", func(t *testing.T, dark bool) *scene {
			return newScene(t, dark, demo.CrashesOnStart).plan().run(nil)
		}},
		{"several-plan", func(t *testing.T, dark bool) *scene { return newScene(t, dark, demo.SeveralImages).plan() }},
		{"several-building", func(t *testing.T, dark bool) *scene {
			return newScene(t, dark, demo.SeveralImages).plan().run(building)
		}},
		{"several-pushing", func(t *testing.T, dark bool) *scene {
			return newScene(t, dark, demo.SeveralImages).plan().shows(atOnce())
		}},
		{"several-done", func(t *testing.T, dark bool) *scene { return newScene(t, dark, demo.SeveralImages).plan().run(nil) }},
		{"several-failed", func(t *testing.T, dark bool) *scene {
			return newScene(t, dark, demo.SeveralImages, demo.BuildFails).plan().run(nil)
		}},
	} {
		for _, dark := range []bool{true, false} {
			for _, size := range [][2]int{{80, 24}, {120, 36}, {200, 50}} {
				shade := "light"
				if dark {
					shade = "dark"
				}
				t.Run(fmt.Sprintf("%s/%dx%d-%s", c.name, size[0], size[1], shade), func(t *testing.T) {
					s := c.scene(t, dark)
					s.part.SetSize(size[0], size[1]-barHeight)
					requireFits(t, s.part)
					golden.RequireEqual(t, s.part.View())
				})
			}
		}
	}
}

// atOnce are images that are pushed side by side, each after its build.
func atOnce() []envship.Event {
	at := func(seconds float64) time.Time { return noon.Add(time.Duration(seconds * float64(time.Second))) }
	digest := func(c string) string { return "sha256:" + strings.Repeat(c, 64) }
	build, deliver := envship.Build, envship.Deliver
	return []envship.Event{
		{Time: at(0), Kind: envship.ImageKept, Stage: build, ImageName: "my-app-api", Text: "unchanged: the engine has it"},
		{Time: at(0), Kind: envship.StageStarted, Stage: build, Text: "building 2 images"},
		{Time: at(0), Kind: envship.Command, Stage: build, ImageName: "my-app", Text: "docker build -t my-app:dev-7e40a1c6f5 web"},
		{Time: at(3), Kind: envship.BuildDone, Stage: build, ImageName: "my-app", Image: &docker.BuildResult{Digest: digest("a")}},
		{Time: at(3), Kind: envship.Command, Stage: build, ImageName: "my-app-worker", Text: "docker build -t my-app-worker:dev-41f0b7c92d worker"},
		{Time: at(4), Kind: envship.BuildDone, Stage: build, ImageName: "my-app-worker", Image: &docker.BuildResult{Digest: digest("b")}},
		{Time: at(4), Kind: envship.StageDone, Stage: build},
		{Time: at(4), Kind: envship.StageStarted, Stage: deliver, Text: "pushing 3 images"},
		{Time: at(4), Kind: envship.Command, Stage: deliver, ImageName: "my-app", Text: "docker push localhost:5000/my-app:dev-7e40a1c6f5"},
		{Time: at(4), Kind: envship.Command, Stage: deliver, ImageName: "my-app-api", Text: "docker push localhost:5000/my-app-api:dev-8c11d0a37e"},
		{Time: at(5), Kind: envship.LayerMoved, Stage: deliver, ImageName: "my-app-api", Layer: &docker.LayerProgress{ID: "l1", Status: "Layer already exists", Done: 5e6, Total: 5e6}},
		{Time: at(5), Kind: envship.LayerMoved, Stage: deliver, ImageName: "my-app", Layer: &docker.LayerProgress{ID: "l1", Status: "Pushing", Done: 12e6, Total: 40e6}},
		{Time: at(6), Kind: envship.PushDone, Stage: deliver, ImageName: "my-app-api", Pushed: &docker.PushResult{Digest: digest("c")}},
	}
}

// requireFits checks that the view is as high and at most as wide as it may be.
func requireFits(t *testing.T, p *Part) {
	t.Helper()
	lines := strings.Split(p.View(), "\n")
	if len(lines) != p.height {
		t.Errorf("%d lines, not %d", len(lines), p.height)
	}
	for i, l := range lines {
		if w := ansi.StringWidth(l); w > p.width {
			t.Errorf("line %d takes %d cells of %d: %q", i, w, p.width, ansi.Strip(l))
		}
	}
}

func TestFitsAnySize(t *testing.T) {
	for name, s := range map[string]*scene{
		"new":        newScene(t, true),
		"plan":       newScene(t, true).plan(),
		"no project": newScene(t, true, demo.NoProject).plan(),
		"building":   newScene(t, true).plan().run(building),
		"pushing":    newScene(t, true, demo.RegistryRequired).plan().run(pushing),
		"loading":    newScene(t, true, demo.ClusterInNodes).plan().run(loadingSecond),
		"rolling":    newScene(t, true).plan().run(rolling),
		"failed":     newScene(t, true, demo.CrashesOnStart).plan().run(nil),
		"several":    newScene(t, true, demo.SeveralImages).plan(),
		"at once":    newScene(t, true, demo.SeveralImages).plan().shows(atOnce()),
	} {
		t.Run(name, func(t *testing.T) {
			for w := 1; w < 140; w += 9 {
				for h := 1; h < 40; h += 4 {
					s.part.SetSize(w, h)
					requireFits(t, s.part)
				}
			}
		})
	}
}
