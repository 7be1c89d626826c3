package house

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestFeaturesAreProved holds docs/features.md to the tests: each row names
// some, and each that is named is there.
func TestFeaturesAreProved(t *testing.T) {
	root := filepath.Dir(filepath.Dir(mustGetwd(t)))
	doc, err := os.ReadFile(filepath.Join(root, "docs", "features.md"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "git", "grep", "--untracked", "-hoE", `^func (Test|Fuzz)\w+`, "--", "*_test.go")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("looking for the tests: %v", err)
	}
	there := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		there[strings.TrimPrefix(strings.TrimSpace(line), "func ")] = true
	}
	name := regexp.MustCompile("`((?:Test|Fuzz)\\w+)")
	rows := 0
	for line := range strings.Lines(string(doc)) {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| feature") {
			continue
		}
		rows++
		named := name.FindAllStringSubmatch(line, -1)
		if len(named) == 0 {
			t.Errorf("no test is named by: %s", line)
		}
		for _, n := range named {
			if !there[n[1]] {
				t.Errorf("%s is not there, named by: %s", n[1], line)
			}
		}
	}
	if rows < 20 {
		t.Errorf("only %d features are listed", rows)
	}
}

func mustGetwd(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
