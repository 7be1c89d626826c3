//go:build unix

package project_test

import (
	"os"
	"path/filepath"
	"testing"
)

func TestTagFollowsModesAndLinks(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"run.sh": "x", "Dockerfile": "FROM a", ".dockerignore": "Dockerfile"})
	tags := map[string]bool{tagOf(t, dir): true}
	step := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		tag := tagOf(t, dir)
		if tags[tag] {
			t.Errorf("%s: the tag stayed", what)
		}
		tags[tag] = true
	}
	step("change an ignored Dockerfile", os.WriteFile(filepath.Join(dir, "Dockerfile"), []byte("FROM b"), 0o644))
	step("make a link", os.Symlink("run.sh", filepath.Join(dir, "link")))
	os.Remove(filepath.Join(dir, "link"))
	step("change a link", os.Symlink("other", filepath.Join(dir, "link")))
	step("make a file executable", os.Chmod(filepath.Join(dir, "run.sh"), 0o755))
}
