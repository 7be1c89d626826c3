package house

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
)

// FileLimit is how many lines a file of the product may have: a longer one
// holds more than one idea.
const FileLimit = 450

// BrokenSource lists what is wrong with a product file, as sentences: too long,
// or with an init function, which would run before main asked for anything.
func BrokenSource(name string, src []byte) ([]string, error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	var out []string
	if lines := strings.Count(string(src), "\n"); lines > FileLimit {
		out = append(out, fmt.Sprintf("%s has %d lines; %d is the limit: split it by idea", name, lines, FileLimit))
	}
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
			out = append(out, fmt.Sprintf("%s: func init: nothing may run before main asks for it", set.Position(f.Pos())))
		}
	}
	return out, nil
}

// fixtureTest begins the names of tests that need the fixture, and of no
// others: by it they are chosen where it is up.
const fixtureTest = "TestFixture"

// MisnamedTests lists the tests of a file that are called as if they needed the
// fixture and do not, or the other way round: the file's name says which.
func MisnamedTests(name string, src []byte) ([]string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), name, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	needs := strings.HasSuffix(name, "fixture_test.go")
	var out []string
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Recv != nil || !strings.HasPrefix(f.Name.Name, "Test") || f.Name.Name == "TestMain" {
			continue
		}
		if strings.HasPrefix(f.Name.Name, fixtureTest) != needs {
			out = append(out, fmt.Sprintf("%s: %s: tests called %s… are in …fixture_test.go, and all tests there are called so", name, f.Name.Name, fixtureTest))
		}
	}
	return out, nil
}
