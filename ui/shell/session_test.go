//go:build unix

package shell

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/creack/pty"

	"github.com/twindeck/twindeck/env/link"
)

// seat is a terminal with a person at it.
type seat struct {
	t      *testing.T
	person *os.File
	tty    *os.File
	screen chan byte
}

func newSeat(t *testing.T) *seat {
	t.Helper()
	person, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := pty.Setsize(person, &pty.Winsize{Cols: 81, Rows: 25}); err != nil {
		t.Fatal(err)
	}
	// Asked for its size a file blocks, and is not closed before a read that waits has ended.
	person, err = waking(person)
	if err != nil {
		t.Fatal(err)
	}
	s := &seat{t, person, tty, make(chan byte, 1<<16)}
	drawn := make(chan struct{})
	go func() {
		defer close(drawn)
		for r := bufio.NewReader(person); ; {
			b, err := r.ReadByte()
			if err != nil {
				return
			}
			s.screen <- b
		}
	}()
	t.Cleanup(func() {
		_ = tty.Close()
		_ = person.Close()
		<-drawn
	})
	return s
}

// waking is the same file, of which Close ends a Read that waits.
func waking(f *os.File) (*os.File, error) {
	defer f.Close()
	fd, err := syscall.Dup(int(f.Fd()))
	if err != nil {
		return nil, err
	}
	if err := syscall.SetNonblock(fd, true); err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), f.Name()), nil
}

func (s *seat) types(text string) {
	s.t.Helper()
	if _, err := io.WriteString(s.person, text); err != nil {
		s.t.Error(err)
	}
}

// sees waits for a text, and returns all that came before it.
func (s *seat) sees(text string) string {
	s.t.Helper()
	var all strings.Builder
	for late := time.After(10 * time.Second); ; {
		select {
		case b := <-s.screen:
			all.WriteByte(b)
			if strings.HasSuffix(all.String(), text) {
				return all.String()
			}
		case <-late:
			s.t.Fatalf("did not see %q in %q", text, all.String())
		}
	}
}

// sits gives the terminal to a program; the end is what Run returned.
func (s *seat) sits(ses *session) (ended chan error) {
	ses.in, ses.out = s.tty, s.tty
	ended = make(chan error, 1)
	go func() { ended <- ses.Run() }()
	return ended
}

// upper says what it reads in capitals; and each size, if it has them.
func upper(ctx context.Context, to link.Streams, say func(string)) (int, error) {
	say("ready")
	lines := make(chan string)
	go func() {
		defer close(lines)
		var b [1]byte
		for line := ""; ; {
			if _, err := to.In.Read(b[:]); err != nil {
				return
			}
			if line += string(b[:]); b[0] == '\r' {
				select {
				case lines <- line:
				case <-ctx.Done():
					return
				}
				line = ""
			}
		}
	}()
	for {
		select {
		case size := <-to.Sizes:
			fmt.Fprintf(to.Out, "[%dx%d]", size.Cols, size.Rows)
		case line, open := <-lines:
			if !open || line == "exit\r" {
				return 3, nil
			}
			fmt.Fprintf(to.Out, "%s\n", strings.ToUpper(strings.TrimSuffix(line, "\r")))
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

// The program has every key and every size, and afterwards the terminal is as
// it was: cooked, and with nothing left to read.
func TestSession(t *testing.T) {
	s := newSeat(t)
	before, err := term.GetState(s.tty.Fd())
	if err != nil {
		t.Fatal(err)
	}
	ses := &session{title: "web", run: upper, life: t.Context(), ahead: "first\r"}
	ended := s.sits(ses)
	s.sees("web · twindeck")
	s.sees("ready")
	s.sees("FIRST\n")
	s.types("hello\r")
	s.sees("HELLO\n")
	if err := pty.Setsize(s.person, &pty.Winsize{Cols: 100, Rows: 30}); err != nil {
		t.Fatal(err)
	}
	if err := kick(); err != nil { // the system does it for a terminal of our own
		t.Fatal(err)
	}
	s.sees("[100x30]")
	s.types("exit\rmore than enough")
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if ses.outcome.code != 3 || ses.outcome.err != nil {
		t.Errorf("it ended with %d, %v", ses.outcome.code, ses.outcome.err)
	}
	if tail := s.sees(asBefore); strings.Contains(tail, "enough") {
		t.Errorf("typed too much was shown: %q", tail)
	}
	after, err := term.GetState(s.tty.Fd())
	if err != nil || *after != *before {
		t.Errorf("the terminal is in another state: %v, %v, %v", before, after, err)
	}
	// The next to read gets what is typed from now on, and only that.
	s.types("next\n")
	line, err := bufio.NewReader(s.tty).ReadString('\n')
	if err != nil || line != "next\n" {
		t.Errorf("the next one reads %q, %v", line, err)
	}
}

// Every way out of a session ends it, and gives the terminal back.
func TestSessionEnds(t *testing.T) {
	stuck := func(ctx context.Context, _ link.Streams, say func(string)) (int, error) {
		say("ready")
		<-ctx.Done() // never reads: a server that hangs
		return 0, ctx.Err()
	}
	for name, c := range map[string]struct {
		run  func(context.Context, link.Streams, func(string)) (int, error)
		do   func(s *seat, end context.CancelFunc)
		want error
	}{
		"ctrl+c while it connects": {stuck, func(s *seat, _ context.CancelFunc) { s.types("typed\x03") }, errGivenUp},
		"left while it connects":   {stuck, func(s *seat, _ context.CancelFunc) { s.types("\x10\x11") }, errLeft},
		"left":                     {upper, func(s *seat, _ context.CancelFunc) { s.types("x\x10\x11") }, errLeft},
		"the app ends":             {upper, func(_ *seat, end context.CancelFunc) { end() }, context.Canceled},
		"the connection breaks": {func(_ context.Context, _ link.Streams, say func(string)) (int, error) {
			say("ready")
			return 0, link.ErrBroken
		}, func(*seat, context.CancelFunc) {}, link.ErrBroken},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSeat(t)
			life, end := context.WithCancel(t.Context())
			defer end()
			ses := &session{title: "web", run: c.run, life: life}
			ended := s.sits(ses)
			s.sees("ready")
			c.do(s, end)
			if err := <-ended; err != nil {
				t.Fatal(err)
			}
			if !errors.Is(ses.outcome.err, c.want) {
				t.Errorf("it ended with %v, want %v", ses.outcome.err, c.want)
			}
			s.sees(asBefore)
		})
	}
}

// A person who hangs up ends it, too.
func TestSessionWithoutAPerson(t *testing.T) {
	s := newSeat(t)
	ses := &session{title: "web", run: upper, life: t.Context()}
	ended := s.sits(ses)
	s.sees("ready")
	_ = s.person.Close()
	<-ended // that the terminal cannot be put back is no wonder
	if !errors.Is(ses.outcome.err, context.Canceled) {
		t.Errorf("it ended with %v", ses.outcome.err)
	}
}

func TestSessionNeedsATerminal(t *testing.T) {
	ses := &session{in: strings.NewReader(""), out: io.Discard, life: t.Context()}
	if err := ses.Run(); !errors.Is(err, errNoTerminal) {
		t.Errorf("Run = %v", err)
	}
}

// What a program without a terminal writes stays in its columns.
func TestLines(t *testing.T) {
	var b strings.Builder
	if n, err := io.WriteString(lines{&b}, "one\ntwo\r\n"); n != 9 || err != nil || b.String() != "one\r\ntwo\r\r\n" {
		t.Errorf("%d, %v, %q", n, err, b.String())
	}
}
