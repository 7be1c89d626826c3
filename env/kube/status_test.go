package kube

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// Shapes of pods as the API server has them, and what kubectl get pods
// (v1.36) prints of each.
var podShapes = []struct {
	name, pod    string
	text         string
	ready, total int
	restarts     int
	phase        Phase
	deleted      bool
}{
	{
		name: "just made", pod: `{spec: {containers: [{name: a}]}, status: {phase: Pending}}`,
		text: "Pending", total: 1, phase: PhaseStarting,
	},
	{
		name: "no node has room", pod: `{spec: {containers: [{name: a}]}, status: {phase: Pending, conditions: [{type: PodScheduled, status: "False", reason: Unschedulable}]}}`,
		text: "Pending", total: 1, phase: PhaseWarning,
	},
	{
		name: "gated", pod: `{spec: {containers: [{name: a}]}, status: {phase: Pending, conditions: [{type: PodScheduled, status: "False", reason: SchedulingGated}]}}`,
		text: "SchedulingGated", total: 1, phase: PhaseStarting,
	},
	{
		name: "creating", pod: `{spec: {containers: [{name: a}]}, status: {phase: Pending, containerStatuses: [{name: a, state: {waiting: {reason: ContainerCreating}}}]}}`,
		text: "ContainerCreating", total: 1, phase: PhaseStarting,
	},
	{
		name: "running", pod: `{spec: {containers: [{name: a}, {name: b}]}, status: {phase: Running, containerStatuses: [{name: a, ready: true, restartCount: 2, state: {running: {}}}, {name: b, ready: true, restartCount: 1, state: {running: {}}}]}}`,
		text: "Running", ready: 2, total: 2, restarts: 3, phase: PhaseReady,
	},
	{
		name: "running, not ready yet", pod: `{spec: {containers: [{name: a}]}, status: {phase: Running, containerStatuses: [{name: a, ready: false, state: {running: {startedAt: "2026-11-22T10:00:05Z"}}}], conditions: [{type: Ready, status: "False", lastTransitionTime: "2026-11-22T10:00:00Z"}]}}`,
		text: "Running", total: 1, phase: PhaseStarting,
	},
	{
		name: "running, no longer ready", pod: `{spec: {containers: [{name: a}]}, status: {phase: Running, containerStatuses: [{name: a, ready: false, state: {running: {startedAt: "2026-11-22T10:00:05Z"}}}], conditions: [{type: Ready, status: "False", lastTransitionTime: "2026-11-22T10:30:00Z"}]}}`,
		text: "Running", total: 1, phase: PhaseWarning,
	},
	{
		name: "crash loop", pod: `{spec: {containers: [{name: a}]}, status: {phase: Running, containerStatuses: [{name: a, restartCount: 6, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 1}}}]}}`,
		text: "CrashLoopBackOff", total: 1, restarts: 6, phase: PhaseFailed,
	},
	{
		name: "image", pod: `{spec: {containers: [{name: a}]}, status: {phase: Pending, containerStatuses: [{name: a, state: {waiting: {reason: ImagePullBackOff}}}]}}`,
		text: "ImagePullBackOff", total: 1, phase: PhaseFailed,
	},
	{
		name: "the first container's reason wins", pod: `{spec: {containers: [{name: a}, {name: b}]}, status: {phase: Pending, containerStatuses: [{name: a, state: {waiting: {reason: ErrImagePull}}}, {name: b, state: {waiting: {reason: ContainerCreating}}}]}}`,
		text: "ErrImagePull", total: 2, phase: PhaseFailed,
	},
	{
		name: "ended with a signal", pod: `{spec: {containers: [{name: a}]}, status: {phase: Running, containerStatuses: [{name: a, state: {terminated: {exitCode: 137, signal: 9}}}]}}`,
		text: "Signal:9", total: 1, phase: PhaseFailed,
	},
	{
		name: "ended with a code", pod: `{spec: {containers: [{name: a}]}, status: {phase: Failed, containerStatuses: [{name: a, state: {terminated: {exitCode: 3}}}]}}`,
		text: "ExitCode:3", total: 1, phase: PhaseFailed,
	},
	{
		name: "out of memory", pod: `{spec: {containers: [{name: a}]}, status: {phase: Running, containerStatuses: [{name: a, restartCount: 1, state: {terminated: {exitCode: 137, reason: OOMKilled}}}]}}`,
		text: "OOMKilled", total: 1, restarts: 1, phase: PhaseFailed,
	},
	{
		name: "completed", pod: `{spec: {containers: [{name: a}]}, status: {phase: Succeeded, containerStatuses: [{name: a, state: {terminated: {exitCode: 0, reason: Completed}}}]}}`,
		text: "Completed", total: 1, phase: PhaseDone,
	},
	{
		name: "one completed, one running and ready", pod: `{spec: {containers: [{name: a}, {name: b}]}, status: {phase: Running, conditions: [{type: Ready, status: "True"}], containerStatuses: [{name: a, state: {terminated: {exitCode: 0, reason: Completed}}}, {name: b, ready: true, state: {running: {}}}]}}`,
		text: "Running", ready: 1, total: 2, phase: PhaseStarting,
	},
	{
		name: "one completed, one running", pod: `{spec: {containers: [{name: a}, {name: b}]}, status: {phase: Running, containerStatuses: [{name: a, state: {terminated: {exitCode: 0, reason: Completed}}}, {name: b, ready: true, state: {running: {}}}]}}`,
		text: "NotReady", ready: 1, total: 2, phase: PhaseWarning,
	},
	{
		name: "one completed, one failed", pod: `{spec: {containers: [{name: a}, {name: b}]}, status: {phase: Running, containerStatuses: [{name: a, state: {terminated: {exitCode: 0, reason: Completed}}}, {name: b, state: {terminated: {exitCode: 1, reason: Error}}}]}}`,
		text: "Error", total: 2, phase: PhaseFailed,
	},
	{
		name: "initializing", pod: `{spec: {initContainers: [{name: i}, {name: j}], containers: [{name: a}]}, status: {phase: Pending, initContainerStatuses: [{name: i, restartCount: 1, state: {terminated: {exitCode: 0}}}, {name: j, state: {running: {}}}], containerStatuses: [{name: a, state: {waiting: {reason: PodInitializing}}}]}}`,
		text: "Init:1/2", total: 1, restarts: 1, phase: PhaseStarting,
	},
	{
		name: "initialization failed", pod: `{spec: {initContainers: [{name: i}], containers: [{name: a}]}, status: {phase: Pending, initContainerStatuses: [{name: i, state: {terminated: {exitCode: 2}}}]}}`,
		text: "Init:ExitCode:2", total: 1, phase: PhaseFailed,
	},
	{
		name: "initialization in a crash loop", pod: `{spec: {initContainers: [{name: i}], containers: [{name: a}]}, status: {phase: Pending, initContainerStatuses: [{name: i, restartCount: 4, state: {waiting: {reason: CrashLoopBackOff}}}]}}`,
		text: "Init:CrashLoopBackOff", total: 1, restarts: 4, phase: PhaseFailed,
	},
	{
		name: "initialized, starting", pod: `{spec: {initContainers: [{name: i}], containers: [{name: a}]}, status: {phase: Pending, initContainerStatuses: [{name: i, restartCount: 5, state: {terminated: {exitCode: 0, reason: Completed}}}], containerStatuses: [{name: a, state: {waiting: {reason: PodInitializing}}}]}}`,
		text: "PodInitializing", total: 1, phase: PhaseStarting,
	},
	{
		name: "sidecar", pod: `{spec: {initContainers: [{name: s, restartPolicy: Always}], containers: [{name: a}]}, status: {phase: Running, initContainerStatuses: [{name: s, ready: true, started: true, restartCount: 2, state: {running: {}}}], containerStatuses: [{name: a, ready: true, restartCount: 1, state: {running: {}}}]}}`,
		text: "Running", ready: 2, total: 2, restarts: 3, phase: PhaseReady,
	},
	{
		name: "evicted", pod: `{spec: {containers: [{name: a}]}, status: {phase: Failed, reason: Evicted}}`,
		text: "Evicted", total: 1, phase: PhaseFailed,
	},
	{
		name: "terminating", pod: `{spec: {containers: [{name: a}]}, status: {phase: Running, containerStatuses: [{name: a, ready: true, state: {running: {}}}]}}`,
		text: "Terminating", ready: 1, total: 1, phase: PhaseWarning, deleted: true,
	},
	{
		name: "completed and deleted", pod: `{spec: {containers: [{name: a}]}, status: {phase: Succeeded, containerStatuses: [{name: a, state: {terminated: {exitCode: 0, reason: Completed}}}]}}`,
		text: "Completed", total: 1, phase: PhaseDone, deleted: true,
	},
	{
		name: "its node is gone", pod: `{spec: {containers: [{name: a}]}, status: {phase: Running, reason: NodeLost, containerStatuses: [{name: a, ready: true, state: {running: {}}}]}}`,
		text: "Unknown", ready: 1, total: 1, phase: PhaseUnknown, deleted: true,
	},
}

