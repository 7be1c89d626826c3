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
