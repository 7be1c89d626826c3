package docker

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/twindeck/twindeck/env/link"
)

func TestRunFollowsEvents(t *testing.T) {
	f := newFake(t)
	f.images["sha256:app:1"] = map[string]any{"Id": "sha256:app:1", "RepoDigests": []string{"app@sha256:feed"}}
	f.put("a1", "web", "app:1", "running", "Up 3 minutes (healthy)", "", map[string]string{"com.docker.compose.project": "shop"})
	f.put("b2", "db", "pg:9", "exited", "Exited (137) 2 hours ago", "", nil)
	c := Open(f.options())
	run(t, c)

	s := until(t, c, "both rows with details", 5*time.Second, func(s Snapshot) bool {
		return live(2)(s) && s.Containers[1].ImageDigest != ""
	})
	db, web := s.Containers[0], s.Containers[1]
	if web.Name != "web" || web.Health != "healthy" || web.Project != "shop" || web.ImageDigest != "sha256:feed" || web.Restarts != 2 || web.Started.IsZero() {
		t.Errorf("web is %+v", web)
	}
	if db.Name != "db" || db.ExitCode != 137 || db.State != "exited" {
		t.Errorf("db is %+v", db)
	}

	inspected := f.count("GET /v1.56/containers/b2/json")
	f.put("c3", "new", "app:1", "running", "Up 1 second", "start", nil)
	until(t, c, "the new row", 5*time.Second, live(3))
	f.put("c3", "renamed", "app:1", "running", "Up 1 second", "rename", nil)
	until(t, c, "the new name", 5*time.Second, func(s Snapshot) bool { return live(3)(s) && s.Containers[1].Name == "renamed" })
	f.remove("c3")
	until(t, c, "the row gone", 5*time.Second, live(2))
	if n := f.count("GET /v1.56/containers/b2/json"); n != inspected {
		t.Errorf("a container nothing happened to was inspected again (%d times)", n-inspected)
	}
	if n := f.count("GET /v1.56/images/"); n > 2 {
		t.Errorf("images were looked up %d times, they are two", n)
	}
}

// A build under the same tag takes the name from the image of a container that
// runs: the list names that by its ID, the user does not.
func TestImageOfAnotherBuildKeepsItsName(t *testing.T) {
	f := newFake(t)
	old := func(name, state string) {
		f.set("a1", name, "sha256:old", state, "Up 3 minutes", nil)
		f.mu.Lock()
		defer f.mu.Unlock()
		f.inspects["a1"]["Config"] = map[string]any{"Image": "shop:dev"}
	}
	old("web", "running")
	c := Open(f.options())
	run(t, c)
	until(t, c, "its name", 5*time.Second, func(s Snapshot) bool { return live(1)(s) && s.Containers[0].Image == "shop:dev" })
	f.mu.Lock()
	f.handle["GET /containers/a1/json"] = func(w http.ResponseWriter, _ *http.Request) {
		fail(w, http.StatusInternalServerError, "not now")
	}
	f.mu.Unlock()
	old("renamed", "running")
	f.tell("a1", "rename")
	s := until(t, c, "the new row", 5*time.Second, func(s Snapshot) bool { return s.Containers[0].Name == "renamed" })
	if got := s.Containers[0].Image; got != "shop:dev" {
		t.Errorf("listed again it is %s", got)
	}
}

// The engine tells of a pause before its lists do, and holds the container
// meanwhile.
func TestRunAwaitsAPause(t *testing.T) {
	f := newFake(t)
	f.put("a1", "web", "app:1", "running", "Up 3 minutes", "", nil)
	c := Open(f.options())
	run(t, c)
	until(t, c, "the row with details", 5*time.Second, func(s Snapshot) bool { return live(1)(s) && !s.Containers[0].Started.IsZero() })
	f.mu.Lock()
	f.handle["GET /containers/a1/json"] = func(w http.ResponseWriter, _ *http.Request) {
		f.set("a1", "web", "app:1", "paused", "Up 3 minutes (Paused)", nil)
		f.give(w, f.inspects, "container", "/containers/a1/json")
	}
	f.mu.Unlock()
	f.tell("a1", "pause")
	until(t, c, "the pause", 5*time.Second, func(s Snapshot) bool { return s.Containers[0].State == "paused" })
}

