package shell

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"unicode/utf8"

	"github.com/muesli/cancelreader"
)

// manner is what becomes of what is typed.
type manner int

const (
	// leaveAtOnce passes everything on at once; ctrl+p ctrl+q leaves, although
	// the program has seen both.
	leaveAtOnce manner = iota
	// holdBack keeps ctrl+p until the next key, as docker attach does: a main
	// process should not see that it was left.
	holdBack
	// byLines is for a program without a terminal: what is typed is shown, can
	// be taken back, and sent with enter.
	byLines
	// readOnly passes nothing on.
	readOnly
)

// Keys that mean something here, as a terminal sends them.
const (
	ctrlC     = 0x03
	ctrlD     = 0x04
	backspace = 0x7f
	ctrlH     = 0x08
	ctrlP     = 0x10
	ctrlQ     = 0x11
	ctrlU     = 0x15
)

// keyboard passes on what is typed, and finds out that somebody wants to leave.
type keyboard struct {
	manner manner
	to     *io.PipeWriter
	leave  context.CancelCauseFunc
	echo   io.Writer // of a program that has no terminal
	heard  atomic.Bool

	left bool // somebody has left
	keys keyReader
	wasP bool   // the key before was ctrl+p
	held []byte // not passed on yet: the key that is being read, before it ctrl+p
	from int    // where in held that key begins
	seen bool   // its beginning was passed on already
	line []byte // what was typed of a line, byLines
}

// reader is what the program reads. From its first Read on it has the keyboard;
// before, ctrl+c gives up.
func (k *keyboard) reader(from io.Reader) io.Reader { return listened{k, from} }

type listened struct {
	k    *keyboard
	from io.Reader
}

func (l listened) Read(p []byte) (int, error) {
	l.k.heard.Store(true)
	return l.from.Read(p)
}

// pump reads until it is told to stop, or the terminal is gone. What is typed
// before the program reads waits for it; ahead was typed before all.
func (k *keyboard) pump(keys cancelreader.CancelReader, ahead string) {
	waiting := make(chan []byte, typedAhead)
	written := make(chan struct{})
	go func() {
		defer close(written)
		for b := range waiting {
			if _, err := k.to.Write(b); err != nil {
				return // the program has ended
			}
		}
	}()
	defer func() {
		close(waiting)
		<-written
	}()
	if on := k.typed([]byte(ahead)); len(on) > 0 {
		waiting <- on
	}
	buf := make([]byte, 4096)
	for {
		n, err := keys.Read(buf)
		if on := k.typed(buf[:n]); len(on) > 0 {
			select {
			case waiting <- on:
			case <-written:
			}
		}
		if err != nil {
			if !errors.Is(err, cancelreader.ErrCanceled) {
				k.leave(context.Canceled)
			}
			return
		}
	}
}

// typedAhead is how many keys, or pastes, can wait.
const typedAhead = 1024

// typed is what is to be passed on of what was typed.
func (k *keyboard) typed(keys []byte) []byte {
	var on []byte
	for _, c := range keys {
		if k.left {
			return nil
		}
		if k.keys.breaks(c) {
			on = append(on, k.pass(other)...)
			k.wasP = false
		}
		key := k.keys.next(c)
		switch {
		case k.wasP && key == pressedQ:
			k.away(errLeft)
			return on
		case c == ctrlC && !k.heard.Load() && k.manner != readOnly:
			k.away(errGivenUp)
			return on
		case k.manner == readOnly:
			if c == ctrlC || c == 'q' || c == ctrlQ {
				k.away(errLeft)
				return on
			}
		case k.manner == byLines:
			on = append(on, k.edit(c)...)
		default:
			k.held = append(k.held, c)
			if key != unfinished {
				on = append(on, k.pass(key)...)
			}
		}
		if key != unfinished && key != noKey {
			k.wasP = key == pressedP
		}
	}
	// What is not finished may be all that comes: escape is a key, too. The rest
	// of a longer one comes at once.
	if n := len(k.keys.begun); n > 0 && (k.manner == leaveAtOnce || n <= len("\x1b[") || k.seen) {
		on = append(on, k.held...)
		k.held, k.from, k.seen = nil, 0, true
	}
	return on
}

// pass is what is passed on of what is held, now that a key of it is finished.
func (k *keyboard) pass(key key) []byte {
	n := len(k.held)
	switch {
	case k.manner != holdBack || k.seen:
	case key == noKey && k.wasP: // it was let go
		n = 0
	case key == pressedP: // one before it was meant
		n = k.from
	}
	on := k.held[:n:n]
	k.held = k.held[n:]
	k.from, k.seen = len(k.held), false
	return on
}

// away leaves; what is typed afterwards is for nobody.
func (k *keyboard) away(why error) {
	k.left = true
	k.leave(why)
}

// edit is the little of a terminal that a line needs; it returns a whole one.
func (k *keyboard) edit(c byte) []byte {
	switch c {
	case ctrlC:
		k.away(errLeft)
	case ctrlD:
		if len(k.line) == 0 {
			_ = k.to.Close()
		}
	case '\r', '\n':
		k.show("\r\n")
		defer func() { k.line = nil }()
		return append(k.line, '\n')
	case backspace, ctrlH:
		if len(k.line) > 0 {
			_, size := utf8.DecodeLastRune(k.line)
			k.line = k.line[:len(k.line)-size]
			k.show("\b \b")
		}
	case ctrlU:
		for range utf8.RuneCount(k.line) {
			k.show("\b \b")
		}
		k.line = nil
	default:
		if c >= ' ' || c == '\t' {
			k.line = append(k.line, c)
			k.show(string([]byte{c}))
		}
	}
	return nil
}

func (k *keyboard) show(text string) { _, _ = io.WriteString(k.echo, text) }
