package shell

import (
	"os"
	"time"

	"golang.org/x/sys/windows"
)

// look is how often the console's size is looked at: it sends no signal.
const look = 250 * time.Millisecond

// resizes tells that the console may have another size.
func resizes() (changed <-chan time.Time, stop func()) {
	t := time.NewTicker(look)
	return t.C, t.Stop
}

// drawing makes the console understand escape sequences.
func drawing(out *os.File) (restore func()) {
	h := windows.Handle(out.Fd())
	var before uint32
	if windows.GetConsoleMode(h, &before) != nil {
		return func() {}
	}
	_ = windows.SetConsoleMode(h, before|windows.ENABLE_PROCESSED_OUTPUT|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING|windows.DISABLE_NEWLINE_AUTO_RETURN)
	return func() { _ = windows.SetConsoleMode(h, before) }
}

// drain throws away what was typed and not read.
func drain(in *os.File) { _ = windows.FlushConsoleInputBuffer(windows.Handle(in.Fd())) }
