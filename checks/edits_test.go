package checks

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/twindeck/twindeck/env/host/hosttest"
)

func silently(string) {}

func TestEditIsShownWrittenAndUndone(t *testing.T) {
	h := &hosttest.Host{Files: map[string]string{"/etc/app.json": `{"a": 1}`}}
	f := editFile(h, "/etc/app.json", Fix{Title: "Mend it"}, func([]byte) ([]byte, error) { return []byte(`{"a": 2}`), nil })
	if diff := f.Edits[0].Diff(); !strings.Contains(diff, `-{"a": 1}`) || !strings.Contains(diff, `+{"a": 2}`) {
		t.Errorf("the diff is\n%s", diff)
	}
	undo, err := f.Run(t.Context(), silently)
	if err != nil || h.Files["/etc/app.json"] != `{"a": 2}` || h.Files["/etc/app.json.twindeck-backup-1"] != `{"a": 1}` {
		t.Fatalf("%v, %v", err, h.Files)
	}
	if err := undo.Run(t.Context(), silently); err != nil || h.Files["/etc/app.json"] != `{"a": 1}` {
		t.Errorf("%v, %v", err, h.Files)
	}
	if err := undo.Run(t.Context(), silently); err != nil {
		t.Errorf("undoing what is undone: %v", err)
	}
}

func TestEditOfAFileThatIsNotThere(t *testing.T) {
	h := &hosttest.Host{}
	f := editFile(h, "/etc/new", Fix{}, func(old []byte) ([]byte, error) {
		if old != nil {
			t.Errorf("a file that is not there holds %q", old)
		}
		return []byte("x"), nil
	})
	undo, err := f.Run(t.Context(), silently)
	if err != nil || h.Files["/etc/new"] != "x" {
		t.Fatalf("%v, %v", err, h.Files)
	}
	if err := undo.Run(t.Context(), silently); err != nil || len(h.Files) != 0 {
		t.Errorf("%v, %v", err, h.Files)
	}
}

func TestEditLeavesAloneWhatChangedMeanwhile(t *testing.T) {
	h := &hosttest.Host{Files: map[string]string{"/a": "old a", "/b": "old b"}}
	edits := []Edit{{"/a", []byte("old a"), []byte("new a")}, {"/b", []byte("old b"), []byte("new b")}}

	h.Files["/b"] = "somebody's"
	if undo, err := apply(h, edits, silently); undo != nil || err == nil || !strings.Contains(err.Error(), "/b was changed") {
		t.Errorf("%v, %v", undo, err)
	}
	if h.Files["/a"] != "old a" || h.Files["/b"] != "somebody's" {
		t.Errorf("files are %v", h.Files)
	}

	h.Files["/b"] = "old b"
	undo, err := apply(h, edits, silently)
	if err != nil {
		t.Fatal(err)
	}
	h.Files["/b"] = "somebody's"
	err = undo.Run(t.Context(), silently)
	if err == nil || !strings.Contains(err.Error(), "/b was changed since") || !strings.Contains(err.Error(), "/b.twindeck-backup-") {
		t.Errorf("undo says %v", err)
	}
	if h.Files["/a"] != "old a" || h.Files["/b"] != "somebody's" {
		t.Errorf("files are %v", h.Files)
	}
}

func TestNoFixForAFileThatCannotBeRead(t *testing.T) {
	h := &hosttest.Host{Files: map[string]string{"/a": "x"}, Broken: map[string]error{"/a": fs.ErrPermission}}
	if f := editFile(h, "/a", Fix{}, func(old []byte) ([]byte, error) { return old, nil }); f != nil {
		t.Errorf("got %+v", f)
	}
}

func TestDiffHidesSecrets(t *testing.T) {
	d := Edit{Path: "config.json", Old: []byte("{\n  \"password\": \"hunter2\"\n}\n"), New: []byte("{\n  \"password\": \"hunter2\",\n  \"x\": 1\n}\n")}.Diff()
	if strings.Contains(d, "hunter2") || !strings.Contains(d, `+  "x": 1`) {
		t.Errorf("the diff is\n%s", d)
	}
}
