//go:build unix

package e2e

import (
	"fmt"
	"path/filepath"
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
	s.See("cannot be scaled")
}

// The plan on the Ship screen is for the engine in force: when another is
// chosen there, it is made anew, and the build goes where it says.
func TestThePlanFollowsTheEngine(t *testing.T) {
	w := onFixture(t)
	w.tiny("follower")
	s := w.open(medium)
	s.Press("2")
	s.See("No pods in namespace")
	s.Press("b")
	s.See("Run this plan", "with the engine of desktop-linux")
	s.Press("c")
	s.See("Where to work", "separate")
	s.Type("separate")
	s.Press("enter")
	s.See("Run this plan", "with the engine of separate", "follower   build  ")
	s.Press("s")
	s.See("● built ")
	has := func(engine string) bool {
		return strings.Contains(w.docker("--context", engine, "images", "--format", "{{.Repository}}"), "follower")
	}
	t.Cleanup(func() {
		for _, image := range strings.Fields(w.docker("--context", "separate", "images", "--quiet", "follower")) {
			w.command("docker", "--context", "separate", "rmi", "--force", image)
		}
	})
	if has("desktop-linux") || !has("separate") {
		t.Errorf("the former engine has the image: %v, the one in force: %v", has("desktop-linux"), has("separate"))
	}
}

// An image that pods run is not only Docker's, on a store that both share: the
// question names them, in whatever namespace they are.
func TestPodsOfAnImage(t *testing.T) {
	w := onFixture(t)
	image := w.namespace + ":1"
	w.write("kept/Dockerfile", "FROM "+base()+"\nLABEL of="+w.namespace+"\nCMD trap 'exit 0' TERM; while true; do sleep 1; done\n")
	w.docker("build", "--tag", image, filepath.Join(w.home, "kept"))
	t.Cleanup(func() { w.command("docker", "rmi", "--force", image) })
	w.kubectl("--namespace", w.namespace, "create", "deployment", "web", "--image", image, "--replicas=2")
	w.until("deployment/web", "jsonpath={.status.readyReplicas}", "2")

	s := w.open(medium)
	s.Press("2", "n")
	s.See("all namespaces")
	s.Type("kube-public")
	s.Press("enter")
	s.See("ns kube-public")
	s.Press("v")
	s.See("Images ")
	s.Filter(w.namespace[strings.LastIndexByte(w.namespace, '-')+1:])
	s.SeeRow("▌", image)
	s.Press("x")
	s.See("Remove image "+image, "2 pods run it on docker-desktop: "+w.namespace+"/web-", "leave it")
	s.Insist("esc", "leave it")
	s.SeeRow("▌", image)

	w.kubectl("--namespace", w.namespace, "delete", "deployment", "web", "--cascade=foreground", "--wait")
	s.Press("x")
	s.See("Remove image "+image, "leave it")
	if strings.Contains(s.Screen(), "run it on") {
		t.Errorf("pods are named that are gone\n%s", s.framed())
	}
	s.Insist("y", "leave it")
	s.See("None of the images match")
}
