//go:build linux

package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/twindeck/twindeck/test/term"
)

// sleeps makes a project whose build takes long, and returns what can be found
// of the step among the machine's processes.
func (w *world) sleeps(name string) (mark string) {
	w.t.Helper()
	mark = fmt.Sprintf("300.%09d", time.Now().Nanosecond())
	w.builds(name, map[string]string{"Dockerfile": "FROM BASE\nRUN echo first " + w.namespace + "\nRUN echo begun && sleep " + mark + "\n"})
	w.forgets(name + ":e2e")
	return mark
}

// processes are those of this machine with mark in their command.
func processes(t *testing.T, mark string) []int {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	var found []int
	for _, file := range files {
		if line, err := os.ReadFile(file); err == nil && bytes.Contains(line, []byte(mark)) {
			if id, err := strconv.Atoi(filepath.Base(filepath.Dir(file))); err == nil {
				found = append(found, id)
			}
		}
	}
	return found
}

func kill(t *testing.T, mark string) {
	t.Helper()
	for _, id := range processes(t, mark) {
		if err := syscall.Kill(id, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			t.Errorf("ending the step %d: %v", id, err)
		}
	}
}

// ends waits for a step to be gone.
func ends(t *testing.T, mark string) {
	t.Helper()
	eventually(t, patience,
		func() bool { return len(processes(t, mark)) == 0 },
		func() string { return "the step sleep " + mark + " still runs" })
}

// building opens the build in a terminal, and waits until its step runs.
func (w *world) building(mark string) *session {
	w.t.Helper()
	s := w.typed("build", "--tag", "e2e")
	s.See("│ begun")
	if len(processes(w.t, mark)) == 0 {
		w.t.Fatalf("no process has %s in its command, so the test could not see it end", mark)
	}
	return s
}

// typed runs the command in a terminal so wide that no line is broken in two.
func (w *world) typed(args ...string) *session {
	w.t.Helper()
	cmd := exec.CommandContext(w.t.Context(), binary(w.t), w.args(args)...)
	cmd.Dir, cmd.Env = w.dir, w.env
	return start(w.t, term.Size{Cols: 400, Rows: 60}, cmd)
}

// ctrl+c ends the build in the engine too: no step runs on, and BuildKit has
// no build that runs.
func TestBuildCancelled(t *testing.T) {
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			w := onFixture(t)
			w.set("DOCKER_CONTEXT", engine)
			mark := w.sleeps("cancelled")
			s := w.building(mark)
			s.Press("ctrl+c")
			s.See("build failed", "cancelled")
			if code := s.Exits(); code != 130 {
				t.Errorf("exit code %d, want 130", code)
			}
			ends(t, mark)
			var builds string
			eventually(t, patience, func() bool { // it closes its books after the client has left
				builds = w.docker("buildx", "history", "ls", "--no-trunc")
				return !strings.Contains(builds, "Running")
			}, func() string { return "BuildKit says of its builds:\n" + builds })
			w.twindeck("build", "--history").exits(0).says("cancelled  ")
			if r := w.command("docker", "image", "inspect", "cancelled:e2e"); r.code == 0 {
				t.Errorf("there is an image of the build that was cancelled:\n%s", r.out)
			}
		})
	}
}

// An engine that goes away in mid-build is told as just that; once it is back
// a second build completes, with what had been done.
func TestEngineEndsInMidBuild(t *testing.T) {
	for name, end := range map[string]func(*testing.T, string) func(){"stopped": stop, "killed": crash} {
		t.Run(name, func(t *testing.T) { engineEndsInMidBuild(t, end) })
	}
}

func engineEndsInMidBuild(t *testing.T, end func(*testing.T, string) func()) {
	w := onFixture(t)
	name := w.own("broken-off")
	mark := w.sleeps(name)
	t.Cleanup(func() { kill(t, mark) }) // an engine that ends leaves the step behind
	s := w.building(mark)
	restart := end(t, "docker")
	s.See("✕ build failed at", "the engine went away in the middle of the build, and told of no image", "start Docker, and build again")
	if code := s.Exits(); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	w.twindeck("build", "--tag", "e2e").exits(1).says("the engine cannot be used")
	restart()
	w.twindeck("build", "--history").exits(0).says("the engine remembers no build of " + name)
	w.replace("Dockerfile", "sleep "+mark, "true")
	r := w.twindeck("build", "--tag", "e2e").exits(0).says("built sha256:")
	if !cachedStep(r, "RUN echo first") {
		t.Errorf("the step that had ended was done anew\n%s", r.out)
	}
}
