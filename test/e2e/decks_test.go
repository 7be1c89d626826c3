//go:build unix

package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// ticking is a shell program that says "WORD 1", "WORD 2", … once a second, and
// ends when it is asked to.
func ticking(word string) []string {
	return []string{"sh", "-c", "trap 'exit 0' TERM; n=0; while true; do n=$((n+1)); echo " + word + " $n; sleep 1; done"}
}

// container runs a ticking container that goes away with the test.
func (w *world) container(name, word string, flags ...string) string {
	w.t.Helper()
	name = fmt.Sprintf("%s-%d", name, time.Now().UnixMilli()%1_000_000)
	args := slices.Concat([]string{"run", "--detach", "--name", name}, flags, []string{base()}, ticking(word))
	w.docker(args...)
	w.t.Cleanup(func() { w.command("docker", "rm", "--force", "--volumes", name) })
	return name
}

// pod runs a ticking pod in the test's namespace.
func (w *world) pod(name, word string) {
	w.t.Helper()
	args := append([]string{"--namespace", w.namespace, "run", name, "--image", base(), "--restart=Never", "--grace-period=1", "--"}, ticking(word)...)
	w.kubectl(args...)
}

// The home screen: a real container and a real pod, found by filter, with
// their logs.
func TestDecks(t *testing.T) {
	w := servers(t)
	one, other := w.container("e2e-one", "tick"), w.container("e2e-other", "tack")
	w.pod("talker", "tock")
	w.pod("quiet", "hush")

	s := w.open(medium)
	s.Press("2")
	s.Filter("e2e-")
	s.SeeRow(one, "up")
	s.SeeRow(other, "up")
	s.SeeRow("talker", "1/1", "Running")

	s.Filter(one)
	s.Gone(other)
	s.SeeRow(one, "up")
	s.Press("l")
	s.See("tick 3", "docker logs")
	s.See("tick 5") // it follows
	s.Press("esc")
	s.See("s ship") // the keys of the deck again
	s.Press("esc")
	s.Filter("e2e-")
	s.See(other)

	s.Press("tab")
	s.Filter("talker")
	s.Gone("quiet")
	s.Press("l")
	s.See("tock 3", "kubectl logs")
	s.Press("esc")
	s.Press("q")
	if code := s.Exits(); code != 0 {
		t.Errorf("q left with exit code %d", code)
	}
}

// What happens to containers and pods is on the screen without being asked for.
func TestDecksFollow(t *testing.T) {
	w := servers(t)
	name := w.container("e2e-follow", "tick")
	s := w.open(medium)
	s.Press("2")
	s.Filter(name)
	s.SeeRow(name, "up")
	s.See("No pods in namespace")

	w.docker("stop", "--time", "1", name)
	s.SeeRow(name, "exited")
	w.docker("start", name)
	s.SeeRow(name, "up")
	w.docker("rm", "--force", name)
	s.See("No container matches")

	w.pod("visitor", "tock")
	s.SeeRow("visitor", "Running")
	w.kubectl("--namespace", w.namespace, "delete", "pod", "visitor", "--now")
	s.Gone("visitor")
}

// Stop, start and remove by keys; removing asks, and says what is lost.
func TestDecksAct(t *testing.T) {
	w := servers(t)
	name := w.container("e2e-act", "tick")
	w.pod("doomed", "tock")
	s := w.open(medium)
	s.Press("2")
	s.Filter(name)
	s.SeeRow("▌", name)

	s.Press("S")
	s.SeeRow(name, "exited")
	s.Press("S")
	s.SeeRow(name, "up")

	s.Press("x")
	s.See("Remove container "+name, "Lost:", "leave it")
	s.Insist("esc", "leave it")
	s.SeeRow(name, "up")
	s.Press("x")
	s.See("leave it")
	s.Insist("y", "leave it")
	s.See("No container matches")
	if out := w.docker("ps", "--all", "--quiet", "--filter", "name="+name); out != "" {
		t.Errorf("the container is still there: %s", out)
	}

	s.Press("tab")
	s.Filter("doomed")
	s.SeeRow("doomed", "Running")
	s.Press("x")
	s.See("Delete pod doomed", "does not come back")
	s.Insist("y", "leave it")
	s.See("No pod matches")
}

// oneReplica is a StatefulSet whose pod is replaced by one of the same name.
const oneReplica = `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  replicas: 1
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      terminationGracePeriodSeconds: 0
      containers:
        - {name: app, image: %s, imagePullPolicy: Never, command: [sh, -c, "echo here is $HOSTNAME; sleep 3600"]}
`

// A pod that is restarted stays selected through its absence, though another
// workload's takes its place meanwhile.
func TestARestartedPodStaysSelected(t *testing.T) {
	w := servers(t)
	w.applied(fmt.Sprintf(oneReplica, base()))
	w.kubectl("--namespace", w.namespace, "create", "deployment", "web", "--image", base(), "--", "sleep", "3600")
	s := w.open(medium)
	s.Press("2", "tab")
	s.SeeRow("▌", "db-0", "Running")
	s.SeeRow("web-", "Running")
	uid := func() string {
		return w.kubectl("--namespace", w.namespace, "get", "pod", "db-0", "--ignore-not-found", "--output", "jsonpath={.metadata.uid}")
	}
	for range 2 {
		before := uid()
		s.Press("r")
		s.See("restart sts/db · done")
		eventually(t, patience, func() bool { now := uid(); return now != "" && now != before }, s.Screen)
		s.SeeRow("▌", "db-0", "Running")
	}
	if n := w.kubectl("--namespace", w.namespace, "get", "replicasets", "--output", "name"); strings.Count(n, "replicaset") != 1 {
		t.Errorf("web was restarted as well: %s", n)
	}
}

// Describe, YAML and the tabs of the detail.
func TestDetail(t *testing.T) {
	w := servers(t)
	w.pod("talker", "tock")
	s := w.open(medium)
	s.Press("2", "tab")
	s.SeeRow("talker", "Running")
	s.Filter("talker")
	s.Press("i")
	s.See("Namespace:", w.namespace)
	s.Press("]")
	s.See("apiVersion: v1", "kind: Pod")
	if strings.Contains(s.Screen(), "managedFields") {
		t.Errorf("YAML shows managed fields\n%s", s.framed())
	}
}
