//go:build linux

package e2e

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"
)

// Pods in each state in which one can be stuck: which it is, is said in words.

// faultyPod is a pod of the base image; %s is more of its container.
const faultyPod = `apiVersion: v1
kind: Pod
metadata: {name: faulty}
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - name: main
      image: %s
%s`

// Where kubectl finds the state that a test waits for.
const (
	waitingFor = "jsonpath={.status.containerStatuses[0].state.waiting.reason}"
	endedAs    = "jsonpath={.status.containerStatuses[0].lastState.terminated.reason}"
	restarts   = "jsonpath={.status.containerStatuses[0].restartCount}"
	placed     = "jsonpath={.status.conditions[?(@.type=='PodScheduled')].reason}"
)

func TestPodFaults(t *testing.T) {
	for name, f := range map[string]struct {
		image string // empty: the base image
		more  string // of the container
		look  string // where the state is seen
		state string // any of these words
		id    string
		says  string
	}{
		"image not found": {
			image: "localhost:5050/gone:1", look: waitingFor, state: "ErrImagePull ImagePullBackOff",
			id: "pods.image", says: "the registry has no such image",
		},
		"unauthorized": {
			image: "localhost:5051/private:1", look: waitingFor, state: "ErrImagePull ImagePullBackOff",
			id: "pods.image", says: "does not let the node have it",
		},
		"no registry there": {
			image: "localhost:1/nothing:1", look: waitingFor, state: "ErrImagePull ImagePullBackOff",
			id: "pods.image", says: "no registry listens on it",
		},
		"never pull": {
			image: "e2e-never-built:1", more: "imagePullPolicy: Never", look: waitingFor, state: "ErrImageNeverPull",
			id: "pods.never-pull", says: "its node does not have it",
		},
		"runs as root": {
			more: "securityContext: {runAsNonRoot: true}", look: waitingFor, state: "CreateContainerConfigError",
			id: "pods.config", says: "may not run as root",
		},
		"ConfigMap missing": {
			more: "envFrom: [{configMapRef: {name: settings}}]", look: waitingFor, state: "CreateContainerConfigError",
			id: "pods.config", says: "configmap settings does not exist",
		},
		"crashes": {
			more: `command: [sh, -c, "echo cannot open the database; exit 4"]`, look: restarts, state: "2 3 4",
			id: "pods.crash", says: "exit code 4",
		},
		"out of memory": {
			more: `command: [tail, /dev/zero]
      resources: {limits: {memory: 32Mi}}`, look: restarts, state: "2 3 4",
			id: "pods.crash", says: "more memory than its limit of 32Mi",
		},
		"command not in the image": {
			more: "command: [no-such-program]", look: endedAs, state: "StartError ContainerCannotRun",
			id: "pods.crash", says: "its command is not in the image",
		},
		"no room": {
			more: "resources: {requests: {memory: 900Gi}}", look: placed, state: "Unschedulable",
			id: "pods.scheduled", says: "Insufficient memory",
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := onFixture(t)
			w.tiny("faulty")
			w.apply(w.faulty(f.image, f.more))
			w.until("pod/faulty", f.look, strings.Fields(f.state)...)
			w.verdict().blames(t, f.id, f.says)
		})
	}
}

// A probe that asks where nobody listens is told from a program that crashes.
func TestProbeFault(t *testing.T) {
	w := onFixture(t)
	w.tiny("faulty")
	w.apply(w.faulty("", `command: [sh, -c, "while true; do sleep 1; done"]
      ports: [{containerPort: 8080}]
      readinessProbe: {httpGet: {path: /, port: 3000}, periodSeconds: 1}`))
	w.until("events", "jsonpath={range .items[?(@.reason=='Unhealthy')]}{.count} {end}", "9", "10", "11", "12")
	w.verdict().blames(t, "pods.probe", "nothing listens where its probe asks (GET / on port 3000)")
}

// What Pod Security keeps away has no pod at all: its workload says why.
func TestPodSecurityFault(t *testing.T) {
	w := onFixture(t)
	w.tiny("faulty")
	w.kubectl("label", "namespace", w.namespace, "pod-security.kubernetes.io/enforce=restricted")
	w.kubectl("-n", w.namespace, "create", "deployment", "web", "--image="+base())
	w.until("events", "jsonpath={range .items[*]}{.reason} {end}", "FailedCreate")
	w.verdict().blames(t, "pods.security", `"restricted:latest" does not allow them`)
}

// Docker is logged in to the registry and the pod is not: the key gives the
// pod the same credentials, and it runs.
func TestFixAddsPullSecret(t *testing.T) {
	w := onFixture(t)
	w.tiny("faulty")
	auth := variable(t, "TWINDECK_FIXTURE_REGISTRY_AUTH")
	image := fmt.Sprintf("%s/e2e-%s:1", auth, w.namespace)
	login := variable(t, "TWINDECK_FIXTURE_REGISTRY_USER") + ":" + variable(t, "TWINDECK_FIXTURE_REGISTRY_PASSWORD")
	w.ownDockerConfig(func(c string) string {
		return strings.Replace(c, `"auths": {}`, fmt.Sprintf(`"auths": {%q: {"auth": %q}}`, auth, base64.StdEncoding.EncodeToString([]byte(login))), 1)
	})
	w.docker("--context", "separate", "tag", base(), image)
	w.docker("--context", "separate", "push", image)
	w.kubectl("-n", w.namespace, "create", "deployment", "faulty", "--image="+image, "--", "sh", "-c", "while true; do sleep 1; done")
	w.until("pods", "jsonpath={.items[*].status.containerStatuses[0].state.waiting.reason}", "ErrImagePull", "ImagePullBackOff")
	w.verdict().blames(t, "pods.image", "does not let the node have it")
	w.mends("does not let the node have it")
	w.kubectl("-n", w.namespace, "rollout", "status", "deployment/faulty", "--timeout=60s")
}

// faulty is the manifest of a pod.
func (w *world) faulty(image, more string) string {
	if image == "" {
		image = base()
	}
	if more != "" {
		more = "      " + more + "\n"
	}
	return fmt.Sprintf(faultyPod, image, more)
}

// apply makes objects in the test's namespace.
func (w *world) apply(manifest string) {
	w.t.Helper()
	w.kubectl("-n", w.namespace, "apply", "-f", w.write("manifest.yaml", manifest))
}

// until waits until kubectl shows one of the words at a place of an object.
func (w *world) until(object, at string, words ...string) {
	w.t.Helper()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	late := time.After(2 * patience)
	for {
		out := w.kubectl("-n", w.namespace, "get", object, "-o", at)
		for _, have := range strings.Fields(out) {
			for _, want := range words {
				if have == want {
					return
				}
			}
		}
		select {
		case <-tick.C:
		case <-late:
			w.t.Fatalf("%s: saw %q, waited for one of %v\n%s", object, out, words, w.kubectl("-n", w.namespace, "describe", "pods"))
		}
	}
}
