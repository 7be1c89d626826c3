//go:build linux

package e2e

import (
	"fmt"
	"io"
	"log"
	"net"
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

// podFaults are pods and what is to be said of them.
var podFaults = map[string]struct {
	image string              // empty: the base image
	makes func(*world) string // makes the image instead
	more  string              // of the container
	look  string              // where the state is seen
	state string              // any of these words
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
		more: `command: [sh, -c, "echo cannot open the database; exit 4"]`, look: restarts, state: "2+",
		id: "pods.crash", says: "exit code 4",
	},
	"out of memory": {
		more: `command: [tail, /dev/zero]
      resources: {limits: {memory: 32Mi}}`, look: restarts, state: "2+",
		id: "pods.crash", says: "more memory than its limit of 32Mi",
	},
	"command not in the image": {
		more: "command: [no-such-program]", look: endedAs, state: "StartError ContainerCannotRun",
		id: "pods.crash", says: "its command is not in the image",
	},
	"not executable": {
		more: "command: [/etc/hostname]", look: endedAs, state: "StartError ContainerCannotRun",
		id: "pods.crash", says: "its command may not be executed",
	},
	"ends by itself": {
		more: `command: [sh, -c, "echo all done"]`, look: restarts, state: "2+",
		id: "pods.crash", says: "ends by itself (exit code 0)",
	},
	"memory fault": {
		more: `command: [sh, -c, "exit 139"]`, look: restarts, state: "2+",
		id: "pods.crash", says: "memory fault",
	},
	"asked to end": {
		more: `command: [sh, -c, "exit 143"]`, look: restarts, state: "2+",
		id: "pods.crash", says: "asked to end (exit code 143)",
	},
	"no room": {
		more: "resources: {requests: {memory: 900Gi}}", look: placed, state: "Unschedulable",
		id: "pods.scheduled", says: "Insufficient memory",
	},
	"for another architecture, as its image says": {
		makes: foreign("linux/arm64"), more: "imagePullPolicy: Never", look: waitingFor, state: "ErrImageNeverPull",
		id: "pods.never-pull", says: "for another architecture",
	},
	"for another architecture, as its program shows": {
		makes: foreign("linux/amd64"), more: "imagePullPolicy: Never", look: restarts, state: "2+",
		id: "pods.crash", says: "for another architecture",
	},
}

// All pods are there before the first is looked at: the time that a node takes
// before it starts one again passes for all of them at once.
func TestPodFaults(t *testing.T) {
	worlds := map[string]*world{}
	for name, f := range podFaults {
		w := onFixture(t)
		worlds[name] = w
		w.tiny("faulty")
		if f.makes != nil {
			f.image = f.makes(w)
			t.Cleanup(func() { w.kubectl("-n", w.namespace, "delete", "pod/faulty") }) // before its image
		}
		w.apply(w.faulty(f.image, f.more))
	}
	for name, f := range podFaults {
		t.Run(name, func(t *testing.T) {
			w := worlds[name].in(t)
			w.until("pod/faulty", f.look, strings.Fields(f.state)...)
			w.verdict().blames(t, f.id, f.says)
		})
	}
}

