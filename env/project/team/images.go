package team

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Build is an image that the file says the project builds.
type Build struct {
	Line       int // of the file, where it begins
	Name       string
	Context    string // folder, relative to the file's; "." if it is not said
	Dockerfile string // relative to Context
	Target     string
	Args       map[string]string
	Platforms  []string
	Needs      []string // names of images that are built before this one
}

// maxBuilds is more images than one project builds.
const maxBuilds = 100

// buildFields are the fields of an image.
var buildFields = []string{"name", "context", "dockerfile", "target", "args", "platforms", "needs"}

var (
	imageShape    = regexp.MustCompile(`^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$`)
	platformShape = regexp.MustCompile(`^[a-z0-9]+/[a-z0-9_]+(/[a-z0-9.]+)?$`)
	argumentShape = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

// Builds reads what the file says under images:, and nothing else of it. An
// error is an *Error with every mistake there, in the order of their lines.
func Builds(path string, data []byte) ([]Build, error) {
	p := &parser{}
	root := p.document(data)
	if root == nil || root.Kind != yaml.MappingNode {
		if !mentionsImages.Match(data) {
			return nil, nil // broken, but not here: the team's checks tell of it
		}
		return nil, p.broken(path)
	}
	var all []Build
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value == "images" {
			all = p.builds(root.Content[i+1])
			break
		}
	}
	if len(p.faults) > 0 {
		return nil, p.broken(path)
	}
	return all, nil
}

var mentionsImages = regexp.MustCompile(`(?m)^images\s*:`)

// broken is the error of all faults found.
func (p *parser) broken(path string) error {
	slices.SortStableFunc(p.faults, func(a, b Fault) int { return a.Line - b.Line })
	return &Error{Path: path, Faults: p.faults}
}

// builds reads the list of images.
func (p *parser) builds(list *yaml.Node) []Build {
	switch {
	case list.Kind != yaml.SequenceNode:
		p.fault(list.Line, "images is no list; write each image as \"- name: …\"")
		return nil
	case len(list.Content) == 0:
		p.fault(list.Line, "images is empty; say what is built, or leave it out")
		return nil
	case len(list.Content) > maxBuilds:
		p.fault(list.Line, "has %d images; %d are taken", len(list.Content), maxBuilds)
		return nil
	}
	var all []Build
	lines := map[string]int{}
	for _, n := range list.Content {
		b := p.build(n)
		if first := lines[b.Name]; first != 0 && b.Name != "" {
			p.fault(b.Line, "the name %q is taken by the image in line %d", b.Name, first)
		}
		lines[b.Name] = b.Line
		all = append(all, b)
	}
	for _, b := range all {
		for _, need := range b.Needs {
			if lines[need] == 0 {
				p.fault(b.Line, "%s needs %q, which is no image of this file", b.Name, need)
			}
		}
	}
	return all
}

func (p *parser) build(n *yaml.Node) Build {
	b := Build{Line: n.Line}
	m := p.mapping(n, "an image", buildFields)
	if m == nil {
		return b
	}
	b.Name, b.Context, b.Dockerfile, b.Target = m.text("name"), m.folder("context"), m.folder("dockerfile"), m.text("target")
	switch {
	case !m.has("name"):
		p.fault(n.Line, "an image has no name; write \"name: …\" as its first line")
	case b.Name != "" && !imageShape.MatchString(b.Name):
		p.fault(m.keys["name"], "%q is no name of an image; use small letters, digits and dashes, without registry and tag", b.Name)
	}
	if b.Context == "" {
		b.Context = "."
	}
	if b.Dockerfile == "" {
		b.Dockerfile = "Dockerfile"
	}
	b.Args, b.Needs, b.Platforms = m.arguments("args"), m.list("needs"), m.list("platforms")
	for _, platform := range b.Platforms {
		if !platformShape.MatchString(platform) {
			p.fault(m.keys["platforms"], "%q is no platform; write it as \"linux/arm64\"", platform)
		}
	}
	return b
}

// folder is a path inside the repository, written with slashes.
func (m *mapping) folder(name string) string {
	path := m.text(name)
	if strings.HasPrefix(path, "/") || strings.HasPrefix(path, "~") || strings.Contains(path, `\`) || strings.Contains(path, "://") {
		m.p.fault(m.keys[name], "%s is %q; write it relative, with slashes", name, path)
		return ""
	}
	return path
}

// arguments are build arguments: names, each with a text.
func (m *mapping) arguments(name string) map[string]string {
	n := m.fields[name]
	if n == nil {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		m.p.fault(n.Line, "%s is no mapping; write \"%s: {NAME: value}\"", name, name)
		return nil
	}
	all := map[string]string{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch _, twice := all[key.Value]; {
		case !argumentShape.MatchString(key.Value):
			m.p.fault(key.Line, "%q is no name of a build argument", key.Value)
		case twice:
			m.p.fault(key.Line, "%s is here twice", key.Value)
		case value.Kind != yaml.ScalarNode:
			m.p.fault(value.Line, "%s is no text; write it on one line", key.Value)
		default:
			all[key.Value] = value.Value
		}
	}
	return all
}
