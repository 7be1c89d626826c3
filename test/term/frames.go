package term

import (
	"io"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
)

// holdFrames makes the terminal show whole frames only, to a program that
// marks where a frame begins and ends (mode 2026, synchronized output): a long
// frame arrives in pieces, and half of one is a screen that nobody drew.
func (t *Terminal) holdFrames() {
	t.emu.SetCallbacks(vt.Callbacks{
		// Both are called from within the emulator's Write: t.mu is held.
		EnableMode: func(m ansi.Mode) {
			if m == ansi.ModeSynchronizedOutput {
				t.held = t.cells()
			}
		},
		DisableMode: func(m ansi.Mode) {
			if m == ansi.ModeSynchronizedOutput {
				t.held = nil
			}
		},
	})
	// The emulator says of a mode it was never told about that there is none.
	_, _ = io.WriteString(t.emu, ansi.ResetModeSynchronizedOutput)
}