// foreign makes an image for a platform, with a program for other machines.
func foreign(platform string) func(*world) string {
	return func(w *world) string {
		w.t.Helper()
		w.write("faulty/Dockerfile", "FROM scratch\nCOPY --chmod=755 program /\nCMD [\"/program\"]\n")
		// The head of an executable for 64 bit ARM; nothing of it can run here.
		w.write("faulty/program", "\x7fELF\x02\x01\x01"+strings.Repeat("\x00", 9)+"\x02\x00\xb7\x00\x01\x00\x00\x00"+strings.Repeat("\x00", 100))
		image := w.own("foreign") + ":1"
		w.docker("build", "--quiet", "--platform="+platform, "--tag="+image, ".")
		w.t.Cleanup(func() { w.docker("image", "rm", image) })
		return image
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
	w.verdict().blames(t, "pods.config", "its claim data has none")
}

// A program that runs well and is killed by a probe that asks elsewhere.
func TestLivenessFault(t *testing.T) {
	w := onFixture(t)
	w.tiny("faulty")
	w.apply(w.faulty("", `command: [sh, -c, "trap 'exit 0' TERM; while true; do sleep 1; done"]
      livenessProbe: {httpGet: {path: /healthz, port: 8081}, periodSeconds: 1, failureThreshold: 1}`))
	w.until("pod/faulty", restarts, "2+")
	w.verdict().blames(t, "pods.probe", "its liveness probe fails (GET /healthz on port 8081)")
}

// A probe that asks where nobody listens is told from a program that crashes.
func TestProbeFault(t *testing.T) {
	w := onFixture(t)
	w.tiny("faulty")
	w.apply(w.faulty("", `command: [sh, -c, "while true; do sleep 1; done"]
      ports: [{containerPort: 8080}]
      readinessProbe: {httpGet: {path: /, port: 3000}, periodSeconds: 1}`))
	w.until("events", "jsonpath={range .items[?(@.reason=='Unhealthy')]}{.count} {end}", "9+")
	w.verdict().blames(t, "pods.probe", "nothing listens where its probe asks (GET / on port 3000)")
}

// A node that keeps pods away which do not say that they bear its taint.
func TestTaintFault(t *testing.T) {
	w := onFixture(t)
	w.tiny("faulty")
	w.kubectl("taint", "nodes", "--all", "for=games:NoSchedule")
	t.Cleanup(func() { w.kubectl("taint", "nodes", "--all", "for=games:NoSchedule-") })
	w.apply(w.faulty("", ""))
	w.until("pod/faulty", placed, "Unschedulable")
	w.verdict().blames(t, "pods.scheduled", "untolerated taint")
	if said := w.twindeck("check").exits(1).out; !strings.Contains(said, "for=games:NoSchedule") {
		t.Errorf("the taint is not named:\n%s", said)
	}
}

// A registry whose certificate nobody vouches for. On loopback the node would
// not look at it.
func TestUntrustedRegistry(t *testing.T) {
	w := onFixture(t)
	node := w.kubectl("get", "nodes", "-o", "jsonpath={.items[0].status.addresses[?(@.type=='InternalIP')].address}")
	listener, err := net.Listen("tcp", net.JoinHostPort(node, "0"))
	if err != nil {
		t.Fatal(err)
	}
	registry := httptest.NewUnstartedServer(http.NotFoundHandler())
	registry.Listener = listener
	registry.Config.ErrorLog = log.New(io.Discard, "", 0) // the node's refusals, which are what this is about
	registry.StartTLS()
	t.Cleanup(registry.Close)
	w.tiny("faulty")
	w.apply(w.faulty(listener.Addr().String()+"/app:1", ""))
	w.until("pod/faulty", waitingFor, "ErrImagePull", "ImagePullBackOff")
	w.verdict().blames(t, "pods.image", "certificate")
}

// The tag was built anew, and the node still runs what it had by that name.
func TestStaleImage(t *testing.T) {
	w := onFixture(t)
	w.set("DOCKER_CONTEXT", "separate")
	w.tiny("faulty")
	image := variable(t, "TWINDECK_FIXTURE_REGISTRY") + "/faulty:1"
	for _, word := range []string{"old", "new"} {
		w.write("faulty/Dockerfile", "FROM "+base()+"\nLABEL word="+word+w.namespace+"\nCMD [\"sh\", \"-c\", \"while true; do sleep 1; done\"]\n")
		w.docker("build", "--quiet", "--tag="+image, ".")
		w.docker("push", "--quiet", image)
		w.apply(w.faulty(image, ""))
		w.kubectl("-n", w.namespace, "wait", "--for=condition=Ready", "--timeout=60s", "pod/faulty")
	}
	w.verdict().warns(t, "pods.stale", "faulty runs an older "+image)
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

// An image that the engine has and the pods do not get, for three reasons: the
// key does what each needs, and they run.
func TestFixGetsImagesToPods(t *testing.T) {
	for name, f := range map[string]struct {
		engine string // Docker context
		pushed bool
		policy string
		waits  string // what the pods wait for
		id     string
		says   string
		change string // that is shown before
	}{
		"it was not pushed":        {"separate", false, "IfNotPresent", "ErrImagePull ImagePullBackOff", "pods.image", "but the local engine has it", "docker push"},
		"the registry is asked":    {"desktop-linux", false, "Always", "ErrImagePull ImagePullBackOff", "pods.image", "but the local engine has it", "imagePullPolicy: IfNotPresent"},
		"the node may not ask for": {"separate", true, "Never", "ErrImageNeverPull", "pods.never-pull", "its node does not have it", "imagePullPolicy: IfNotPresent"},
	} {
		t.Run(name, func(t *testing.T) {
			w := onFixture(t)
			w.set("DOCKER_CONTEXT", f.engine)
			w.tiny("faulty")
			image := fmt.Sprintf("%s/%s:1", variable(t, "TWINDECK_FIXTURE_REGISTRY"), w.own("delivered"))
			w.write("faulty/Dockerfile", "FROM "+base()+"\nLABEL of="+w.namespace+"\n")
			w.docker("build", "--quiet", "--tag="+image, ".")
			t.Cleanup(func() { w.docker("image", "rm", "--force", image) })
			if f.pushed {
				w.docker("push", "--quiet", image)
			}
			w.apply(fmt.Sprintf(`apiVersion: apps/v1
kind: Deployment
metadata: {name: faulty}
spec:
  selector: {matchLabels: {app: faulty}}
  template:
    metadata: {labels: {app: faulty}}
    spec:
      terminationGracePeriodSeconds: 0
      containers:
        - {name: main, image: %q, imagePullPolicy: %s, command: [sh, -c, "while true; do sleep 1; done"]}
`, image, f.policy))
			w.until("pods", "jsonpath={.items[*].status.containerStatuses[0].state.waiting.reason}", strings.Fields(f.waits)...)
			w.verdict().blames(t, f.id, f.says)

			s := w.open(medium)
			s.Press("1")
			s.SeeRow("▌", f.says)
			s.Press("f")
			s.See(f.change, "leave it")
			s.Insist("y", "leave it")
			s.SeeWithin(4*patience, "All is well") // by itself, once the pods are up
			w.kubectl("-n", w.namespace, "rollout", "status", "deployment/faulty", "--timeout=60s")
		})
	}
}

// An image whose user is a name, for a pod that must not run as root.
func TestNamedUserFault(t *testing.T) {
	w := onFixture(t)
	w.tiny("faulty")
	image := w.own("named-user") + ":1"
	w.write("faulty/Dockerfile", "FROM "+base()+"\nUSER node\n")
	w.docker("build", "--quiet", "--tag="+image, ".")
	t.Cleanup(func() { w.docker("image", "rm", "--force", image) })
	w.apply(w.faulty(image, "imagePullPolicy: Never\n      securityContext: {runAsNonRoot: true}"))
	t.Cleanup(func() { w.kubectl("-n", w.namespace, "delete", "pod/faulty") })
	w.until("pod/faulty", waitingFor, "CreateContainerConfigError")
	w.verdict().blames(t, "pods.config", "the image's user is a name")
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
