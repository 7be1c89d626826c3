package kube

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// Source is where manifests are read from.
type Source struct {
	Kustomize string   // a kustomization's directory; empty: plain files
	Files     []string // plain files, in order
}

// Manifest is one object read from a file.
type Manifest struct {
	Ref    Ref
	File   string // where it was read from; "" for kustomize output
	Line   int    // 1-based line of the document's first line in File
	YAML   []byte // the object, images already substituted where that was asked
	Images []string
}

// ManifestError is a manifest that cannot be read or that the API server
// refuses, at its place.
type ManifestError struct {
	File string
	Line int // 1-based; 0: unknown
	Ref  Ref
	Err  error
	Hint string // what to write instead, if known
}

// Error says place and cause.
func (e *ManifestError) Error() string {
	at := e.File
	if e.Line > 0 {
		at += ":" + strconv.Itoa(e.Line)
	}
	if e.Ref.Name != "" {
		if at != "" {
			at += ": "
		}
		at += e.Ref.String()
	}
	if at == "" {
		return e.Err.Error()
	}
	return at + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *ManifestError) Unwrap() error { return e.Err }

// ReadManifests reads the objects of src, and puts images[name] in place of
// each image whose repository's last part is name; others stay as they are. It
// asks no server. What is wrong is returned as *ManifestError, all of it joined.
func (c *Client) ReadManifests(ctx context.Context, src Source, images map[string]string) ([]Manifest, error) {
	var (
		all      []Manifest
		problems []error
	)
	read := func(file string, data []byte) {
		ms, errs := parseManifests(file, data, images)
		all, problems = append(all, ms...), append(problems, errs...)
	}
	if src.Kustomize != "" {
		docs, err := kustomize(src.Kustomize)
		if err != nil {
			return nil, err
		}
		for _, doc := range docs {
			read("", doc)
		}
	}
	for _, file := range src.Files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		data, err := os.ReadFile(file)
		if err != nil {
			problems = append(problems, &ManifestError{File: file, Err: fmt.Errorf("reading the manifest: %w", err)})
			continue
		}
		read(file, data)
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return all, twice(all)
}

// twice says if one object is written in two places: the later would win silently.
func twice(ms []Manifest) error {
	first := map[Ref]Manifest{}
	for _, m := range ms {
		key := m.Ref
		key.Version = ""
		if was, ok := first[key]; ok {
			return &ManifestError{
				File: m.File, Line: m.Line, Ref: m.Ref,
				Err:  fmt.Errorf("the same object is also at %s", place(was.File, was.Line)),
				Hint: "delete one of the two, or give it another name",
			}
		}
		first[key] = m
	}
	return nil
}

// kustomize builds dir and returns each object's YAML.
func kustomize(dir string) ([][]byte, error) {
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), dir)
	if err != nil {
		return nil, &ManifestError{
			File: filepath.Join(dir, "kustomization.yaml"), Err: fmt.Errorf("building the kustomization: %w", err),
			Hint: "kubectl kustomize " + dir + " shows the same",
		}
	}
	var docs [][]byte
	for _, r := range built.Resources() {
		doc, err := r.AsYAML()
		if err != nil {
			return nil, &ManifestError{File: dir, Err: fmt.Errorf("writing %s as YAML: %w", r.GetName(), err)}
		}
		docs = append(docs, doc)
	}
	return docs, nil
}

// document is one YAML document of a file.
type document struct {
	file string
	line int // 1-based line of text's first line in file
	text []byte
	root *yaml.Node // a mapping
}

// fail is a problem at a line of the document's text (1-based; 0: all of it).
func (d document) fail(line int, ref Ref, hint, format string, args ...any) *ManifestError {
	return &ManifestError{File: d.file, Line: d.line + max(line, 1) - 1, Ref: ref, Err: fmt.Errorf(format, args...), Hint: hint}
}

// split cuts a file into documents at its --- lines. Blank and comment lines
// before a document's first line are left out.
func split(file string, data []byte) []document {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	var (
		docs []document
		open document
		n    int
	)
	for line := range bytes.Lines(data) {
		n++
		bare := bytes.TrimRight(line, "\r\n \t")
		begins := bytes.HasPrefix(bare, []byte("---")) && (len(bare) == 3 || bare[3] == ' ' || bare[3] == '\t')
		if begins || string(bare) == "..." {
			docs, open = append(docs, open), document{}
			rest := bytes.TrimLeft(bare[3:], " \t")
			if len(rest) == 0 || rest[0] == '#' {
				continue
			}
			line = append(bytes.Repeat([]byte(" "), len(bare)-len(rest)), line[len(bare)-len(rest):]...)
		}
		if open.text == nil {
			if t := bytes.TrimLeft(bare, " \t"); len(t) == 0 || t[0] == '#' || t[0] == '%' {
				continue
			}
			open = document{file: file, line: n, text: []byte{}}
		}
		open.text = append(open.text, line...)
	}
	docs = append(docs, open)
	return slices.DeleteFunc(docs, func(d document) bool { return d.text == nil })
}

