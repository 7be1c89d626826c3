package docker

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	buildkit "github.com/moby/buildkit/client"
	"github.com/moby/buildkit/solver/pb"
)

func TestProgress(t *testing.T) {
	var got []BuildEvent
	p := newProgress("/src/Dockerfile", func(e BuildEvent) { got = append(got, e) })
	now := time.Unix(100, 0)
	later := now.Add(time.Second)
	p.take(&buildkit.SolveStatus{
		Vertexes: []*buildkit.Vertex{{Digest: "sha256:a", Name: "[2/2] RUN npm ci", Started: &now}},
		Statuses: []*buildkit.VertexStatus{
			{ID: "sha256:l1", Vertex: "sha256:a", Current: 3, Total: 10},
			{ID: "sha256:l2", Vertex: "sha256:a", Current: 5, Total: 5},
		},
		Logs: []*buildkit.VertexLog{{Vertex: "sha256:a", Data: []byte("one\r\ntw")}, {Vertex: "sha256:a", Data: []byte("o\nthree")}},
		Warnings: []*buildkit.VertexWarning{{
			Short: []byte("JSONArgsRecommended: JSON arguments recommended for CMD (line 7)"), URL: "https://docs",
			Detail: [][]byte{[]byte("why")}, Range: []*pb.Range{{Start: &pb.Position{Line: 8}}},
		}, {Short: []byte("just words")}},
	})
	p.take(&buildkit.SolveStatus{Vertexes: []*buildkit.Vertex{{Digest: "sha256:a", Name: "[2/2] RUN npm ci", Started: &now, Completed: &later, Error: "exit code: 3"}}})

	var logs []string
	var steps []BuildStep
	var warnings []BuildWarning
	for _, e := range got {
		switch {
		case e.Log != nil:
			logs = append(logs, e.Log.Text)
		case e.Step != nil:
			steps = append(steps, *e.Step)
		case e.Warning != nil:
			warnings = append(warnings, *e.Warning)
		}
	}
	if strings.Join(logs, "|") != "one\n|two\n|three\n" {
		t.Errorf("logs %q", logs)
	}
	if len(steps) != 2 || steps[0].Done != 8 || steps[0].Total != 15 || !steps[0].Finished.IsZero() || steps[1].Finished != later || steps[1].Err != "exit code: 3" {
		t.Errorf("steps %+v", steps)
	}
	want := BuildWarning{Rule: "JSONArgsRecommended", Text: "JSON arguments recommended for CMD", File: "/src/Dockerfile", Line: 8, URL: "https://docs", Detail: "why"}
	if len(warnings) != 2 || warnings[0] != want || warnings[1].Text != "just words" || warnings[1].Line != 0 {
		t.Errorf("warnings %+v", warnings)
	}
	var failed *BuildError
	if err := p.explain(errors.New("failed to solve: process did not complete")); !errors.As(err, &failed) {
		t.Fatal(err)
	}
	if failed.Step != "[2/2] RUN npm ci" || strings.Join(failed.Tail, ",") != "one,two,three" || failed.Error() != "[2/2] RUN npm ci: process did not complete" {
		t.Errorf("got %+v", failed)
	}
}

func TestTailIsBounded(t *testing.T) {
	p := newProgress("Dockerfile", nil)
	for range 1000 {
		p.log(&buildkit.VertexLog{Vertex: "sha256:a", Data: []byte("line\n")})
	}
	if n := len(p.steps["sha256:a"].tail); n != tailLines {
		t.Errorf("%d lines kept", n)
	}
}

// TestBuildAtHangingEngine: an engine that answers a ping and then no more must
// not keep a build from being cancelled.
func TestBuildAtHangingEngine(t *testing.T) {
	f := newFake(t)
	asked := make(chan struct{}, 10)
	hang := func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		<-r.Context().Done()
	}
	f.handle["POST /grpc"], f.handle["POST /session"] = hang, hang
	dir := t.TempDir()
	write(t, filepath.Join(dir, "Dockerfile"), "FROM scratch")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		_, err := Open(f.options()).Build(ctx, BuildRequest{Context: dir, Tag: "x:1"}, nil)
		ended <- err
	}()
	<-asked
	<-asked
	cancel()
	select {
	case err := <-ended:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	case <-time.After(5 * time.Second):
		t.Error("the build does not end")
	}
}

func TestBuildFiles(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "sub", "Containerfile"), "FROM scratch")
	tests := []struct {
		name string
		r    BuildRequest
		want string
		says string
	}{
		{"relative", BuildRequest{Context: dir, Dockerfile: "sub/Containerfile"}, filepath.Join(dir, "sub", "Containerfile"), ""},
		{"missing", BuildRequest{Context: dir}, filepath.Join(dir, "Dockerfile"), "there is no"},
		{"a directory", BuildRequest{Context: dir, Dockerfile: "sub"}, filepath.Join(dir, "sub"), "is a directory"},
		{"no context", BuildRequest{Context: filepath.Join(dir, "gone")}, filepath.Join(dir, "gone"), "build context"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, file, err := tt.r.files()
			if tt.says == "" {
				if err != nil || file != tt.want {
					t.Errorf("got %s, %v", file, err)
				}
				return
			}
			var e *BuildError
			if !errors.As(err, &e) || e.File != tt.want || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v", err)
			}
		})
	}
	if _, _, err := (BuildRequest{Context: dir}).files(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