func TestSummarize(t *testing.T) {
	for _, tc := range podShapes {
		t.Run(tc.name, func(t *testing.T) {
			var pod corev1.Pod
			if err := yaml.UnmarshalStrict([]byte(tc.pod), &pod); err != nil {
				t.Fatal(err)
			}
			if tc.deleted {
				now := metav1.Now()
				pod.DeletionTimestamp = &now
			}
			want := summary{text: tc.text, ready: tc.ready, total: tc.total, restarts: tc.restarts, phase: tc.phase}
			if got := summarize(&pod); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

func TestRow(t *testing.T) {
	var pod corev1.Pod
	if err := yaml.UnmarshalStrict([]byte(`
metadata:
  uid: u1
  namespace: shop
  name: web-987c6cb7d-7znrw
  creationTimestamp: "2026-11-22T10:00:00Z"
  labels: {pod-template-hash: 987c6cb7d}
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-987c6cb7d, uid: r1, controller: true}]
spec:
  nodeName: docker-desktop
  containers: [{name: web, image: "localhost:5050/web:v1"}, {name: log, image: log}]
status:
  phase: Running
  containerStatuses:
  - {name: log, ready: true, state: {running: {}}, imageID: ""}
  - {name: web, ready: true, state: {running: {}}, imageID: "docker-pullable://localhost:5050/web@sha256:03d4"}
`), &pod); err != nil {
		t.Fatal(err)
	}
	got := row(&pod)
	if got.Owner != (Owner{Kind: "Deployment", Name: "web"}) {
		t.Errorf("owner %+v", got.Owner)
	}
	if got.Images[0] != (PodImage{Container: "web", Image: "localhost:5050/web:v1", Digest: "sha256:03d4"}) || got.Images[1] != (PodImage{Container: "log", Image: "log"}) {
		t.Errorf("images %+v", got.Images)
	}
	if got.UID != "u1" || got.Node != "docker-desktop" || !got.Created.Equal(time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)) {
		t.Errorf("row %+v", got)
	}
}

func TestOwner(t *testing.T) {
	yes, no := true, false
	for name, tc := range map[string]struct {
		refs   []metav1.OwnerReference
		labels map[string]string
		want   Owner
	}{
		"nobody":              {want: Owner{}},
		"not its controller":  {refs: []metav1.OwnerReference{{Kind: "Deployment", Name: "x", Controller: &no}}, want: Owner{}},
		"lone ReplicaSet":     {refs: []metav1.OwnerReference{{Kind: "ReplicaSet", Name: "x", Controller: &yes}}, want: Owner{Kind: "ReplicaSet", Name: "x"}},
		"ReplicaSet, other":   {refs: []metav1.OwnerReference{{Kind: "ReplicaSet", Name: "x-1", Controller: &yes}}, labels: map[string]string{"pod-template-hash": "2"}, want: Owner{Kind: "ReplicaSet", Name: "x-1"}},
		"Deployment":          {refs: []metav1.OwnerReference{{Kind: "ReplicaSet", Name: "x-y-1", Controller: &yes}}, labels: map[string]string{"pod-template-hash": "1"}, want: Owner{Kind: "Deployment", Name: "x-y"}},
		"StatefulSet":         {refs: []metav1.OwnerReference{{Kind: "StatefulSet", Name: "db", Controller: &yes}}, want: Owner{Kind: "StatefulSet", Name: "db"}},
		"Rollout of Argo":     {refs: []metav1.OwnerReference{{Kind: "ReplicaSet", Name: "x-y-1", APIVersion: "apps/v1", Controller: &yes}}, labels: map[string]string{"rollouts-pod-template-hash": "1"}, want: Owner{Kind: "Rollout", Name: "x-y", Group: "argoproj.io"}},
		"of a custom kind":    {refs: []metav1.OwnerReference{{Kind: "Widget", Name: "w", APIVersion: "acme.dev/v1", Controller: &yes}}, want: Owner{Kind: "Widget", Name: "w", Group: "acme.dev"}},
		"of a kind of ours":   {refs: []metav1.OwnerReference{{Kind: "Job", Name: "j", APIVersion: "batch/v1", Controller: &yes}}, want: Owner{Kind: "Job", Name: "j"}},
		"second is the owner": {refs: []metav1.OwnerReference{{Kind: "A", Name: "a"}, {Kind: "Job", Name: "j", Controller: &yes}}, want: Owner{Kind: "Job", Name: "j"}},
	} {
		if got := ownerOf(tc.refs, tc.labels); got != tc.want {
			t.Errorf("%s: got %+v, want %+v", name, got, tc.want)
		}
	}
}

// What runs beside a pod's main containers can be meant, too; not what has ended,
// and no debug container of ours.
func TestRowOfWhatRunsBeside(t *testing.T) {
	runs := corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}
	ended := corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{}}
	one := func(name string, state corev1.ContainerState) []corev1.ContainerStatus {
		return []corev1.ContainerStatus{{Name: name, State: state}}
	}
	for name, c := range map[string]struct {
		status corev1.PodStatus
		want   bool
	}{
		"nothing":                 {status: corev1.PodStatus{ContainerStatuses: one("app", runs)}},
		"a sidecar, an init one":  {status: corev1.PodStatus{InitContainerStatuses: one("mesh", runs)}, want: true},
		"an init one that ended":  {status: corev1.PodStatus{InitContainerStatuses: one("setup", ended)}},
		"one of kubectl debug":    {status: corev1.PodStatus{EphemeralContainerStatuses: one("debugger-x7", runs)}, want: true},
		"one that ended":          {status: corev1.PodStatus{EphemeralContainerStatuses: one("debugger-x7", ended)}},
		"a debug container of us": {status: corev1.PodStatus{EphemeralContainerStatuses: one(debugPrefix+"1a2b3c", runs)}},
	} {
		if got := row(&corev1.Pod{Status: c.status}).Beside; got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
