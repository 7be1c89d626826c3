//go:build unix

package e2e

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// stop stops a part of the fixture; it is started again when the test ends,
// or when the test calls the returned function.
func stop(t *testing.T, part string) (restart func()) {
	t.Helper()
	return undoable(t, []string{"stop", part}, []string{"start", part})
}

// crash ends a part of the fixture without a chance to tidy up, and brings it
// back as stop does.
func crash(t *testing.T, part string) (restart func()) {
	t.Helper()
	return undoable(t, []string{"kill", part}, []string{"start", part})
}

// pause freezes a part of the fixture: it accepts connections and never
// answers.
func pause(t *testing.T, part string) (resume func()) {
	t.Helper()
	return undoable(t, []string{"pause", part}, []string{"resume", part})
}

func undoable(t *testing.T, do, undo []string) func() {
	t.Helper()
	undone := false
	back := func() {
		t.Helper()
		if undone {
			return
		}
		undone = true
		if err := drive(t, undo...); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(back)
	if err := drive(t, do...); err != nil {
		t.Fatal(err)
	}
	return back
}

// beside runs what takes its time while the test looks at the screen; the test
// does not end before it.
func beside(t *testing.T, run func()) {
	t.Helper()
	done := make(chan struct{})
	t.Cleanup(func() { <-done })
	go func() {
		defer close(done)
		run()
	}()
}

// drive runs one of the fixture's commands.
func drive(t *testing.T, args ...string) error {
	// It also runs in cleanups, when t.Context() has ended.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", append([]string{"-C", filepath.Join("..", "fixture"), "run", "."}, args...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("fixture %v: %w\n%s", args, err, out)
	}
	return nil
}
