package kube

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes/scheme"
	sigsyaml "sigs.k8s.io/yaml"
)

// target is a manifest and where in the cluster it goes.
type target struct {
	Manifest
	ref    Ref // namespace filled in
	object *unstructured.Unstructured
	client dynamic.ResourceInterface // nil: the kind is made by this very set
	made   bool                      // its namespace is made by this very set
}

// targets finds each manifest's place. A kind that neither the cluster nor
// the set itself knows is a *ManifestError.
func (cn *conn) targets(namespace string, ms []Manifest) ([]target, error) {
	if namespace == "" {
		namespace = cn.at.Namespace
	}
	kinds, spaces := madeHere(ms)
	out := make([]target, 0, len(ms))
	for _, m := range ms {
		t := target{Manifest: m, ref: m.Ref, object: &unstructured.Unstructured{}}
		data, err := sigsyaml.YAMLToJSON(m.YAML)
		if err == nil {
			err = t.object.UnmarshalJSON(data)
		}
		if err != nil {
			return nil, t.fail(0, "", fmt.Errorf("reading the manifest: %w", err))
		}
		mapping, err := cn.mapping(m.Ref)
		switch {
		case err == nil && mapping.Scope.Name() == meta.RESTScopeNameRoot:
			t.ref.Namespace = ""
			t.client = cn.dynamic.Resource(mapping.Resource)
		case err == nil:
			if t.ref.Namespace == "" {
				t.ref.Namespace = namespace
			}
			t.client = cn.dynamic.Resource(mapping.Resource).Namespace(t.ref.Namespace)
			t.made = slices.Contains(spaces, t.ref.Namespace)
		case !meta.IsNoMatchError(err):
			return nil, explain("asking for the kinds the cluster knows", cn.at, err)
		case !kinds[schema.GroupKind{Group: m.Ref.Group, Kind: m.Ref.Kind}]:
			return nil, t.fail(lineOf(t.node(), "kind"), cn.kindHint(m.Ref),
				fmt.Errorf("the cluster knows no kind %s in %s", m.Ref.Kind, schema.GroupVersion{Group: m.Ref.Group, Version: m.Ref.Version}))
		}
		out = append(out, t)
	}
	return out, nil
}

// madeHere are the kinds and namespaces that a set brings itself.
func madeHere(ms []Manifest) (kinds map[schema.GroupKind]bool, spaces []string) {
	kinds = map[schema.GroupKind]bool{}
	for _, m := range ms {
		switch {
		case m.Ref.Group == "" && m.Ref.Kind == "Namespace":
			spaces = append(spaces, m.Ref.Name)
		case m.Ref.Kind == "CustomResourceDefinition":
			var crd struct {
				Spec struct {
					Group string
					Names struct{ Kind string }
				}
			}
			if sigsyaml.Unmarshal(m.YAML, &crd) == nil {
				kinds[schema.GroupKind{Group: crd.Spec.Group, Kind: crd.Spec.Names.Kind}] = true
			}
		}
	}
	return kinds, spaces
}

// mapping finds a kind's resource, asking the server anew for one that was
// not there the last time.
func (cn *conn) mapping(ref Ref) (*meta.RESTMapping, error) {
	gk := schema.GroupKind{Group: ref.Group, Kind: ref.Kind}
	m, err := cn.mapper.RESTMapping(gk, ref.Version)
	if meta.IsNoMatchError(err) {
		cn.mapper.Reset()
		m, err = cn.mapper.RESTMapping(gk, ref.Version)
	}
	return m, err
}

// awaitKind waits until the server serves a kind whose definition was just applied.
func (cn *conn) awaitKind(ctx context.Context, t *target, namespace string) error {
	ctx, cancel := within(ctx)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		got, err := cn.targets(namespace, []Manifest{t.Manifest})
		if err == nil && got[0].client != nil {
			*t = got[0]
			return nil
		}
		select {
		case <-ctx.Done():
			return t.fail(0, "apply it again in a moment", fmt.Errorf("the server does not serve the new kind yet: %w", err))
		case <-tick.C:
		}
	}
}

// kindHint names the apiVersion under which a kind is known, if there is one.
func (cn *conn) kindHint(ref Ref) string {
	if ms, err := cn.mapper.RESTMappings(schema.GroupKind{Group: ref.Group, Kind: ref.Kind}); err == nil && len(ms) > 0 {
		return "write apiVersion: " + ms[0].GroupVersionKind.GroupVersion().String()
	}
	var known []string
	for gvk := range scheme.Scheme.AllKnownTypes() {
		if strings.EqualFold(gvk.Kind, ref.Kind) {
			if _, err := cn.mapper.RESTMapping(gvk.GroupKind(), gvk.Version); err == nil {
				known = append(known, "apiVersion: "+gvk.GroupVersion().String()+" with kind: "+gvk.Kind)
			}
		}
	}
	sort.Strings(known)
	if len(known) > 0 {
		return "write " + strings.Join(known, ", or ")
	}
	return "check its spelling (kubectl api-resources lists what there is), or install what defines it first"
}

// node is the manifest's text as a tree with lines.
func (t *target) node() *yaml.Node {
	var doc yaml.Node
	if err := yaml.Unmarshal(t.YAML, &doc); err != nil || len(doc.Content) == 0 {
		return nil // cannot be: it was read before
	}
	return doc.Content[0]
}

// fail places an error at a line of the manifest's own text (0: its first).
func (t *target) fail(line int, hint string, err error) *ManifestError {
	at := 0
	if t.Line > 0 {
		at = t.Line + max(line, 1) - 1
	}
	return &ManifestError{File: t.File, Line: at, Ref: t.ref, Err: err, Hint: hint}
}

// ranks is the order of applying: what others stand on comes first. All else
// follows in the order it was written.
var ranks = map[string]int{
	"Namespace": -3, "CustomResourceDefinition": -2,
	"ServiceAccount": -1, "Role": -1, "ClusterRole": -1, "RoleBinding": -1, "ClusterRoleBinding": -1,
	"ConfigMap": -1, "Secret": -1, "PersistentVolume": -1, "PersistentVolumeClaim": -1, "StorageClass": -1,
	"PriorityClass": -1, "LimitRange": -1, "ResourceQuota": -1,
}

func byRank(ts []target) {
	slices.SortStableFunc(ts, func(a, b target) int { return ranks[a.ref.Kind] - ranks[b.ref.Kind] })
}
