package shell

import (
	"archive/tar"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twindeck/twindeck/env/link"
	"github.com/twindeck/twindeck/env/transfer"
	"github.com/twindeck/twindeck/ui/screen"
)

// That all of a container is not copied is said before anything is asked.
func TestAllOfAContainerIsNotCopied(t *testing.T) {
	c := copying{out: true, inside: inThere("/"), here: t.TempDir()}
	if there, err := c.settle(t.Context()); there != "" || !errors.Is(err, transfer.ErrWhole) {
		t.Errorf("%q would be replaced, %v", there, err)
	}
}

// A copy of which something is missing is no success like others.
func TestCopyOfPartIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		code int
		says string
		bad  bool
		want string
	}{
		"all":     {want: "1 file, 1B"},
		"changed": {code: 1, says: "tar: ./data/a: file changed as we read it", want: "1 file, 1B"},
		"part": {
			code: 2, says: "tar: ./data/b: Cannot open: Permission denied", bad: true,
			want: "1 file, 1B, but tar could not read some: tar: ./data/b: Cannot open: Permission denied",
		},
	} {
		exec := func(_ context.Context, command []string, s link.Streams) (int, error) {
			if command[0] != "tar" || command[1] != "cf" {
				return 0, nil
			}
			w := tar.NewWriter(s.Out)
			_ = w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "./data/a", Size: 1, Mode: 0o600})
			_, _ = io.WriteString(w, "x")
			_, _ = io.WriteString(s.Err, c.says)
			return c.code, w.Close()
		}
		here := filepath.Join(t.TempDir(), "data")
		web := Place{Name: "web", commands: commands{copy: func(bool, string, string) string { return "kubectl cp" }}}
		task := copying{place: web, box: transfer.Programs{Exec: exec}, out: true, inside: "/data", here: here}.task(&screen.Context{Work: &sync.WaitGroup{}})
		if err := task.Run(t.Context(), func(string) {}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if n, ok := task.Done(nil).(screen.Notify); !ok || n.Bad != c.bad || !strings.HasSuffix(n.Text, ": "+c.want) {
			t.Errorf("%s: it says %+v", name, n)
		}
		if _, err := os.Stat(filepath.Join(here, "a")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A folder that is too large to be added up in time is copied without a total;
// one that cannot be read is not.
func TestTotal(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a"), []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		ctx    context.Context
		here   string
		within time.Duration
		want   int64
		err    error
	}{
		"added up":  {t.Context(), dir, time.Minute, 4, nil},
		"too large": {t.Context(), dir, 0, 0, nil},
		"not there": {t.Context(), filepath.Join(dir, "b"), time.Minute, 0, os.ErrNotExist},
		"cancelled": {gone, dir, 0, 0, context.Canceled},
	} {
		if got, err := total(c.ctx, c.here, c.within); got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %d, %v; want %d, %v", name, got, err, c.want, c.err)
		}
	}
}
