package team

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// mapping is a YAML mapping with its fields by name.
type mapping struct {
	p      *parser
	line   int
	names  []string // in the file's order
	fields map[string]*yaml.Node
	keys   map[string]int // lines
}

// mapping reads a mapping that has fields of the names known; nil if it is none.
func (p *parser) mapping(n *yaml.Node, what string, known []string) *mapping {
	if n.Kind != yaml.MappingNode {
		p.fault(n.Line, "%s is no mapping; write \"%s: …\"", what, known[0])
		return nil
	}
	m := &mapping{p: p, line: n.Line, fields: map[string]*yaml.Node{}, keys: map[string]int{}}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		name := key.Value
		switch {
		case key.Kind != yaml.ScalarNode || !slices.Contains(known, name):
			p.fault(key.Line, "unknown field %q; %s", name, instead(name, known))
		case m.fields[name] != nil:
			p.fault(key.Line, "%s is here twice; the first is in line %d", name, m.keys[name])
		default:
			m.names = append(m.names, name)
			m.fields[name], m.keys[name] = value, key.Line
		}
	}
	return m
}

// instead says what to write for a name that nobody knows.
func instead(name string, known []string) string {
	for _, k := range known {
		if strings.EqualFold(k, name) || slip(k, name) {
			return "write \"" + k + "\""
		}
	}
	return "there are " + strings.Join(known, ", ")
}

// slip reports whether the names are one letter apart: one too many, too few,
// wrong, or two swapped; or one is the other's plural or beginning.
func slip(a, b string) bool {
	if len(b) > 2 && (strings.HasPrefix(a, b) || strings.HasPrefix(b, a)) {
		return true
	}
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if len(a) == 2 && len(b) == 2 {
		return a[0] == b[1] && a[1] == b[0]
	}
	return len(a)+len(b) <= 2
}

func (m *mapping) has(name string) bool { return m.fields[name] != nil }

func (m *mapping) value(name string) *yaml.Node { return m.fields[name] }

// text is a field's text, as it is written: 1.10 and "1.10" are the same.
func (m *mapping) text(name string) string {
	n := m.fields[name]
	if n == nil {
		return ""
	}
	return m.p.scalar(n, name)
}

func (p *parser) scalar(n *yaml.Node, what string) string {
	switch {
	case n.Kind != yaml.ScalarNode:
		p.fault(n.Line, "%s is no text; write it on one line", what)
	case strings.TrimSpace(n.Value) == "" || n.Tag == "!!null":
		p.fault(n.Line, "%s is empty; say what it is, or leave it out", what)
	default:
		return n.Value
	}
	return ""
}

// words are a text, on one line.
func (m *mapping) words(name string) string { return oneLine(m.text(name)) }

func oneLine(s string) string {
	return strings.TrimSpace(strings.NewReplacer("\n", " ", "\t", " ").Replace(s))
}

// list is a list of texts; a single text is a list of one.
func (m *mapping) list(name string) []string {
	n := m.fields[name]
	if n == nil {
		return nil
	}
	if n.Kind == yaml.ScalarNode {
		n = &yaml.Node{Kind: yaml.SequenceNode, Line: n.Line, Content: []*yaml.Node{n}}
	}
	if n.Kind != yaml.SequenceNode {
		m.p.fault(n.Line, "%s is no list; write \"%s: [one, two]\"", name, name)
		return nil
	}
	var all []string
	for _, c := range n.Content {
		if text := m.p.scalar(c, name); text != "" {
			all = append(all, text)
		}
	}
	if len(all) == 0 {
		m.p.fault(n.Line, "%s is empty; say what it is, or leave it out", name)
	}
	return all
}

// number is a whole number from low to high; 0 without the field.
func (m *mapping) number(name string, low, high int) int {
	text := m.text(name)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < low || n > high {
		m.p.fault(m.keys[name], "%s is %q; write a number from %d to %d", name, text, low, high)
		return 0
	}
	return n
}

func (m *mapping) pattern(name string) *regexp.Regexp {
	text := m.text(name)
	if text == "" {
		return nil
	}
	r, err := regexp.Compile(text)
	if err != nil {
		m.p.fault(m.keys[name], "%s is no regular expression: %v", name, err)
	}
	return r
}

// How long a command may take.
const (
	defaultTimeout = 5 * time.Second
	maxTimeout     = time.Minute
)

func (m *mapping) timeout() time.Duration {
	text := m.text("timeout")
	if text == "" {
		return defaultTimeout
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < time.Second/10 || d > maxTimeout {
		m.p.fault(m.keys["timeout"], "timeout is %q; write it as \"20s\", and at most \"60s\"", text)
		return defaultTimeout
	}
	return d
}
