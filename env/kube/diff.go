package kube

import (
	"fmt"

	"github.com/aymanbagabas/go-udiff"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
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
	if wanted.GetKind() == "Secret" {
		maskSecret(before, after)
	}
	maskEnv(before)
	maskEnv(after)
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
