package docker

import (
	"errors"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/image"
)

func TestTop(t *testing.T) {
	f := newFake(t)
	f.handle["GET /containers/a1/top"] = func(w http.ResponseWriter, _ *http.Request) {
		answer(w, container.TopResponse{Titles: []string{"UID", "PID", "CMD"}, Processes: [][]string{{"root", "4211", "server --password hunter2\nx"}, {"nobody", "7", "sh"}}})
	}
	got, err := Open(f.options()).Top(t.Context(), "a1")
	want := "UID     PID   CMD\nroot    4211  server --password ******** x\nnobody  7     sh\n"
	if err != nil || got != want {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestEnvironment(t *testing.T) {
	f := newFake(t)
	f.put("a1", "web", "app:1", "running", "Up 3 minutes", "", nil)
	f.inspects["a1"]["Config"] = map[string]any{"Env": []string{"PATH=/bin", "DB_PASSWORD=hunter2", "EMPTY=", "URL=postgres://ada:hunter2@db/app", "ODD"}}
	got, err := Open(f.options()).Environment(t.Context(), "a1")
	want := "PATH=/bin\nDB_PASSWORD=********\nEMPTY=\nURL=postgres://ada:********@db/app\nODD=\n"
	if err != nil || got != want {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestHistory(t *testing.T) {
	now := time.Unix(1_760_000_000, 0)
	got := layersText([]image.HistoryResponseItem{
		{Created: now.Add(-2 * time.Hour).Unix(), CreatedBy: `/bin/sh -c #(nop)  CMD ["node" "server.js"]`},
		{Created: now.Add(-2 * time.Hour).Unix(), CreatedBy: "RUN /bin/sh -c npm ci\t&& rm -r x # buildkit", Size: 12_345_678, Comment: "buildkit.dockerfile.v0"},
		{CreatedBy: "bazel build", Comment: "made by bazel", Size: 100},
	}, now)
	want := "CREATED      SIZE    CREATED BY\n" +
		"2 hours ago  0B      CMD [\"node\" \"server.js\"]\n" +
		"2 hours ago  12.3MB  RUN npm ci && rm -r x\n" +
		"N/A          100B    bazel build  # made by bazel\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestInspectOfEachKind(t *testing.T) {
	f := newFake(t)
	f.images["app:1"] = map[string]any{"Id": "sha256:1", "Config": map[string]any{"Env": []string{"API_TOKEN=hunter2"}}}
	f.handle["GET /volumes/data"] = func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"Name": "data", "Options": map[string]any{"password": "hunter2"}})
	}
	f.handle["GET /networks/n1"] = func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"Name": "shop", "Labels": map[string]any{"secret_key": "hunter2"}})
	}
	c := Open(f.options())
	for what, ask := range map[string]func() (string, error){
		`"API_TOKEN=********"`:     func() (string, error) { return c.InspectImage(t.Context(), "app:1") },
		`"password": "********"`:   func() (string, error) { return c.InspectVolume(t.Context(), "data") },
		`"secret_key": "********"`: func() (string, error) { return c.InspectNetwork(t.Context(), "n1") },
	} {
		text, err := ask()
		if err != nil || !strings.Contains(text, what) || strings.Contains(text, "hunter2") || !strings.HasPrefix(text, "{\n  \"") {
			t.Errorf("%s, %v, want %s", text, err, what)
		}
	}
	if _, err := c.InspectVolume(t.Context(), "gone"); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

