package demo

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
)

var myApp = kube.Ref{Group: "apps", Version: "v1", Kind: "Deployment", Namespace: "default", Name: "my-app"}

func TestBuildToRunning(t *testing.T) {
	e := OpenAt(noon)
	ctx := t.Context()
	const tag = "my-app:v2"
	steps := map[string]docker.BuildStep{}
	built, err := e.Docker.Build(ctx, docker.BuildRequest{Tag: tag}, func(ev docker.BuildEvent) {
		if ev.Step != nil {
			steps[ev.Step.ID] = *ev.Step
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range steps {
		if s.Finished.IsZero() {
			t.Errorf("step %s never ended", s.Name)
		}
	}
	if i, err := e.Docker.Image(ctx, tag); err != nil || i.Digest != built.Digest {
		t.Errorf("the engine holds %+v, %v", i, err)
	}
	pushed, err := e.Docker.Push(ctx, tag, func(l docker.LayerProgress) {
		if l.Done > l.Total {
			t.Errorf("layer %s: %d of %d bytes", l.ID, l.Done, l.Total)
		}
	})
	if err != nil || pushed.Digest != built.Digest {
		t.Errorf("pushed %+v, %v", pushed, err)
	}

	ms, err := e.Kube.ReadManifests(ctx, kube.Source{}, map[string]string{"my-app": tag})
	if err != nil {
		t.Fatal(err)
	}
	dry, err := e.Kube.DryRun(ctx, "default", ms)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Kube.Apply(ctx, "default", ms, nil); err != nil {
		t.Fatal(err)
	}
	for _, a := range dry {
		if (a.Change == kube.Unchanged) != (a.Diff == "") {
			t.Errorf("%s is %s with diff %q", a.Ref, a.Change, a.Diff)
		}
	}
	after, err := e.Kube.DryRun(ctx, "default", ms)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range after {
		if a.Change != kube.Unchanged {
			t.Errorf("applied twice, %s is %s:\n%s", a.Ref, a.Change, a.Diff)
		}
	}

	var last kube.Rollout
	if err := e.Kube.Rollout(ctx, []kube.Ref{myApp}, func(r kube.Rollout) {
		if r.Ready < last.Ready {
			t.Errorf("fewer new pods ready than before: %d, then %d", last.Ready, r.Ready)
		}
		last = r
	}); err != nil {
		t.Fatal(err)
	}
	if !last.Done || last.Ready != 3 || len(last.Pods) != 3 {
		t.Errorf("ends with %+v", last)
	}
	for _, p := range last.Pods {
		if p.Digests[0] != built.Digest {
			t.Errorf("%s runs %s", p.Name, p.Digests[0])
		}
	}

	if err := e.Kube.Undo(ctx, myApp); err != nil {
		t.Fatal(err)
	}
	wait(t, e, time.Minute)
	for _, p := range pods(e, "my-app") {
		if p.Images[0].Image != runsTag {
			t.Errorf("gone back, %s runs %s", p.Name, p.Images[0].Image)
		}
	}
}

func TestBuildFails(t *testing.T) {
	e := OpenAt(noon, BuildFails)
	_, err := e.Docker.Build(t.Context(), docker.BuildRequest{Tag: "my-app:v2"}, func(docker.BuildEvent) {})
	var at *docker.BuildError
	if !errors.As(err, &at) || at.Line == 0 || len(at.Tail) == 0 {
		t.Errorf("failed with %#v", err)
	}
	if _, err := e.Docker.Image(t.Context(), "my-app:v2"); !errors.Is(err, docker.ErrNotFound) {
		t.Errorf("an image all the same: %v", err)
	}
}

func TestRolloutOfWhatCrashes(t *testing.T) {
	e := OpenAt(noon, CrashesOnStart)
	ctx := t.Context()
	ms, err := e.Kube.ReadManifests(ctx, kube.Source{}, map[string]string{"my-app": oldTag})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Kube.Apply(ctx, "default", ms, nil); err != nil {
		t.Fatal(err)
	}
	if err := e.Kube.Rollout(ctx, []kube.Ref{myApp}, func(kube.Rollout) {}); err == nil {
		t.Fatal("rolled out")
	}
	trouble, err := e.Kube.Trouble(ctx, myApp)
	if err != nil || len(trouble) != 1 || !strings.Contains(strings.Join(trouble[0].Tail, "\n"), "Cannot find module") {
		t.Errorf("trouble: %+v, %v", trouble, err)
	}
	ready := 0
	for _, p := range pods(e, "my-app") {
		if p.Phase == kube.PhaseReady {
			ready++
		}
	}
	if ready != 3 {
		t.Errorf("%d of the former pods still serve", ready)
	}
}

func TestCancelledBuildEnds(t *testing.T) {
	e := OpenAt(noon)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := e.Docker.Build(ctx, docker.BuildRequest{Tag: "my-app:v2"}, func(docker.BuildEvent) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
}
