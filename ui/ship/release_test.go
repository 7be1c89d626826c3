package ship

import (
	"context"
	"strings"
	"testing"

	"github.com/twindeck/twindeck/env/demo"
	"github.com/twindeck/twindeck/env/project"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
)

// committed is a scene in which all is committed.
func (s *scene) committed() *scene {
	read := s.env.Project
	s.env.Project = func(ctx context.Context) project.Project {
		p := read(ctx)
		p.Version.Dirty = false
		return p
	}
	return s
}

// release chooses a tag by its name and waits for the plan.
func (s *scene) release(t *testing.T, name string) *scene {
	t.Helper()
	for _, c := range find[screen.Choose](t, s.press(keys.Release)).Choices {
		if strings.HasPrefix(c.Text, name) {
			s.part.Update(s.part.Update(find[releaseChosen](t, said(c.Then)))())
			return s
		}
	}
	t.Fatalf("no %q can be chosen", name)
	return nil
}

// The key offers each tag with the whole reference, and the plan takes it.
func TestChooseRelease(t *testing.T) {
	s := newScene(t, true, demo.RegistryRequired).committed().plan()
	var texts []string
	for _, c := range find[screen.Choose](t, s.press(keys.Release)).Choices {
		texts = append(texts, c.Text+" | "+c.Note)
	}
	want := []string{
		"this work   localhost:5000/my-app:v1.4.2-3-g1a2b3c-dirty-7e40a1 | what is in the folder",
		"next patch  localhost:5000/my-app:v1.4.3 | after v1.4.2",
		"next minor  localhost:5000/my-app:v1.5.0 | after v1.4.2",
		"next major  localhost:5000/my-app:v2.0.0 | after v1.4.2",
	}
	if got := strings.Join(texts, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("it offers\n%s", got)
	}
	s.release(t, "next minor").sees(t, "localhost:5000/my-app:v1.5.0", "v1.5.0, after v1.4.2", "Run this plan")
	if task := find[screen.StartTask](t, s.press(keys.Run)); task.Command != "twindeck ship --release v1.5.0" {
		t.Errorf("it runs %s", task.Command)
	}
	s.run(nil).sees(t, "git tag -a v1.5.0 -m v1.5.0 1a2b3c4d5e6f && git push origin v1.5.0")

	// What is shipped after a release is new work.
	s.plan().sees(t, "my-app:v1.4.2-3-g1a2b3c")
	s.release(t, "next patch").release(t, "this work").sees(t, "my-app:v1.4.2-3-g1a2b3c")
}

// One version is for all images of a project.
func TestChooseReleaseOfSeveralImages(t *testing.T) {
	s := newScene(t, true, demo.SeveralImages).committed().plan()
	choices := find[screen.Choose](t, s.press(keys.Release)).Choices
	if len(choices) != 4 || choices[2].Text != "next minor  3 images as v1.5.0" || choices[2].Note != "after v1.4.2" {
		t.Errorf("it offers %+v", choices)
	}
	s.release(t, "next minor").sees(t, "my-app:v1.5.0", "my-app-api:v1.5.0", "my-app-worker:v1.5.0", "v1.5.0, after v1.4.2")
}

func TestNothingToRelease(t *testing.T) {
	s := newScene(t, true)
	if n := find[screen.Notify](t, s.press(keys.Release)); n.Text == "" {
		t.Error("it does not say why there is nothing to choose")
	}
	s.plan().release(t, "next patch").sees(t, "This plan cannot run yet", "changes that are not committed", "--allow-dirty")
}