func TestUsage(t *testing.T) {
	began := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	at := func(after time.Duration, cpu time.Duration, bytes int64) reading {
		r := reading{cpu: cpu, periods: uint64(after / time.Second * 10), throttled: uint64(after / time.Second)}
		r.At = began.Add(after)
		r.Received.Total = bytes
		return r
	}
	tests := []struct {
		name      string
		first     reading
		firstID   string
		started   time.Time
		then      reading
		cpu, rate float64
		throttled float64
		took      time.Duration
	}{
		{"since the last time", at(10*time.Second, 4*time.Second, 100), "a", began, at(12*time.Second, 5*time.Second, 300), 0.5, 100, 0.1, 2 * time.Second},
		{"another container", at(10*time.Second, 4*time.Second, 100), "b", began, at(12*time.Second, 6*time.Second, 300), 0.5, 0, 0, 0},
		{"started anew", at(10*time.Second, 4*time.Second, 100), "a", began.Add(11 * time.Second), at(12*time.Second, 500*time.Millisecond, 0), 0.5, 0, 0, 0},
		{"start not known", at(10*time.Second, 4*time.Second, 100), "b", time.Time{}, at(12*time.Second, 6*time.Second, 300), 0, 0, 0, 0},
		{"asked twice in no time", at(10*time.Second, 4*time.Second, 100), "a", began, at(10*time.Second, 4*time.Second, 100), 0.4, 0, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var w watched
			w.next(tt.firstID, tt.first, began)
			got := w.next("a", tt.then, tt.started)
			if got.CPU != tt.cpu || got.Received.Rate != tt.rate || got.Throttled != tt.throttled || got.Took != tt.took {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestReading(t *testing.T) {
	linux := readingOf(container.StatsResponse{
		CPUStats:    container.CPUStats{CPUUsage: container.CPUUsage{TotalUsage: 5e9}, OnlineCPUs: 4},
		MemoryStats: container.MemoryStats{Usage: 100, Limit: 1000, Stats: map[string]uint64{"inactive_file": 30}},
		PidsStats:   container.PidsStats{Current: 3, Limit: 100},
		Networks:    map[string]container.NetworkStats{"eth0": {RxBytes: 1, TxBytes: 2}, "eth1": {RxBytes: 10, TxBytes: 20}},
		BlkioStats:  container.BlkioStats{IoServiceBytesRecursive: []container.BlkioStatEntry{{Op: "Read", Value: 7}, {Op: "write", Value: 8}, {Op: "Total", Value: 15}}},
	})
	want := reading{cpu: 5 * time.Second, Usage: Usage{CPUs: 4, Memory: 70, MemoryLimit: 1000, Processes: 3, MaxProcs: 100, Received: Flow{Total: 11}, Sent: Flow{Total: 22}, Read: Flow{Total: 7}, Written: Flow{Total: 8}}}
	if linux != want {
		t.Errorf("got %+v", linux)
	}
	if r := readingOf(container.StatsResponse{PidsStats: container.PidsStats{Current: 3, Limit: math.MaxUint64}}); r.MaxProcs != 0 {
		t.Errorf("no limit is %d", r.MaxProcs)
	}
	windows := readingOf(container.StatsResponse{
		OSType: "windows", CPUStats: container.CPUStats{CPUUsage: container.CPUUsage{TotalUsage: 5e7}}, NumProcs: 2,
		MemoryStats:  container.MemoryStats{PrivateWorkingSet: 9},
		StorageStats: container.StorageStats{ReadSizeBytes: 3, WriteSizeBytes: 4},
	})
	if want := (reading{cpu: 5 * time.Second, Usage: Usage{CPUs: 2, Memory: 9, Read: Flow{Total: 3}, Written: Flow{Total: 4}}}); windows != want {
		t.Errorf("got %+v", windows)
	}
}

func TestUsageOfWhatDoesNotRun(t *testing.T) {
	f := newFake(t)
	f.handle["GET /containers/a1/stats"] = func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"read": "0001-01-01T00:00:00Z"})
	}
	c := Open(f.options())
	for id, says := range map[string]string{"a1": "measuring container a1: it does not run", "gone": "measuring container gone: not found"} {
		if _, err := c.Usage(t.Context(), id); !errors.Is(err, ErrNotFound) || !strings.HasPrefix(err.Error(), says) {
			t.Errorf("got %v", err)
		}
	}
}
