package house

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The linker leaves out methods that nobody calls, a third of the program, only
// while nothing that is reached asks for methods by names it does not know.

// asksForMethods builds a program and returns who is reached in it that does so,
// as the linker tells.
func asksForMethods(t *testing.T, dir string, flags ...string) (who []string) {
	t.Helper()
	args := append(append([]string{"build", "-trimpath", "-ldflags=-s -w -dumpdep", "-o", filepath.Join(t.TempDir(), "program")}, flags...), ".")
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "CGO_ENABLED=0") // with cgo, more is reached
	out, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines, arrows, last := bufio.NewScanner(out), 0, ""
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		last = lines.Text()
		from, _, ok := strings.Cut(last, " -> ")
		if ok {
			arrows++
		}
		if name, asks := strings.CutSuffix(from, " <ReflectMethod>"); asks && (len(who) == 0 || who[len(who)-1] != name) {
			who = append(who, name)
		}
	}
	if err := cmd.Wait(); err != nil || lines.Err() != nil {
		t.Fatalf("go %s: %v, %v\n%s", strings.Join(args, " "), err, lines.Err(), last)
	}
	if arrows < 1000 {
		t.Fatalf("the linker told of only %d dependencies: nothing can be seen in them", arrows)
	}
	return who
}

// releaseTags are the build tags of a release, which must be those of `make build`.
func releaseTags(t *testing.T, root string) string {
	t.Helper()
	// Not asked for anything: with other dependencies the test is to run anew.
	if _, err := os.ReadFile(filepath.Join(root, "go.sum")); err != nil {
		t.Fatal(err)
	}
	tags := ""
	for file, at := range map[string]*regexp.Regexp{
		"Makefile":         regexp.MustCompile(`(?m)^\tCGO_ENABLED=0 .* build .*-tags (\S+)`),
		".goreleaser.yaml": regexp.MustCompile(`(?m)^ +tags: \[(.+)\]`),
	} {
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		found := at.FindSubmatch(text)
		if found == nil {
			t.Fatalf("%s names no build tags", file)
		}
		if tags != "" && tags != string(found[1]) {
			t.Fatalf("a release is built with the tags %s and %s", tags, found[1])
		}
		tags = string(found[1])
	}
	return tags
}

func TestTheLinkerCanLeaveOutMethods(t *testing.T) {
	root := filepath.Join("..", "..")
	if who := asksForMethods(t, root, "-tags", releaseTags(t, root)); len(who) > 0 {
		t.Errorf("nothing is left out of the program any more, for these ask for methods by name (go build -ldflags=-dumpdep tells who calls them):\n%s", strings.Join(who, "\n"))
	}
}

// That one who does is seen.
func TestAsksForMethods(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":  "module asks\n\ngo 1.26\n",
		"main.go": "package main\n\nimport (\n\t\"os\"\n\t\"reflect\"\n)\n\nfunc main() { reflect.ValueOf(os.Stdout).MethodByName(os.Args[1]).Call(nil) }\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if who := asksForMethods(t, dir); len(who) == 0 || who[0] != "main.main" {
		t.Errorf("seen were %q", who)
	}
}
