package docker

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/command"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// DockerfileFault is what would stop a build before its first step, with its
// line (0: none). A Dockerfile that names its own syntax may hold instructions
// nobody here knows, so it is not judged.
func DockerfileFault(data []byte) (line int, err error) {
	if syntax, _, _, own := parser.DetectSyntax(data); own && !strings.HasPrefix(syntax, "docker/dockerfile") {
		return 0, nil
	}
	parsed, err := parser.Parse(bytes.NewReader(data))
	if err != nil {
		var at *parser.LocationError
		if errors.As(err, &at) && len(at.Locations) > 0 && len(at.Locations[0]) > 0 {
			line = at.Locations[0][0].Start.Line
		}
		return line, err
	}
	stages := 0
	for _, n := range parsed.AST.Children {
		name := strings.ToLower(n.Value)
		if _, known := command.Commands[name]; !known {
			return n.StartLine, fmt.Errorf("unknown instruction %s", n.Value)
		}
		switch {
		case name == command.From:
			stages++
		case stages == 0 && name != command.Arg:
			return n.StartLine, fmt.Errorf("%s stands before the first FROM", n.Value)
		}
	}
	if stages == 0 {
		return 0, errors.New("there is no FROM")
	}
	return 0, nil
}
