package checks

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/twindeck/twindeck/env/host"
)

// editFile is a fix that changes one file: change gets what it holds (nil: it
// is not there) and returns what it shall hold. There is no such fix, and nil
// is returned, where that cannot be done.
func editFile(h host.Host, path string, fix Fix, change func(old []byte) ([]byte, error)) *Fix {
	old, err := readOrNil(h, path)
	if err != nil {
		return nil
	}
	changed, err := change(old)
	if err != nil {
		return nil
	}
	fix.Edits = []Edit{{Path: path, Old: old, New: changed}}
	fix.Run = func(_ context.Context, say func(string)) (*Undo, error) { return apply(h, fix.Edits, say) }
	return &fix
}

// readOrNil reads a file; nil is one that is not there.
func readOrNil(h host.Host, path string) ([]byte, error) {
	data, err := h.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case data == nil:
		return []byte{}, nil
	}
	return data, nil
}

// apply writes the edits, each with a backup beside the file. One whose file
// is no longer what was shown is not written, and those before it are taken
// back.
func apply(h host.Host, edits []Edit, say func(string)) (*Undo, error) {
	var done []written
	for _, e := range edits {
		backup, err := e.write(h, say)
		if err != nil {
			return nil, errors.Join(err, takeBack(h, done, say))
		}
		done = append(done, written{e, backup})
	}
	undo := &Undo{
		Title: "Put back what was changed",
		Run:   func(_ context.Context, say func(string)) error { return takeBack(h, done, say) },
	}
	for _, w := range slices.Backward(done) {
		what := w.Path + " becomes again what it was"
		if w.Old == nil {
			what = w.Path + " is removed again"
		}
		undo.Changes = append(undo.Changes, what)
	}
	return undo, nil
}

// written is an edit that was made.
type written struct {
	Edit
	backup string // path of what the file held before; empty: it was not there
}

func (e Edit) write(h host.Host, say func(string)) (backup string, err error) {
	now, err := readOrNil(h, e.Path)
	if err != nil {
		return "", fmt.Errorf("changing %s: %w", e.Path, err)
	}
	if !same(now, e.Old) {
		return "", fmt.Errorf("%s was changed since it was looked at, so it is left alone: check again, and see the new diff", e.Path)
	}
	if backup, err = h.Replace(e.Path, e.New, 0o600); err != nil {
		return "", err
	}
	if backup != "" {
		say("wrote " + e.Path + "; the old one is " + backup)
	} else {
		say("wrote " + e.Path)
	}
	return backup, nil
}

// takeBack undoes edits, the last first. A file that somebody changed
// afterwards is left alone.
func takeBack(h host.Host, done []written, say func(string)) error {
	var failed []error
	for _, w := range slices.Backward(done) {
		now, err := readOrNil(h, w.Path)
		switch {
		case err != nil:
			failed = append(failed, fmt.Errorf("putting %s back: %w", w.Path, err))
		case same(now, w.Old):
		case !same(now, w.New):
			err := fmt.Errorf("%s was changed since, so it is left alone", w.Path)
			if w.backup != "" {
				err = fmt.Errorf("%w: what it held before is in %s", err, w.backup)
			}
			failed = append(failed, err)
		case w.Old == nil:
			failed = append(failed, h.Remove(w.Path))
			say("removed " + w.Path)
		default:
			_, err := h.Replace(w.Path, w.Old, 0o600)
			failed = append(failed, err)
			say("put " + w.Path + " back")
		}
	}
	return errors.Join(failed...)
}

// same tells apart a file that is empty and one that is not there.
func same(a, b []byte) bool { return (a == nil) == (b == nil) && bytes.Equal(a, b) }