func TestSnapshotVersion(t *testing.T) {
	f := newFake(t)
	f.put("a1", "web", "app:1", "running", "Up 3 minutes", "", nil)
	c := Open(f.options())
	before := c.Snapshot()
	if before.Status.State != link.Connecting || before.Version != c.Snapshot().Version {
		t.Errorf("before Run: %+v", before)
	}
	run(t, c)
	after := until(t, c, "a row", 5*time.Second, live(1))
	if after.Version <= before.Version {
		t.Errorf("version %d after %d", after.Version, before.Version)
	}
	row := *after.Containers[0]
	f.put("a1", "web", "app:1", "exited", "Exited (1) now", "die", nil)
	until(t, c, "the exit", 5*time.Second, func(s Snapshot) bool { return s.Containers[0].ExitCode == 1 })
	if after.Containers[0].State != row.State {
		t.Error("a row that was handed out has changed")
	}
}

func TestRunComesBack(t *testing.T) {
	f := newFake(t)
	f.put("a1", "web", "app:1", "running", "Up 3 minutes", "", nil)
	c := Open(f.options())
	run(t, c)
	until(t, c, "a row", 5*time.Second, live(1))

	f.stop()
	s := until(t, c, "the loss", 5*time.Second, func(s Snapshot) bool { return s.Status.State == link.Lost })
	if len(s.Containers) != 1 || s.Status.News.IsZero() || !errors.Is(s.Status.Err, ErrUnreachable) {
		t.Errorf("lost: %d rows, news %v, error %v", len(s.Containers), s.Status.News, s.Status.Err)
	}
	f.put("b2", "db", "pg:9", "running", "Up 1 second", "", nil)
	f.start()
	until(t, c, "the engine back within 2 s", 2*time.Second, live(2))
}

func TestRunWithoutEngine(t *testing.T) {
	f := newFake(t)
	f.stop()
	c := Open(f.options())
	run(t, c)
	s := until(t, c, "the reason", 5*time.Second, func(s Snapshot) bool { return s.Status.Err != nil })
	if s.Status.State != link.Connecting || !errors.Is(s.Status.Err, ErrUnreachable) {
		t.Errorf("got %+v", s.Status)
	}
	for _, part := range []string{"there is no " + f.path, "from DOCKER_HOST", "Start Docker"} {
		if !strings.Contains(s.Status.Err.Error(), part) {
			t.Errorf("the error does not say %q: %v", part, s.Status.Err)
		}
	}
	f.start()
	until(t, c, "the engine within 2 s", 2*time.Second, live(0))
}

func TestRunWithBrokenConfiguration(t *testing.T) {
	f := newFake(t)
	o := Options{Environ: environ(), ConfigDir: dockerDir(t, `{"currentContext":`, map[string]string{"mine": "unix://" + f.path})}
	c := Open(o)
	run(t, c)
	until(t, c, "the reason", 5*time.Second, func(s Snapshot) bool {
		return s.Status.State == link.Absent && errors.Is(s.Status.Err, ErrConfig)
	})
	write(t, o.ConfigDir+"/config.json", `{"currentContext":"mine"}`)
	until(t, c, "the mended configuration", 3*time.Second, live(0))

	write(t, o.ConfigDir+"/config.json", `{"currentContext":"default"}`)
	if e, err := c.Endpoint(); err != nil || e.Context != "mine" {
		t.Errorf("a live client was redirected to %+v, %v", e, err)
	}
}

// silent accepts connections and never answers.
func silentEngine(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		var open []net.Conn
		defer func() {
			for _, c := range open {
				_ = c.Close()
			}
		}()
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			open = append(open, c)
		}
	}()
	return l.Addr().String()
}

