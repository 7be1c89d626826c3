package shell

import (
	"os"

	"golang.org/x/sys/unix"
)

// drain throws away what was typed and not read.
func drain(in *os.File) { _ = unix.IoctlSetInt(int(in.Fd()), unix.TCFLSH, unix.TCIFLUSH) } //nolint:gosec // a descriptor fits
