package link

import (
	"errors"
	"io"
)

// Streams are our ends of a program that runs elsewhere, in a container or a
// pod. What they are given for stays connected until the program has ended.
type Streams struct {
	// In is the program's standard input; nil: it has none. A Read that is
	// under way when the program ends is left behind: give a pipe, and close it.
	In  io.Reader
	Out io.Writer // its standard output; nil: thrown away
	Err io.Writer // its standard error; unused with TTY, which has one stream for both
	TTY bool      // it gets a terminal
	// Sizes are those that the terminal takes, the first one at once; nil: none.
	Sizes <-chan Size
}

// Size is a terminal's, in cells.
type Size struct{ Cols, Rows uint16 }

// How programs that were asked for could not run. Use errors.Is.
var (
	// ErrNoProgram: the container's image has no such program.
	ErrNoProgram = errors.New("there is no such program in it")
	// ErrNotRunning: there is no running container to be in.
	ErrNotRunning = errors.New("the container does not run")
	// ErrBroken: the connection ended before the program did.
	ErrBroken = errors.New("the connection broke")
	// ErrNoCode: the program's output ended, and nobody tells how the program did.
	ErrNoCode = errors.New("its exit code is not known")
)

// Discard is w, or what throws everything away.
func Discard(w io.Writer) io.Writer {
	if w == nil {
		return io.Discard
	}
	return w
}
