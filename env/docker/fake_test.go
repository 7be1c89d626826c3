package docker

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twindeck/twindeck/env/link"
)

// fake is an engine made of data, listening on a socket of its own.
type fake struct {
	t    *testing.T
	path string
	api  string // what _ping says; empty: an engine that does not negotiate

	mu         sync.Mutex
	containers []map[string]any
	inspects   map[string]map[string]any
	images     map[string]map[string]any
	handle     map[string]http.HandlerFunc // by "METHOD /path" without the version
	readers    map[chan string]bool        // of events
	asked      []string                    // "METHOD /path?query" with the version
	server     *http.Server
	served     chan struct{}
}

// newFake starts an engine that speaks API 1.56 and runs nothing.
func newFake(t *testing.T) *fake {
	t.Helper()
	dir, err := os.MkdirTemp("", "td") // t.TempDir is too long for a socket on macOS
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	f := &fake{
		t: t, path: filepath.Join(dir, "e.sock"), api: "1.56",
		inspects: map[string]map[string]any{},
		images:   map[string]map[string]any{},
		handle:   map[string]http.HandlerFunc{},
		readers:  map[chan string]bool{},
	}
	f.start()
	t.Cleanup(f.stop)
	return f
}

func (f *fake) start() {
	f.t.Helper()
	l, err := net.Listen("unix", f.path)
	if err != nil {
		f.t.Fatal(err)
	}
	f.server = &http.Server{Handler: f, ReadHeaderTimeout: time.Minute}
	f.served = make(chan struct{})
	go func() {
		defer close(f.served)
		_ = f.server.Serve(l)
	}()
}

// stop ends the engine and removes its socket, as dockerd does.
func (f *fake) stop() {
	_ = f.server.Close()
	<-f.served
}

func (f *fake) options() Options {
	return Options{ConfigDir: filepath.Dir(f.path), Environ: environ("DOCKER_HOST=unix://" + f.path)}
}

func environ(set ...string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for _, s := range set {
			if k, v, _ := strings.Cut(s, "="); k == name {
				return v, true
			}
		}
		return "", false
	}
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	if rest, ok := strings.CutPrefix(path, "/v1."); ok {
		_, rest, _ = strings.Cut(rest, "/")
		path = "/" + rest
	}
	f.mu.Lock()
	f.asked = append(f.asked, r.Method+" "+r.URL.RequestURI())
	own := f.handle[r.Method+" "+path]
	f.mu.Unlock()
	switch {
	case own != nil:
		own(w, r)
	case path == "/_ping":
		if f.api != "" {
			w.Header().Set("Api-Version", f.api)
		}
		_, _ = io.WriteString(w, "OK")
	case path == "/events":
		f.stream(w, r)
	case path == "/containers/json":
		f.list(w, r)
	case strings.HasPrefix(path, "/containers/") && strings.HasSuffix(path, "/json"):
		f.give(w, f.inspects, "container", path)
	case strings.HasPrefix(path, "/images/") && strings.HasSuffix(path, "/json"):
		f.give(w, f.images, "image", path)
	default:
		fail(w, http.StatusNotFound, "page not found")
	}
}

func (f *fake) give(w http.ResponseWriter, from map[string]map[string]any, kind, path string) {
	id := strings.TrimSuffix(strings.SplitN(path, "/", 3)[2], "/json")
	f.mu.Lock()
	defer f.mu.Unlock()
	if one := from[id]; one != nil {
		answer(w, one)
		return
	}
	fail(w, http.StatusNotFound, "No such "+kind+": "+id)
}

func (f *fake) list(w http.ResponseWriter, r *http.Request) {
	var filters map[string]map[string]bool
	_ = json.Unmarshal([]byte(r.URL.Query().Get("filters")), &filters)
	f.mu.Lock()
	defer f.mu.Unlock()
	found := []map[string]any{}
	for _, c := range f.containers {
		if ids := filters["id"]; ids == nil || ids[c["Id"].(string)] {
			found = append(found, c)
		}
	}
	answer(w, found)
}

