package shell

import (
	"strconv"
	"strings"
)

// key is what a byte that was typed completes.
type key int

const (
	unfinished key = iota // a sequence goes on
	other
	pressedP // ctrl+p
	pressedQ // ctrl+q
	noKey    // one was let go, or ctrl itself was pressed
)

// keyReader tells keys apart. A program that has switched on the kitty keyboard
// protocol, or xterm's modifyOtherKeys, makes the terminal send ctrl+p as a
// sequence (CSI 112;5u, CSI 27;5;112~), and no longer as one byte.
type keyReader struct{ begun []byte }

// longestSequence is more than any key takes.
const longestSequence = 64

const escape = 0x1b

// breaks tells that a byte ends a sequence that is not finished: escape was a
// key, then.
func (r *keyReader) breaks(c byte) bool { return len(r.begun) > 0 && c < ' ' }

func (r *keyReader) next(c byte) key {
	switch n := len(r.begun); {
	case c == escape:
		r.begun = append(r.begun[:0], c)
		return unfinished
	case n == 1 && c == '[', n > 1 && n < longestSequence && c >= ' ' && c < '@':
		r.begun = append(r.begun, c)
		return unfinished
	case n > 1 && c >= '@' && c <= '~':
		parameters := string(r.begun[2:])
		r.begun = r.begun[:0]
		return meant(parameters, c)
	}
	r.begun = r.begun[:0]
	switch c {
	case ctrlP:
		return pressedP
	case ctrlQ:
		return pressedQ
	}
	return other
}

// What kitty adds to a key: modifiers are bits, counted from 1.
const (
	ctrlBit  = 4
	lockBits = 64 | 128 // caps lock and num lock
	released = "3"
)

// meant is the key of a CSI sequence: CODE:MORE;MODIFIERS:EVENT u, or
// 27;MODIFIERS;CODE ~.
func meant(parameters string, end byte) key {
	parts := append(strings.Split(parameters, ";"), "", "")
	switch {
	case end == '~' && parts[0] == "27":
		parts[0] = parts[2]
	case end != 'u':
		return other
	}
	code, _, _ := strings.Cut(parts[0], ":")
	modifiers, event, _ := strings.Cut(parts[1], ":")
	which, _ := strconv.Atoi(code)
	bits, _ := strconv.Atoi(modifiers)
	switch {
	case event == released, which >= 57441 && which <= 57454: // shift, ctrl and so on by themselves
		return noKey
	case (bits-1)&^lockBits != ctrlBit:
		return other
	case which == 'p':
		return pressedP
	case which == 'q':
		return pressedQ
	}
	return other
}
