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