func (f *fake) stream(w http.ResponseWriter, r *http.Request) {
	reader := make(chan string, 100)
	f.mu.Lock()
	f.readers[reader] = true
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		delete(f.readers, reader)
		f.mu.Unlock()
	}()
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusOK)
	_ = http.NewResponseController(w).Flush()
	for {
		select {
		case e := <-reader:
			_, _ = io.WriteString(w, e)
			_ = http.NewResponseController(w).Flush()
		case <-r.Context().Done():
			return
		}
	}
}

// put adds or replaces a container and says so with an event.
func (f *fake) put(id, name, image, state, status, event string, labels map[string]string) {
	f.set(id, name, image, state, status, labels)
	f.tell(id, event)
}

// set is put without the event.
func (f *fake) set(id, name, image, state, status string, labels map[string]string) {
	f.mu.Lock()
	f.containers = slices.DeleteFunc(f.containers, func(c map[string]any) bool { return c["Id"] == id })
	f.containers = append(f.containers, map[string]any{
		"Id": id, "Names": []string{"/" + name}, "Image": image, "ImageID": "sha256:" + image,
		"State": state, "Status": status, "Labels": labels, "Created": 1700000000,
	})
	f.inspects[id] = map[string]any{
		"Id": id, "Name": "/" + name, "RestartCount": 2,
		"Config": map[string]any{"Env": []string{"DB_PASSWORD=hunter2"}},
		"State":  map[string]any{"Status": state, "StartedAt": "2026-11-22T10:00:00.5Z"},
	}
	f.mu.Unlock()
}

func (f *fake) remove(id string) {
	f.mu.Lock()
	f.containers = slices.DeleteFunc(f.containers, func(c map[string]any) bool { return c["Id"] == id })
	delete(f.inspects, id)
	f.mu.Unlock()
	f.tell(id, "destroy")
}

func (f *fake) tell(id, event string) { f.happens("container", event, id) }

// happens says to those who follow events that something happened.
func (f *fake) happens(kind, action, id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for r := range f.readers {
		r <- fmt.Sprintf(`{"Type":%q,"Action":%q,"Actor":{"ID":%q}}`+"\n", kind, action, id)
	}
}

// fakes starts an engine for each name, and makes contexts that lead to them.
func fakes(t *testing.T, current string, names ...string) (map[string]*fake, Options) {
	t.Helper()
	all, hosts := map[string]*fake{}, map[string]string{}
	for _, name := range names {
		all[name] = newFake(t)
		hosts[name] = "unix://" + all[name].path
	}
	return all, Options{Environ: environ(), ConfigDir: dockerDir(t, `{"currentContext":"`+current+`"}`, hosts)}
}

// count is how many requests began so.
func (f *fake) count(prefix string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, a := range f.asked {
		if strings.HasPrefix(a, prefix) {
			n++
		}
	}
	return n
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func fail(w http.ResponseWriter, code int, text string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]string{"message": text})
}

// run starts c.Run and ends it with the test.
func run(t *testing.T, c *Client) {
	t.Helper()
	done := make(chan struct{})
	ctx := t.Context()
	go func() {
		defer close(done)
		_ = c.Run(ctx)
	}()
	t.Cleanup(func() {
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			t.Error("Run did not end with its context")
		}
	})
}

// until waits for a snapshot that is as wanted.
func until(t *testing.T, c *Client, what string, limit time.Duration, wanted func(Snapshot) bool) Snapshot {
	t.Helper()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for {
		s := c.Snapshot()
		if wanted(s) {
			return s
		}
		select {
		case <-c.Changed():
		case <-timer.C:
			s := c.Snapshot()
			t.Fatalf("waited %s for %s; state %s, error %v, %d rows", limit, what, s.Status.State, s.Status.Err, len(s.Containers))
		}
	}
}

func live(n int) func(Snapshot) bool {
	return func(s Snapshot) bool { return s.Status.State == link.Live && len(s.Containers) == n }
}
