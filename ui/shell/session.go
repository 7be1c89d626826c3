package shell

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/link"
	"github.com/twindeck/twindeck/ui/screen"
)

// session is a program that has the terminal for a while. It is a
// tea.ExecCommand: Bubble Tea stops drawing and reading while it runs.
type session struct {
	title   string
	command string // that would do the same
	holds   manner
	again   bool // what has the terminal draws anew when its size changes
	run     func(ctx context.Context, to link.Streams, say func(string)) (int, error)

	ahead   string // typed before it began
	life    context.Context
	in      io.Reader
	out     io.Writer
	outcome outcome
}

// outcome is how a session ended.
type outcome struct {
	code         int
	err          error
	began, ended time.Time
}

// start is the command that gives the terminal over; then makes the message
// that follows.
func (s *session) start(ctx *screen.Context, then func(outcome) tea.Msg) tea.Cmd {
	s.life = ctx.Life
	now := ctx.Now
	begun := false
	return func() tea.Msg {
		if begun { // a dialog confirmed twice
			return nil
		}
		begun = true
		s.outcome.began = now()
		return screen.GiveTerminal{To: s, Ahead: s.typedAhead, Then: func(err error) tea.Msg {
			s.outcome.ended = now()
			if err != nil && s.outcome.err == nil {
				s.outcome.err = err
			}
			return then(s.outcome)
		}}
	}
}

// typedAhead is called by the app for keys that came before the terminal was
// given over, and never while Run runs.
func (s *session) typedAhead(text string) { s.ahead += text }

// SetStdin is called by Bubble Tea, with what it reads keys from.
func (s *session) SetStdin(r io.Reader) { s.in = r }

// SetStdout is called by Bubble Tea, with what it draws on.
func (s *session) SetStdout(w io.Writer) { s.out = w }

// SetStderr is called by Bubble Tea; a terminal shows both.
func (s *session) SetStderr(io.Writer) {}

var errNoTerminal = errors.New("a shell needs a terminal to read from and to draw on")

// Run gives the terminal over until the program ends, is left, or the app ends.
// Whatever happens, the terminal is afterwards as it was.
func (s *session) Run() error {
	in, isFile := s.in.(*os.File)
	out, isFileToo := s.out.(*os.File)
	if !isFile || !isFileToo {
		return errNoTerminal
	}
	t, err := takeOver(in, out)
	if err != nil {
		return err
	}
	ctx, leave := context.WithCancelCause(s.life)
	typed, passed := io.Pipe()
	k := &keyboard{manner: s.holds, to: passed, leave: leave, echo: t}
	pumped := make(chan struct{})
	go func() {
		defer close(pumped)
		k.pump(t.keys, s.ahead)
	}()
	t.title(s.title)
	sizes, sized := t.follow(ctx, s.again)

	to := link.Streams{In: k.reader(typed), Out: t, Err: t, TTY: true, Sizes: sizes}
	if s.holds == byLines || s.holds == readOnly {
		to.Out, to.Err = lines{t}, lines{t}
	}
	s.outcome.code, s.outcome.err = s.run(ctx, to, t.say)
	if cause := context.Cause(ctx); cause != nil && (errors.Is(cause, errLeft) || errors.Is(cause, errGivenUp)) {
		s.outcome.err = cause
	}
	leave(context.Canceled)
	_ = typed.CloseWithError(io.EOF) // whoever still reads or writes there is let go
	t.keys.Cancel()
	<-pumped
	<-sized
	return t.giveBack()
}

// lines makes the line ends of a program without a terminal those of one.
type lines struct{ to io.Writer }

// Write writes p with carriage returns.
func (l lines) Write(p []byte) (int, error) {
	var b []byte
	for _, c := range p {
		if c == '\n' {
			b = append(b, '\r')
		}
		b = append(b, c)
	}
	if _, err := l.to.Write(b); err != nil {
		return 0, err
	}
	return len(p), nil
}
