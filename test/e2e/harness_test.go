//go:build unix

package e2e

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// menu is a program small enough to know by heart: it shows a list, and
// answers keys.
const menu = `
stty raw -echo
printf '\033[2J\033[Happles\r\npears'
while :; do
  case $(dd bs=1 count=1 2>/dev/null) in
    a) printf '\033[2J\033[Happles are green' ;;
    q) stty sane; exit 3 ;;
  esac
done`

func openMenu(t *testing.T) *session {
	t.Helper()
	return start(t, small, exec.CommandContext(t.Context(), "sh", "-c", menu))
}

func TestSessionSeesAndPresses(t *testing.T) {
	s := openMenu(t)
	s.See("apples", "pears")
	s.SeeRow("pears")
	s.Press("a")
	s.SeeRow("apples", "green")
	s.Gone("pears")
	s.SeeAny("red", "green")
	s.Resize(20, 5)
	if lines := strings.Count(s.Screen(), "\n"); lines != 5 {
		t.Errorf("%d lines after the resize, want 5", lines)
	}
	s.Type("q")
	if code := s.Exits(); code != 3 {
		t.Errorf("exit code %d, want 3", code)
	}
}

// witness stands in for testing.T to see a session fail.
type witness struct {
	ctx  context.Context
	said string
}

type stopped struct{}

func (w *witness) Helper()                  {}
func (w *witness) Context() context.Context { return w.ctx }
func (w *witness) Fatalf(format string, args ...any) {
	w.said = fmt.Sprintf(format, args...)
	panic(stopped{})
}

// complaint returns what a step failed with; "" if it did not fail.
func complaint(s *session, step func(*session)) string {
	w := &witness{ctx: s.t.Context()}
	func() {
		defer func() {
			if r := recover(); r != nil && r != any(stopped{}) {
				panic(r)
			}
		}()
		step(&session{t: w, term: s.term})
	}()
	return w.said
}

func TestSessionFailsWithTheScreen(t *testing.T) {
	s := openMenu(t)
	s.See("pears")
	soon := 50 * time.Millisecond
	for name, c := range map[string]struct {
		step func(*session)
		says string
	}{
		"a text that is not there":     {func(s *session) { s.SeeWithin(soon, "plums") }, `did not see "plums"`},
		"one of two is not enough":     {func(s *session) { s.SeeWithin(soon, "apples", "plums") }, `"plums"`},
		"a key that does not exist":    {func(s *session) { s.Press("hyper") }, `no key is called "hyper"`},
		"something that does not come": {func(s *session) { s.wait(soon, "not today", func(string) bool { return false }) }, "not today"},
	} {
		said := complaint(s, c.step)
		if !strings.Contains(said, c.says) || !strings.Contains(said, "│pears") {
			t.Errorf("%s: it said %q, want %q and the screen", name, said, c.says)
		}
	}
	if said := complaint(s, func(s *session) { s.See("pears") }); said != "" {
		t.Errorf("seeing what is there failed: %s", said)
	}
}

func TestSessionFailsWhenTheProgramIsGone(t *testing.T) {
	s := openMenu(t)
	s.See("pears")
	s.Press("q")
	said := complaint(s, func(s *session) { s.See("plums") })
	if !strings.Contains(said, "exited") {
		t.Errorf("it said %q, want that the program has exited", said)
	}
}
