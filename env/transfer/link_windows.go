package transfer

import (
	"errors"
	"syscall"
)

// mayNotLink tells that the user has no right to make symbolic links, as is the
// rule on Windows without its developer mode.
func mayNotLink(err error) bool { return errors.Is(err, syscall.ERROR_PRIVILEGE_NOT_HELD) }
