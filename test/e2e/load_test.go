//go:build linux

package e2e

import (
	"fmt"
	"strings"
	"testing"
)

// Nodes that are containers of the engine are loaded: no registry is needed,
// a change moves its own layer alone, and the pods run what was built.
func TestShipIntoNodes(t *testing.T) {
	w := onFixture(t)
	node := w.node("load")
	w.tiny("loaded")
	w.onNode()
	w.write("loaded/Dockerfile", "FROM "+base()+"\nCOPY word /word\nCMD [\"sh\", \"-c\", \"while :; do cat /word; sleep 1; done\"]\n")
	w.write("loaded/word", "first\n")
	w.commit("a word")
	w.set("DOCKER_CONTEXT", "separate")

	w.twindeck("ship", "--dry-run").exits(0).
		says("load: loaded into node "+node+" of the kind cluster load, a container of this engine", "not into docker-desktop (e2e=elsewhere:NoSchedule)")
	w.holds()
	first := shippedIn(t, w.twindeck("ship", "--output", "json").ok())
	if len(first.Report.Nodes) != 1 || first.Report.Nodes[0].Moved != first.Report.Nodes[0].Layers || !first.Report.Workloads[0].Verified {
		t.Errorf("the first ship says %+v", first.Report)
	}
	w.runs("loaded", "first")

	w.write("loaded/word", "second\n")
	second := shippedIn(t, w.twindeck("ship", "--output", "json").ok())
	if len(second.Report.Nodes) != 1 || second.Report.Nodes[0].Moved != 1 || second.Report.Nodes[0].Layers != first.Report.Nodes[0].Layers || second.Report.Nodes[0].Bytes > 64<<10 {
		t.Errorf("a change of one file moved %+v", second.Report.Nodes)
	}
	if !second.Report.Workloads[0].Verified || second.Report.Nodes[0].Digest != second.Report.Digest {
		t.Errorf("report %+v", second.Report)
	}
	w.runs("loaded", "second")
	has := w.inNode(node, "ctr", "-n", "k8s.io", "images", "ls", "name==docker.io/library/"+second.Report.Image)
	if !strings.Contains(has, second.Report.Digest) {
		t.Errorf("the node has %s, want %s", has, second.Report.Digest)
	}

	// Never is all right where nothing is to be pulled; Always is told of at its line.
	w.replace("k8s/deployment.yaml", "          image: loaded\n", "          image: loaded\n          imagePullPolicy: Never\n")
	w.twindeck("ship").exits(0).says("loaded into "+node+" (node 1 of 1)", "it had all", "running 1/1", "verified")
	w.replace("k8s/deployment.yaml", "imagePullPolicy: Never", "imagePullPolicy: Always")
	w.twindeck("ship").exits(1).says("imagePullPolicy: Always asks a registry for an image that is only loaded into the nodes", "k8s/deployment.yaml:19")
}

// A registry that asks for a login, and pods that have none: the plan says so
// before a pod fails for it, and gives the pods docker's login when told to.
func TestShipGivesPodsALogin(t *testing.T) {
	w := onFixture(t)
	w.tiny("private")
	w.write("private/Dockerfile", "FROM "+base()+"\nLABEL of="+w.namespace+"\nCMD [\"sh\", \"-c\", \"while :; do sleep 1; done\"]\n")
	w.commit("an image of its own: the kubelet notes of its contents that they need a login")
	auth := variable(t, "TWINDECK_FIXTURE_REGISTRY_AUTH")
	password := variable(t, "TWINDECK_FIXTURE_REGISTRY_PASSWORD")
	w.set("DOCKER_CONTEXT", "separate")
	w.set("TWINDECK_REGISTRY", auth)

	w.twindeck("ship", "--dry-run").exits(0).says("the registry "+auth+" asks for a login", "log in first (docker login "+auth+")")
	w.loggedIn(auth, variable(t, "TWINDECK_FIXTURE_REGISTRY_USER")+":"+password)
	w.twindeck("ship", "--dry-run").exits(0).says("the registry "+auth+" asks for a login", "service account default of namespace "+w.namespace, "--pull-secret", "k8s/deployment.yaml:")
	w.holds()
	r := w.twindeck("ship", "--pull-secret").exits(0).says("gets the login of ada at "+auth, "running 1/1", "verified")
	if strings.Contains(r.out+r.err, password) {
		t.Errorf("the password is shown:\n%s", r.shown())
	}
	// The pods have it now, and there is nothing to tell of.
	if r := w.twindeck("ship", "--dry-run").exits(0); strings.Contains(r.out, "asks for a login") {
		t.Errorf("told again:\n%s", r.shown())
	}
}

// The cluster keeps the Always that it gave a container whose image had no tag,
// and would go on asking a registry for every image since.
func TestPolicyThatTheClusterKept(t *testing.T) {
	w := servers(t)
	w.tiny("kept")
	w.kubectl("-n", w.namespace, "apply", "-f", w.dir+"/k8s")
	before := w.kubectl("-n", w.namespace, "get", "deployment", "kept", "-o", "jsonpath={.metadata.generation}")
	w.twindeck("ship").exits(1).says("container main has imagePullPolicy: Always in the cluster", "k8s/deployment.yaml:16", "write imagePullPolicy: IfNotPresent")
	if after := w.kubectl("-n", w.namespace, "get", "deployment", "kept", "-o", "jsonpath={.metadata.generation}"); after != before {
		t.Errorf("the refused plan changed the deployment: generation %s, was %s", after, before)
	}
	w.replace("k8s/deployment.yaml", "          image: kept\n", "          image: kept\n          imagePullPolicy: IfNotPresent\n")
	w.twindeck("ship").exits(0).says("running 1/1", "verified")
}

// runs waits until the pods of an app say a word.
func (w *world) runs(app, word string) {
	w.t.Helper()
	out := w.kubectl("-n", w.namespace, "get", "pods", "-l", "app="+app, "--sort-by=.metadata.creationTimestamp", "-o", "jsonpath={.items[-1:].metadata.name}")
	node := w.kubectl("-n", w.namespace, "get", "pod", strings.TrimSpace(out), "-o", "jsonpath={.spec.nodeName}")
	container := w.kubectl("-n", w.namespace, "get", "pod", strings.TrimSpace(out), "-o", "jsonpath={.status.containerStatuses[0].containerID}")
	got := w.inNode(node, "ctr", "-n", "k8s.io", "task", "exec", "--exec-id", fmt.Sprintf("read-%s", word), strings.TrimPrefix(container, "containerd://"), "cat", "/word")
	if strings.TrimSpace(got) != word {
		w.t.Errorf("pod %s has the word %q, want %q", out, got, word)
	}
}
