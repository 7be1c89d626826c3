//go:build unix

package e2e

import (
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/twindeck/twindeck/test/term"
)

// Sizes of terminals that people have.
var (
	small  = term.Size{Cols: 80, Rows: 24}
	medium = term.Size{Cols: 140, Rows: 40}
)

// patience is how long See waits: enough for a busy machine with two cores.
// A test of how fast something is gives its own.
const patience = 30 * time.Second

// reporter is the part of testing.T that a session needs.
type reporter interface {
	Helper()
	Fatalf(format string, args ...any)
	Context() context.Context
}

// session is a program open in a terminal, as a person sees and uses it.
type session struct {
	t    reporter
	term *term.Terminal
}

// start runs cmd in a terminal that goes away with the test.
func start(t *testing.T, size term.Size, cmd *exec.Cmd) *session {
	t.Helper()
	tm, err := term.Start(cmd, size)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tm.Close)
	return &session{t: t, term: tm}
}

// Press presses keys by name, one after the other.
func (s *session) Press(keys ...string) {
	s.t.Helper()
	if err := s.term.Press(keys...); err != nil {
		s.t.Fatalf("%v\n%s", err, s.framed())
	}
}

// Type types text.
func (s *session) Type(text string) {
	s.t.Helper()
	if err := s.term.Type(text); err != nil {
		s.t.Fatalf("%v\n%s", err, s.framed())
	}
}

// See waits until all the texts are on the screen together.
func (s *session) See(texts ...string) {
	s.t.Helper()
	s.SeeWithin(patience, texts...)
}

// SeeWithin is See with a limit of its own: for promises about time.
func (s *session) SeeWithin(limit time.Duration, texts ...string) {
	s.t.Helper()
	s.wait(limit, "did not see "+quoted(texts), func(screen string) bool { return hasAll(screen, texts) })
}

// SeeAny waits until one of the texts is on the screen.
func (s *session) SeeAny(texts ...string) {
	s.t.Helper()
	s.wait(patience, "saw none of "+quoted(texts), func(screen string) bool {
		for _, text := range texts {
			if strings.Contains(screen, text) {
				return true
			}
		}
		return false
	})
}

// SeeRow waits until one line of the screen holds all the texts.
func (s *session) SeeRow(texts ...string) {
	s.t.Helper()
	s.wait(patience, "saw no line with "+quoted(texts), func(screen string) bool {
		for line := range strings.Lines(screen) {
			if hasAll(line, texts) {
				return true
			}
		}
		return false
	})
}

// Filter shows only the rows of the focused deck that match a text.
func (s *session) Filter(text string) {
	s.t.Helper()
	s.Press("/", "ctrl+u") // whatever filter was there goes
	s.Type(text)
	s.Press("enter")
	s.See("/" + text)
}

// Gone waits until none of the texts is on the screen.
func (s *session) Gone(texts ...string) {
	s.t.Helper()
	s.wait(patience, "still saw one of "+quoted(texts), func(screen string) bool {
		for _, text := range texts {
			if strings.Contains(screen, text) {
				return false
			}
		}
		return true
	})
}

// Insist presses a key, and once more unless a text is gone then, as a person does
// with a dialog that ignores its first moments.
func (s *session) Insist(key, text string) {
	s.t.Helper()
	s.Press(key)
	ctx, cancel := context.WithTimeout(s.t.Context(), ignored)
	defer cancel()
	if s.term.Wait(ctx, func(screen string) bool { return !strings.Contains(screen, text) }) == nil {
		return
	}
	s.Press(key) // the dialog has long begun to listen
	s.Gone(text)
}

// ignored is after how long without an effect a key counts as ignored: much more
// than a dialog ignores keys, and than one takes to show that it was heard. What
// is below gets it else.
const ignored = time.Second

// Resize changes the terminal's size.
func (s *session) Resize(cols, rows int) {
	s.t.Helper()
	if err := s.term.Resize(term.Size{Cols: cols, Rows: rows}); err != nil {
		s.t.Fatalf("%v", err)
	}
}

// Screen returns what is on the screen now.
func (s *session) Screen() string { return s.term.Screen() }

// Exits waits for the program's end and returns its exit code.
func (s *session) Exits() int {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	code, err := s.term.Exited(ctx)
	if err != nil {
		s.t.Fatalf("it did not exit: %v\n%s", err, s.framed())
	}
	return code
}

func (s *session) wait(limit time.Duration, complaint string, done func(string) bool) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), limit)
	defer cancel()
	if err := s.term.Wait(ctx, done); err != nil {
		s.t.Fatalf("%s in %s: %v\n%s", complaint, limit, err, s.framed())
	}
}

// framed is the screen with its edges drawn, for a failure's report.
func (s *session) framed() string {
	var b strings.Builder
	for line := range strings.Lines(s.term.Screen()) {
		b.WriteString("  │" + line)
	}
	return b.String()
}

func hasAll(screen string, texts []string) bool {
	for _, text := range texts {
		if !strings.Contains(screen, text) {
			return false
		}
	}
	return true
}

func quoted(texts []string) string { return `"` + strings.Join(texts, `", "`) + `"` }
