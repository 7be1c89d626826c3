// Package term runs a program in a pseudo-terminal and reads its screen
// through a terminal emulator: what a person would see, cell by cell. The
// end-to-end tests, the benchmarks and the pictures all look through it.
//
// Nothing in it sleeps: who waits is woken by output.
package term

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

// ErrExited says that the program ended while something was waited for.
var ErrExited = errors.New("the program has exited")

// Size is a terminal's size in cells.
type Size struct{ Cols, Rows int }

// Terminal is a running program and its screen. Make one with Start, end it
// with Close.
type Terminal struct {
	cmd *exec.Cmd
	tty *os.File // our side

	mu      sync.Mutex // guards what follows
	emu     *vt.Emulator
	size    Size
	frames  int           // chunks of output so far
	changed chan struct{} // closed and replaced whenever the screen may have changed
	raw     []byte        // last output, as it came

	exited  chan struct{} // closed when the program has ended and all output is drawn
	waitErr error         // set before exited is closed
	pumps   sync.WaitGroup
}

// rawLimit bounds the raw output kept for Raw, in bytes.
const rawLimit = 64 << 10

// Start runs cmd in a new terminal of the given size. The command's own
// standard streams must not be set.
func Start(cmd *exec.Cmd, size Size) (*Terminal, error) {
	tty, err := pty.StartWithSize(cmd, winsize(size))
	if err != nil {
		return nil, fmt.Errorf("starting %s in a terminal: %w", cmd.Path, err)
	}
	t := &Terminal{
		cmd:     cmd,
		tty:     tty,
		emu:     vt.NewEmulator(size.Cols, size.Rows),
		size:    size,
		changed: make(chan struct{}),
		exited:  make(chan struct{}),
	}
	// The emulator says of a mode it was never told about that there is none.
	_, _ = io.WriteString(t.emu, ansi.ResetModeSynchronizedOutput)
	t.pumps.Add(2)
	go t.draw()
	go t.reply()
	return t, nil
}

// draw feeds the program's output to the emulator until the program ends.
func (t *Terminal) draw() {
	defer t.pumps.Done()
	buf := make([]byte, 32<<10)
	var frames frames
	for {
		n, err := t.tty.Read(buf)
		if n > 0 {
			t.mu.Lock()
			_, _ = t.emu.Write(frames.whole(buf[:n]))
			t.raw = append(t.raw, buf[:n]...)
			if extra := len(t.raw) - rawLimit; extra > 0 {
				t.raw = append(t.raw[:0], t.raw[extra:]...)
			}
			t.frames++
			t.wake()
			t.mu.Unlock()
		}
		if err != nil { // EIO is how a terminal says that the other side is gone
			break
		}
	}
	t.mu.Lock()
	_, _ = t.emu.Write(frames.rest) // its last words, in the middle of a frame
	t.mu.Unlock()
	t.waitErr = t.cmd.Wait()
	close(t.exited)
	// The emulator's own Close writes a flag that its Read reads without a
	// lock; closing the pipe underneath ends reply just as well.
	if c, ok := t.emu.InputPipe().(io.Closer); ok {
		_ = c.Close()
	}
	t.mu.Lock()
	t.wake()
	t.mu.Unlock()
}

// reply hands the emulator's answers (cursor position, colours) to the program.
func (t *Terminal) reply() {
	defer t.pumps.Done()
	buf := make([]byte, 1024)
	for {
		n, err := t.emu.Read(buf)
		if n > 0 {
			_, _ = t.tty.Write(buf[:n]) // fails only once the program is gone
		}
		if err != nil {
			return
		}
	}
}

// wake tells everyone who waits to look again. t.mu is held.
func (t *Terminal) wake() {
	close(t.changed)
	t.changed = make(chan struct{})
}

// escapeSilence follows the escape key. On the wire it is the first byte of
// many other keys too: silence after it is what makes it a key of its own.
const escapeSilence = 150 * time.Millisecond

// Press presses keys by name: "j", "enter", "ctrl+p", "pgdown", "up".
func (t *Terminal) Press(keys ...string) error {
	for _, k := range keys {
		seq, err := sequence(k)
		if err != nil {
			return err
		}
		if err := t.Type(seq); err != nil {
			return fmt.Errorf("pressing %s: %w", k, err)
		}
		if k == "esc" {
			<-time.After(escapeSilence)
		}
	}
	return nil
}

// Type sends text as it is.
func (t *Terminal) Type(text string) error {
	if _, err := io.WriteString(t.tty, text); err != nil {
		return fmt.Errorf("typing: %w", err)
	}
	return nil
}

// Resize changes the terminal's size, as dragging a window's corner does.
func (t *Terminal) Resize(size Size) error {
	t.mu.Lock()
	t.emu.Resize(size.Cols, size.Rows)
	t.size = size
	t.wake()
	t.mu.Unlock()
	if err := pty.Setsize(t.tty, winsize(size)); err != nil {
		return fmt.Errorf("resizing the terminal to %dx%d: %w", size.Cols, size.Rows, err)
	}
	return nil
}

// Screen returns what is on the screen, a line a row, without trailing spaces.
func (t *Terminal) Screen() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text()
}

// text reads the screen. t.mu is held.
func (t *Terminal) text() string {
	var b strings.Builder
	var line []byte
	for y := range t.size.Rows {
		line = line[:0]
		for x := 0; x < t.size.Cols; {
			c := t.emu.CellAt(x, y)
			if c == nil || c.Content == "" {
				line = append(line, ' ')
				x++
				continue
			}
			line = append(line, c.Content...)
			x += max(c.Width, 1)
		}
		b.Write(bytes.TrimRight(line, " "))
		b.WriteByte('\n')
	}
	return b.String()
}

// Raw returns the last output as the program sent it, escape sequences and
// all, 64 KiB at most.
func (t *Terminal) Raw() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.raw)
}

// Wait returns when done says yes to the screen. It looks again whenever the
// screen changed. Errors: ctx's, or ErrExited when the program ended first.
func (t *Terminal) Wait(ctx context.Context, done func(screen string) bool) error {
	for {
		t.mu.Lock()
		screen, changed := t.text(), t.changed
		t.mu.Unlock()
		if done(screen) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		case <-t.exited:
			if done(t.Screen()) {
				return nil
			}
			return ErrExited
		}
	}
}

// Frames counts the chunks of output that came so far: it stands still while
// the program draws nothing.
func (t *Terminal) Frames() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.frames
}

// PID is the program's process id.
func (t *Terminal) PID() int { return t.cmd.Process.Pid }

// Exited returns the program's exit code once it has ended; -1 is a program
// that a signal ended.
func (t *Terminal) Exited(ctx context.Context) (code int, err error) {
	select {
	case <-t.exited:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	var bad *exec.ExitError
	if t.waitErr != nil && !errors.As(t.waitErr, &bad) {
		return 0, fmt.Errorf("waiting for %s: %w", t.cmd.Path, t.waitErr)
	}
	return t.cmd.ProcessState.ExitCode(), nil
}

// Close kills the program if it still runs, and waits until all is gone.
func (t *Terminal) Close() {
	select {
	case <-t.exited:
	default:
		_ = t.cmd.Process.Kill() // fails only when it has just ended
	}
	<-t.exited
	_ = t.tty.Close()
	t.pumps.Wait()
}

func winsize(s Size) *pty.Winsize {
	return &pty.Winsize{Cols: uint16(s.Cols), Rows: uint16(s.Rows)} //nolint:gosec // a terminal's size fits
}
