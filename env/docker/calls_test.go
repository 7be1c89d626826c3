package docker

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

func TestNegotiation(t *testing.T) {
	tests := []struct {
		engine, spoken string
		fails          string
	}{
		{engine: "1.56", spoken: "1.56"},
		{engine: "1.99", spoken: "1.56"},
		{engine: "1.41", spoken: "1.41"},
		{engine: "1.40", spoken: "1.40"},
		{engine: "1.24", fails: "1.24"},
	}
	for _, tt := range tests {
		t.Run(tt.engine, func(t *testing.T) {
			f := newFake(t)
			f.api = tt.engine
			f.handle["GET /version"] = func(w http.ResponseWriter, _ *http.Request) {
				answer(w, map[string]any{"Version": "20.10.5", "ApiVersion": tt.engine, "MinAPIVersion": "1.12", "Os": "linux", "Arch": "amd64"})
			}
			v, err := Open(f.options()).Version(t.Context())
			if tt.fails != "" {
				if err == nil || !strings.Contains(err.Error(), tt.fails) {
					t.Errorf("got %v, %v", v, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if v.Spoken != tt.spoken || v.API != tt.engine || v.MinAPI != "1.12" || v.Engine != "20.10.5" || f.count("GET /v"+tt.spoken+"/version") != 1 {
				t.Errorf("got %+v, asked %q", v, f.asked)
			}
		})
	}
}

func TestErrorsTellWhatToDo(t *testing.T) {
	f := newFake(t)
	f.handle["POST /containers/x/start"] = func(w http.ResponseWriter, _ *http.Request) {
		fail(w, http.StatusInternalServerError, "driver failed programming external connectivity: Bind for 0.0.0.0:8080 failed: port is already allocated")
	}
	f.handle["POST /containers/y/start"] = func(w http.ResponseWriter, _ *http.Request) {
		fail(w, http.StatusNotFound, "No such container: y")
	}
	c := Open(f.options())
	err := c.Start(t.Context(), "x")
	if err == nil || err.Error() != "starting container x: driver failed programming external connectivity: Bind for 0.0.0.0:8080 failed: port is already allocated" {
		t.Errorf("got %v", err)
	}
	if err := c.Start(t.Context(), "y"); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if _, err := c.Image(t.Context(), "nope:1"); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Ping(cancelled); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestUnreachable(t *testing.T) {
	f := newFake(t)
	f.stop()
	if err := os.WriteFile(f.path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, host string
		kind       error
		says       []string
	}{
		{"no socket", "unix:///nowhere/docker.sock", ErrUnreachable, []string{"there is no /nowhere/docker.sock", "from DOCKER_HOST", "docker context ls"}},
		{"not a socket", "unix://" + f.path, ErrUnreachable, []string{"connection refused", f.path}},
		{"no listener", "tcp://127.0.0.1:1", ErrUnreachable, []string{"connection refused", "127.0.0.1:1"}},
		{"no such name", "tcp://no-such-host.invalid:2375", ErrUnreachable, []string{"no-such-host.invalid"}},
		{"path too long", "unix:///" + strings.Repeat("long/", 30) + "docker.sock", nil, []string{"too long"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := Open(Options{ConfigDir: t.TempDir(), Environ: environ("DOCKER_HOST=" + tt.host)}).Ping(t.Context())
			if err == nil || tt.kind != nil && !errors.Is(err, tt.kind) {
				t.Fatalf("got %v", err)
			}
			for _, s := range tt.says {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("the error does not say %q: %v", s, err)
				}
			}
		})
	}
}

func TestPermissionIsDistinguished(t *testing.T) {
	cn := &conn{target: target{Endpoint: Endpoint{Host: "unix:///var/run/docker.sock", Context: "default", Source: "default"}}}
	// Root may open every socket, so the dial's error is made here.
	err := cn.explain("listing containers", answerTime, fmt.Errorf("Get: %w", &dialError{os.ErrPermission}))
	want := `listing containers at unix:///var/run/docker.sock (context "default", by default): permission denied on /var/run/docker.sock. ` +
		strings.ToUpper(permissionAdvice[:1]) + permissionAdvice[1:]
	if !errors.Is(err, ErrPermission) || errors.Is(err, ErrUnreachable) || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestEmptyConfigIsMentioned(t *testing.T) {
	o := Options{ConfigDir: dockerDir(t, " ", nil), Environ: environ()}
	tg, err := o.resolve()
	if err != nil {
		t.Fatal(err)
	}
	cn := &conn{target: tg}
	text := cn.explain("connecting", answerTime, &dialError{os.ErrNotExist}).Error()
	if !strings.Contains(text, "config.json is empty, so the default context is used") {
		t.Errorf("got %s", text)
	}
}

func frame8(stream byte, text string) string {
	head := make([]byte, 8)
	head[0] = stream
	binary.BigEndian.PutUint32(head[4:], uint32(len(text)))
	return string(head) + text
}

func TestLogs(t *testing.T) {
	const stamp, later = "2026-11-20T12:00:00.123456789Z ", "2026-11-20T12:05:00.123456789Z "
	tests := []struct {
		name  string
		tty   bool
		body  string
		want  string
		fails string
	}{
		{"both streams", false, frame8(1, "out\n") + frame8(2, "err\n") + frame8(1, "") + frame8(1, "more\n"), "out\nerr\nmore\n", ""},
		{"terminal", true, "plain\r\n", "plain\r\n", ""},
		{
			"a line in pieces", false,
			frame8(1, stamp+"begin ") + frame8(1, stamp+"middle ") + frame8(1, stamp+"end\n") + frame8(1, stamp+"next\n"),
			stamp + "begin middle end\n" + stamp + "next\n", "",
		},
		{
			"a line in pieces, another between", false,
			frame8(1, stamp+"begin ") + frame8(2, stamp+"err\n") + frame8(1, stamp+"end\n"),
			stamp + "begin \n" + stamp + "err\n" + stamp + "end\n", "",
		},
		{
			"no line end, and started again", false,
			frame8(1, stamp+"bye") + frame8(1, later+"hello\n") + frame8(1, later+"more\n"),
			stamp + "bye\n" + later + "hello\n" + later + "more\n", "",
		},
		{"cut off in a time", false, frame8(1, stamp+"out\n") + frame8(1, stamp+"out\n")[:20], stamp + "out\n", "unexpected EOF"},
		{"cut off before a time", false, frame8(1, stamp+"out\n") + frame8(1, stamp+"out\n")[:8], stamp + "out\n", "unexpected EOF"},
		{"engine error", false, frame8(1, "out\n") + frame8(3, "log driver broke"), "out\n", "log driver broke"},
		{"cut off", false, frame8(1, "out\n") + "\x01\x00", "out\n", "middle"},
		{"cut off in a frame", false, frame8(1, "out\n")[:10], "ou", "unexpected EOF"},
		{"not multiplexed", false, "plain text\n", "", "unknown stream"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t)
			f.inspects["a1"] = map[string]any{"Id": "a1", "Config": map[string]any{"Tty": tt.tty}}
			f.handle["GET /containers/a1/logs"] = func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Query().Get("tail") != "7" || r.URL.Query().Get("timestamps") != "1" {
					t.Errorf("asked %s", r.URL.RawQuery)
				}
				_, _ = io.WriteString(w, tt.body)
			}
			l, err := Open(f.options()).Logs(t.Context(), "a1", LogOptions{Tail: 7, Timestamps: true})
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(iotest.OneByteReader(l))
			if string(got) != tt.want || (err == nil) != (tt.fails == "") || err != nil && !strings.Contains(err.Error(), tt.fails) {
				t.Errorf("got %q, %v", got, err)
			}
			if err := l.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestClosingALogEndsIt(t *testing.T) {
	f := newFake(t)
	f.inspects["a1"] = map[string]any{"Id": "a1", "Config": map[string]any{"Tty": true}}
	ended := make(chan struct{})
	f.handle["GET /containers/a1/logs"] = func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "first\n")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
		close(ended)
	}
	l, err := Open(f.options()).Logs(t.Context(), "a1", LogOptions{Follow: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(l, make([]byte, 6)); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	select {
	case <-ended:
	case <-time.After(5 * time.Second):
		t.Error("the engine still writes")
	}
}

func TestInspectMasks(t *testing.T) {
	f := newFake(t)
	f.inspects["a1"] = map[string]any{
		"Id": "a1", "Name": "/web",
		"Config": map[string]any{"Env": []string{"DB_PASSWORD=hunter2 and \"more\"", "PATH=/bin", "URL=postgres://u:hunter2@db/x"}},
	}
	got, err := Open(f.options()).Inspect(t.Context(), "a1")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(got, "hunter2") || strings.Contains(got, "more") || !strings.Contains(got, `"PATH=/bin"`) || !strings.Contains(got, "\n  \"Name\": \"/web\"") {
		t.Errorf("got %s", got)
	}
}

func TestStats(t *testing.T) {
	f := newFake(t)
	f.put("a1", "web", "app:1", "running", "Up 3 minutes", "", nil)
	reading := func(at string, cpu int64) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("one-shot") != "true" {
				t.Error("asked for two samples: that takes a second")
			}
			answer(w, map[string]any{
				"read": at, "os_type": "linux", "cpu_stats": map[string]any{"cpu_usage": map[string]any{"total_usage": cpu}},
				"memory_stats": map[string]any{"usage": 3000, "stats": map[string]any{"inactive_file": 1000}},
			})
		}
	}
	c := Open(f.options())
	run(t, c)
	// put says that it started at 10:00:00.5.
	until(t, c, "its start", 5*time.Second, func(s Snapshot) bool { return live(1)(s) && !s.Containers[0].Started.IsZero() })

	steps := []struct {
		at  string
		cpu int64
		tot float64
	}{
		{"2026-11-22T10:00:10.5Z", 5e9, 0.5}, // average since it started
		{"2026-11-22T10:00:12.5Z", 8e9, 1.5}, // since the sample before
		{"2026-11-22T10:00:14.5Z", 8e9, 0},
	}
	for _, s := range steps {
		f.mu.Lock()
		f.handle["GET /containers/a1/stats"] = reading(s.at, s.cpu)
		f.handle["GET /containers/gone/stats"] = func(w http.ResponseWriter, _ *http.Request) { fail(w, 404, "No such container: gone") }
		f.handle["GET /containers/off/stats"] = reading("0001-01-01T00:00:00Z", 0)
		f.mu.Unlock()
		got, err := c.Stats(t.Context(), []string{"a1", "gone", "off"})
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != 1 || got["a1"] != (Stat{CPU: s.tot, Memory: 2000}) {
			t.Errorf("at %s got %+v, want CPU %g", s.at, got, s.tot)
		}
	}
}

// Containers that are asked in turn are measured since they were asked last.
func TestStatsInTurn(t *testing.T) {
	f := newFake(t)
	f.put("a1", "web", "app:1", "running", "Up 3 minutes", "", nil)
	f.put("b1", "api", "app:1", "running", "Up 3 minutes", "", nil)
	c := Open(f.options())
	run(t, c)
	until(t, c, "their start", 5*time.Second, func(s Snapshot) bool {
		return live(2)(s) && !s.Containers[0].Started.IsZero() && !s.Containers[1].Started.IsZero()
	})
	for _, s := range []struct {
		id, at string
		cpu    int64
		want   float64
	}{
		{"a1", "2026-11-22T10:00:10.5Z", 5e9, 0.5}, // since it started
		{"b1", "2026-11-22T10:00:12.5Z", 6e9, 0.5},
		{"a1", "2026-11-22T10:00:14.5Z", 5e9, 0}, // since it was asked
	} {
		f.mu.Lock()
		f.handle["GET /containers/"+s.id+"/stats"] = func(w http.ResponseWriter, _ *http.Request) {
			answer(w, map[string]any{"read": s.at, "os_type": "linux", "cpu_stats": map[string]any{"cpu_usage": map[string]any{"total_usage": s.cpu}}})
		}
		f.mu.Unlock()
		if got, err := c.Stats(t.Context(), []string{s.id}); err != nil || got[s.id].CPU != s.want {
			t.Errorf("%s at %s: %+v, %v, want CPU %g", s.id, s.at, got, err, s.want)
		}
	}
}

func TestRemoveStopsFirst(t *testing.T) {
	f := newFake(t)
	var order []string
	note := func(w http.ResponseWriter, r *http.Request) {
		order = append(order, r.Method)
		w.WriteHeader(http.StatusNoContent)
	}
	f.handle["POST /containers/a1/stop"] = note
	f.handle["DELETE /containers/a1"] = note
	if err := Open(f.options()).Remove(t.Context(), "a1"); err != nil {
		t.Fatal(err)
	}
	if strings.Join(order, " ") != "POST DELETE" {
		t.Errorf("did %q", order)
	}
}
