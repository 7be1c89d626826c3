package term

import (
	"bytes"
	"slices"

	"github.com/charmbracelet/x/ansi"
)

// frames cuts a program's output where the screen may be looked at: not within
// a frame, which some programs mark (mode 2026, synchronized output). A long
// frame arrives in pieces, and half of one is a screen that nobody drew.
type frames struct{ rest []byte }

// frameLimit is what is held of a frame without an end, in bytes.
const frameLimit = 1 << 20

// whole takes output, and returns what can be drawn of all that came.
func (f *frames) whole(output []byte) []byte {
	all := slices.Concat(f.rest, output)
	end := len(all) - markPart(all)
	begun := bytes.LastIndex(all, []byte(ansi.SetModeSynchronizedOutput))
	if begun >= 0 && !bytes.Contains(all[begun:], []byte(ansi.ResetModeSynchronizedOutput)) && len(all)-begun < frameLimit {
		end = begun
	}
	f.rest = bytes.Clone(all[end:])
	return all[:end]
}

// markPart is how many bytes at the end of output may be the first of a mark.
func markPart(output []byte) int {
	for n := min(len(ansi.SetModeSynchronizedOutput)-1, len(output)); n > 0; n-- {
		if bytes.HasSuffix(output, []byte(ansi.SetModeSynchronizedOutput[:n])) {
			return n
		}
	}
	return 0
}
