//go:build unix

package e2e

import (
	"regexp"
	"strings"
	"testing"
)

// list shows the kind of objects that a word names.
func (s *session) list(word, title string) {
	s.t.Helper()
	s.Press(":")
	s.See("What do you want to do?")
	s.Type(word)
	s.Press("enter")
	s.Gone("What do you want to do?")
	s.See(title)
}

// The API server goes away while another kind than pods is on the screen: its
// rows stay, marked as old, and what changed meanwhile is there afterwards.
func TestAPIServerStopsUnderAList(t *testing.T) {
	w := onFixture(t)
	w.kubectl("--namespace", w.namespace, "create", "configmap", "survivor", "--from-literal=a=b")
	s := w.open(medium)
	s.Press("2")
	s.list("configmaps", "ConfigMaps 2")
	s.SeeRow("survivor", "1")

	start := stop(t, "apiserver")
	s.See("no news since", "survivor")
	start()
	s.wait(comesBack, "still old", gone("no news since"))
	w.kubectl("--namespace", w.namespace, "patch", "configmap", "survivor", "--type=merge", "--patch", `{"data":{"c":"d"}}`)
	s.SeeRow("survivor", "2")
	w.kubectl("--namespace", w.namespace, "delete", "configmap", "survivor")
	s.Gone("survivor")
	s.Press("q")
	s.Exits()
}

// What defines a kind goes away under the open list, and comes back.
func TestKindGoesAndComes(t *testing.T) {
	w := servers(t)
	kind := "thing" + regexp.MustCompile(`\D`).ReplaceAllString(w.namespace, "")
	crd := w.write("crd.yaml", strings.ReplaceAll(widgets, "%[1]s", kind))
	thing := w.write("thing.yaml", strings.ReplaceAll(widget, "%[1]s", kind))
	bring := func() {
		w.kubectl("apply", "--filename", crd)
		w.kubectl("wait", "--for=condition=Established", "crd/"+kind+"s.e2e.twindeck.dev")
		w.kubectl("--namespace", w.namespace, "apply", "--filename", thing)
	}
	t.Cleanup(func() {
		w.command("kubectl", "delete", "crd", kind+"s.e2e.twindeck.dev", "--wait=false", "--ignore-not-found").ok()
	})
	bring()
	s := w.open(medium)
	s.Press("2")
	s.list(kind+"s", "1 ·")
	s.SeeRow("gadget", "round")
	w.kubectl("delete", "crd", kind+"s.e2e.twindeck.dev")
	s.See("can be listed", "not found")
	s.Gone("gadget")
	bring()
	s.SeeRow("gadget", "round")
}

// An ingress that leads nowhere says so, and what a busy pod uses is on its
// row, without a metrics-server.
func TestWhereAnIngressLeads(t *testing.T) {
	w := servers(t)
	in := []string{"--namespace", w.namespace}
	w.kubectl(append(in, "run", "busy", "--image", base(), "--labels=app=web", "--restart=Never", "--grace-period=1", "--", "sh", "-c", "while :; do :; done")...)
	w.kubectl(append(in, "create", "service", "clusterip", "web", "--tcp=80:8080")...)
	w.kubectl(append(in, "create", "ingress", "front", "--rule=e2e.example/*=web:80", "--rule=e2e.example/v2*=web-v2:80")...)

	s := w.open(medium)
	s.Press("2")
	s.list("ingresses", "Ingresses 1")
	s.SeeRow("▌", "front", "e2e.example")
	s.Press("L")
	s.See("What belongs to front")
	s.SeeRow("svc/web ", "gets its requests")
	s.SeeRow("svc/web-v2", "not there")
	s.SeeRow("▌", "svc/web ")
	s.Press("enter")
	s.See("Services 1")
	s.SeeRow("▌", "web", "ClusterIP")
	s.Press("L")
	s.SeeRow("po/busy", "selected by it")
	s.Press("esc")

	s.list("pods", "Pods 1")
	busy := regexp.MustCompile(`busy +1/1 +Running +[\d.]+ +0 +[1-9]\d*m? +\d+[KM]`)
	s.wait(comesBack, "no CPU and memory of the busy pod", busy.MatchString)
}
