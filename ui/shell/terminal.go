package shell

import (
	"context"
	"io"
	"os"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
	"github.com/muesli/cancelreader"

	"github.com/twindeck/twindeck/env/link"
	"github.com/twindeck/twindeck/ui/screen"
)

// terminal is the real one, while it belongs to a program elsewhere.
type terminal struct {
	io.Writer
	in, out *os.File
	keys    cancelreader.CancelReader
	before  *term.State // of the input
	restore func()      // what the system needs besides
}

// takeOver makes a terminal hand on every key as it is.
func takeOver(in, out *os.File) (*terminal, error) {
	before, err := term.MakeRaw(in.Fd())
	if err != nil {
		return nil, errNoTerminal
	}
	restore := drawing(out)
	keys, err := uv.NewCancelReader(in)
	if err != nil {
		restore()
		_ = term.Restore(in.Fd(), before)
		return nil, err
	}
	return &terminal{Writer: out, in: in, out: out, keys: keys, before: before, restore: restore}, nil
}

// asBefore takes back what a program may have left behind: another screen,
// a hidden cursor, colours, mouse and paste reports, margins, a keypad's mode.
// The cursor stays where it is.
const asBefore = "\x1b[?47l" + ansi.ResetStyle + ansi.ShowCursor + "\x1b[0 q" +
	ansi.ResetModeMouseNormal + ansi.ResetModeMouseButtonEvent + ansi.ResetModeMouseAnyEvent + ansi.ResetModeMouseExtSgr +
	ansi.ResetModeBracketedPaste + ansi.ResetModeFocusEvent + ansi.ResetModeCursorKeys + ansi.KeypadNumericMode +
	"\x1b[?6l\x1b[?7h\x1b[4l\x1b(B\x0f" + "\x1b7\x1b[r\x1b8" + "\r\n"

// giveBack leaves the terminal as takeOver found it. What was typed since the
// program ended was meant for it, and is thrown away.
func (t *terminal) giveBack() error {
	_, _ = io.WriteString(t.out, asBefore+ansi.SetWindowTitle(""))
	drain(t.in)
	_ = t.keys.Close()
	t.restore()
	return term.Restore(t.in.Fd(), t.before)
}

func (t *terminal) title(text string) {
	_, _ = io.WriteString(t.out, ansi.SetWindowTitle(text+" · twindeck"))
}

// say writes a line of ours, set apart from what a program writes.
func (t *terminal) say(text string) {
	_, _ = io.WriteString(t.out, "\x1b[2m"+screen.Clean(text)+ansi.ResetStyle+"\r\n")
}

// follow hands out the terminal's size, now and whenever it changes, until ctx
// ends; done is closed then. twice tells of another size first: what is attached
// to draws anew only when it changes.
func (t *terminal) follow(ctx context.Context, twice bool) (sizes <-chan link.Size, done <-chan struct{}) {
	to, ended := make(chan link.Size), make(chan struct{})
	go func() {
		defer close(ended)
		changed, stop := resizes()
		defer stop()
		var last link.Size
		for {
			size := t.size()
			if twice && last == (link.Size{}) && size.Rows > 1 {
				select {
				case to <- link.Size{Cols: size.Cols, Rows: size.Rows - 1}:
				case <-ctx.Done():
					return
				}
			}
			if size != last && size != (link.Size{}) {
				last = size
				select {
				case to <- size:
				case <-ctx.Done():
					return
				}
			}
			select {
			case <-changed:
			case <-ctx.Done():
				return
			}
		}
	}()
	return to, ended
}

func (t *terminal) size() link.Size {
	width, height, err := term.GetSize(t.out.Fd())
	if err != nil || width <= 0 || height <= 0 {
		return link.Size{}
	}
	return link.Size{Cols: uint16(min(width, 1<<15)), Rows: uint16(min(height, 1<<15))} //nolint:gosec // bounded
}
