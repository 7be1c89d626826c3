//go:build unix

package shell

import (
	"os"
	"os/signal"
	"syscall"
)

// resizes tells that the terminal may have another size.
func resizes() (changed <-chan os.Signal, stop func()) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGWINCH)
	return c, func() { signal.Stop(c) }
}

// drawing prepares the output; here it needs nothing.
func drawing(*os.File) (restore func()) { return func() {} }
