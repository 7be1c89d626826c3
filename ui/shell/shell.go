// Package shell gives the terminal over to a program in a container or a pod,
// and takes it back: a shell, the main process itself, or a debug container
// where an image has no shell.
package shell

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/link"
	"github.com/twindeck/twindeck/ui/screen"
)

// Why a person is back before the program has ended.
var (
	errLeft    = errors.New("left")
	errGivenUp = errors.New("given up")
	errNoShell = errors.New("its image has no shell")
)

// Open gives the terminal to a shell in a place, or in the container of it that
// is chosen.
func Open(ctx *screen.Context, p Place) tea.Cmd {
	return p.guarded("a shell in "+p.Name, p.choose(ctx, "Shell in", func(p Place) tea.Cmd { return open(ctx, p) }))
}

// Attach gives the terminal to the main process of a place.
func Attach(ctx *screen.Context, p Place) tea.Cmd {
	return p.guarded("attaching to "+p.Name, p.choose(ctx, "Attach to", func(p Place) tea.Cmd { return attach(ctx, p) }))
}

// guarded is what goes on once the lock of a target that is not local is open.
func (p Place) guarded(does string, then tea.Cmd) tea.Cmd {
	return screen.Send(screen.Guard{Target: p.target, Does: does, Then: then})
}

func open(ctx *screen.Context, p Place) tea.Cmd {
	s := &session{title: p.Name, command: p.commands.exec("sh"), holds: leaveAtOnce}
	s.run = func(ctx context.Context, to link.Streams, say func(string)) (int, error) {
		say("Opening a shell in " + p.Name + ". ctrl+c gives up.")
		name, err := findShell(ctx, p.exec)
		if err != nil {
			return 0, err
		}
		s.command = p.commands.exec(name)
		say("$ " + s.command)
		say("exit or ctrl+d ends it, ctrl+p ctrl+q leaves it whatever happens.")
		return p.exec(ctx, []string{name}, to)
	}
	return s.start(ctx, func(o outcome) tea.Msg {
		if errors.Is(o.err, errNoShell) {
			return offerDebug(ctx, p)
		}
		return s.told("shell in "+p.Name, o)
	})
}

// attach looks first at what the main process reads, and says what a key would do.
func attach(ctx *screen.Context, p Place) tea.Cmd {
	return func() tea.Msg {
		look, cancel := context.WithTimeout(ctx.Life, lookTime)
		defer cancel()
		reads, err := p.terminal(look)
		if err != nil {
			return screen.Notify{Text: brief{err}.Error(), Bad: true}
		}
		s := &session{title: p.Name, command: p.commands.attach, again: true}
		body := []string{"You see what it writes from now on. Its log has what it wrote before."}
		switch {
		case !reads.stdin:
			s.holds = readOnly
			body = append(body, "", "It reads nothing from a terminal: you can only watch. ctrl+c or q leaves.")
		case !reads.tty:
			s.holds = byLines
			body = append(body, "", "It reads lines, without a terminal: what you type is sent with enter, ctrl+d ends its input.",
				"ctrl+p ctrl+q or ctrl+c leaves, and it runs on.")
		default:
			s.holds = holdBack
			body = append(body, "", "What you type reaches the main process: ctrl+c may end it, and with it the "+p.kind+".",
				"ctrl+p ctrl+q leaves, and it runs on.")
		}
		s.run = func(ctx context.Context, to link.Streams, say func(string)) (int, error) {
			say("$ " + s.command)
			say(body[len(body)-1])
			return p.attach(ctx, to)
		}
		return screen.Ask{
			Title: "Attach to " + p.Name + "?", Body: body, Yes: "attach",
			Then: s.start(ctx, func(o outcome) tea.Msg { return s.told("main process of "+p.Name, o) }),
		}
	}
}

// lookTime is how long a look at a container may take before a dialog opens.
const lookTime = 10 * time.Second

// shells are tried in this order; the one that is there looks for a better one.
var shells = []string{"sh", "bash", "ash", "/bin/sh", "/busybox/sh"}

// findShell is the best shell that a container has; errNoShell.
func findShell(ctx context.Context, exec func(context.Context, []string, link.Streams) (int, error)) (string, error) {
	for _, name := range shells {
		var out strings.Builder
		code, err := exec(ctx, []string{name, "-c", "command -v bash || true"}, link.Streams{Out: &out})
		switch {
		case errors.Is(err, link.ErrNoProgram):
			continue
		case err != nil:
			return "", err
		case code != 0: // it is no shell, or cannot be run: what it said is no path
			continue
		case strings.TrimSpace(out.String()) != "":
			return "bash", nil
		}
		return name, nil
	}
	return "", errNoShell
}

// told is what is said of how a session ended, and kept in the list of what was done.
func (s *session) told(what string, o outcome) tea.Msg {
	d := screen.Did{Name: what, Command: s.command, Began: o.began, Ended: o.ended}
	switch {
	case o.err == nil && o.code == 0:
		d.Text = "The " + what + " ended"
	case o.err == nil:
		d.Text = fmt.Sprintf("The %s ended with exit code %d%s", what, o.code, meaning(o.code))
	case errors.Is(o.err, link.ErrNoCode):
		d.Text = "The " + what + " ended; " + link.ErrNoCode.Error()
	case errors.Is(o.err, errLeft):
		d.Text = "Left the " + what
	case errors.Is(o.err, errGivenUp):
		d.Text = "Given up: " + what
	case errors.Is(o.err, context.Canceled):
		return nil
	default:
		d.Err = brief{o.err}
	}
	return d
}

// brief is an error without what a person knows already: what was tried, and
// where. What to do must not be cut off in a footer.
type brief struct{ error }

func (b brief) Unwrap() error { return b.error }

// Error is what happened and what to do.
func (b brief) Error() string {
	if d, ok := errors.AsType[*docker.Error](b.error); ok {
		if d.Do == "" {
			return d.Happened
		}
		return d.Happened + ". " + strings.ToUpper(d.Do[:1]) + d.Do[1:]
	}
	k, ok := errors.AsType[*kube.Error](b.error)
	switch {
	case !ok:
		return b.error.Error()
	case errors.Is(k.Kind, link.ErrBroken):
		return k.Kind.Error() + "; " + k.Do
	}
	return strings.TrimSuffix(k.Err.Error()+"; "+k.Do, "; ")
}

// meaning says in words what an exit code of a shell stands for, if it is
// known to stand for something.
func meaning(code int) string {
	switch code {
	case 130:
		return " (ctrl+c was the last)"
	case 137:
		return " (killed)"
	case 143:
		return " (asked to end)"
	}
	return ""
}
