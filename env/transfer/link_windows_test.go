package transfer

import (
	"io/fs"
	"os"
	"syscall"
	"testing"
)

// The right that is lacking is told from other refusals.
func TestMayNotLink(t *testing.T) {
	for err, want := range map[error]bool{
		&os.LinkError{Op: "symlinkat", Old: "x", New: "l", Err: syscall.ERROR_PRIVILEGE_NOT_HELD}: true,
		&os.LinkError{Op: "symlinkat", Old: "x", New: "l", Err: syscall.ERROR_ACCESS_DENIED}:      false,
		fs.ErrExist: false,
	} {
		if got := mayNotLink(err); got != want {
			t.Errorf("%v: %v", err, got)
		}
	}
}
