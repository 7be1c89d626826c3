package docker

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
)

// fixture returns a client of the fixture's engine that the named context
// leads to; empty: the current one, which shares its images with the cluster.
func fixture(t *testing.T, context string) *Client {
	t.Helper()
	if os.Getenv("TWINDECK_FIXTURE") == "" {
		t.Skip("TWINDECK_FIXTURE is not set: this test needs the real engine of test/fixture")
	}
	return Open(Options{Context: context})
}

// project writes the files of a build context.
func project(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		write(t, filepath.Join(dir, name), text)
	}
	return dir
}

// tag is an image name of this test alone, and removes the image afterwards.
func tag(t *testing.T, c *Client, repository string) string {
	t.Helper()
	ref := fmt.Sprintf("%s:%d", repository, time.Now().UnixNano())
	t.Cleanup(func() {
		if cn, err := c.conn(t.Context()); err == nil {
			_, _ = cn.api.ImageRemove(context.Background(), ref, client.ImageRemoveOptions{Force: true})
		}
	})
	return ref
}

func TestFixtureEngine(t *testing.T) {
	c := fixture(t, "")
	e, err := c.Endpoint()
	if err != nil || e.Context != "desktop-linux" || !e.Local {
		t.Errorf("endpoint %+v, %v", e, err)
	}
	v, err := c.Version(t.Context())
	if err != nil || !strings.HasPrefix(v.Engine, "29.") || v.Spoken != "1.56" || v.Platform == "" {
		t.Errorf("version %+v, %v", v, err)
	}
	i, err := c.Info(t.Context())
	if err != nil || !i.IsDesktop() || !i.ContainerdStore || i.CPUs == 0 || time.Since(i.SystemTime).Abs() > time.Minute {
		t.Errorf("info %+v, %v", i, err)
	}
	if du, err := c.DiskUsage(t.Context()); err != nil || du.Images == 0 {
		t.Errorf("disk usage %+v, %v", du, err)
	}
	if _, err := c.Image(t.Context(), "no-such-image:1"); !errors.Is(err, ErrNotFound) {
		t.Errorf("a missing image: %v", err)
	}
}

func TestFixtureBuild(t *testing.T) {
	for _, engine := range []string{"desktop-linux", "separate"} {
		t.Run(engine, func(t *testing.T) {
			c := fixture(t, engine)
			ref := tag(t, c, "fixture-build")
			r := BuildRequest{
				Tag: ref, Args: map[string]string{"GREETING": "hello"}, Labels: map[string]string{"made.by": "test"},
				Context: project(t, map[string]string{
					"Dockerfile":    "FROM twindeck.local/base:1\nARG GREETING\nCOPY . /src\nRUN test ! -e /src/private.txt && test -e /src/app.txt && echo $GREETING there\nEXPOSE 3000\nUSER 1000\nCMD echo hi\n",
					".dockerignore": "private.txt\n",
					"private.txt":   "x",
					"app.txt":       time.Now().String(),
				}),
			}
			var names, logs []string
			var warnings []BuildWarning
			cached := 0
			news := func(e BuildEvent) {
				switch {
				case e.Step != nil && !e.Step.Finished.IsZero():
					names = append(names, e.Step.Name)
					if e.Step.Cached {
						cached++
					}
				case e.Log != nil:
					logs = append(logs, e.Log.Text)
				case e.Warning != nil:
					warnings = append(warnings, *e.Warning)
				}
			}
			got, err := c.Build(t.Context(), r, news)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(strings.Join(logs, ""), "hello there") || !strings.Contains(strings.Join(names, "\n"), "[3/3] RUN test ! -e") {
				t.Errorf("steps %q, logs %q", names, logs)
			}
			if len(warnings) != 1 || warnings[0].Rule != "JSONArgsRecommended" || warnings[0].Line != 7 || !strings.HasSuffix(warnings[0].File, "Dockerfile") {
				t.Errorf("warnings %+v", warnings)
			}
			img, err := c.Image(t.Context(), ref)
			if err != nil || img.ID != got.ImageID || img.Digest != got.Digest || img.User != "1000" || strings.Join(img.Ports, "") != "3000/tcp" {
				t.Errorf("built %+v, the engine has %+v, %v", got, img, err)
			}
			cached = 0
			again, err := c.Build(t.Context(), r, news)
			if err != nil || again.Digest != got.Digest || cached == 0 {
				t.Errorf("built again: %+v, %v, %d cached", again, err, cached)
			}
		})
	}
}

