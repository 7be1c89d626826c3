package kube

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
)

// goType is the Go type of a built-in kind; nil for others.
func goType(ref Ref) reflect.Type {
	obj, err := scheme.Scheme.New(schema.GroupVersionKind{Group: ref.Group, Version: ref.Version, Kind: ref.Kind})
	if err != nil {
		return nil
	}
	return reflect.TypeOf(obj).Elem()
}

// fieldsOf are a struct's JSON fields, those of inlined structs included.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for f := range t.Fields() {
		name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name != "" && name != "-":
			fields[name] = bare(f.Type)
		case f.Anonymous || strings.Contains(rest, "inline"):
			for n, ft := range fieldsOf(bare(f.Type)) {
				fields[n] = ft
			}
		}
	}
	return fields
}

func bare(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

var unmarshaler = reflect.TypeFor[json.Unmarshaler]()

// opaque types read themselves: quantities, times, int-or-string.
func opaque(t reflect.Type) bool {
	return t.Kind() != reflect.Struct || t.Implements(unmarshaler) || reflect.PointerTo(t).Implements(unmarshaler)
}

// lostFields finds fields that lost their indentation or are misspelt, as far
// as that is certain. A field that is merely unknown is left to the server:
// it may be newer than this program.
func (d document) lostFields(ref Ref) []error {
	t := goType(ref)
	if t == nil {
		if key, name := emptyMetadata(d.root); name != nil {
			return []error{d.lost(ref, name, key)}
		}
		return nil
	}
	var problems []error
	d.walk(d.root, t, ref, &problems)
	return problems
}

// emptyMetadata finds "metadata:" with nothing in it before "name:" on the same level.
func emptyMetadata(root *yaml.Node) (metadata, name *yaml.Node) {
	k, v := entry(root, "metadata")
	if v == nil || v.Tag != "!!null" {
		return nil, nil
	}
	n, _ := entry(root, "name")
	return k, n
}

func (d document) lost(ref Ref, key, parent *yaml.Node) *ManifestError {
	return d.fail(key.Line, ref, "indent "+key.Value+": by two spaces more than "+parent.Value+":",
		"%s: lost its indentation: it belongs below %s: on line %d", key.Value, parent.Value, d.line+parent.Line-1)
}

// notText names what YAML takes a scalar for that has no quotes.
var notText = map[string]string{"!!int": "a number", "!!float": "a number", "!!bool": "a truth value"}

func (d document) walk(n *yaml.Node, t reflect.Type, ref Ref, problems *[]error) {
	switch {
	case n.Kind == yaml.SequenceNode && t.Kind() == reflect.Slice:
		for _, item := range n.Content {
			d.walk(item, bare(t.Elem()), ref, problems)
		}
		return
	case n.Kind == yaml.MappingNode && t.Kind() == reflect.Map:
		for i := 1; i < len(n.Content); i += 2 {
			d.walk(n.Content[i], bare(t.Elem()), ref, problems)
		}
		return
	case n.Kind == yaml.ScalarNode && t.Kind() == reflect.String:
		if is := notText[n.ShortTag()]; is != "" {
			*problems = append(*problems, d.fail(n.Line, ref, "put it in quotes: \""+n.Value+"\"", "%s is %s, where a text is expected", n.Value, is))
		}
		return
	case n.Kind != yaml.MappingNode || opaque(t):
		return
	}
	fields := fieldsOf(t)
	var above *yaml.Node // the last known key: what lost its indentation stands after it
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		ft, known := fields[key.Value]
		switch {
		case known:
			above = key
			d.walk(value, ft, ref, problems)
		case key.Tag == "!!merge":
		case above != nil && belongs(key.Value, fields[above.Value]):
			*problems = append(*problems, d.lost(ref, key, above))
			return // what follows is lost with it
		default:
			if near := nearest(key.Value, fields); near != "" {
				*problems = append(*problems, d.fail(key.Line, ref, "write "+near+":", "the field %s is not known here", key.Value))
			}
		}
	}
}

// belongs says whether a type, or what it lists, has the field.
func belongs(name string, t reflect.Type) bool {
	if t.Kind() == reflect.Slice {
		t = bare(t.Elem())
	}
	if opaque(t) {
		return false
	}
	_, ok := fieldsOf(t)[name]
	return ok
}

// nearest is the one known field that name is a slip of the keyboard from:
// other case, or one letter too many, too few, wrong or swapped.
func nearest(name string, fields map[string]reflect.Type) string {
	var near []string
	for f := range fields {
		if strings.EqualFold(f, name) || len(name) > 3 && slip(f, name) {
			near = append(near, f)
		}
	}
	if len(near) != 1 {
		return ""
	}
	return near[0]
}

// slip says whether a and b differ by one edit.
func slip(a, b string) bool {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if len(a) == 2 && len(b) == 2 {
		return a[0] == b[1] && a[1] == b[0]
	}
	return len(a) <= 1 && len(b) <= 1
}

// selecting are the kinds of apps/v1 whose selector must match their template.
var selecting = []string{"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"}

// mismatch finds a selector that does not choose the workload's own pods: the
// server refuses it, but only when it gets there.
func (d document) mismatch(ref Ref) []error {
	if ref.Group != "apps" || !slices.Contains(selecting, ref.Kind) {
		return nil
	}
	_, node := entry(field(d.root, "spec"), "selector")
	if node == nil {
		return []error{d.fail(lineOf(d.root, "spec"), ref, "add selector: matchLabels: with the labels of template.metadata.labels",
			"spec.selector is missing")}
	}
	if field(d.root, "spec", "template") == nil {
		return []error{d.fail(lineOf(d.root, "spec"), ref, "add template: with the labels and containers of the pods",
			"spec.template is missing")}
	}
	var (
		want metav1.LabelSelector
		have map[string]string
	)
	if err := decode(node, &want); err != nil {
		return []error{d.fail(lineOf(d.root, "spec.selector"), ref, "", "spec.selector: %w", err)}
	}
	if own := field(d.root, "spec", "template", "metadata", "labels"); own != nil {
		if err := decode(own, &have); err != nil {
			return []error{d.fail(lineOf(d.root, "spec.template.metadata.labels"), ref, "labels are texts: quote numbers and true/false", "spec.template.metadata.labels: %w", err)}
		}
	}
	chooses, err := metav1.LabelSelectorAsSelector(&want)
	if err != nil {
		return []error{d.fail(lineOf(d.root, "spec.selector"), ref, "", "spec.selector: %w", err)}
	}
	if chooses.Matches(labels.Set(have)) {
		return nil
	}
	at := lineOf(d.root, "spec.selector.matchLabels")
	for key, value := range want.MatchLabels {
		if have[key] != value {
			at = lineOf(d.root, "spec.selector.matchLabels["+key+"]")
		}
	}
	labelled := d.line + lineOf(d.root, "spec.template.metadata.labels") - 1
	return []error{d.fail(at, ref, "make the two the same; a selector cannot be changed later without deleting the "+ref.Kind,
		"the selector %s does not match the template's labels %s (line %d): it would never find its own pods",
		chooses, labels.Set(have), labelled)}
}

// decode reads a node by a type's JSON names.
func decode(n *yaml.Node, into any) error {
	var v any
	if err := n.Decode(&v); err != nil {
		return err
	}
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}