// parseManifests reads and checks a file's objects.
func parseManifests(file string, data []byte, images map[string]string) (ms []Manifest, problems []error) {
	for _, doc := range split(file, data) {
		if err := doc.parse(); err != nil {
			problems = append(problems, err)
			continue
		}
		if doc.root == nil {
			continue // only "null", or comments
		}
		for _, d := range doc.items() {
			m, errs := d.manifest(images)
			problems = append(problems, errs...)
			if len(errs) == 0 {
				ms = append(ms, m)
			}
		}
	}
	return ms, problems
}

// parse sets root.
func (d *document) parse() error {
	var node yaml.Node
	if err := yaml.Unmarshal(d.text, &node); err != nil {
		line, what := splitYAMLError(err, d.text)
		return d.fail(line, Ref{}, d.syntaxHint(line, what), "not YAML: %s", what)
	}
	if len(node.Content) == 0 || node.Content[0].Tag == "!!null" {
		return nil
	}
	root := node.Content[0]
	if root.Kind != yaml.MappingNode {
		return d.fail(root.Line, Ref{}, "begin with apiVersion: and kind:", "not a manifest: a mapping of fields is expected")
	}
	if key, first := repeated(root); key != nil {
		return d.fail(key.Line, Ref{}, "keep one of the two", "the key %q is written twice, first on line %d", key.Value, d.line+first-1)
	}
	d.root = root
	return nil
}

var helmTemplate = regexp.MustCompile(`\{\{.*\}\}`)

const helmHint = "this looks like a Helm template: render it first (helm template)"

// syntaxHint says what is usually meant by a parser's complaint.
func (d *document) syntaxHint(line int, what string) string {
	lines := bytes.Split(d.text, []byte("\n"))
	for i := max(line-2, 0); i < min(line+1, len(lines)); i++ {
		indent := lines[i][:len(lines[i])-len(bytes.TrimLeft(lines[i], " \t"))]
		if bytes.ContainsRune(indent, '\t') {
			return "YAML does not allow tabs for indentation: use spaces"
		}
	}
	switch {
	case helmTemplate.Match(d.text):
		return helmHint
	case strings.Contains(what, "mapping values are not allowed"), strings.Contains(what, "did not find expected"):
		return "compare the indentation of this line with the lines around it"
	}
	return ""
}

// repeated finds a key that a mapping has twice, and the line it is first on.
// Aliases are not followed: they may form a circle.
func repeated(n *yaml.Node) (key *yaml.Node, first int) {
	if n.Kind == yaml.MappingNode {
		seen := make(map[string]int, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			k := n.Content[i]
			if line, ok := seen[k.Value]; ok && k.Kind == yaml.ScalarNode && k.Tag != "!!merge" {
				return k, line
			}
			seen[k.Value] = k.Line
		}
	}
	for _, child := range n.Content {
		if key, first = repeated(child); key != nil {
			return key, first
		}
	}
	return nil, 0
}

// items takes a List apart; anything else stands for itself.
func (d document) items() []document {
	list := field(d.root, "items")
	if text(field(d.root, "kind")) != "List" || list == nil || list.Kind != yaml.SequenceNode {
		return []document{d}
	}
	var docs []document
	for _, item := range list.Content {
		out, err := yaml.Marshal(item)
		if err != nil || item.Kind != yaml.MappingNode {
			continue
		}
		part := document{file: d.file, line: d.line + item.Line - 1, text: out}
		if part.parse() == nil && part.root != nil {
			docs = append(docs, part)
		}
	}
	return docs
}

// manifest checks one object and puts our images in.
func (d document) manifest(ours map[string]string) (Manifest, []error) {
	gv, err := schema.ParseGroupVersion(text(field(d.root, "apiVersion")))
	ref := Ref{
		Group: gv.Group, Version: gv.Version, Kind: text(field(d.root, "kind")),
		Namespace: text(field(d.root, "metadata", "namespace")), Name: text(field(d.root, "metadata", "name")),
	}
	problems := d.lostFields(ref)
	metadata := lineOf(d.root, "metadata")
	add := func(line int, hint, format string, args ...any) {
		if helmTemplate.Match(d.text) {
			hint = helmHint
		}
		problems = append(problems, d.fail(line, ref, hint, format, args...))
	}
	switch {
	case len(problems) > 0: // names what else would be missing
	case err != nil:
		add(lineOf(d.root, "apiVersion"), "write group/version, such as apps/v1", "apiVersion: %w", err)
	case gv.Version == "":
		add(0, "add apiVersion:, such as apps/v1 for a Deployment or v1 for a Service", "apiVersion is missing")
	case ref.Kind == "":
		add(0, "add kind:, such as Deployment", "kind is missing")
	case ref.Name == "" && text(field(d.root, "metadata", "generateName")) != "":
		add(metadata, "give it a name: a generated one cannot be applied twice", "metadata.name is missing, generateName is set")
	case ref.Name == "":
		add(metadata, "add name: below metadata:, indented by two spaces", "metadata.name is missing")
	default:
		problems = append(problems, d.mismatch(ref)...)
	}
	if len(problems) > 0 {
		return Manifest{}, problems
	}
	out, images, bad := substitute(d, ours)
	if bad != nil {
		bad.Ref = ref
		return Manifest{}, []error{bad}
	}
	return Manifest{Ref: ref, File: d.file, Line: d.line, YAML: out, Images: images}, nil
}
