package checks

import (
	"testing"
	"time"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/host/hosttest"
	"github.com/twindeck/twindeck/env/kube"
)

const restricted = `pods "web-5d9c7b6f4-" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "web" must set securityContext.allowPrivilegeEscalation=false), ` +
	`unrestricted capabilities (container "web" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "web" must set securityContext.runAsNonRoot=true), ` +
	`seccompProfile (pod or container "web" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")`

const noAccount = `pods "web-7d9-" is forbidden: error looking up service account default/web-sa: serviceaccount "web-sa" not found`

// ails makes the pod web of a Deployment ill.
func ails(t kube.Trouble, more ...func(*kube.Ailing)) func(*testing.T, *laptop) {
	return func(_ *testing.T, l *laptop) {
		t.Pod, t.Container = "web-5d9c7b6f4-x2k9p", "web"
		a := kube.Ailing{
			Pod: &kube.Pod{
				Namespace: "default", Name: t.Pod, Owner: kube.Owner{Kind: "Deployment", Name: "web"},
				Status: t.Reason, Phase: kube.PhaseFailed, Total: 1, Node: "docker-desktop",
			},
			Troubles:   []kube.Trouble{t},
			Account:    "default",
			Containers: []kube.Container{{Name: "web", Image: "ghcr.io/acme/web:1.0", Pull: "IfNotPresent", Ports: []int{3000}}},
		}
		for _, f := range more {
			f(&a)
		}
		l.kube.health.Count++
		l.kube.health.Ailing = append(l.kube.health.Ailing, a)
	}
}

func runs(image, policy string) func(*kube.Ailing) {
	return func(a *kube.Ailing) { a.Containers[0].Image, a.Containers[0].Pull = image, policy }
}

func asks(p kube.Probe) func(*kube.Ailing) {
	return func(a *kube.Ailing) { a.Containers[0].Probes = []kube.Probe{p} }
}

func limit(bytes int64) func(*kube.Ailing) {
	return func(a *kube.Ailing) { a.Containers[0].MemoryLimit = bytes }
}

// both does one after the other.
func both(fs ...func(*testing.T, *laptop)) func(*testing.T, *laptop) {
	return func(t *testing.T, l *laptop) {
		for _, f := range fs {
			f(t, l)
		}
	}
}

func has(image string) func(*testing.T, *laptop) {
	return func(_ *testing.T, l *laptop) { l.docker.images[image] = docker.Image{ID: "sha256:x", Arch: "amd64"} }
}

func pullOfWeb(message string) kube.Trouble {
	return kube.Trouble{Reason: "ImagePullBackOff", Message: `Failed to pull image "ghcr.io/acme/web:1.0": ` + message}
}

