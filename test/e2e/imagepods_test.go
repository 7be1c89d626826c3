//go:build unix

package e2e

import (
	"path/filepath"
	"strings"
	"testing"
)

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
