package kube

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

// replicated defines two custom kinds: one whose replicas can be set, one that
// has none. Neither has a column that tells how many there are to be.
const replicated = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: herds.%[1]s}
spec:
  group: %[1]s
  names: {kind: Herd, plural: herds, singular: herd}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}, status: {type: object, properties: {size: {type: integer}}}}}}
    subresources: {scale: {specReplicasPath: .spec.size, statusReplicasPath: .status.size}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: stones.%[1]s}
spec:
  group: %[1]s
  names: {kind: Stone, plural: stones, singular: stone}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`

// A custom kind with a scale subresource is scaled as a Deployment is; one
// without says so, and nothing is changed.
func TestFixtureScalesACustomResource(t *testing.T) {
	c := inNamespace(t)
	ns, ctx := c.options.Namespace, deadline(t, time.Minute)
	group := ns + ".test.dev"
	objects := fmt.Sprintf("apiVersion: %[1]s/v1\nkind: Herd\nmetadata: {name: one}\nspec: {size: 2}\n---\napiVersion: %[1]s/v1\nkind: Stone\nmetadata: {name: one}\n", group)
	if _, err := c.Apply(ctx, ns, append(read(t, c, fmt.Sprintf(replicated, group)), read(t, c, objects)...), nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		after, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		for _, name := range []string{"herds.", "stones."} {
			crd := Ref{Group: "apiextensions.k8s.io", Version: "v1", Kind: "CustomResourceDefinition", Name: name + group}
			if err := c.Delete(after, crd); err != nil {
				t.Error(err)
			}
		}
	})
	herds, stones := kindNamed(t, c, "herds."+group), kindNamed(t, c, "stones."+group)
	if !herds.Scales || stones.Scales || !kindNamed(t, c, "deploy").Scales || !kindNamed(t, c, "rc").Scales || kindNamed(t, c, "ds").Scales || kindNamed(t, c, "cm").Scales {
		t.Errorf("herds scale: %v, stones: %v; of the cluster's own those with replicas, and no others", herds.Scales, stones.Scales)
	}
	herd := herds.Ref(ns, "one")
	for _, step := range []struct{ by, want int }{{1, 3}, {-1, 2}, {-7, 0}, {1, 1}} {
		now, err := c.Scale(ctx, herd, step.by)
		if err != nil || now != step.want {
			t.Fatalf("scaled by %d: %d, %v; want %d", step.by, now, err, step.want)
		}
		if is, err := c.Replicas(ctx, herd); err != nil || is != step.want {
			t.Errorf("it wants %d, %v, after it was scaled to %d", is, err, step.want)
		}
		if text, err := c.YAML(ctx, herd); err != nil || !strings.Contains(text, fmt.Sprintf("size: %d", step.want)) {
			t.Errorf("%v, its YAML has not %d:\n%s", err, step.want, text)
		}
	}
	if _, err := c.Scale(ctx, stones.Ref(ns, "one"), 1); err == nil || !strings.Contains(err.Error(), "a Stone has no replicas to set") {
		t.Errorf("scaling what has no replicas: %v", err)
	}
}
