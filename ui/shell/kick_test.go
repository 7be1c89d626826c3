//go:build unix

package shell

import "syscall"

// kick sends the signal that the size has changed.
func kick() error { return syscall.Kill(syscall.Getpid(), syscall.SIGWINCH) }
