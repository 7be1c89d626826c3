//go:build unix

package e2e

import (
	"strings"
	"testing"
)

// Shipping by keys: the plan first, then build, deploy, rollout and the digest;
// after a change the pods turn over to the new one.
func TestShipByKeys(t *testing.T) {
	w := servers(t)
	w.example("hello-node")
	s := w.open(medium)
	s.Press("2")
	s.See("No pods in namespace")

	s.Press("s")
	s.See("Run this plan", "hello-node:", "deployment/hello-node", w.namespace)
	s.Gone("planning") // one made before the key may be the first to be seen
	w.holds()          // a plan changes nothing
	s.Press("s")
	s.SeeWithin(4*patience, "running 3/3 of sha256:")
	first := w.runningImages("hello-node", 3)
	s.SeeRow("hello-node-", "new", "sha256:"+first) // the pods' own report
	s.Press("2")
	s.SeeRow("deploy/hello-node", "3/3")

	w.replace("server.js", "Hello", "Good morning")
	s.Press("3", "r")
	s.SeeRow("image", "hello-node:", "-dirty-") // the new plan, not the old one
	s.Gone("planning")
	s.Press("s")
	s.Gone("Run this plan")
	s.SeeWithin(4*patience, "running 3/3 of sha256:")
	second := w.runningImages("hello-node", 3)
	if second == first {
		t.Errorf("a change shipped the same image %s", second)
	}
	s.SeeRow("hello-node-", "new", "sha256:"+second)
	s.Press("q")
	s.Exits()
}

// Build, push and deploy are a key each, and each goes no further than it says.
func TestStagesByKeys(t *testing.T) {
	w := onFixture(t)
	w.tiny("stages")
	w.set("DOCKER_CONTEXT", "separate")
	w.set("TWINDECK_REGISTRY", registry(t))
	s := w.open(medium)
	s.Press("2")
	s.See("No pods in namespace")

	s.Press("b")
	s.See("Run this plan", "stages   build  ")
	s.Gone("planning")
	s.Press("s")
	s.See("● built ")
	w.holds()

	s.Press("2", "p")
	s.See("Run this plan", "build → deliver  ")
	s.Gone("planning")
	s.Press("s")
	s.See("● pushed ")
	w.holds()

	s.Press("2", "d")
	s.See("Run this plan", "deploy → verify  ", "deployment/stages")
	s.Gone("planning")
	s.Press("s")
	s.SeeWithin(4*patience, "running 1/1 of sha256:")
	digest := w.runningImages("stages", 1)
	s.SeeRow("stages-", "new", "sha256:"+digest)
	s.Press("2")
	s.SeeRow("deploy/stages", "1/1")
	s.Press("q")
	s.Exits()
}

// Plans are for the namespace that the decks show, not for the one that the
// context names.
func TestShipsToTheChosenNamespace(t *testing.T) {
	w := servers(t)
	w.tiny("chosen")
	other := w.namespace + "-b"
	w.makeNamespace(other)
	s := w.open(medium)
	s.Press("2", "n")
	s.See("all namespaces")
	s.Type(other)
	s.Press("enter")
	s.See("No pods in namespace " + other)
	s.Press("s")
	s.See("Run this plan", "namespace "+other+" of ", "deployment/chosen")
	s.Gone("planning")
	s.Press("s")
	s.SeeWithin(4*patience, "running 1/1 of sha256:")
	w.holds()
	if got := strings.TrimSpace(w.kubectl("-n", other, "get", "deployments", "-o", "name")); got != "deployment.apps/chosen" {
		t.Errorf("namespace %s holds %q", other, got)
	}
	s.Press("2")
	s.SeeRow("deploy/chosen", "1/1")
	s.Press("q")
	s.Exits()
}

// A build that fails stops there, with the line of the Dockerfile to look at.
func TestShipByKeysFails(t *testing.T) {
	w := servers(t)
	w.tiny("broken")
	w.write("broken/Dockerfile", "FROM "+base()+"\nRUN echo no luck >&2; exit 3\n")
	s := w.open(medium)
	s.Press("3")
	s.See("Run this plan")
	s.Press("s")
	s.See("✕", "no luck", "Dockerfile:2")
	w.holds()
	s.Press("q")
	s.Exits()
}

// runningImages asks kubectl for the digest that n running pods of an app
// share, shortened as the screen shows it.
func (w *world) runningImages(app string, n int) string {
	w.t.Helper()
	digests := w.podDigests(app)
	if len(digests) != n || !runAll(digests, digests[0]) {
		w.t.Fatalf("pods run %v, want one image in %d pods", digests, n)
	}
	_, digest, ok := strings.Cut(digests[0], "sha256:")
	if !ok {
		w.t.Fatalf("a pod reports %q, which is no digest", digests[0])
	}
	return digest[:12]
}
