package demo

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/link"
)

func imageNames(t *testing.T, e *env.Environment) []string {
	t.Helper()
	rows, err := e.Docker.Images(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range rows {
		names = append(names, r.Name())
	}
	return names
}

// The lists are the same each time, and what is used in one is in the others.
func TestObjects(t *testing.T) {
	e := OpenAt(noon)
	for _, list := range []func() (any, error){
		func() (any, error) { return e.Docker.Images(t.Context()) },
		func() (any, error) { return e.Docker.Volumes(t.Context()) },
		func() (any, error) { return e.Docker.Networks(t.Context()) },
	} {
		first, err := list()
		again, errAgain := list()
		if d := cmp.Diff(first, again); d != "" || err != nil || errAgain != nil {
			t.Error(d, err, errAgain)
		}
	}
	images, _ := e.Docker.Images(t.Context())
	web := container(t, e, "my-app-web-1")
	at := slices.IndexFunc(images, func(r *docker.ImageRow) bool { return r.ID == web.ImageID })
	if at < 0 || !slices.Equal(images[at].UsedBy, []string{"my-app-web-1"}) || images[at].Digest != web.ImageDigest {
		t.Errorf("the image of my-app-web-1 is %+v", images[at])
	}
	if last := images[len(images)-1]; !last.Dangling() {
		t.Errorf("the last image is %+v", last)
	}
	volumes, _ := e.Docker.Volumes(t.Context())
	sizes, err := e.Docker.VolumeSizes(t.Context())
	if err != nil || len(sizes) != len(volumes) {
		t.Errorf("sizes %v, %v", sizes, err)
	}
}

// What is in use stays until its container is gone; each change is told.
func TestObjectsGo(t *testing.T) {
	e := OpenAt(noon)
	old := container(t, e, "old-db")
	volumes, err := e.Docker.Volumes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	anonymous := volumes[slices.IndexFunc(volumes, func(v *docker.Volume) bool { return slices.Contains(v.UsedBy, "old-db") })]
	removals := map[string]func() error{
		"image":  func() error { return e.Docker.RemoveImage(t.Context(), old.Image) },
		"volume": func() error { return e.Docker.RemoveVolume(t.Context(), anonymous.Name) },
	}
	for what, remove := range removals {
		if err := remove(); !errors.Is(err, docker.ErrInUse) || !strings.Contains(err.Error(), "old-db") {
			t.Errorf("%s in use: %v", what, err)
		}
	}
	if err := e.Docker.Remove(t.Context(), old.ID); err != nil {
		t.Fatal(err)
	}
	for what, remove := range removals {
		before := e.Docker.Snapshot()
		if err := remove(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if now := e.Docker.Snapshot(); now.Images == before.Images || now.Volumes == before.Volumes {
			t.Errorf("%s: nobody was told", what)
		}
		if err := remove(); !errors.Is(err, docker.ErrNotFound) {
			t.Errorf("%s that is gone: %v", what, err)
		}
	}
	networks, _ := e.Docker.Networks(t.Context())
	for _, n := range networks {
		err := e.Docker.RemoveNetwork(t.Context(), n.ID)
		if kept := n.BuiltIn || len(n.UsedBy) > 0; kept == (err == nil) {
			t.Errorf("%+v: %v", n, err)
		}
	}
}

// An image that is pulled is in the list, and is pulled once.
func TestPull(t *testing.T) {
	e := OpenAt(noon)
	const ref = "redis:8.2-alpine"
	seen := 0
	got, err := e.Docker.Pull(t.Context(), ref, func(docker.LayerProgress) { seen++ })
	if err != nil || !got.Fresh || seen == 0 || !slices.Contains(imageNames(t, e), ref) {
		t.Errorf("pulled %+v, %v, %d pieces of news", got, err, seen)
	}
	if got, err := e.Docker.Pull(t.Context(), ref, func(docker.LayerProgress) {}); err != nil || got.Fresh {
		t.Errorf("again: %+v, %v", got, err)
	}
}

func TestContents(t *testing.T) {
	e := OpenAt(noon)
	id := container(t, e, "my-app-web-1").ID
	for what, f := range map[string]func() (string, error){
		"node server.js":          func() (string, error) { return e.Docker.Top(t.Context(), id) },
		"DB_PASSWORD=********":    func() (string, error) { return e.Docker.Environment(t.Context(), id) },
		"COPY /app/dist":          func() (string, error) { return e.Docker.History(t.Context(), runsTag) },
		`"Architecture": "arm64"`: func() (string, error) { return e.Docker.InspectImage(t.Context(), runsTag) },
		`"Name": "grafana"`:       func() (string, error) { return e.Docker.InspectVolume(t.Context(), "grafana") },
		`"Name": "monitoring"`:    func() (string, error) { return e.Docker.InspectNetwork(t.Context(), hash("network monitoring")) },
	} {
		if text, err := f(); err != nil || !strings.Contains(text, what) {
			t.Errorf("%s, %v, want %s", text, err, what)
		}
	}
	if u, err := e.Docker.Usage(t.Context(), id); err != nil || u.Memory <= 0 || u.Memory >= u.MemoryLimit || u.Received.Rate <= 0 {
		t.Errorf("use %+v, %v", u, err)
	}
	for _, step := range []struct {
		do   func(context.Context, string) error
		want string
	}{{e.Docker.Pause, "paused"}, {e.Docker.Unpause, "running"}, {e.Docker.Kill, "exited"}} {
		if err := step.do(t.Context(), id); err != nil || container(t, e, "my-app-web-1").State != step.want {
			t.Errorf("%v, want %s", err, step.want)
		}
	}
}

// Another context is another engine; what was asked of the one before fails.
func TestContexts(t *testing.T) {
	e := OpenAt(noon)
	before := e.Docker.Snapshot()
	if err := e.Docker.SetContext(serverContext); err != nil {
		t.Fatal(err)
	}
	now := e.Docker.Snapshot()
	if now.Endpoint.Context != serverContext || now.Endpoint.Local || len(now.Containers) != 3 || now.Status.State != link.Live {
		t.Errorf("there: %+v", now)
	}
	if err := e.Docker.RemoveImage(docker.Aim(t.Context(), before.Endpoint), oldTag); !errors.Is(err, docker.ErrElsewhere) {
		t.Errorf("got %v", err)
	}
	if err := e.Docker.SetContext(colimaContext); err != nil {
		t.Fatal(err)
	}
	if s := e.Docker.Snapshot(); len(s.Containers) != 0 || s.Status.State != link.Connecting || !errors.Is(s.Status.Err, docker.ErrUnreachable) {
		t.Errorf("an engine that does not run: %+v", s)
	}
	if err := e.Docker.SetContext("nowhere"); err == nil {
		t.Error("a context that is not there was taken")
	}
	if err := e.Docker.SetContext(""); err != nil {
		t.Fatal(err)
	}
	if s := e.Docker.Snapshot(); len(s.Containers) != len(before.Containers) || s.Endpoint != before.Endpoint {
		t.Errorf("back: %d containers, %+v", len(s.Containers), s.Endpoint)
	}
	list, err := e.Docker.Contexts()
	if err != nil || !slices.ContainsFunc(list, func(c docker.Context) bool { return c.InForce && c.Context == desktopContext }) {
		t.Errorf("got %+v, %v", list, err)
	}
}