func TestFixtureBuildFails(t *testing.T) {
	tests := []struct {
		name, dockerfile string
		line             int
		step, tail, says string
	}{
		{"RUN", "FROM twindeck.local/base:1\n\nRUN echo one && echo two && exit 3\n", 3, "[2/2] RUN echo one && echo two && exit 3", "one|two", "exit code: 3"},
		{"syntax", "FROM twindeck.local/base:1\nRUM echo\n", 2, "", "", "RUM"},
		{"no FROM", "RUN echo\n", 1, "", "", "no build stage"},
		{"bad flag", "FROM twindeck.local/base:1\n\nCOPY --form=x /a /b\n", 3, "", "", "form"},
		{"no such file", "FROM twindeck.local/base:1\nCOPY gone.txt /\n", 2, "[2/2] COPY gone.txt /", "", "gone.txt is not in the build context"},
		{"no such image", "FROM localhost:1/no/such:image\n", 1, "[internal] load metadata for localhost:1/no/such:image", "", "localhost:1"},
		{"empty", "", 0, "", "", "the Dockerfile cannot be empty"},
		{"no such stage", "FROM twindeck.local/base:1\nCOPY --from=nowhere /a /b\n", 2, "", "", "nowhere"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := fixture(t, "")
			dir := project(t, map[string]string{"Dockerfile": tt.dockerfile})
			_, err := c.Build(t.Context(), BuildRequest{Context: dir, Tag: "fixture-fails:1"}, nil)
			var e *BuildError
			if !errors.As(err, &e) {
				t.Fatalf("got %T: %v", err, err)
			}
			t.Log(err)
			if e.Line != tt.line || (tt.line > 0 || tt.dockerfile == "") && e.File != filepath.Join(dir, "Dockerfile") {
				t.Errorf("place %s:%d", e.File, e.Line)
			}
			if tt.step != "" && e.Step != tt.step || strings.Join(e.Tail, "|") != tt.tail || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("step %q, tail %q, error %v", e.Step, e.Tail, err)
			}
		})
	}
}

func TestFixtureBuildCancel(t *testing.T) {
	c := fixture(t, "")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	dir := project(t, map[string]string{"Dockerfile": "FROM twindeck.local/base:1\nRUN echo started && sleep 300\n"})
	var cancelled time.Time
	_, err := c.Build(ctx, BuildRequest{Context: dir, Tag: "fixture-cancel:1", NoCache: true}, func(e BuildEvent) {
		if e.Log != nil && cancelled.IsZero() {
			cancelled = time.Now()
			cancel()
		}
	})
	if took := time.Since(cancelled); !errors.Is(err, context.Canceled) || cancelled.IsZero() || took > 3*time.Second {
		t.Errorf("%v, %s after the cancel", err, took)
	}
}

