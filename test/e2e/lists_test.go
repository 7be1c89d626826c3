//go:build unix

package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The left deck's other lists: images, volumes, networks; what is in use stays,
// what is removed is asked about.
func TestListsOfTheEngine(t *testing.T) {
	w := servers(t)
	id := w.namespace[strings.LastIndexByte(w.namespace, '-'):]
	volume, network := "e2e-vol"+id, "e2e-net"+id
	w.docker("volume", "create", volume)
	w.docker("network", "create", network)
	t.Cleanup(func() {
		w.command("docker", "volume", "rm", "--force", volume)
		w.command("docker", "network", "rm", network)
	})
	name := w.container("e2e-user", "tick", "--volume", volume+":/data", "--network", network)

	s := w.open(medium)
	s.Press("2")
	s.SeeRow("Containers", "images volumes networks")
	s.Press("v")
	s.See("Images")
	s.Filter(base())
	s.SeeRow(base())
	s.See("Layers", "CREATED BY", "docker history")

	s.Press("v")
	s.See("Volumes")
	s.Filter(volume)
	s.SeeRow("●", volume[:8])
	s.See("Inspect", `"Mountpoint"`)
	s.Press("x")
	s.See("Remove volume "+volume, "all data in it, for good", "used by "+name, "leave it")
	s.Insist("y", "leave it")
	s.See("in use")
	w.docker("volume", "inspect", volume)

	s.Press("v")
	s.See("Networks")
	s.Filter(network)
	s.SeeRow("●", "bridge")
	w.docker("rm", "--force", name)
	s.SeeRow("○", "bridge") // nobody uses it any more
	s.Press("x")
	s.See("Remove network "+network, "leave it")
	s.Insist("y", "leave it")
	s.See("None of the networks match")

	s.Press("V")
	s.SeeRow("○", volume[:8])
	s.Press("x")
	s.See("Remove volume "+volume, "leave it")
	s.Insist("y", "leave it")
	s.See("None of the volumes match")
	if out := w.docker("volume", "ls", "--quiet", "--filter", "name="+volume); out != "" {
		t.Errorf("the volume is still there: %s", out)
	}
}

// Any kind of object, by name, with the columns the server prints.
func TestKindsOfTheCluster(t *testing.T) {
	w := servers(t)
	w.kubectl("--namespace", w.namespace, "create", "deployment", "web", "--image", base(), "--replicas=2", "--", "sleep", "1000")
	w.kubectl("--namespace", w.namespace, "create", "secret", "generic", "pin", "--from-literal=code=correct-horse")
	w.kubectl("--namespace", w.namespace, "create", "configmap", "colours", "--from-literal=sky=blue")
	kind := "widget" + strings.ReplaceAll(w.namespace[len(w.namespace)-6:], "-", "x")
	w.kubectl("apply", "--filename", w.write("crd.yaml", fmt.Sprintf(widgets, kind)))
	t.Cleanup(func() { w.command("kubectl", "delete", "crd", kind+"s.e2e.twindeck.dev", "--wait=false").ok() })
	w.kubectl("wait", "--for=condition=Established", "crd/"+kind+"s.e2e.twindeck.dev")
	w.kubectl("--namespace", w.namespace, "apply", "--filename", w.write("widget.yaml", fmt.Sprintf(widget, kind)))

	s := w.open(medium)
	s.Press("2")
	s.list("deploy", "Deployments 1")
	s.SeeRow("●", "web", "2/2")
	s.Press("+")
	s.SeeRow("●", "web", "3/3")
	s.Press("y")
	s.See("kind: Deployment", "kubectl get deployments/web")
	s.Press("esc")

	s.list("secrets", "Secrets 1")
	s.SeeRow("pin", "Opaque")
	s.Press("y")
	s.See("kind: Secret", "code:")
	if screen := s.Screen(); strings.Contains(screen, "correct-horse") || strings.Contains(screen, "Y29ycmVjdC1ob3JzZQ") {
		t.Errorf("a secret is shown\n%s", s.framed())
	}
	s.Press("esc")

	s.list("cm", "ConfigMaps 2")
	s.Filter("colours")
	s.SeeRow("colours", "1")
	w.kubectl("--namespace", w.namespace, "create", "configmap", "colours-of-night", "--from-literal=sky=black")
	s.SeeRow("colours-of-night")
	s.Press("x")
	s.See("Delete configmap colours", "Lost: its data", "leave it")
	s.Insist("y", "leave it")
	s.See("ConfigMaps 1 of 2")

	s.list(kind+"s", "1 ·")
	s.SeeRow("gadget", "round")
	w.kubectl("--namespace", w.namespace, "patch", kind, "gadget", "--type=merge", "--patch", `{"spec":{"shape":"square"}}`)
	s.SeeRow("gadget", "square")
	s.list("nodes", "Nodes ")
	s.SeeRow("●", "Ready", "v1.")
	s.list("pods", "Pods 3")
}

