package checks

import (
	"context"

	"github.com/aymanbagabas/go-udiff"

	"github.com/twindeck/twindeck/env/secret"
)

// Fix is a mend that twindeck can do when asked. All but Run is shown before.
type Fix struct {
	Title    string   // "Start Docker Desktop"
	Changes  []string // exact commands and file changes, in order
	Edits    []Edit   // the file changes among them, shown as a diff
	Restarts string   // what stops and comes back meanwhile: "Docker Desktop, with all containers"; empty: nothing
	Lost     string   // what is gone for good; empty: nothing
	Takes    string   // how long, roughly: "1 to 3 minutes"; empty: a moment
	// ReadFirst asks that all of Changes was in view before anybody agrees.
	ReadFirst bool
	// Run does it, and says what it is doing. The Undo is nil when there is
	// nothing to take back. It may come with an error: then it takes back what
	// was done until then.
	Run func(ctx context.Context, say func(string)) (*Undo, error)
}

// Undo takes a fix back.
type Undo struct {
	Title   string   // "Put config.json back as it was"
	Changes []string // exact commands and file changes, in order
	Run     func(ctx context.Context, say func(string)) error
}

// Edit is a change of one file.
type Edit struct {
	Path string
	Old  []byte // what it held when it was looked at; nil: it was not there
	New  []byte
}

// Diff shows the change as a unified diff, secrets masked.
func (e Edit) Diff() string {
	return udiff.Unified(e.Path, e.Path+" (after)", secret.Mask(string(e.Old)), secret.Mask(string(e.New)))
}
