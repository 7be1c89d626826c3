package link_test

import (
	"io"
	"strings"
	"testing"

	"github.com/twindeck/twindeck/env/link"
)

// A program that could not be started is told from one that ran and failed, in
// the runtimes' own words.
func TestNoProgram(t *testing.T) {
	const missing = "the image has no bash"
	for name, c := range map[string]struct {
		code       int
		said, want string
	}{
		"runc under Docker":    {127, `OCI runtime exec failed: exec failed: unable to start container process: exec: "bash": executable file not found in $PATH: unknown` + "\r\n", missing},
		"an older one":         {126, `OCI runtime exec failed: exec failed: container_linux.go:380: starting container process caused: exec: "bash": stat bash: no such file or directory: unknown`, missing},
		"no right to it":       {126, `OCI runtime exec failed: exec failed: unable to start container process: exec: "bash": permission denied: unknown`, `OCI runtime exec failed: exec failed: unable to start container process: exec: "bash": permission denied: unknown`},
		"runc under CRI-O":     {255, `time="2026-11-26T12:00:00Z" level=error msg="exec failed: unable to start container process: exec: \"bash\": executable file not found in $PATH"`, missing},
		"crun":                 {127, "executable file `bash` not found in $PATH: No such file or directory\n", missing},
		"it ran well":          {0, "OCI runtime exec failed: executable file not found", ""},
		"it ran":               {127, "bash: line 1: nothing: command not found", ""},
		"it said nothing":      {127, "", ""},
		"one in a shell there": {127, "/ # docker exec web bash\nOCI runtime exec failed: exec failed: executable file not found in $PATH", ""},
	} {
		if got := link.NoProgram("bash", c.code, c.said); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// What is heard reaches whom it is for, too; a terminal has one stream.
func TestHeard(t *testing.T) {
	for tty, want := range map[bool]string{false: "out, err", true: "out, "} {
		var out, errs strings.Builder
		s, said := link.Streams{Out: &out, Err: &errs, TTY: tty}.Heard()
		_, _ = io.WriteString(s.Out, "out, ")
		_, _ = io.WriteString(s.Err, "err")
		if said.String() != want || out.String() != "out, " || errs.String() != "err" {
			t.Errorf("terminal %v: heard %q of %q and %q", tty, said.String(), out.String(), errs.String())
		}
	}
	s, said := link.Streams{}.Heard()
	if _, err := io.WriteString(s.Err, "to nobody"); err != nil || said.String() != "to nobody" {
		t.Errorf("%q, %v", said.String(), err)
	}
}
