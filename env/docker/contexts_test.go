package docker

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twindeck/twindeck/env/link"
)

// Another context: the former engine's rows are gone at once, the other's
// come, and nothing is written.
func TestSetContext(t *testing.T) {
	engines, o := fakes(t, "one", "one", "two")
	engines["one"].put("a1", "web", "app:1", "running", "Up 3 minutes", "", nil)
	engines["two"].put("b1", "db", "pg:9", "running", "Up 3 minutes", "", nil)
	engines["two"].put("b2", "queue", "mq:9", "running", "Up 3 minutes", "", nil)
	c := Open(o)
	run(t, c)
	before := until(t, c, "the first engine", 5*time.Second, live(1))
	if before.Endpoint.Context != "one" {
		t.Errorf("rows are said to be from %+v", before.Endpoint)
	}

	if err := c.SetContext("two"); err != nil {
		t.Fatal(err)
	}
	at := c.Snapshot()
	for _, r := range at.Containers {
		if r.Name == "web" {
			t.Error("a row of the former engine is still there")
		}
	}
	if at.Endpoint.Context != "two" || at.Endpoint.Source != SourceChosen || at.Version == before.Version || at.Images == before.Images {
		t.Errorf("right after the change: %+v", at)
	}
	until(t, c, "the other engine", 2*time.Second, live(2))

	engines["one"].put("a2", "late", "app:1", "running", "Up 1 second", "start", nil)
	engines["two"].put("b3", "mail", "mx:1", "running", "Up 1 second", "start", nil)
	s := until(t, c, "its next row", 5*time.Second, live(3))
	for _, r := range s.Containers {
		if r.Name == "late" || r.Name == "web" {
			t.Errorf("a row of the former engine: %+v", r)
		}
	}
	if text, err := os.ReadFile(filepath.Join(o.ConfigDir, "config.json")); err != nil || string(text) != `{"currentContext":"one"}` {
		t.Errorf("config.json is %s, %v", text, err)
	}

	if err := c.SetContext(""); err != nil {
		t.Fatal(err)
	}
	s = until(t, c, "the engine of config.json again", 5*time.Second, live(2))
	if s.Endpoint.Context != "one" || s.Endpoint.Source != "config.json currentContext" {
		t.Errorf("back at %+v", s.Endpoint)
	}
}

// What cannot be used is not changed to.
func TestSetContextThatCannotBeUsed(t *testing.T) {
	engines, o := fakes(t, "one", "one")
	engines["one"].put("a1", "web", "app:1", "running", "Up 3 minutes", "", nil)
	c := Open(o)
	run(t, c)
	before := until(t, c, "the row with details", 5*time.Second, func(s Snapshot) bool { return live(1)(s) && !s.Containers[0].Started.IsZero() })
	var wrong *ContextError
	if err := c.SetContext("nowhere"); !errors.As(err, &wrong) || !strings.Contains(err.Error(), "There are: default, one") {
		t.Errorf("got %v", err)
	}
	if err := c.SetContext("one"); err != nil {
		t.Error(err)
	}
	if now := c.Snapshot(); now.Version != before.Version || now.Endpoint != before.Endpoint || len(now.Containers) != 1 {
		t.Errorf("something changed: %+v", now)
	}
}

// An engine that answers late, or not at all, is left at once, and what it
// says afterwards shows nowhere.
func TestSetContextWhileTheFormerIsSlow(t *testing.T) {
	for _, slow := range []string{"/_ping", "/containers/json", "/containers/a1/json"} {
		t.Run(slow, func(t *testing.T) {
			engines, o := fakes(t, "one", "one", "two")
			one, two := engines["one"], engines["two"]
			one.put("a1", "web", "app:1", "running", "Up 3 minutes", "", nil)
			two.put("b1", "db", "pg:9", "running", "Up 3 minutes", "", nil)
			asked, let, answered := make(chan struct{}, 9), make(chan struct{}), make(chan struct{}, 9)
			one.handle["GET "+slow] = func(w http.ResponseWriter, r *http.Request) {
				asked <- struct{}{}
				<-let
				one.list(w, r)
				answered <- struct{}{}
			}
			one.handle["HEAD "+slow] = one.handle["GET "+slow]
			c := Open(o)
			run(t, c)
			<-asked
			if err := c.SetContext("two"); err != nil {
				t.Fatal(err)
			}
			until(t, c, "the other engine, without waiting for the former", 2*time.Second, live(1))
			close(let)
			<-answered
			two.put("b2", "queue", "mq:9", "running", "Up 1 second", "start", nil)
			s := until(t, c, "its next row", 5*time.Second, live(2))
			if s.Containers[0].Name != "db" || s.Containers[1].Name != "queue" || s.Endpoint.Context != "two" {
				t.Errorf("got %+v", s)
			}
		})
	}
}

