package team

import (
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/Masterminds/semver/v3"
	"github.com/distribution/reference"
	"go.yaml.in/yaml/v3"
)

// prefix is before every ID of a team's checks.
const prefix = "team."

// kinds are the fields that say what is looked at, each with those that go
// with it alone.
var kinds = []struct {
	kind   Kind
	fields []string
}{
	{Tool, []string{"version", "args", "match", "timeout"}},
	{Path, []string{"contains", "mode"}},
	{Port, nil},
	{Variable, []string{"matches"}},
	{Host, []string{"connect"}},
	{Command, []string{"exit", "output", "timeout"}},
	{Shell, []string{"exit", "output", "timeout"}},
	{Image, nil},
	{Namespace, nil},
}

// everyCheck are the fields that any check may have.
var everyCheck = []string{"id", "title", "why", "fix", "link", "level", "systems", "needs"}

// allFields is everyCheck, the kinds and what goes with them.
func allFields() []string {
	all := slices.Clone(everyCheck)
	for _, k := range kinds {
		all = append(all, string(k.kind))
	}
	for _, k := range kinds {
		for _, f := range k.fields {
			if !slices.Contains(all, f) {
				all = append(all, f)
			}
		}
	}
	return all
}

var (
	idShape        = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	variableShape  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_()]*$`)
	hostShape      = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?$|^[0-9A-Fa-f:]+$`)
	namespaceShape = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
)

func (p *parser) check(n *yaml.Node) Check {
	c := Check{Line: n.Line}
	m := p.mapping(n, "a check", allFields())
	if m == nil {
		return c
	}
	c.ID = m.id()
	c.Title, c.Why, c.Link = m.words("title"), m.words("why"), m.words("link")
	for _, step := range m.list("fix") {
		c.Fix = append(c.Fix, oneLine(step))
	}
	c.Warning, c.Systems, c.Needs = m.warning(), m.systems(), m.list("needs")
	if m.kind(&c) {
		m.subject(&c)
	}
	return c
}

func (m *mapping) id() string {
	id := m.text("id")
	switch {
	case !m.has("id"):
		m.p.fault(m.line, "a check has no id; write \"id: …\" as its first line")
	case id == "":
	case strings.HasPrefix(id, prefix):
		m.p.fault(m.keys["id"], "%q comes before the id by itself; write \"id: %s\"", prefix, strings.TrimPrefix(id, prefix))
	case !idShape.MatchString(id):
		m.p.fault(m.keys["id"], "the id %q has more than small letters, digits and dashes; write it as \"node-version\"", id)
	default:
		return prefix + id
	}
	return ""
}

func (m *mapping) warning() bool {
	switch level := m.text("level"); level {
	case "", "error":
		return false
	case "warning":
		return true
	default:
		m.p.fault(m.keys["level"], "level is %q; write \"error\" or \"warning\"", level)
		return false
	}
}

// systems are as runtime.GOOS names them; macos is taken for darwin.
func (m *mapping) systems() []string {
	var all []string
	for _, s := range m.list("systems") {
		switch s {
		case "linux", "darwin", "windows":
		case "macos":
			s = "darwin"
		default:
			m.p.fault(m.keys["systems"], "there is no system %q; write \"linux\", \"macos\" or \"windows\"", s)
		}
		all = append(all, s)
	}
	return all
}

// kind finds the one field that says what is looked at, and refuses fields
// that go with another.
func (m *mapping) kind(c *Check) bool {
	var found, names []string
	var fields []string
	for _, k := range kinds {
		names = append(names, string(k.kind))
		if m.has(string(k.kind)) {
			found = append(found, string(k.kind))
			c.Kind, fields = k.kind, k.fields
		}
	}
	switch len(found) {
	case 0:
		m.p.fault(m.line, "a check looks at nothing; write one of %s", strings.Join(names, ", "))
		return false
	case 1:
	default:
		m.p.fault(m.keys[found[1]], "a check looks at one thing, and this at %s; write two checks", strings.Join(found, " and "))
		return false
	}
	for _, name := range m.names {
		if slices.Contains(everyCheck, name) || name == found[0] || slices.Contains(fields, name) {
			continue
		}
		m.p.fault(m.keys[name], "%s does not go with %s; %s", name, found[0], goesWith(found[0], fields))
	}
	return true
}

func goesWith(kind string, fields []string) string {
	if len(fields) == 0 {
		return kind + " stands alone"
	}
	return "with it go " + strings.Join(fields, ", ")
}

// subject reads what is looked at.
func (m *mapping) subject(c *Check) {
	field := string(c.Kind)
	if c.Kind != Command {
		c.Of = m.text(field)
	}
	shape := func(r *regexp.Regexp, what string) {
		if c.Of != "" && !r.MatchString(c.Of) {
			m.p.fault(m.keys[field], "%q is no %s", c.Of, what)
		}
	}
	switch c.Kind {
	case Tool:
		m.tool(c)
	case Path:
		c.Contains, c.Mode = m.text("contains"), m.mode()
	case Port:
		c.Port = m.number("port", 1, 65535)
	case Variable:
		shape(variableShape, "name of a variable; write it without $ and =")
		c.Match = m.pattern("matches")
	case Host:
		shape(hostShape, "host; write its name or address alone, and a port as \"connect: 443\"")
		c.Port = m.number("connect", 1, 65535)
	case Command:
		c.Command, c.Match, c.Timeout = m.list("command"), m.pattern("output"), m.timeout()
		c.Exit = m.number("exit", 0, 255)
		if n := m.fields[field]; n.Kind == yaml.ScalarNode && strings.ContainsAny(n.Value, " \t") {
			m.p.fault(n.Line, "command is one text; write it as a list, \"command: [make, lint]\", or use \"shell:\"")
		}
	case Shell:
		c.Match, c.Timeout, c.Exit = m.pattern("output"), m.timeout(), m.number("exit", 0, 255)
	case Image:
		if _, err := reference.ParseNormalizedNamed(c.Of); err != nil && c.Of != "" {
			m.p.fault(m.keys[field], "%q is no name of an image: %v", c.Of, err)
		}
	case Namespace:
		shape(namespaceShape, "name of a namespace: small letters, digits and dashes")
	}
}

func (m *mapping) tool(c *Check) {
	c.Args, c.Match, c.Timeout = m.list("args"), m.pattern("match"), m.timeout()
	text := m.text("version")
	if !m.has("version") {
		for _, name := range []string{"args", "match", "timeout"} {
			if m.has(name) {
				m.p.fault(m.keys[name], "%s asks for the version; write \"version:\" with the range that is right", name)
			}
		}
		return
	}
	if text == "" {
		return
	}
	r, err := semver.NewConstraint(text)
	if err != nil {
		m.p.fault(m.keys["version"], "%q is no range of versions; write it as \">=20 <23\"", text)
	}
	c.Range = r
	if c.Args == nil {
		c.Args = []string{"--version"}
	}
}

// mode reads permissions as chmod takes them: 600, 0600 or "0o600".
func (m *mapping) mode() fs.FileMode {
	text := m.text("mode")
	if text == "" {
		return 0
	}
	n, err := strconv.ParseUint(strings.TrimPrefix(text, "0o"), 8, 12)
	if err != nil || n == 0 || n > 0o777 {
		m.p.fault(m.keys["mode"], "mode is %q; write it as chmod takes it: \"0600\"", text)
		return 0
	}
	return fs.FileMode(n)
}
