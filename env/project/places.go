package project

import (
	"fmt"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"go.yaml.in/yaml/v3"
)

// spot is a line of a file.
type spot struct {
	file string
	line int
}

func (s spot) problem(format string, args ...any) Problem {
	return Problem{File: s.file, Line: s.line, Text: fmt.Sprintf(format, args...)}
}

// places are where the fields of several YAML files are, for errors that name
// a field and no line.
type places struct {
	files []string
	roots []*yaml.Node
}

// placesOf reads files; one that is no YAML has no places.
func placesOf(files []types.ConfigFile) places {
	var p places
	for _, f := range files {
		var doc yaml.Node
		var root *yaml.Node
		if yaml.Unmarshal(f.Content, &doc) == nil && len(doc.Content) > 0 {
			root = doc.Content[0]
		}
		p.files, p.roots = append(p.files, f.Filename), append(p.roots, root)
	}
	return p
}

// of is where the field at a path (services.web.build) is: in the first file
// that has it, or else where its nearest parent is.
func (p places) of(path string) spot {
	keys := strings.Split(path, ".")
	for n := len(keys); n > 0; n-- {
		for i, root := range p.roots {
			if line := lineOf(root, keys[:n]); line > 0 {
				return spot{p.files[i], line}
			}
		}
	}
	if len(p.files) == 0 {
		return spot{}
	}
	return spot{file: p.files[0]}
}

func lineOf(n *yaml.Node, keys []string) int {
	if n == nil || n.Kind != yaml.MappingNode {
		return 0
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value != keys[0] {
			continue
		}
		if len(keys) == 1 {
			return n.Content[i].Line
		}
		return lineOf(n.Content[i+1], keys[1:])
	}
	return 0
}