// A context whose engine is not there says so, and leaves no row of the former.
func TestSetContextToAnEngineThatIsNotThere(t *testing.T) {
	engines, o := fakes(t, "one", "one", "two")
	engines["one"].put("a1", "web", "app:1", "running", "Up 3 minutes", "", nil)
	engines["two"].stop()
	c := Open(o)
	run(t, c)
	until(t, c, "the row", 5*time.Second, live(1))
	if err := c.SetContext("two"); err != nil {
		t.Fatal(err)
	}
	s := until(t, c, "the reason", 2*time.Second, func(s Snapshot) bool { return s.Status.Err != nil })
	if len(s.Containers) != 0 || s.Status.State != link.Connecting || !strings.Contains(s.Status.Err.Error(), `context "two", from the choice made in twindeck`) {
		t.Errorf("got %d rows, %+v", len(s.Containers), s.Status)
	}
	engines["two"].start()
	until(t, c, "the engine once it is there", 2*time.Second, live(0))
}

// What was asked of one engine never reaches another.
func TestAim(t *testing.T) {
	engines, o := fakes(t, "one", "one", "two")
	one, two := engines["one"], engines["two"]
	for _, f := range engines {
		f.put("a1", "web", "app:1", "running", "Up 3 minutes", "", nil)
		f.handle["DELETE /volumes/data"] = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }
	}
	c := Open(o)
	at, err := c.Endpoint()
	if err != nil {
		t.Fatal(err)
	}
	ctx := Aim(t.Context(), at)
	if err := c.RemoveVolume(ctx, "data"); err != nil || one.count("DELETE /v1.56/volumes/data") != 1 {
		t.Fatalf("at the engine meant: %v", err)
	}
	if err := c.SetContext("two"); err != nil {
		t.Fatal(err)
	}
	for name, act := range map[string]func(context.Context) error{
		"volume": func(ctx context.Context) error { return c.RemoveVolume(ctx, "data") },
		"remove": func(ctx context.Context) error { return c.Remove(ctx, "a1") },
		"logs":   func(ctx context.Context) error { _, err := c.Logs(ctx, "a1", LogOptions{}); return err },
		"list":   func(ctx context.Context) error { _, err := c.Images(ctx); return err },
		"push":   func(ctx context.Context) error { _, err := c.Push(ctx, "app:1", nil); return err },
		"pull":   func(ctx context.Context) error { _, err := c.Pull(ctx, "app:1", nil); return err },
		"prune": func(ctx context.Context) error {
			_, err := c.Prune(ctx, Spare{BuildCache: 1}, func(string) {})
			return err
		},
	} {
		if err := act(ctx); !errors.Is(err, ErrElsewhere) || !strings.Contains(err.Error(), "asked of context one") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if len(two.asked) > 0 {
		t.Errorf("the other engine was asked %q", two.asked)
	}
	if err := c.RemoveVolume(Aim(t.Context(), c.Snapshot().Endpoint), "data"); err != nil || two.count("DELETE /v1.56/volumes/data") != 1 {
		t.Errorf("at the one chosen: %v", err)
	}
}

