package transfer

import (
	"os"
	"path/filepath"
	"testing"
)

func TestInto(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "old.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		where, target string
		taken, fails  bool
	}{
		{dir, filepath.Join(dir, "new.txt"), false, false},
		{filepath.Join(dir, "other.txt"), filepath.Join(dir, "other.txt"), false, false},
		{filepath.Join(dir, "old.txt"), filepath.Join(dir, "old.txt"), true, false},
		{filepath.Join(dir, "nowhere", "x"), "", false, true},
	} {
		target, taken, err := Into(tc.where, "new.txt")
		if target != tc.target || taken != tc.taken || (err != nil) != tc.fails {
			t.Errorf("into %s: %q, %v, %v", tc.where, target, taken, err)
		}
	}
}

func TestListHere(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a"), []byte("four"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "z"), 0o700); err != nil {
		t.Fatal(err)
	}
	files, err := ListHere(t.Context(), filepath.ToSlash(dir))
	if err != nil || len(files) != 2 || files[0].Name != "z" || !files[0].Dir || files[1].Name != "a" || files[1].Size != 4 {
		t.Errorf("%+v, %v", files, err)
	}
	if _, err := ListHere(t.Context(), filepath.ToSlash(filepath.Join(dir, "nowhere"))); err == nil {
		t.Error("a folder that is not there is listed")
	}
}
