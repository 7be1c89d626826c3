package host

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

var at = func() time.Time { return time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC) }

func write(t *testing.T, path, data string, perm fs.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(data), perm); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, perm); err != nil { // past the umask
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// names lists a folder, so that nothing is left behind unseen.
func names(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return strings.Join(all, " ")
}

func TestReplaceKeepsABackupAndThePermissions(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "config.json")
	write(t, path, "old", 0o640)
	r := replacer{now: at, rename: os.Rename}

	first, err := r.replace(path, []byte("new"), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	second, err := r.replace(path, []byte("newer"), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if read(t, path) != "newer" || read(t, first) != "old" || read(t, second) != "new" {
		t.Error("the contents are mixed up")
	}
	want := "config.json config.json.twindeck-backup-20261122T100000Z config.json.twindeck-backup-20261122T100000Z-2"
	if got := names(t, dir); got != want {
		t.Errorf("in the folder: %s", got)
	}
	for _, p := range []string{path, first} {
		info, err := os.Stat(p)
		if err != nil {
			t.Fatal(err)
		}
		if runtime.GOOS != "windows" && info.Mode().Perm() != 0o640 {
			t.Errorf("%s has %s", p, info.Mode())
		}
	}
}

func TestReplaceOfAFileThatIsNotThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "twindeck", "new")
	backup, err := Local().Replace(path, []byte("x"), 0o600)
	if err != nil || backup != "" || read(t, path) != "x" {
		t.Errorf("backup %q, %v", backup, err)
	}
}

func TestReplaceFollowsLinks(t *testing.T) {
	dotfiles, home := t.TempDir(), t.TempDir()
	target, link := filepath.Join(dotfiles, "config"), filepath.Join(home, "config")
	write(t, target, "old", 0o600)
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	backup, err := Local().Replace(link, []byte("new"), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if to, err := os.Readlink(link); err != nil || to != target {
		t.Errorf("the link leads to %q, %v", to, err)
	}
	if read(t, target) != "new" || filepath.Dir(backup) != dotfiles {
		t.Errorf("target %q, backup %s", read(t, target), backup)
	}

	circle := filepath.Join(home, "circle")
	if err := os.Symlink(circle, circle); err != nil {
		t.Fatal(err)
	}
	if _, err := Local().Replace(circle, nil, 0o600); err == nil {
		t.Error("a link to itself was replaced")
	}
}

func TestReplaceThatFailsChangesNothing(t *testing.T) {
	broken := errors.New("disk gone")
	dir := t.TempDir()
	path := filepath.Join(dir, "config.json")
	write(t, path, "old", 0o600)
	r := replacer{now: at, rename: func(string, string) error { return broken }}
	backup, err := r.replace(path, []byte("new"), 0o600)
	if !errors.Is(err, broken) || backup != "" || !strings.Contains(err.Error(), "left as it was") {
		t.Errorf("backup %q, %v", backup, err)
	}
	if read(t, path) != "old" || names(t, dir) != "config.json" {
		t.Errorf("the file holds %q, the folder %s", read(t, path), names(t, dir))
	}
}

// readOnlyFile is a file in a folder where none can be made, for root as well.
func readOnlyFile(t *testing.T) string {
	t.Helper()
	if runtime.GOOS == "linux" {
		return "/proc/version"
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "config.json")
	write(t, path, "old", 0o600)
	if err := os.Chmod(dir, 0o500); err != nil { //nolint:gosec // a folder
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(dir, 0o700) }) //nolint:gosec // a folder
	return path
}

func TestReplaceInAReadOnlyFolder(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // folders there have no such mode
	}
	path := readOnlyFile(t)
	before := read(t, path)
	if _, err := Local().Replace(path, []byte("new"), 0o600); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v", err)
	}
	if read(t, path) != before {
		t.Error("the file has changed")
	}
}

func TestReplaceRefusesAFolder(t *testing.T) {
	if _, err := Local().Replace(t.TempDir(), []byte("x"), 0o600); err == nil {
		t.Error("a folder was replaced by a file")
	}
}