// What takes several calls ends where it began.
func TestSeveralCallsStayTogether(t *testing.T) {
	engines, o := fakes(t, "one", "one", "two")
	one, two := engines["one"], engines["two"]
	c := Open(o)
	one.handle["POST /containers/a1/stop"] = func(w http.ResponseWriter, _ *http.Request) {
		if err := c.SetContext("two"); err != nil {
			t.Error(err)
		}
		w.WriteHeader(http.StatusNoContent)
	}
	if err := c.Remove(t.Context(), "a1"); !errors.Is(err, ErrElsewhere) {
		t.Errorf("got %v", err)
	}
	if len(two.asked) > 0 {
		t.Errorf("the other engine was asked %q", two.asked)
	}
}

// A stream under way goes on at the former engine.
func TestStreamOutlivesTheChange(t *testing.T) {
	engines, o := fakes(t, "one", "one", "two")
	one := engines["one"]
	one.put("a1", "web", "app:1", "running", "Up 3 minutes", "", nil)
	one.inspects["a1"]["Config"] = map[string]any{"Tty": true}
	more := make(chan struct{})
	one.handle["GET /containers/a1/logs"] = func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "first\n")
		_ = http.NewResponseController(w).Flush()
		<-more
		_, _ = io.WriteString(w, "second\n")
	}
	c := Open(o)
	log, err := c.Logs(t.Context(), "a1", LogOptions{Follow: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	if err := c.SetContext("two"); err != nil {
		t.Fatal(err)
	}
	close(more)
	if text, err := io.ReadAll(log); err != nil || string(text) != "first\nsecond\n" {
		t.Errorf("got %q, %v", text, err)
	}
}

func TestContexts(t *testing.T) {
	hosts := map[string]string{"desktop-linux": "unix:///home/u/d.sock", "Remote": "ssh://u@host"}
	tests := []struct {
		name, config string
		env          []string
		chosen       string
		want         string // in force, and why
	}{
		{"config.json", `{"currentContext":"Remote"}`, nil, "", "Remote config.json currentContext"},
		{"nothing set", "", nil, "", "default default"},
		{"DOCKER_CONTEXT", "", []string{"DOCKER_CONTEXT=desktop-linux"}, "", "desktop-linux DOCKER_CONTEXT"},
		{"DOCKER_HOST", `{"currentContext":"Remote"}`, []string{"DOCKER_HOST=tcp://10.0.0.9:2375"}, "", "default DOCKER_HOST"},
		{"chosen", `{"currentContext":"Remote"}`, []string{"DOCKER_HOST=tcp://10.0.0.9:2375"}, "desktop-linux", "desktop-linux " + SourceChosen},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := Open(Options{Environ: environ(tt.env...), ConfigDir: dockerDir(t, tt.config, hosts)})
			if tt.chosen != "" {
				if err := c.SetContext(tt.chosen); err != nil {
					t.Fatal(err)
				}
			}
			list, err := c.Contexts()
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, x := range list {
				names = append(names, x.Context)
				if x.Err != nil || x.InForce != (x.Source != "") || x.InForce && x.Context+" "+x.Source != tt.want {
					t.Errorf("got %+v", x)
				}
				if h := hosts[x.Context]; h != "" && x.Host != h || x.Local != (x.Context != "Remote" && !strings.HasPrefix(x.Host, "tcp://10.")) {
					t.Errorf("got %+v", x)
				}
			}
			if strings.Join(names, " ") != "default desktop-linux Remote" {
				t.Errorf("order %q", names)
			}
		})
	}
}

// A context that is in force and not there, and one that names no engine, are
// listed with what is wrong.
func TestContextsThatCannotBeUsed(t *testing.T) {
	c := Open(Options{Environ: environ(), ConfigDir: dockerDir(t, `{"currentContext":"gone"}`, map[string]string{"empty": ""})})
	list, err := c.Contexts()
	if err != nil || len(list) != 3 || list[0].Context != "default" || list[0].Err != nil {
		t.Fatalf("got %+v, %v", list, err)
	}
	if empty := list[1]; empty.Context != "empty" || empty.InForce || empty.Err == nil {
		t.Errorf("got %+v", empty)
	}
	if gone := list[2]; gone.Context != "gone" || !gone.InForce || gone.Err == nil || !errors.Is(gone.Err, ErrConfig) {
		t.Errorf("got %+v", gone)
	}
}