const widgets = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: %[1]ss.e2e.twindeck.dev}
spec:
  group: e2e.twindeck.dev
  scope: Namespaced
  names: {plural: %[1]ss, singular: %[1]s, kind: W%[1]s}
  versions:
  - name: v1
    served: true
    storage: true
    additionalPrinterColumns: [{name: Shape, type: string, jsonPath: .spec.shape}]
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {shape: {type: string}}}}}}
`

const widget = `apiVersion: e2e.twindeck.dev/v1
kind: W%[1]s
metadata: {name: gadget}
spec: {shape: round}
`

// Several rows are marked, and a key acts on all of them.
func TestMarkedRows(t *testing.T) {
	w := servers(t)
	one, two, three := w.container("e2e-mark", "tick"), w.container("e2e-mark2", "tick"), w.container("e2e-spared", "tick")
	s := w.open(medium)
	s.Press("2")
	s.Filter("e2e-")
	s.SeeRow(three, "up")
	s.Filter("e2e-mark")
	s.Gone(three)
	s.Press("space")
	s.See("1 marked")
	s.Press("space")
	s.See("2 marked")
	s.Press("S")
	s.See("stop 2 containers · done")
	s.SeeRow("✓", one, "exited")
	s.SeeRow("✓", two, "exited")
	s.Press("x")
	s.See("Remove 2 containers?", one, two, "leave it")
	s.Insist("y", "leave it")
	s.See("No container matches")
	s.Press("esc")
	s.Filter(three)
	s.SeeRow(three, "up")
}

// What runs the same image is one key away; so is who calls a pod.
func TestJumps(t *testing.T) {
	w := servers(t)
	image := w.namespace + ":1"
	w.write("jump/Dockerfile", "FROM "+base()+"\nLABEL of="+w.namespace+"\nCMD [\"sleep\", \"1000\"]\n")
	w.docker("build", "--tag", image, filepath.Join(w.home, "jump"))
	name := fmt.Sprintf("e2e-jump-%d", time.Now().UnixMilli()%1_000_000)
	w.docker("run", "--detach", "--name", name, image)
	t.Cleanup(func() {
		w.command("docker", "rm", "--force", name)
		w.command("docker", "rmi", "--force", image)
	})
	w.kubectl("--namespace", w.namespace, "create", "deployment", "web", "--image", image)
	w.kubectl("--namespace", w.namespace, "create", "service", "clusterip", "web", "--tcp=80:8080")
	w.kubectl("--namespace", w.namespace, "create", "ingress", "front", "--rule=e2e.example/*=web:80")

	s := w.open(medium)
	s.Press("2")
	s.Filter(name)
	s.SeeRow("▌", name)
	s.SeeRow("web-", "Running", "◀")
	s.Press("=")
	s.SeeRow("▌", "web-")
	s.SeeRow(name, "◀")
	s.Press("}")
	s.See("Deployments 1")
	s.SeeRow("▌", "web")
	s.Press("}")
	s.See("Services 1")
	s.SeeRow("▌", "web", "ClusterIP")
	s.Press("}")
	s.See("Ingresses 1")
	s.SeeRow("▌", "front", "e2e.example")
	s.Press("{", "{", "{")
	s.See("Pods 1")
	s.SeeRow("▌", "web-")
	s.Press("L")
	s.See("What belongs to web-", "deploy/web", "svc/web", "selects it")
	s.Press("esc")
	s.Press("=")
	s.SeeRow("▌", name)
}

// Another cluster of the kubeconfig, without a restart and without a change
// to the file.
func TestContextSwitched(t *testing.T) {
	w := servers(t)
	config := w.write("kubeconfig", w.kubectl("config", "view", "--raw", "--minify", "--flatten"))
	w.set("KUBECONFIG", config)
	here := strings.TrimSpace(w.kubectl("config", "current-context"))
	w.kubectl("config", "set-cluster", "nowhere", "--server=https://127.0.0.1:1")
	w.kubectl("config", "set-context", "nowhere", "--cluster=nowhere")
	w.pod("talker", "tock")

	s := w.open(medium)
	s.Press("2")
	s.SeeRow("talker", "Running")
	s.Press("c")
	s.See("Where to work", here, "nowhere")
	s.Type("nowhere")
	s.Press("enter")
	s.See("The cluster does not answer", "127.0.0.1:1")
	s.Gone("talker")
	s.Press("c")
	s.See("Where to work")
	s.Type(here)
	s.Press("enter")
	s.SeeRow("talker", "Running")
	if now := strings.TrimSpace(w.kubectl("config", "current-context")); now != here {
		t.Errorf("the kubeconfig's current context is %s now", now)
	}
}
