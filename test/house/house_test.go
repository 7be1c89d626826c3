package house

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// listed is what `go list -json` says of a package.
type listed struct {
	Dir                                string
	ImportPath, Name                   string
	Imports, TestImports, XTestImports []string
	GoFiles, CgoFiles, IgnoredGoFiles  []string
	TestGoFiles, XTestGoFiles          []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=Dir,ImportPath,Name,Imports,TestImports,XTestImports,GoFiles,CgoFiles,IgnoredGoFiles,TestGoFiles,XTestGoFiles", Module+"/...")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("listing the packages: %v", err)
	}
	var ps []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("reading the list of packages: %v", err)
		}
		ps = append(ps, p)
	}
	if len(ps) < 10 {
		t.Fatalf("only %d packages listed: the rules would hold for nothing", len(ps))
	}
	return ps
}

func TestHouseRules(t *testing.T) {
	for _, p := range packages(t) {
		imports := append(append(append([]string{}, p.Imports...), p.TestImports...), p.XTestImports...)
		for _, b := range Broken(Rules, Package{Path: p.ImportPath, Name: p.Name, Imports: imports}) {
			t.Error(b)
		}
		if strings.HasPrefix(p.ImportPath, Module+"/test/") {
			continue
		}
		for _, name := range append(append(append([]string{}, p.GoFiles...), p.CgoFiles...), p.IgnoredGoFiles...) {
			src, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			broken, err := BrokenSource(name, src)
			if err != nil {
				t.Error(err)
			}
			for _, b := range broken {
				t.Errorf("%s: %s", p.ImportPath, b)
			}
		}
	}
}

// A test that needs the fixture runs where it is up, and only such a test does:
// test/suite goes by the names.
func TestFixtureTestsAreNamedSo(t *testing.T) {
	seen := 0
	for _, p := range packages(t) {
		if strings.HasPrefix(p.ImportPath, Module+"/test/") {
			continue
		}
		for _, name := range append(append([]string{}, p.TestGoFiles...), p.XTestGoFiles...) {
			src, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			broken, err := MisnamedTests(name, src)
			if err != nil {
				t.Error(err)
			}
			for _, b := range broken {
				t.Errorf("%s: %s", p.ImportPath, b)
			}
			if strings.HasSuffix(name, "fixture_test.go") {
				seen++
			}
		}
	}
	if seen == 0 {
		t.Error("no test needs the fixture: the rule would hold for nothing")
	}
}

func TestMisnamedTests(t *testing.T) {
	for _, c := range []struct {
		file, test string
		broken     bool
	}{
		{"fixture_test.go", "TestFixturePush", false},
		{"push_fixture_test.go", "TestPush", true},
		{"push_test.go", "TestFixturePush", true},
		{"push_test.go", "TestPush", false},
		{"fixture_test.go", "TestMain", false},
	} {
		broken, err := MisnamedTests(c.file, []byte("package x\n\nfunc "+c.test+"(t *testing.T) {}\n"))
		if err != nil || len(broken) > 0 != c.broken {
			t.Errorf("%s in %s: %q, %v", c.test, c.file, broken, err)
		}
	}
}

// Every rule binds packages that exist: a renamed room must not slip its rule.
func TestRulesBindSomething(t *testing.T) {
	ps := packages(t)
	for _, r := range Rules {
		for _, in := range r.In {
			bound := false
			for _, p := range ps {
				bound = bound || matches([]string{in}, p.ImportPath)
			}
			if !bound {
				t.Errorf("no package matches %q (%s)", in, r.Why)
			}
		}
	}
}

func TestBroken(t *testing.T) {
	for _, c := range []struct {
		path, imports string
		broken        bool
	}{
		{"./env/docker", "./checks", true},
		{"./env/docker", "./ui/decks", true},
		{"./env/docker", "./env/kube", true},
		{"./env/docker", "./env/link", false},
		{"./env/docker", "github.com/moby/moby/client", false},
		{"./env/docker/dockertest", "github.com/moby/moby/api/types/container", false},
		{"./env/dockerish", "github.com/moby/moby/client", true},
		{"./env/kube", "./env/docker", true},
		{"./env/kube", "k8s.io/client-go/kubernetes", false},
		{"./env/desktop", "./env/kube", true},
		{"./env/project", "./env/host", false},
		{"./env/project", "./env/ship", true},
		{"./env/host", "./env/link", true},
		{"./env/host", "golang.org/x/sys/unix", false},
		{"./env/ship", "./env/docker", false},
		{"./env/ship", "k8s.io/apimachinery/pkg/labels", true},
		{"./env/ship", "github.com/moby/buildkit/client", true},
		{"./env/ship", "sigs.k8s.io/yaml", false},
		{"./env/ship", "sigs.k8s.io/kustomize/api/krusty", true},
		{"./checks", "./env", false},
		{"./checks", "./ui/screen", true},
		{"./checks", "charm.land/lipgloss/v2", true},
		{"./ui/decks", "./checks", false},
		{"./ui/decks", "github.com/docker/cli/cli/config", true},
		{"./ui/decks", "./test/term", true},
		{".", "./ui/cli", false},
		{".", "k8s.io/client-go/rest", true},
		{"./test/e2e", "k8s.io/client-go/rest", true},
		{"./test/e2e", "./test/term", false},
	} {
		full := func(p string) string {
			if p == "." {
				return Module
			}
			return strings.Replace(p, "./", Module+"/", 1)
		}
		p := Package{Path: full(c.path), Name: "x", Imports: []string{"fmt", full(c.imports)}}
		if got := Broken(Rules, p); (len(got) > 0) != c.broken {
			t.Errorf("%s importing %s: broken = %v, want %v", c.path, c.imports, got, c.broken)
		}
	}
}

func TestEmptyNames(t *testing.T) {
	for path, broken := range map[string]bool{
		"/env/utils": true, "/ui/common": true, "/env/kube/types": true, "/ui/theme": false, "/env/utilities": false,
	} {
		if got := Broken(Rules, Package{Path: Module + path, Name: "x"}); (len(got) > 0) != broken {
			t.Errorf("%s: broken = %v, want %v", path, got, broken)
		}
	}
	if got := Broken(Rules, Package{Path: Module + "/env/fine", Name: "helpers"}); len(got) != 1 {
		t.Errorf("package helpers in folder fine: %v, want one sentence", got)
	}
}

func TestBrokenSource(t *testing.T) {
	long := "package p\n" + strings.Repeat("// line\n", FileLimit)
	for name, c := range map[string]struct {
		src  string
		want int
	}{
		"fine":   {"package p\n\nfunc f() {}\n", 0},
		"init":   {"package p\n\nfunc init() {}\n", 1},
		"method": {"package p\n\ntype T int\n\nfunc (T) init() {}\n", 0},
		"long":   {long, 1},
	} {
		got, err := BrokenSource(name+".go", []byte(c.src))
		if err != nil || len(got) != c.want {
			t.Errorf("%s: %v, %v; want %d sentences", name, got, err, c.want)
		}
	}
	if _, err := BrokenSource("bad.go", []byte("packag")); err == nil {
		t.Error("a file that is not Go: no error")
	}
}
