package cli

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/creack/pty"

	"github.com/twindeck/twindeck/checks"
	"github.com/twindeck/twindeck/ui/screen"
)

func TestPipedText(t *testing.T) {
	long := strings.Repeat("x", 3*longestInput) + "end"
	for _, tt := range []struct{ name, in, want string }{
		{"plain", "no space left\n", "no space left\n"},
		{"nothing", "", ""},
		{"UTF-16, little end first", "\xff\xfen\x00o\x00\xfc\x00", "noü"},
		{"UTF-16, big end first", "\xfe\xff\x00n\x00o\x00\xfc", "noü"},
		{"UTF-16 with half a letter", "\xff\xfen\x00o", "n"},
		{"one byte", "\xff", "\xff"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := piped(iotest.OneByteReader(strings.NewReader(tt.in)))
			if err != nil || got != tt.want {
				t.Errorf("read %q, %v; want %q", got, err, tt.want)
			}
		})
	}
	got, err := piped(strings.NewReader(long))
	if err != nil || len(got) > 2*longestInput || !strings.HasSuffix(got, "xend") {
		t.Errorf("of a long text %d bytes were kept, %v", len(got), err)
	}
	if _, err := piped(iotest.ErrReader(io.ErrClosedPipe)); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("a broken pipe: %v", err)
	}
}

// A person who types `twindeck explain` alone is told what it wants.
func TestExplainWithATerminalForInput(t *testing.T) {
	ours, theirs, err := pty.Open()
	if err != nil {
		t.Skip("no pseudo-terminal here: ", err)
	}
	defer ours.Close()
	defer theirs.Close()
	_, err = piped(theirs)
	var coded exitError
	if !errors.As(err, &coded) || coded.code != exitUsage {
		t.Errorf("got %v", err)
	}
	if err := pty.Setsize(ours, &pty.Winsize{Rows: 24, Cols: 71}); err != nil {
		t.Fatal(err)
	}
	if width := widthOf(theirs); width != 71 {
		t.Errorf("the terminal is %d cells wide, want 71", width)
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if width := widthOf(null); width != 0 {
		t.Errorf("no terminal is %d cells wide", width)
	}
}

func TestExplainedTextFitsTheTerminal(t *testing.T) {
	e := explained{Known: true, Symptoms: []told{tell(checks.Explain("linux", "no space left on device "+strings.Repeat("and more ", 30))[0])}}
	for _, width := range []int{40, 80} {
		for line := range strings.SplitSeq(strings.TrimSuffix(explainedText(e, width), "\n"), "\n") {
			if w := screen.Width(line); w > width {
				t.Errorf("%d cells in a terminal of %d: %q", w, width, line)
			}
		}
	}
	if lines := strings.Count(explainedText(e, 0), "\n"); lines != 8 {
		t.Errorf("without a terminal it is %d lines:\n%s", lines, explainedText(e, 0))
	}
}
