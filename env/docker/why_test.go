package docker

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twindeck/twindeck/env/link"
)

func TestWhy(t *testing.T) {
	f := newFake(t)
	f.inspects["a1"] = map[string]any{
		"Id": "a1", "Name": "/web", "Image": "sha256:x", "RestartCount": 4, "Path": "node", "Args": []string{"server.js"},
		"State": map[string]any{
			"Status": "running", "ExitCode": 137, "OOMKilled": true, "Error": "",
			"StartedAt": "2026-11-22T10:00:00.5Z", "FinishedAt": "2026-11-22T09:59:58Z",
			"Health": map[string]any{"Status": "unhealthy", "FailingStreak": 7, "Log": []any{
				map[string]any{"Start": "2026-11-22T10:03:00Z", "ExitCode": 1, "Output": "curl: (7) Failed to connect"},
			}},
		},
		"Config": map[string]any{
			"Image":       "app:1",
			"Healthcheck": map[string]any{"Test": []string{"CMD-SHELL", "curl -f localhost"}, "Interval": 5_000_000_000, "Retries": 4},
			"Labels":      map[string]string{"com.docker.compose.project": "shop", "com.docker.compose.service": "web"},
		},
		"HostConfig": map[string]any{
			"Memory": 64 << 20, "RestartPolicy": map[string]any{"Name": "on-failure", "MaximumRetryCount": 5},
			"PortBindings": map[string]any{"80/tcp": []any{map[string]string{"HostIp": "", "HostPort": "8080"}}},
		},
	}
	f.images["sha256:x"] = map[string]any{"Id": "sha256:x", "Architecture": "arm64"}
	f.handle["GET /version"] = func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"Version": "29.6.0", "Arch": "amd64"})
	}
	f.handle["GET /containers/a1/logs"] = func(w http.ResponseWriter, r *http.Request) {
		if got := r.URL.Query().Get("tail"); got != "20" {
			t.Errorf("asked for %s lines", got)
		}
		line := strings.Repeat("x", 3<<20) + "\nbye\n"
		_, _ = w.Write([]byte{1, 0, 0, 0, byte(len(line) >> 24), byte(len(line) >> 16), byte(len(line) >> 8), byte(len(line))})
		_, _ = io.WriteString(w, line)
	}
	a, err := Open(f.options()).Why(t.Context(), "a1")
	if err != nil {
		t.Fatal(err)
	}
	if a.Name != "web" || a.Image != "app:1" || a.Service != "web" || a.State != "running" || a.Restarts != 4 || a.ExitCode != 137 || !a.OOMKilled {
		t.Errorf("got %+v", a)
	}
	if a.Limit != 64<<20 || a.Policy != "on-failure:5" || a.ImageArch != "arm64" || a.EngineArch != "amd64" || !slices.Equal(a.Command, []string{"node", "server.js"}) {
		t.Errorf("got %+v", a)
	}
	if !slices.Equal(a.Wanted, []Port{{Host: 8080, Container: 80, Proto: "tcp"}}) {
		t.Errorf("it wants %+v", a.Wanted)
	}
	c := a.Check
	if c == nil || c.Asks != "curl -f localhost" || c.Every != 5*time.Second || c.Timeout != 30*time.Second || c.Retries != 4 || c.Failed != 7 || len(c.Runs) != 1 || c.Runs[0].Output != "curl: (7) Failed to connect" {
		t.Errorf("its health check is %+v", c)
	}
	if a.Lost != "" || len(a.Tail) != 2 || len(a.Tail[0]) > link.LongestLine || a.Tail[1] != "bye" {
		t.Errorf("%d last lines, lost %q", len(a.Tail), a.Lost)
	}
}

// What is not there is told, and the rest all the same.
func TestWhyWithoutImageAndLog(t *testing.T) {
	f := newFake(t)
	f.put("a1", "web", "app:1", "exited", "Exited (1)", "", nil)
	f.handle["GET /containers/a1/logs"] = func(w http.ResponseWriter, _ *http.Request) {
		fail(w, http.StatusNotImplemented, "configured logging driver does not support reading")
	}
	a, err := Open(f.options()).Why(t.Context(), "a1")
	if err != nil || !a.ImageGone || a.State != "exited" || a.Check != nil || a.Policy != "" {
		t.Errorf("got %+v, %v", a, err)
	}
	if !strings.Contains(a.Lost, "does not support reading") {
		t.Errorf("of the log it says %q", a.Lost)
	}
}
