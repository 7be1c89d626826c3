//go:build linux

package e2e

import (
	"fmt"
	"strings"
	"testing"
)

// flock is a custom kind with replicas, of which no column tells.
const flock = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: %[1]ss.e2e.twindeck.dev}
spec:
  group: e2e.twindeck.dev
  scope: Namespaced
  names: {plural: %[1]ss, singular: %[1]s, kind: F%[1]s}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}, status: {type: object, properties: {size: {type: integer}}}}}}
    subresources: {scale: {specReplicasPath: .spec.size, statusReplicasPath: .status.size}}
`

// A custom kind that can be scaled has the keys of a Deployment; one that
// cannot does not offer them.
func TestScaleOfACustomKind(t *testing.T) {
	w := servers(t)
	id := strings.ReplaceAll(w.namespace[len(w.namespace)-6:], "-", "x")
	sheep, stone := "sheep"+id, "stone"+id
	w.kubectl("apply", "--filename", w.write("sheep.yaml", fmt.Sprintf(flock, sheep)))
	w.kubectl("apply", "--filename", w.write("stone.yaml", fmt.Sprintf(widgets, stone)))
	for _, kind := range []string{sheep, stone} {
		t.Cleanup(func() { w.command("kubectl", "delete", "crd", kind+"s.e2e.twindeck.dev", "--wait=false").ok() })
		w.kubectl("wait", "--for=condition=Established", "crd/"+kind+"s.e2e.twindeck.dev")
	}
	w.applied(fmt.Sprintf("apiVersion: e2e.twindeck.dev/v1\nkind: F%s\nmetadata: {name: dolly}\nspec: {size: 2}\n", sheep))
	w.applied(fmt.Sprintf(widget, stone))
	size := func() string {
		return w.kubectl("--namespace", w.namespace, "get", sheep, "dolly", "--output", "jsonpath={.spec.size}")
	}

	s := w.open(medium)
	s.Press("2", "tab")
	s.list(sheep+"s", "1 ·")
	s.SeeRow("▌", "dolly")
	s.Press("+")
	s.See("scale " + sheep + "s.e2e.twindeck.dev/dolly to 3 · done")
	if got := size(); got != "3" {
		t.Errorf("the cluster has size %s, want 3", got)
	}
	s.Press("-")
	s.See("to 2 · done")
	s.Press("$")
	s.See("Commands", "kubectl scale "+sheep+"s.e2e.twindeck.dev/dolly")
	s.Press("esc")
	s.Gone("Commands")
	s.Press(":")
	s.Type("replica more")
	s.See("One replica more")
	s.Press("esc")
	s.Gone("One replica more")

	s.list(stone+"s", "1 ·")
	s.SeeRow("▌", "gadget")
	s.Press(":")
	s.Type("replica more")
	s.See("What do you want to do?", "Nothing of that name")
	s.Press("esc")
	s.Gone("What do you want to do?")
	s.Press("+")
	s.See("has no replicas to scale")
}
