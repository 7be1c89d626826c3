package docker

import (
	"testing"
	"time"

	control "github.com/moby/buildkit/api/services/control"
	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"
)

func TestPastBuild(t *testing.T) {
	began := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	got := toPastBuild(&control.BuildHistoryRecord{
		Ref: "abc", CreatedAt: timestamppb.New(began), CompletedAt: timestamppb.New(began.Add(3 * time.Second)),
		FrontendAttrs: map[string]string{"filename": "Dockerfile", "target": "app", "build-arg:TOKEN": "hush"},
		Exporters:     []*control.Exporter{{Attrs: map[string]string{"name": "localhost:5000/web:1,web:1"}}},
		Error:         &status.Status{Message: "failed to solve: no luck"}, NumTotalSteps: 7, NumCachedSteps: 5,
	})
	if got.Took != 3*time.Second || got.Running || got.Err != "no luck" || got.Steps != 7 || got.Cached != 5 || got.Target != "app" {
		t.Errorf("got %+v", got)
	}
	for repository, made := range map[string]bool{"localhost:5000/web": true, "docker.io/library/web": true, "docker.io/library/webs": false} {
		if got.of(repository) != made {
			t.Errorf("made for %s: %v, want %v", repository, !made, made)
		}
	}
	if running := toPastBuild(&control.BuildHistoryRecord{CreatedAt: timestamppb.New(began)}); !running.Running || running.Took != 0 {
		t.Errorf("a running build is %+v", running)
	}
}

func TestCompareWithTheLastGoodBuildOfTheSame(t *testing.T) {
	all := []PastBuild{ // newest first
		{Ref: "later"},
		{Ref: "this", Target: "app"},
		{Ref: "broken", Target: "app", Err: "no luck"},
		{Ref: "runs", Target: "app", Running: true},
		{Ref: "other", Target: "test"},
		{Ref: "good", Target: "app"},
		{Ref: "older", Target: "app"},
	}
	if build, before := compare(all, "this"); build == nil || build.Ref != "this" || before == nil || before.Ref != "good" {
		t.Errorf("compared %+v with %+v", build, before)
	}
	if build, before := compare(all, "older"); build == nil || before != nil {
		t.Errorf("the first one: %+v with %+v", build, before)
	}
	if build, before := compare(all, "forgotten"); build != nil || before != nil {
		t.Errorf("one that is not remembered: %+v with %+v", build, before)
	}
}

func TestBuildMetadata(t *testing.T) {
	r := BuildResult{Answer: map[string]string{"containerimage.digest": "sha256:aa", "containerimage.descriptor": "eyJzaXplIjoxfQ=="}}
	got, err := r.Metadata()
	want := "{\n  \"containerimage.descriptor\": {\n    \"size\": 1\n  },\n  \"containerimage.digest\": \"sha256:aa\"\n}\n"
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v", got, err)
	}
}