// podFaults are the states a pod can be in and not run.
var podFaults = []fault{
	{
		name: "image not found", on: mac, want: Fail, id: "pods.image", says: "the registry has no such image", do: "twindeck ship", line: 53,
		spoil: ails(pullOfWeb(`failed to pull and unpack image "ghcr.io/acme/web:1.0": failed to resolve reference "ghcr.io/acme/web:1.0": ghcr.io/acme/web:1.0: not found`)),
	},
	{
		name: "image not found by Docker", on: windows, want: Fail, id: "pods.image", says: "the registry has no such image", line: 53,
		spoil: ails(pullOfWeb(`Error response from daemon: manifest for ghcr.io/acme/web:1.0 not found: manifest unknown: manifest unknown`)),
	},
	{
		name: "image not pushed, and the engine has it", on: linux, want: Fail, id: "pods.image", says: "but the local engine has it", do: "kind load docker-image localhost:5000/web:1.0 --name dev", fix: true, line: 53,
		spoil: both(ails(pullOfWeb(`failed to resolve reference "localhost:5000/web:1.0": localhost:5000/web:1.0: not found`), runs("localhost:5000/web:1.0", "IfNotPresent")), has("localhost:5000/web:1.0"), withNodes),
	},
	{
		name: "unauthorized", on: mac, want: Fail, id: "pods.image", says: "does not let the node have it", do: "kubectl create secret docker-registry twindeck-ghcr-io", line: 53,
		spoil: ails(pullOfWeb(`failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://ghcr.io/token?scope=repository%3Aacme%2Fweb%3Apull&service=ghcr.io: 401 Unauthorized`)),
	},
	{
		name: "docker is logged in, the pod is not", on: windows, want: Fail, id: "pods.image", says: "does not let the node have it", fix: true, line: 57,
		spoil: both(ails(pullOfWeb(`denied: denied`)), func(_ *testing.T, l *laptop) {
			l.docker.logins = map[string]docker.Login{"ghcr.io": docker.NewLogin("ghcr.io", "ada", "geheim")}
		}),
	},
	{
		name: "registry's name", on: linux, want: Fail, id: "pods.image", says: "registry ghcr.io does not resolve", do: "nslookup ghcr.io", line: 53,
		spoil: ails(pullOfWeb(`failed to do request: Head "https://ghcr.io/v2/acme/web/manifests/1.0": dial tcp: lookup ghcr.io on 192.168.65.7:53: no such host`)),
	},
	{
		name: "TLS", on: mac, want: Fail, id: "pods.image", says: "certificate is not trusted", do: "/etc/containerd/certs.d/ghcr.io/ca.crt", line: 53,
		spoil: ails(pullOfWeb(`failed to do request: Head "https://ghcr.io/v2/acme/web/manifests/1.0": tls: failed to verify certificate: x509: certificate signed by unknown authority`)),
	},
	{
		name: "rate limit", on: windows, want: Fail, id: "pods.image", says: "limits how often", do: "docker login", line: 53,
		spoil: ails(pullOfWeb(`toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit`), runs("redis:8", "IfNotPresent")),
	},
	{
		name: "plain HTTP", on: mac, want: Fail, id: "pods.image", says: "speaks plain HTTP", do: "insecure-registries", line: 34,
		spoil: ails(pullOfWeb(`failed to do request: Head "https://ghcr.io/v2/": http: server gave HTTP response to HTTPS client`)),
	},
	{
		name: "another platform", on: linux, want: Fail, id: "pods.image", says: "no build for the node's architecture", do: "--platform", line: 28,
		spoil: ails(pullOfWeb(`no match for platform in manifest: not found`)),
	},
	{
		name: "localhost is the node", on: mac, want: Fail, id: "pods.image", says: "localhost:5000 is the node itself", do: "local-registry", line: 53,
		spoil: ails(pullOfWeb(`dial tcp [::1]:5000: connect: connection refused`), runs("localhost:5000/web:1.0", "Always")),
	},
	{
		name: "local tag without the containerd store", on: mac, want: Fail, id: "pods.image", says: "only the local engine has", do: "containerd for pulling and storing images", line: 55,
		spoil: both(ails(pullOfWeb(`pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`), runs("web:1.0", "IfNotPresent")), has("web:1.0"),
			func(_ *testing.T, l *laptop) {
				l.kube.nodes[0].Name, l.kube.nodes[0].Runtime = "desktop-control-plane", "containerd://2.1.3"
				l.docker.info.ContainerdStore = false
				// The settings would warn as well: here they say nothing.
				l.host.Files["/Users/ada/Library/Group Containers/group.com.docker/settings-store.json"] = `{"KubernetesEnabled": true, "KubernetesMode": "kubeadm"}`
			}),
	},
	{
		name: "Always, and only the engine has it", on: mac, want: Fail, id: "pods.image", says: "only the local engine has", do: "imagePullPolicy: IfNotPresent", fix: true, line: 53,
		spoil: both(ails(pullOfWeb(`pull access denied for web, repository does not exist or may require 'docker login'`), runs("web:1.0", "Always")), has("web:1.0")),
	},
	{
		name: "no image's name", on: mac, want: Fail, id: "pods.image", says: "not a valid one", do: "Lower-case", line: 35,
		spoil: ails(kube.Trouble{Reason: "InvalidImageName", Message: `Failed to apply default image tag "Web:1.0": couldn't parse image name "Web:1.0": invalid reference format: repository name (library/Web) must be lowercase`}, runs("Web:1.0", "IfNotPresent")),
	},
	{
		name: "never pull on kind", on: linux, want: Fail, id: "pods.never-pull", says: "its node does not have it", do: "kind load docker-image web:1.0", fix: true, line: 54,
		spoil: both(ails(kube.Trouble{Reason: "ErrImageNeverPull", Message: `Container image "web:1.0" is not present with pull policy of Never`}, runs("web:1.0", "Never")), has("web:1.0"), withNodes),
	},
	{
		name: "never pull, and the engine's is for other machines", on: mac, want: Fail, id: "pods.never-pull", says: "web:1.0 is for another architecture", do: "--platform linux/amd64", line: 28,
		spoil: both(ails(kube.Trouble{Reason: "ErrImageNeverPull", Message: `Container image "web:1.0" is not present with pull policy of Never`}, runs("web:1.0", "Never")),
			func(_ *testing.T, l *laptop) {
				l.docker.images["web:1.0"] = docker.Image{ID: "sha256:x", Arch: "arm64"}
			}),
	},
	{
		name: "never pull on Desktop", on: windows, want: Fail, id: "pods.never-pull", says: "its node does not have it", do: "imagePullPolicy: IfNotPresent", fix: true, line: 54,
		spoil: both(ails(kube.Trouble{Reason: "ErrImageNeverPull", Message: `Container image "web:1.0" is not present with pull policy of Never`}, runs("web:1.0", "Never")), has("web:1.0"),
			func(_ *testing.T, l *laptop) { l.kube.nodes[0].Name = "desktop-control-plane" }),
	},
	{
		name: "old code keeps running", on: mac, want: Warn, id: "pods.stale", says: "older registry.example.com/team/my-app:1.0", do: "rollout restart deployment/my-app", line: 56,
		spoil: func(_ *testing.T, l *laptop) {
			l.docker.images["registry.example.com/team/my-app:1.0"] = docker.Image{ID: "sha256:id2", Digest: "sha256:newer", Arch: "amd64"}
		},
	},
	{
		name: "runs as root", on: mac, want: Fail, id: "pods.config", says: "may not run as root", do: "USER 1000", line: 58,
		spoil: ails(kube.Trouble{Reason: "CreateContainerConfigError", Message: `container has runAsNonRoot and image will run as root (pod: "web-5d9c7b6f4-x2k9p_default(8f6e)", container: web)`}),
	},
	{
		name: "user is a name", on: linux, want: Fail, id: "pods.config", says: "user is a name", do: "instead of USER node: USER 1000", line: 58,
		spoil: both(ails(kube.Trouble{Reason: "CreateContainerConfigError", Message: `container has runAsNonRoot and image has non-numeric user (node), cannot verify user is non-root`}),
			func(_ *testing.T, l *laptop) { l.docker.images["ghcr.io/acme/web:1.0"] = docker.Image{User: "node"} }),
	},
	{
		name: "ConfigMap missing", on: windows, want: Fail, id: "pods.config", says: "configmap web-config does not exist", do: "kubectl get configmap",
		spoil: ails(kube.Trouble{Reason: "CreateContainerConfigError", Message: `configmap "web-config" not found`}),
	},
	{
		name: "key missing", on: mac, want: Fail, id: "pods.config", says: "has no key password", do: "kubectl describe secret web",
		spoil: ails(kube.Trouble{Reason: "CreateContainerConfigError", Message: `couldn't find key password in Secret default/web`}),
	},
	{
		name: "out of memory", on: mac, want: Fail, id: "pods.crash", says: "more memory than its limit of 64Mi", do: "memory: 128Mi", line: 59,
		spoil: ails(kube.Trouble{Reason: "OOMKilled", Message: "exit code 137, OOMKilled", ExitCode: 137}, limit(64<<20)),
	},
	{
		name: "command not found", on: linux, want: Fail, id: "pods.crash", says: "its command is not in the image", do: "CRLF", line: 59,
		spoil: ails(kube.Trouble{Reason: "CrashLoopBackOff", Message: "exit code 127", ExitCode: 127, Tail: []string{"/entrypoint.sh: line 3: nodee: not found"}}),
	},
	{
		name: "not in the image, says the runtime", on: mac, want: Fail, id: "pods.crash", says: "its command is not in the image", line: 59,
		spoil: ails(kube.Trouble{Reason: "CrashLoopBackOff", Message: `exit code 128, StartError: failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "nodee": executable file not found in $PATH`, ExitCode: 128}),
	},
	{
		name: "not executable", on: windows, want: Fail, id: "pods.crash", says: "may not be executed", do: "--chmod=755", line: 59,
		spoil: ails(kube.Trouble{Reason: "CrashLoopBackOff", Message: "exit code 126", ExitCode: 126}),
	},
	{
		name: "not executable, says the runtime", on: mac, want: Fail, id: "pods.crash", says: "may not be executed", line: 59,
		spoil: ails(kube.Trouble{Reason: "RunContainerError", Message: `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "/etc/hostname": permission denied`}),
	},
	{
		name: "memory fault", on: linux, want: Fail, id: "pods.crash", says: "memory fault", line: 59,
		spoil: ails(kube.Trouble{Reason: "CrashLoopBackOff", Message: "exit code 139", ExitCode: 139}),
	},
	{
		name: "asked to end", on: mac, want: Fail, id: "pods.crash", says: "asked to end (exit code 143)", line: 59,
		spoil: ails(kube.Trouble{Reason: "CrashLoopBackOff", Message: "exit code 143", ExitCode: 143}),
	},
	{
		name: "killed", on: mac, want: Fail, id: "pods.crash", says: "was killed (exit code 137)", line: 59,
		spoil: ails(kube.Trouble{Reason: "CrashLoopBackOff", Message: "exit code 137", ExitCode: 137}),
	},
	{
		name: "ends by itself", on: mac, want: Fail, id: "pods.crash", says: "ends by itself", do: "Job", line: 59,
		spoil: ails(kube.Trouble{Reason: "CrashLoopBackOff", Message: "exit code 0, Completed"}),
	},
	{
		name: "its own error", on: mac, want: Fail, id: "pods.crash", says: "crashes: exit code 1", do: "--previous", line: 59,
		spoil: ails(kube.Trouble{Reason: "CrashLoopBackOff", Message: "exit code 1", ExitCode: 1, Tail: []string{"Error: Cannot find module '/app/server.js'"}}),
	},
	{
		name: "a Job's pod that failed once", on: mac, want: Warn, id: "pods.crash", says: "crashes: exit code 2", line: 59,
		spoil: ails(kube.Trouble{Reason: "Error", Message: "exit code 2", ExitCode: 2}, func(a *kube.Ailing) { a.Pod.Owner = kube.Owner{Kind: "Job", Name: "web"} }),
	},
	{
		name: "exec format error", on: mac, want: Fail, id: "pods.crash", says: "for another architecture", do: "--platform linux/amd64", line: 28,
		spoil: ails(kube.Trouble{Reason: "CrashLoopBackOff", Message: "exit code 255", ExitCode: 255, Tail: []string{"exec /app/server: exec format error"}}),
	},
	{
		name: "killed by its probe", on: mac, want: Fail, id: "pods.probe", says: "its liveness probe fails (GET /healthz on port 8081)", do: "write port: 3000 into livenessProbe of deployment/web", line: 59,
		spoil: ails(kube.Trouble{Reason: "CrashLoopBackOff", Message: "exit code 137", ExitCode: 137, Probe: `Liveness probe failed: Get "http://10.1.0.9:8081/healthz": dial tcp 10.1.0.9:8081: connect: connection refused`},
			asks(kube.Probe{Kind: "liveness", Asks: "GET /healthz", Port: 8081})),
	},
	{
		name: "nothing listens", on: linux, want: Fail, id: "pods.probe", says: "nothing listens where its probe asks (GET / on port 3000)", do: "0.0.0.0", line: 61,
		spoil: ails(unready(`Readiness probe failed: Get "http://10.1.0.9:3000/": dial tcp 10.1.0.9:3000: connect: connection refused`), asks(kube.Probe{Kind: "readiness", Asks: "GET /", Port: 3000})),
	},
	{
		name: "404", on: mac, want: Fail, id: "pods.probe", says: "the wrong answer", do: "serves nothing at /healthz", line: 61,
		spoil: ails(unready(`Readiness probe failed: HTTP probe failed with statuscode: 404`), asks(kube.Probe{Kind: "readiness", Asks: "GET /healthz", Port: 3000})),
	},
	{
		name: "slow answer", on: windows, want: Fail, id: "pods.probe", says: "no answer in time", do: "timeoutSeconds", line: 61,
		spoil: ails(unready(`Readiness probe failed: Get "http://10.1.0.9:3000/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`), asks(kube.Probe{Kind: "readiness", Asks: "GET /", Port: 3000})),
	},
	{
		name: "its node was shut down", on: mac, want: Warn, id: "pods.crash", says: "ended with its node", do: "kubectl delete pod",
		spoil: ails(kube.Trouble{Reason: "Terminated", Message: "Pod was terminated in response to imminent node shutdown."}),
	},
	{
		name: "it ran too long", on: mac, want: Fail, id: "pods.crash", says: "longer than its activeDeadlineSeconds", do: "activeDeadlineSeconds",
		spoil: ails(kube.Trouble{Reason: "DeadlineExceeded", Message: "Pod was active on the node longer than the specified deadline"}),
	},
	{
		name: "503 for want of a database", on: mac, want: Fail, id: "pods.probe", says: "the wrong answer", do: "its log tells why",
		spoil: ails(unready(`Readiness probe failed: HTTP probe failed with statuscode: 503`), asks(kube.Probe{Kind: "readiness", Asks: "GET /", Port: 3000}),
			func(a *kube.Ailing) {
				a.Troubles[0].Tail = []string{"dial tcp 10.96.0.7:5432: connect: connection refused"}
			}),
	},
	{
		name: "no room", on: mac, want: Fail, id: "pods.scheduled", says: "1 Insufficient memory", do: "lower resources.requests", line: 62,
		spoil: ails(kube.Trouble{Reason: "Unschedulable", Message: "0/1 nodes are available: 1 Insufficient memory. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod."},
			func(a *kube.Ailing) { a.Containers[0].Memory = 64 << 30 }),
	},
	{
		name: "taint", on: linux, want: Fail, id: "pods.scheduled", says: "untolerated taint", do: "docker system df", line: 62,
		spoil: ails(kube.Trouble{Reason: "Unschedulable", Message: "0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/disk-pressure: }. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling."}),
	},
	{
		name: "a taint that is meant", on: mac, want: Fail, id: "pods.scheduled", says: "untolerated taint(s)", do: "toleration in deployment/web", line: 62,
		spoil: both(ails(kube.Trouble{Reason: "Unschedulable", Message: "0/1 nodes are available: 1 node(s) had untolerated taint(s). no new claims to deallocate."}),
			func(_ *testing.T, l *laptop) { l.kube.nodes[0].Closed = "gpu=yes:NoSchedule" }),
	},
	{
		name: "a taint that is not named", on: linux, want: Fail, id: "pods.scheduled", says: "untolerated taint(s)", do: "passes with its cause", line: 62,
		spoil: ails(kube.Trouble{Reason: "Unschedulable", Message: "0/1 nodes are available: 1 node(s) had untolerated taint(s). no new claims to deallocate."}),
	},
	{
		name: "cordoned", on: mac, want: Fail, id: "pods.scheduled", says: "node.kubernetes.io/unschedulable", do: "kubectl uncordon docker-desktop", line: 62,
		spoil: both(ails(kube.Trouble{Reason: "Unschedulable", Message: "0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/unschedulable: }. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling."}),
			func(_ *testing.T, l *laptop) { l.kube.nodes[0].Closed = "cordoned" }),
	},
	{
		name: "only a control plane", on: linux, want: Fail, id: "pods.scheduled", says: "untolerated taint", do: "kubectl taint nodes --all node-role.kubernetes.io/control-plane-", line: 62,
		spoil: ails(kube.Trouble{Reason: "Unschedulable", Message: "0/1 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }. no new claims to deallocate."}),
	},
	{
		name: "a node that is not ready", on: linux, want: Fail, id: "pods.scheduled", says: "untolerated taint", do: "under Conditions", line: 62,
		spoil: ails(kube.Trouble{Reason: "Unschedulable", Message: "0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/not-ready: }."}),
	},
	{
		name: "its volume is elsewhere", on: linux, want: Fail, id: "pods.scheduled", says: "volume node affinity conflict", do: "Its volume is on another node", line: 62,
		spoil: ails(kube.Trouble{Reason: "Unschedulable", Message: "0/2 nodes are available: 1 node(s) had volume node affinity conflict, 1 node(s) were unschedulable. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling."}),
	},
	{
		name: "anti-affinity", on: mac, want: Fail, id: "pods.scheduled", says: "anti-affinity", do: "podAntiAffinity", line: 62,
		spoil: ails(kube.Trouble{Reason: "Unschedulable", Message: "0/1 nodes are available: 1 node(s) didn't match pod anti-affinity rules."}),
	},
	{
		name: "a host's port", on: mac, want: Fail, id: "pods.scheduled", says: "free ports", do: "strategy type Recreate", line: 62,
		spoil: ails(kube.Trouble{Reason: "Unschedulable", Message: "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports."}),
	},
	{
		name: "the node's disk", on: linux, want: Fail, id: "pods.image", says: "the node's disk is full", do: "docker system df",
		spoil: both(ails(pullOfWeb(`failed to copy: write /var/lib/containerd/io.containerd.content.v1.content/ingest/ab/data: no space left on device`)), has("ghcr.io/acme/web:1.0"), withNodes),
	},
	{
		name: "the node's store", on: linux, want: Fail, id: "pods.image", says: "image store is damaged", do: "Remove the image and pull it again",
		spoil: ails(pullOfWeb(`failed to extract layer: failed to get reader from content store: content digest sha256:aa: not found`)),
	},
	{
		name: "no address for the pod", on: mac, want: Fail, id: "pods.crash", says: "does not come up: FailedCreatePodSandBox", do: "kubectl describe pod",
		spoil: ails(kube.Trouble{Reason: "FailedCreatePodSandBox", Message: `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "ab": plugin type="bridge" failed (add): no IP addresses available in range set`}),
	},
	{
		name: "unbound volume", on: windows, want: Fail, id: "pods.config", says: "unbound immediate PersistentVolumeClaims", do: "storageclass", line: 62,
		spoil: ails(kube.Trouble{Reason: "Unschedulable", Message: "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling."}),
	},
	{
		name: "Pod Security", on: mac, want: Fail, id: "pods.security", says: `"restricted:latest" does not allow them`, do: "securityContext.allowPrivilegeEscalation: false\nsecurityContext.capabilities.drop: [\"ALL\"]\nsecurityContext.runAsNonRoot: true\nsecurityContext.seccompProfile.type: RuntimeDefault", line: 60,
		spoil: func(_ *testing.T, l *laptop) {
			l.kube.health.Refused = []kube.Refusal{{Owner: kube.Owner{Kind: "Deployment", Name: "web"}, Message: restricted}}
		},
	},
	{
		name: "quota", on: linux, want: Fail, id: "pods.security", says: "deployment/web lacks pods", do: "describe quota",
		spoil: func(_ *testing.T, l *laptop) {
			l.kube.health.Refused = []kube.Refusal{{Owner: kube.Owner{Kind: "Deployment", Name: "web"}, Message: `pods "web-5d9c7b6f4-x" is forbidden: exceeded quota: small, requested: pods=1, used: pods=3, limited: pods=3`}}
		},
	},
	{
		name: "no such account", on: linux, want: Fail, id: "pods.security", says: "deployment/web lacks pods", do: "kubectl create serviceaccount web-sa",
		spoil: func(_ *testing.T, l *laptop) {
			l.kube.health.Refused = []kube.Refusal{{Owner: kube.Owner{Kind: "Deployment", Name: "web"}, Message: noAccount}}
		},
	},
	{
		name: "load balancer waits for a port", on: mac, want: Warn, id: "services.pending", says: "default/other has the port already", do: "port-forward service/web 8080:8080", line: 51,
		spoil: func(_ *testing.T, l *laptop) {
			l.kube.services = []kube.Service{
				{Namespace: "default", Name: "other", Type: "LoadBalancer", Ports: []kube.ServicePort{{Port: 8080}}, Addresses: []string{"localhost"}},
				{Namespace: "default", Name: "web", Type: "LoadBalancer", Ports: []kube.ServicePort{{Port: 8080}}, Created: now.Add(-time.Minute)},
			}
		},
	},
	{
		name: "node port of kind", on: linux, want: Warn, id: "services.nodeport", says: "node port 30080 of service web", do: "kubectl port-forward service/web 8080:80", line: 52,
		spoil: func(_ *testing.T, l *laptop) {
			l.kube.services = []kube.Service{{Namespace: "default", Name: "web", Type: "NodePort", Ports: []kube.ServicePort{{Port: 80, Node: 30080}}}}
		},
	},
	{
		name: "pods cannot be listed", on: mac, want: Fail, id: "pods.seen", says: "cannot be listed",
		spoil: func(_ *testing.T, l *laptop) { l.kube.healthErr = kube.ErrTimeout },
		waits: []string{"pods.image", "services.pending"},
	},
}

// withKind is a laptop with the kind command.
func withKind(_ *testing.T, l *laptop) { l.host.Programs["/usr/bin/kind"] = hosttest.Prints("") }

// withNodes is a laptop whose engine runs the nodes of the kind cluster.
func withNodes(_ *testing.T, l *laptop) {
	for i := range l.kube.nodes {
		n := &l.kube.nodes[i]
		n.Name, n.Runtime, n.InternalIP = "dev-control-plane", "containerd://2.1.4", "172.18.0.2"
		l.docker.nodes = append(l.docker.nodes, docker.Node{Name: n.Name, Tool: "kind", Cluster: "dev", Running: true, Addresses: []string{n.InternalIP}})
	}
}

func unready(probe string) kube.Trouble {
	return kube.Trouble{Reason: "NotReady", Message: probe, Probe: probe, Count: 4, Since: now.Add(-time.Minute)}
}
