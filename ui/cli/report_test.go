package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/demo"
)

// writeReport runs `twindeck report` over the simulated environment.
func writeReport(ctx context.Context, t *testing.T, asks bool, in io.Reader, args ...string) (out, errs string, err error) {
	t.Helper()
	open := func(*cobra.Command) (*env.Environment, error) {
		return demo.OpenAt(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), demo.KubernetesOff), nil
	}
	r := &reporting{program: "v1.2.3", asks: func(io.Reader, io.Writer) bool { return asks }}
	cmd := newReportOf(r, open)
	var o, e bytes.Buffer
	cmd.SetIn(in)
	cmd.SetOut(&o)
	cmd.SetErr(&e)
	cmd.SetArgs(args)
	cmd.SilenceUsage, cmd.SilenceErrors = true, true
	err = cmd.ExecuteContext(ctx)
	return o.String(), e.String(), err
}

const usualName = "twindeck-report-2026-11-23.md"

func TestReportIsWrittenWhenAgreed(t *testing.T) {
	tests := []struct {
		name   string
		asks   bool
		answer string
		args   []string
		file   string // that is written; empty: none
		shown  bool
		says   string // on stderr
	}{
		{name: "yes", asks: true, answer: "y\n", file: usualName, shown: true, says: "write to " + usualName + "? [y/N] written to"},
		{name: "no", asks: true, answer: "n\n", shown: true, says: "not written"},
		{name: "enter", asks: true, answer: "\n", shown: true, says: "not written"},
		{name: "no more input", asks: true, shown: true, says: "not written"},
		{name: "nobody to ask", answer: "y\n", shown: true, says: "use --yes to write " + usualName},
		{name: "allowed", args: []string{"--yes"}, file: usualName, says: "written to " + usualName},
		{name: "named", args: []string{"-y", "--file", "a.b.md"}, file: "a.b.md", says: "written to a.b.md"},
		{name: "printed", asks: true, args: []string{"--file", "-"}, shown: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			out, errs, err := writeReport(t.Context(), t, tt.asks, strings.NewReader(tt.answer), tt.args...)
			if err != nil || !strings.Contains(errs, tt.says) || tt.says == "" && errs != "" {
				t.Errorf("%v, said %q", err, errs)
			}
			if shown := strings.HasPrefix(out, "# twindeck report"); shown != tt.shown || !tt.shown && out != "" {
				t.Errorf("printed\n%s", out)
			}
			files, _ := filepath.Glob("*")
			if strings.Join(files, " ") != tt.file {
				t.Fatalf("files %q, want %q", files, tt.file)
			}
			if tt.file == "" {
				return
			}
			text, err := os.ReadFile(tt.file)
			if err != nil || !strings.Contains(string(text), "twindeck        v1.2.3") || tt.shown && string(text) != out {
				t.Errorf("%v in the file\n%s", err, text)
			}
		})
	}
}

func TestReportNeverOverwrites(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, want := range []string{"r.md", "r-2.md", "r-3.md"} {
		if got, err := writeNew("r.md", want); err != nil || got != want {
			t.Errorf("got %s, %v", got, err)
		}
	}
	if text, err := os.ReadFile("r.md"); err != nil || string(text) != "r.md" {
		t.Errorf("%v, %s", err, text)
	}
	if _, err := writeNew(filepath.Join("gone", "r.md"), "x"); err == nil || !strings.Contains(err.Error(), "--file -") {
		t.Errorf("got %v", err)
	}
}

func TestReportCanBeCancelledWhileItAsks(t *testing.T) {
	t.Chdir(t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	in, _ := io.Pipe() // nobody answers
	cancelling := &readHook{Reader: in, before: cancel}
	_, _, err := writeReport(ctx, t, true, cancelling)
	if codeOf(ctx, err) != exitCancelled || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	in.Close()
}

// readHook does something before it is read.
type readHook struct {
	io.Reader
	before func()
}

func (r *readHook) Read(p []byte) (int, error) {
	r.before()
	return r.Reader.Read(p)
}

func TestReportFlagsThatDoNotGoTogether(t *testing.T) {
	_, _, err := writeReport(t.Context(), t, false, nil, "--file", "-", "--yes")
	var coded exitError
	if !errors.As(err, &coded) || coded.code != exitUsage {
		t.Errorf("got %v", err)
	}
}
