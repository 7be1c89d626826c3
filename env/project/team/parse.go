package team

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// version is the one form of the file that is known.
const version = "1"

// maxChecks is more than anybody reads, and as many run at once.
const maxChecks = 200

// parser gathers all that is wrong, so that a file is mended in one go.
type parser struct{ faults []Fault }

func (p *parser) fault(line int, format string, a ...any) {
	p.faults = append(p.faults, Fault{Line: line, Text: fmt.Sprintf(format, a...)})
}

// Parse reads the text of a file. An error is an *Error with every mistake,
// in the order of their lines. File.Dir is left empty.
func Parse(path string, data []byte, catalogue []string) (File, error) {
	sum := sha256.Sum256(data)
	f := File{Path: path, SHA256: hex.EncodeToString(sum[:])}
	p := &parser{}
	if root := p.document(data); root != nil {
		f.Checks = p.file(root)
		p.graph(f.Checks, catalogue)
	}
	if len(p.faults) == 0 {
		return f, nil
	}
	return File{Path: path, SHA256: f.SHA256}, p.broken(path)
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// document is the one YAML document of the file, free of what a list of
// checks has no use for; nil after a fault.
func (p *parser) document(data []byte) *yaml.Node {
	var doc, more yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(data))
	err := dec.Decode(&doc)
	switch {
	case errors.Is(err, io.EOF):
		p.fault(1, "is empty; write \"version: %s\" and a list \"checks:\"", version)
		return nil
	case err == nil:
		if err = dec.Decode(&more); err == nil {
			p.fault(more.Line, "a second document begins; put all checks into one")
			return nil
		} else if errors.Is(err, io.EOF) {
			err = nil
		}
	}
	if err != nil {
		line, text := 1, err.Error()
		if m := yamlLine.FindStringSubmatch(text); m != nil {
			text = text[len(m[0]):]
			if n, err := strconv.Atoi(m[1]); err == nil {
				line = n
			}
		}
		if strings.Contains(text, "cannot start any token") {
			text += "; indent with spaces, not tabs, and quote what begins with @, % or `"
		}
		p.fault(line, "is not YAML: %s", text)
		return nil
	}
	if len(doc.Content) == 0 {
		p.fault(1, "is empty; write \"version: %s\" and a list \"checks:\"", version)
		return nil
	}
	root := doc.Content[0]
	if !p.plain(root) {
		return nil
	}
	return root
}

// plain refuses what stands for something that is written elsewhere, and
// characters that are not seen: what a person reads is all there is.
func (p *parser) plain(n *yaml.Node) bool {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		p.fault(n.Line, "anchors and aliases are not taken here; write it out")
		return false
	}
	if n.Kind == yaml.ScalarNode {
		if at := strings.IndexFunc(n.Value, unseen); at >= 0 {
			r := []rune(n.Value[at:])[0]
			p.fault(n.Line, "holds the character %U, which is not seen; write it without", r)
			return false
		}
	}
	fine := true
	for _, c := range n.Content {
		fine = p.plain(c) && fine
	}
	return fine
}

func unseen(r rune) bool {
	return r != '\n' && r != '\t' && (unicode.Is(unicode.Cf, r) || !unicode.IsGraphic(r))
}

func (p *parser) file(root *yaml.Node) []Check {
	top := p.mapping(root, "the file", []string{"version", "checks", "images"})
	if top == nil {
		return nil
	}
	switch v := top.value("version"); {
	case v == nil:
		p.fault(1, "does not say its version; write \"version: %s\"", version)
		return nil
	case v.Value != version:
		p.fault(v.Line, "version %q is not known to this twindeck; write \"version: %s\", or update twindeck", v.Value, version)
		return nil
	}
	if list := top.value("images"); list != nil {
		p.builds(list)
	}
	list := top.value("checks")
	switch {
	case list == nil && top.has("images"): // a file about images alone
		return nil
	case list == nil && len(p.faults) > 0: // a slip in its name, told already
		return nil
	case list == nil:
		p.fault(root.Line, "has no checks; write them as a list under \"checks:\"")
		return nil
	case list.Kind != yaml.SequenceNode:
		p.fault(list.Line, "checks is no list; write each check as \"- id: …\"")
		return nil
	case len(list.Content) > maxChecks:
		p.fault(list.Line, "has %d checks; %d are taken", len(list.Content), maxChecks)
		return nil
	}
	var all []Check
	for _, n := range list.Content {
		all = append(all, p.check(n))
	}
	return all
}

// graph finds what is wrong between checks.
func (p *parser) graph(all []Check, catalogue []string) {
	byID := map[string]Check{}
	for _, c := range all {
		if first, twice := byID[c.ID]; twice && c.ID != "" {
			p.fault(c.Line, "the id %q is taken by the check in line %d", strings.TrimPrefix(c.ID, prefix), first.Line)
			continue
		}
		byID[c.ID] = c
	}
	for _, c := range all {
		for _, need := range c.Needs {
			if _, own := byID[need]; own || slices.Contains(catalogue, need) {
				continue
			}
			if own := prefix + need; byID[own].ID != "" {
				p.fault(c.Line, "needs %q, which is no check; write %q", need, own)
			} else {
				p.fault(c.Line, "needs %q, which is no check; `twindeck check --list` names them", need)
			}
		}
	}
	sound := map[string]bool{}
	for _, c := range all {
		if circle := circle(c.ID, byID, sound, nil); circle != nil {
			p.fault(byID[circle[0]].Line, "checks need each other: %s", strings.Join(circle, " -> "))
			return
		}
	}
}

// circle follows needs from id and returns the way round, if there is one.
func circle(id string, byID map[string]Check, sound map[string]bool, path []string) []string {
	if i := slices.Index(path, id); i >= 0 {
		return append(slices.Clone(path[i:]), id)
	}
	if sound[id] {
		return nil
	}
	path = append(path, id)
	for _, need := range byID[id].Needs {
		if c := circle(need, byID, sound, path); c != nil {
			return c
		}
	}
	sound[id] = true
	return nil
}