func TestEngineThatNeverAnswers(t *testing.T) {
	t.Parallel()
	c := Open(Options{ConfigDir: t.TempDir(), Environ: environ("DOCKER_HOST=tcp://" + silentEngine(t))})
	run(t, c)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	began := time.Now()
	err := c.Ping(ctx) // while Run negotiates: must not queue behind it
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("took %s", took)
	}
	if !errors.Is(err, ErrTimeout) || !strings.Contains(err.Error(), "accepted the connection and did not answer within 0.3 s") {
		t.Errorf("got %v", err)
	}
	s := until(t, c, "Run's verdict", 6*time.Second, func(s Snapshot) bool { return s.Status.Err != nil })
	if !errors.Is(s.Status.Err, ErrTimeout) || !strings.Contains(s.Status.Err.Error(), "did not answer within 5 s") {
		t.Errorf("got %v", s.Status.Err)
	}
}

// TestHangIsNoticed: nothing polls a live engine, so a hang shows in the first
// question that gets no answer, and Run must take notice of that.
func TestHangIsNoticed(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	c := Open(f.options())
	run(t, c)
	until(t, c, "the engine", 5*time.Second, live(0))
	wake := make(chan struct{})
	hang := func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-wake:
		case <-r.Context().Done():
		}
	}
	f.mu.Lock()
	for _, path := range []string{"HEAD /_ping", "GET /_ping", "GET /info"} {
		f.handle[path] = hang
	}
	f.mu.Unlock()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := c.Info(ctx); !errors.Is(err, ErrTimeout) {
		t.Fatalf("got %v", err)
	}
	until(t, c, "the hang", 7*time.Second, func(s Snapshot) bool { return s.Status.State == link.Lost })
	f.mu.Lock()
	clear(f.handle)
	f.mu.Unlock()
	close(wake)
	until(t, c, "the engine awake", 3*time.Second, live(0))
}

func TestOneBadContainerLosesNothing(t *testing.T) {
	f := newFake(t)
	f.put("a1", "web", "app:1", "running", "Up 3 minutes", "", nil)
	f.put("b2", "bad", "app:1", "running", "Up 3 minutes", "", nil)
	f.handle["GET /containers/b2/json"] = func(w http.ResponseWriter, _ *http.Request) {
		fail(w, http.StatusInternalServerError, "layer does not exist")
	}
	c := Open(f.options())
	run(t, c)
	until(t, c, "both rows, one with details", 5*time.Second, func(s Snapshot) bool {
		return live(2)(s) && !s.Containers[1].Started.IsZero()
	})
}

func TestManyEventsAreOneList(t *testing.T) {
	f := newFake(t)
	c := Open(f.options())
	run(t, c)
	until(t, c, "the engine", 5*time.Second, live(0))
	for i := range 500 {
		id := fmt.Sprintf("c%03d", i)
		f.mu.Lock()
		f.containers = append(f.containers, map[string]any{"Id": id, "Names": []string{"/" + id}, "State": "created"})
		f.mu.Unlock()
		f.tell(id, "create")
	}
	until(t, c, "500 rows", 10*time.Second, live(500))
	if n := f.count("GET /v1.56/containers/json"); n > 200 {
		t.Errorf("%d lists for 500 events", n)
	}
}

func TestPushGivesADigest(t *testing.T) {
	f := newFake(t)
	f.images["sha256:app:1"] = map[string]any{"Id": "sha256:app:1"}
	f.put("a1", "web", "app:1", "running", "Up 3 minutes", "", nil)
	c := Open(f.options())
	run(t, c)
	until(t, c, "a row", 5*time.Second, func(s Snapshot) bool { return live(1)(s) && !s.Containers[0].Started.IsZero() })
	f.mu.Lock()
	f.images["sha256:app:1"] = map[string]any{"Id": "sha256:app:1", "RepoDigests": []string{"r.example/app@sha256:feed"}}
	for r := range f.readers {
		r <- `{"Type":"image","Action":"push","Actor":{"ID":"r.example/app:1"}}` + "\n"
	}
	f.mu.Unlock()
	until(t, c, "the digest", 5*time.Second, func(s Snapshot) bool { return s.Containers[0].ImageDigest == "sha256:feed" })
}
