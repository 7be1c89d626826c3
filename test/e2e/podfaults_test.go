//go:build linux

package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
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
		"registry does not resolve": {
			image: "registry.invalid/app:1", look: waitingFor, state: "ErrImagePull ImagePullBackOff",
			id: "pods.image", says: "the name of the registry registry.invalid does not resolve on the node",
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
		"memory fault": {
			more: `command: [sh, -c, "exit 139"]`, look: restarts, state: "2 3 4",
			id: "pods.crash", says: "memory fault",
		},
		"asked to end": {
			more: `command: [sh, -c, "exit 143"]`, look: restarts, state: "2 3 4",
			id: "pods.crash", says: "asked to end (exit code 143)",
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

// A registry that counts pulls and wants no more.
func TestPullRateLimit(t *testing.T) {
	w := onFixture(t)
	registry := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTooManyRequests)
		fmt.Fprint(w, `{"errors":[{"code":"TOOMANYREQUESTS","message":"You have reached your pull rate limit."}]}`)
	}))
	t.Cleanup(registry.Close)
	w.tiny("faulty")
	w.apply(w.faulty(registry.Listener.Addr().String()+"/app:1", ""))
	w.until("pod/faulty", waitingFor, "ErrImagePull", "ImagePullBackOff")
	w.verdict().blames(t, "pods.image", "limits how often")
}

// A volume that nobody provides.
func TestVolumeFault(t *testing.T) {
	w := onFixture(t)
	w.tiny("faulty")
	w.apply(`apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
` + w.faulty("", "volumeMounts: [{name: data, mountPath: /data}]\n  volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]"))
	w.until("pod/faulty", placed, "Unschedulable")
	w.verdict().blames(t, "pods.config", "unbound immediate PersistentVolumeClaims")
}

// A program that runs well and is killed by a probe that asks elsewhere.
func TestLivenessFault(t *testing.T) {
	w := onFixture(t)
	w.tiny("faulty")
	w.apply(w.faulty("", `command: [sh, -c, "trap 'exit 0' TERM; while true; do sleep 1; done"]
      livenessProbe: {httpGet: {path: /healthz, port: 8081}, periodSeconds: 1, failureThreshold: 1}`))
	w.until("pod/faulty", restarts, "2", "3", "4")
	w.verdict().blames(t, "pods.probe", "its liveness probe fails (GET /healthz on port 8081)")
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
	w.loggedIn(auth, login)
	// An image of its own: the kubelet notes of its contents that they need a login.
	name := "e2e-private-" + w.namespace
	w.docker("--context", "separate", "create", "--name", name, base())
	w.docker("--context", "separate", "commit", "--change", "LABEL of="+w.namespace, name, image)
	w.docker("--context", "separate", "rm", name)
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