func TestFixturePush(t *testing.T) {
	c := fixture(t, "")
	host, closed := os.Getenv("TWINDECK_FIXTURE_REGISTRY"), os.Getenv("TWINDECK_FIXTURE_REGISTRY_AUTH")
	right := os.Getenv("TWINDECK_FIXTURE_REGISTRY_USER") + ":" + os.Getenv("TWINDECK_FIXTURE_REGISTRY_PASSWORD")
	tests := []struct {
		name, host, login string
		says              string
	}{
		{"open registry", host, "", ""},
		{"right password", closed, right, ""},
		{"wrong password", closed, "ada:wrong", "docker login " + closed},
		{"no password", closed, "", "docker login " + closed},
		{"no registry", "localhost:1", "", "cannot reach the registry localhost:1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := dockerDir(t, `{}`, nil)
			if tt.login != "" {
				write(t, filepath.Join(dir, "config.json"), fmt.Sprintf(`{"auths":{%q:{"auth":%q}}}`, tt.host, base64.StdEncoding.EncodeToString([]byte(tt.login))))
			}
			e, err := c.Endpoint()
			if err != nil {
				t.Fatal(err)
			}
			c := Open(Options{ConfigDir: dir, Environ: environ("DOCKER_HOST=" + e.Host)})
			ref := tag(t, c, tt.host+"/fixture/push")
			src := project(t, map[string]string{"Dockerfile": "FROM twindeck.local/base:1\nCOPY f /f\n", "f": ref})
			built, err := c.Build(t.Context(), BuildRequest{Context: src, Tag: ref}, nil)
			if err != nil {
				t.Fatal(err)
			}
			layers := map[string]LayerProgress{}
			got, err := c.Push(t.Context(), ref, func(l LayerProgress) { layers[l.ID] = l })
			if tt.says != "" {
				t.Log(err)
				if err == nil || !strings.Contains(err.Error(), tt.says) || strings.HasPrefix(tt.host, "localhost:5") && !errors.Is(err, ErrDenied) {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil || got.Digest != built.Digest || got.Reference != ref || len(layers) == 0 {
				t.Errorf("pushed %+v, built %+v, %v, layers %+v", got, built, err, layers)
			}
		})
	}
}

func TestFixtureContainer(t *testing.T) {
	c := fixture(t, "")
	run(t, c)
	until(t, c, "the engine", 10*time.Second, func(s Snapshot) bool { return s.Status.Err == nil && s.Version > 0 })
	cn, err := c.conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("fixture-row-%d", time.Now().UnixNano())
	made, err := cn.api.ContainerCreate(t.Context(), client.ContainerCreateOptions{
		Name: name,
		Config: &container.Config{
			Image: "twindeck.local/base:1", StopSignal: "SIGKILL", Env: []string{"DB_PASSWORD=hunter2"},
			Cmd:         []string{"sh", "-c", "echo out; echo err >&2; i=0; while :; do i=$((i+1)); echo tick $i; sleep 0.2; done"},
			Healthcheck: &container.HealthConfig{Test: []string{"CMD", "true"}, Interval: 300 * time.Millisecond},
			Labels:      map[string]string{"com.docker.compose.project": "shop", "com.docker.compose.service": "web"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Remove(context.Background(), made.ID) })
	row := func(wanted func(*Container) bool) func(Snapshot) bool {
		return func(s Snapshot) bool {
			for _, r := range s.Containers {
				if r.Name == name {
					return wanted(r)
				}
			}
			return wanted(nil)
		}
	}
	until(t, c, "the created row", 5*time.Second, row(func(r *Container) bool { return r != nil && r.State == "created" && r.Started.IsZero() }))
	if err := c.Start(t.Context(), made.ID); err != nil {
		t.Fatal(err)
	}
	s := until(t, c, "the healthy row", 15*time.Second, row(func(r *Container) bool {
		return r != nil && r.State == "running" && r.Health == "healthy" && !r.Started.IsZero() && r.ImageDigest != ""
	}))
	img, err := c.Image(t.Context(), "twindeck.local/base:1")
	for _, r := range s.Containers {
		if r.Name == name && (r.Project != "shop" || r.Service != "web" || r.Kind != KindApp || err != nil || r.ImageID != img.ID || r.ImageDigest != img.Digest) {
			t.Errorf("row %+v, image %+v, %v", r, img, err)
		}
	}

	log, err := c.Logs(t.Context(), made.ID, LogOptions{Follow: true})
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for buf := make([]byte, 100); !strings.Contains(text.String(), "tick 3"); {
		n, err := log.Read(buf)
		text.Write(buf[:n])
		if err != nil {
			t.Fatalf("%v after %q", err, text.String())
		}
	}
	if got := text.String(); !strings.Contains(got, "out\n") || !strings.Contains(got, "err\n") {
		t.Errorf("log %q", got)
	}
	if err := log.Close(); err != nil {
		t.Error(err)
	}
	if last, err := c.Logs(t.Context(), made.ID, LogOptions{Tail: 1, Timestamps: true}); err != nil {
		t.Error(err)
	} else if line, err := io.ReadAll(last); err != nil || strings.Count(string(line), "\n") != 1 || !strings.HasPrefix(string(line), "20") {
		t.Errorf("last line %q, %v", line, err)
	}

	stats, err := c.Stats(t.Context(), []string{made.ID, strings.Repeat("0", 64)})
	if err != nil || len(stats) != 1 || stats[made.ID].Memory == 0 || stats[made.ID].CPU <= 0 {
		t.Errorf("stats %+v, %v", stats, err)
	}
	if text, err := c.Inspect(t.Context(), made.ID); err != nil || strings.Contains(text, "hunter2") || !strings.Contains(text, `"DB_PASSWORD=********"`) {
		t.Errorf("inspect %s, %v", text, err)
	}

	if err := c.Stop(t.Context(), made.ID); err != nil {
		t.Error(err)
	}
	until(t, c, "the stopped row", 15*time.Second, row(func(r *Container) bool { return r != nil && r.State == "exited" && r.ExitCode == 137 }))
	if err := c.Restart(t.Context(), made.ID); err != nil {
		t.Error(err)
	}
	until(t, c, "the row running again", 15*time.Second, row(func(r *Container) bool { return r != nil && r.State == "running" }))
	if err := c.Remove(t.Context(), made.ID); err != nil {
		t.Error(err)
	}
	until(t, c, "the row gone", 15*time.Second, row(func(r *Container) bool { return r == nil }))
	if err := c.Start(t.Context(), made.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("starting what is gone: %v", err)
	}
}

// A registry is asked whether it accepts a login.
func TestFixtureLogin(t *testing.T) {
	c := fixture(t, "")
	closed, user := os.Getenv("TWINDECK_FIXTURE_REGISTRY_AUTH"), os.Getenv("TWINDECK_FIXTURE_REGISTRY_USER")
	if err := c.TryLogin(t.Context(), NewLogin(closed, user, os.Getenv("TWINDECK_FIXTURE_REGISTRY_PASSWORD"))); err != nil {
		t.Errorf("the right password: %v", err)
	}
	err := c.TryLogin(t.Context(), NewLogin(closed, user, "not the password"))
	if !errors.Is(err, ErrDenied) || !strings.Contains(err.Error(), "docker login "+closed) || strings.Contains(err.Error(), "not the password") {
		t.Errorf("a wrong password: %v", err)
	}
	if err := c.TryLogin(t.Context(), NewLogin("localhost:1", user, "x")); err == nil || errors.Is(err, ErrDenied) {
		t.Errorf("no registry: %v", err)
	}
}
