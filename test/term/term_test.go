//go:build unix

package term

import (
	"context"
	"errors"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// run starts a shell program in a terminal that ends with the test.
func run(t *testing.T, size Size, script string) *Terminal {
	t.Helper()
	term, err := Start(exec.CommandContext(t.Context(), "sh", "-c", script), size)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(term.Close)
	return term
}

func wait(t *testing.T, term *Terminal, text string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := term.Wait(ctx, func(s string) bool { return strings.Contains(s, text) }); err != nil {
		t.Fatalf("waiting for %q: %v\n%s", text, err, term.Screen())
	}
}

func TestSeesWhatIsDrawn(t *testing.T) {
	term := run(t, Size{20, 4}, `printf 'one\r\n\033[2;3Htwo\033[1m!'; read x`)
	wait(t, term, "two!")
	if got, want := term.Screen(), "one\n  two!\n\n\n"; got != want {
		t.Errorf("screen = %q, want %q", got, want)
	}
	cells := term.Cells()
	if len(cells) != 4 || len(cells[0]) != 20 {
		t.Fatalf("cells are %dx%d, want 20x4", len(cells[0]), len(cells))
	}
	if c := cells[1][5]; c.Text != "!" || !c.Bold {
		t.Errorf("cell = %+v, want a bold !", c)
	}
	if c := cells[1][4]; c.Bold {
		t.Errorf("cell = %+v, want it not bold", c)
	}
}

func TestPressReachesTheProgram(t *testing.T) {
	term := run(t, Size{40, 5}, `stty raw -echo; printf ready; k=$(dd bs=1 count=3 2>/dev/null | od -An -tx1); printf "got$k"; stty sane; read x`)
	wait(t, term, "ready")
	if err := term.Press("j", "ctrl+p", "enter"); err != nil {
		t.Fatal(err)
	}
	wait(t, term, "got 6a 10 0d")
}

func TestPressOfAnUnknownKey(t *testing.T) {
	term := run(t, Size{10, 2}, `read x`)
	if err := term.Press("hyper+q"); err == nil {
		t.Error("pressing hyper+q: no error")
	}
}

func TestResizeReachesTheProgram(t *testing.T) {
	term := run(t, Size{40, 5}, `trap 'stty size' WINCH; printf ready; while :; do read x || :; done`)
	wait(t, term, "ready")
	if err := term.Resize(Size{33, 7}); err != nil {
		t.Fatal(err)
	}
	if err := term.Press("enter"); err != nil {
		t.Fatal(err)
	}
	wait(t, term, "7 33")
	if lines := strings.Count(term.Screen(), "\n"); lines != 7 {
		t.Errorf("%d lines on the screen, want 7", lines)
	}
}

func TestAnswersTheProgram(t *testing.T) {
	term := run(t, Size{40, 5}, `stty raw -echo; printf '\033[3;4H\033[6n'; a=$(dd bs=1 count=6 2>/dev/null | tr -d '\033'); stty sane; printf "at $a"; read x`)
	wait(t, term, "at [3;4R")
}

// A frame between the marks of mode 2026 is seen when it is whole.
func TestShowsWholeFrames(t *testing.T) {
	term := run(t, Size{20, 3}, `stty raw -echo
		printf 'before\033[?2026h\033[Hhalf '; read x
		printf 'whole\033[?2026l'; read x`)
	wait(t, term, "before")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := term.Wait(ctx, func(s string) bool { return strings.Contains(s, "half") }); err == nil {
		t.Error("half a frame was seen")
	}
	if err := term.Type("\n"); err != nil {
		t.Fatal(err)
	}
	wait(t, term, "half whole")
}

// However output is cut into pieces, half a frame is never drawn, and nothing
// is lost.
func TestFramesInPieces(t *testing.T) {
	const begin, end = ansi.SetModeSynchronizedOutput, ansi.ResetModeSynchronizedOutput
	const output = "a" + begin + "one" + end + "b" + begin + "two" + end + begin + "three" + end + "c"
	half := regexp.MustCompile(regexp.QuoteMeta(begin) + `[a-z]*$`)
	for size := 1; size <= len(output); size++ {
		var f frames
		drawn := ""
		for piece := range slices.Chunk([]byte(output), size) {
			drawn += string(f.whole(piece))
			if half.MatchString(drawn) {
				t.Errorf("in pieces of %d bytes, %q is drawn", size, drawn)
			}
		}
		if drawn += string(f.rest); drawn != output {
			t.Errorf("in pieces of %d bytes, %q is drawn of %q", size, drawn, output)
		}
	}
	var f frames
	endless := begin + strings.Repeat("x", frameLimit)
	if got := string(f.whole([]byte(endless))); got != endless {
		t.Errorf("%d bytes of a frame without an end are held", len(endless)-len(got))
	}
}

func TestSaysThatItShowsWholeFrames(t *testing.T) {
	term := run(t, Size{40, 5}, `stty raw -echo; printf '\033[?2026$p'; a=$(dd bs=1 count=11 2>/dev/null | tr -d '\033'); stty sane; printf "mode $a"; read x`)
	wait(t, term, "mode [?2026;2$y")
}

func TestWaitEndsWithTheProgram(t *testing.T) {
	term := run(t, Size{20, 3}, `printf bye; exit 7`)
	err := term.Wait(t.Context(), func(s string) bool { return strings.Contains(s, "never") })
	if !errors.Is(err, ErrExited) {
		t.Errorf("Wait = %v, want ErrExited", err)
	}
	if code, err := term.Exited(t.Context()); code != 7 || err != nil {
		t.Errorf("Exited = %d, %v; want 7", code, err)
	}
	if !strings.Contains(term.Screen(), "bye") {
		t.Errorf("the last words are gone: %q", term.Screen())
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	term := run(t, Size{20, 3}, `read x`)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := term.Wait(ctx, func(string) bool { return false }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Wait = %v, want the deadline", err)
	}
}

func TestCloseEndsAProgramThatIgnoresHangups(t *testing.T) {
	term := run(t, Size{20, 3}, `trap '' HUP TERM; printf up; while :; do read x || exit; done`)
	wait(t, term, "up")
	term.Close()
	if code, err := term.Exited(t.Context()); err != nil || code != -1 {
		t.Errorf("Exited = %d, %v; want -1 for a killed program", code, err)
	}
}

func TestKeySequences(t *testing.T) {
	for key, want := range map[string]string{
		"j": "j", "G": "G", "ü": "ü", "enter": "\r", "ctrl+c": "\x03", "ctrl+p": "\x10", "up": "\x1b[A", "space": " ",
	} {
		if got, err := sequence(key); err != nil || got != want {
			t.Errorf("sequence(%q) = %q, %v; want %q", key, got, err, want)
		}
	}
	for _, key := range []string{"", "ctrl+", "ctrl+é", "entr"} {
		if got, err := sequence(key); err == nil {
			t.Errorf("sequence(%q) = %q, want an error", key, got)
		}
	}
}
