package docker

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// diskUsage is what GET /system/df?verbose=1 says, shortened.
func diskUsage(w http.ResponseWriter, _ *http.Request) {
	container := func(id, state string, size int, labels map[string]string) map[string]any {
		return map[string]any{"Id": id, "Names": []string{"/" + id}, "State": state, "SizeRw": size, "Labels": labels}
	}
	image := func(id string, tags []string, containers, size, shared int) map[string]any {
		return map[string]any{"Id": "sha256:" + id, "RepoTags": tags, "Containers": containers, "Size": size, "SharedSize": shared}
	}
	answer(w, map[string]any{
		"ContainerUsage": map[string]any{"Items": []any{
			container("old", "exited", 7, nil),
			container("web", "running", 8, nil),
			container("kind-control-plane", "exited", 9, map[string]string{"io.x-k8s.kind.cluster": "kind"}),
			container("k8s_app", "exited", 9, map[string]string{"io.kubernetes.pod.name": "a"}),
		}},
		"ImageUsage": map[string]any{"Items": []any{
			image("dangling", []string{"<none>:<none>"}, 0, 100, 40),
			image("tagged", []string{"app:1"}, 0, 100, 0),
			image("used", nil, 1, 100, 0),
		}},
		"BuildCacheUsage": map[string]any{"Reclaimable": 1000},
	})
}

func TestSpare(t *testing.T) {
	f := newFake(t)
	f.handle["GET /system/df"] = diskUsage
	s, err := Open(f.options()).Spare(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wantContainers, wantImages := []SpareItem{{"old", "old", 7}}, []SpareItem{{"sha256:dangling", "dangling", 60}}
	if !slices.Equal(s.Containers, wantContainers) || !slices.Equal(s.Images, wantImages) || s.BuildCache != 1000 || s.Size() != 1067 {
		t.Errorf("got %+v", s)
	}
	if f.count("GET /v1.56/system/df?type=container&type=image&type=build-cache&verbose=1") != 1 {
		t.Errorf("asked %q", f.asked)
	}
}

func TestPrune(t *testing.T) {
	f := newFake(t)
	f.handle["DELETE /containers/old"] = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }
	f.handle["DELETE /containers/back"] = func(w http.ResponseWriter, _ *http.Request) {
		fail(w, http.StatusConflict, "cannot remove container: container is running")
	}
	f.handle["DELETE /containers/gone"] = func(w http.ResponseWriter, _ *http.Request) { fail(w, http.StatusNotFound, "No such container") }
	f.handle["DELETE /images/sha256:dangling"] = func(w http.ResponseWriter, _ *http.Request) { answer(w, []any{}) }
	f.handle["POST /build/prune"] = func(w http.ResponseWriter, _ *http.Request) { answer(w, map[string]any{"SpaceReclaimed": 900}) }

	var said []string
	freed, err := Open(f.options()).Prune(t.Context(), Spare{
		Containers: []SpareItem{{"old", "old", 7}, {"back", "back", 5}, {"gone", "gone", 3}},
		Images:     []SpareItem{{"sha256:dangling", "dangling", 60}},
		BuildCache: 1000,
	}, func(s string) { said = append(said, s) })
	if err == nil || !strings.Contains(err.Error(), "container is running") || strings.Contains(err.Error(), "gone") {
		t.Errorf("it says %v", err)
	}
	if freed != 7+60+900 || len(said) != 5 {
		t.Errorf("freed %d, said %q", freed, said)
	}
	for _, asked := range f.asked {
		if strings.Contains(asked, "force=") || strings.Contains(asked, "v=1") || strings.Contains(asked, "volumes") {
			t.Errorf("asked %s", asked)
		}
	}
}

func TestList(t *testing.T) {
	f := newFake(t)
	f.put("a", "web", "app:1", "running", "Up", "create", map[string]string{"com.docker.compose.project": "shop"})
	list, err := Open(f.options()).List(t.Context())
	if err != nil || len(list) != 1 || list[0].Name != "web" || list[0].Project != "shop" {
		t.Errorf("%+v, %v", list, err)
	}
}

// A variable that overrides the context and led nowhere is taken away: the
// client finds the right engine by itself.
func TestFollowsTheEnvironmentUntilAnEngineAnswered(t *testing.T) {
	f := newFake(t)
	at := make(chan string, 1)
	at <- "unix:///nowhere.sock"
	o := f.options()
	o.Environ = func(name string) (string, bool) {
		if name != "DOCKER_HOST" {
			return "", false
		}
		now := <-at
		at <- now
		return now, true
	}
	c := Open(o)
	if err := c.Ping(t.Context()); err == nil {
		t.Fatal("nowhere answers")
	}
	run(t, c)
	<-at
	at <- "unix://" + f.path
	until(t, c, "the other engine", 5e9, live(0))
}
