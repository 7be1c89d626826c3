package kube

import (
	"fmt"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/twindeck/twindeck/env/secret"
)

// noise is what the server keeps for itself: never part of a manifest.
var noise = [][]string{
	{"metadata", "managedFields"},
	{"metadata", "resourceVersion"},
	{"metadata", "uid"},
	{"metadata", "generation"},
	{"metadata", "creationTimestamp"},
	{"metadata", "selfLink"},
	{"metadata", "annotations", lastApplied},
	{"metadata", "annotations", "deployment.kubernetes.io/revision"},
	{"status"},
}

// compare tells what applying changes and shows it; live is nil for an object
// that is not there yet.
func compare(live, wanted *unstructured.Unstructured) (Change, string, error) {
	after := tidied(wanted)
	before := map[string]any{}
	if live != nil {
		before = tidied(live)
	}
	change := Created
	if live != nil {
		// Compared before masking: a changed password is a change.
		same, err := equal(before, after)
		if err != nil {
			return "", "", err
		}
		if change = Updated; same {
			return Unchanged, "", nil
		}
	}
	maskSide(before)
	maskSide(after)
	if live != nil {
		tellHidden(before, after, live.Object, wanted.Object)
	}
	was := ""
	if live != nil {
		text, err := yaml.Marshal(before)
		if err != nil {
			return "", "", fmt.Errorf("writing the live object as YAML: %w", err)
		}
		was = string(text)
	}
	text, err := yaml.Marshal(after)
	if err != nil {
		return "", "", fmt.Errorf("writing the wanted object as YAML: %w", err)
	}
	is := string(text)
	return change, udiff.Unified("live", "wanted", was, is), nil
}

// maskSide hides what is secret in one side of a diff.
func maskSide(o map[string]any) {
	if o["kind"] == "Secret" {
		maskTexts(o)
		hideValues(o)
	} else {
		maskObject(o)
	}
}

// tellHidden lets both sides say so, as kubectl diff does, where what was and
// what is differ and masked look the same.
func tellHidden(before, after, was, is any) (any, any) {
	switch a := after.(type) {
	case string:
		if before == after && was != is {
			return strings.ReplaceAll(a, secret.Hidden, secret.Hidden+" (before)"), strings.ReplaceAll(a, secret.Hidden, secret.Hidden+" (after)")
		}
	case map[string]any:
		b, _ := before.(map[string]any)
		w, _ := was.(map[string]any)
		i, _ := is.(map[string]any)
		for key := range a {
			if _, ok := b[key]; ok {
				b[key], a[key] = tellHidden(b[key], a[key], w[key], i[key])
			}
		}
	case []any:
		b, _ := before.([]any)
		w, _ := was.([]any)
		i, _ := is.([]any)
		places := namedPlaces(b)
		for n := range a {
			m := n
			if name, ok := nameOf(a[n]); ok {
				if m, ok = places[name]; !ok {
					continue
				}
			}
			if m < len(b) {
				b[m], a[n] = tellHidden(b[m], a[n], w[m], i[n])
			}
		}
	}
	return before, after
}

// namedPlaces are where in a list things with names are: variables, containers.
func namedPlaces(list []any) map[string]int {
	places := map[string]int{}
	for n, v := range list {
		if name, ok := nameOf(v); ok {
			places[name] = n
		}
	}
	return places
}

func nameOf(v any) (string, bool) {
	o, _ := v.(map[string]any)
	name, ok := o["name"].(string)
	return name, ok
}

func tidied(o *unstructured.Unstructured) map[string]any {
	c := o.DeepCopy()
	for _, path := range noise {
		unstructured.RemoveNestedField(c.Object, path...)
	}
	if len(c.GetAnnotations()) == 0 {
		unstructured.RemoveNestedField(c.Object, "metadata", "annotations")
	}
	return c.Object
}

func equal(a, b map[string]any) (bool, error) {
	x, err := yaml.Marshal(a)
	if err != nil {
		return false, fmt.Errorf("writing the live object as YAML: %w", err)
	}
	y, err := yaml.Marshal(b)
	if err != nil {
		return false, fmt.Errorf("writing the wanted object as YAML: %w", err)
	}
	return string(x) == string(y), nil
}
