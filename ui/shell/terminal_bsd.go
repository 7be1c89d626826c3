//go:build unix && !linux

package shell

import (
	"os"

	"golang.org/x/sys/unix"
)

// readQueue is FREAD: what was typed, not what is to be drawn.
const readQueue = 1

// drain throws away what was typed and not read.
func drain(in *os.File) {
	_ = unix.IoctlSetPointerInt(int(in.Fd()), unix.TIOCFLUSH, readQueue) //nolint:gosec // a descriptor fits
}
