package kube

import (
	"fmt"
	"strings"
	"testing"
)

// eventYAML is an event about a pod web-x with more fields of its own.
func eventYAML(kind, reason, message, at, more string) string {
	return fmt.Sprintf(`{kind: Event, apiVersion: v1, metadata: {namespace: shop, name: web-x.1}, type: %s, reason: %s, message: %q, lastTimestamp: "2026-11-22T%sZ", %s}`, kind, reason, message, at, more)
}

const (
	ofWebX = `involvedObject: {kind: Pod, name: web-x, uid: now}`
	ofA    = `involvedObject: {kind: Pod, name: web-x, uid: now, fieldPath: "spec.containers{a}"}`
	ofMesh = `involvedObject: {kind: Pod, name: web-x, uid: now, fieldPath: "spec.containers{mesh}"}`
)

// What is the matter with a pod is told from what else is known of it.
func TestTroubleIsOfNowAndOfItsContainer(t *testing.T) {
	const (
		probed = `{restartPolicy: Always, containers: [{name: a, image: 'web:1', readinessProbe: {httpGet: {port: 80}, failureThreshold: 3}, livenessProbe: {httpGet: {port: 80}, failureThreshold: 3}}, {name: mesh, image: 'mesh:1', livenessProbe: {tcpSocket: {port: 15021}, failureThreshold: 1}}]}`
		ended  = `{phase: Running, containerStatuses: [{name: a, containerID: x, restartCount: 3, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: %d, reason: %s}}}, {name: mesh, containerID: z1, ready: true, state: {running: {}}}]}`
		waits  = `{phase: Pending, conditions: [{type: PodScheduled, status: "True"}], containerStatuses: [{name: a, state: {waiting: {reason: ContainerCreating}}}]}`
		failed = "Liveness probe failed: HTTP probe failed with statuscode: 500"
	)
	for name, tc := range map[string]struct {
		spec, status, log string
		events            []string
		cause             Cause
	}{
		"killed by its probe": {
			probed, fmt.Sprintf(ended, 137, "Error"), "",
			[]string{eventYAML("Warning", "Unhealthy", failed, "10:00:00", "count: 3, "+ofA)},
			ProbeKilled,
		},
		"killed by a probe that answers in several words": {
			probed, fmt.Sprintf(ended, 143, "Error"), "",
			[]string{
				eventYAML("Warning", "Unhealthy", failed, "10:00:00", "count: 2, "+ofA),
				eventYAML("Warning", "Unhealthy", "Liveness probe failed: context deadline exceeded", "10:00:10", "count: 1, "+ofA),
			},
			ProbeKilled,
		},
		"its probe failed less often than that takes": {
			probed, fmt.Sprintf(ended, 0, "Completed"), "",
			[]string{eventYAML("Warning", "Unhealthy", failed, "10:00:00", "count: 2, "+ofA)},
			EndsByItself,
		},
		"the probe of another container": {
			probed, fmt.Sprintf(ended, 143, "Error"), "",
			[]string{eventYAML("Warning", "Unhealthy", "Liveness probe failed: dial tcp: connection refused", "10:00:00", "count: 9, "+ofMesh)},
			AskedToEnd,
		},
		"not ready now, and killed long ago": {
			probed, `{phase: Running, containerStatuses: [{name: a, containerID: x, restartCount: 1, state: {running: {startedAt: "2026-11-22T09:00:00Z"}}, lastState: {terminated: {exitCode: 137, reason: Error}}}]}`, "",
			[]string{eventYAML("Warning", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503", "10:00:00", "count: 9, "+ofA)},
			ProbeAnswer,
		},
		"what its program writes is not what its probe got": {
			probed, `{phase: Running, containerStatuses: [{name: a, containerID: x, state: {running: {startedAt: "2026-11-22T09:00:00Z"}}}]}`, "dial tcp 10.96.0.7:5432: connect: connection refused\n",
			[]string{eventYAML("Warning", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503", "10:00:00", "count: 9, "+ofA)},
			ProbeAnswer,
		},
		"an image for another architecture": {probed, fmt.Sprintf(ended, 255, "Error"), "exec /app: exec format error\n", nil, WrongArch},
		"put out by its node, which killed it": {
			probed, `{phase: Failed, reason: Evicted, message: 'The node was low on resource: memory.', containerStatuses: [{name: a, containerID: x, restartCount: 3, state: {terminated: {exitCode: 137, reason: ContainerStatusUnknown}}}]}`, "", nil, Evicted,
		},
		"ended with its node": {
			probed, `{phase: Failed, reason: Terminated, message: 'Pod was terminated in response to imminent node shutdown.', containerStatuses: [{name: a, containerID: x, state: {terminated: {exitCode: 143, reason: Error}}}]}`, "", nil, NodeDown,
		},
		"a volume": {
			probed, waits, "",
			[]string{
				eventYAML("Normal", "Scheduled", "assigned", "10:00:00", ofWebX),
				eventYAML("Warning", "FailedMount", `MountVolume.SetUp failed for volume "conf" : configmap "web-conf" not found`, "10:00:00", ofWebX),
			},
			ConfigMissing,
		},
		"a volume that came": {
			probed, waits, "",
			[]string{
				eventYAML("Warning", "FailedMount", `MountVolume.SetUp failed for volume "conf" : configmap "web-conf" not found`, "10:00:00", ofWebX),
				eventYAML("Normal", "Pulling", "pulling", "10:00:05", ofWebX),
			},
			"",
		},
		"a place that was found": {probed, waits, "", []string{eventYAML("Warning", "FailedScheduling", "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims", "10:00:00", ofWebX)}, ""},
		"of a former pod of its name": {
			probed, waits, "",
			[]string{eventYAML("Warning", "FailedMount", "configmap not found", "10:00:00", `involvedObject: {kind: Pod, name: web-x, uid: before}`)},
			"",
		},
		"an init container at work": {
			`{initContainers: [{name: migrate, image: 'm:1'}], containers: [{name: a, image: 'web:1'}]}`,
			`{phase: Pending, conditions: [{type: PodScheduled, status: "True"}], initContainerStatuses: [{name: migrate, containerID: x, restartCount: 1, state: {running: {startedAt: "2026-11-22T10:00:00Z"}}}], containerStatuses: [{name: a, state: {waiting: {reason: PodInitializing}}}]}`, "",
			[]string{eventYAML("Warning", "BackOff", "Back-off restarting failed container migrate", "10:00:00", ofWebX)},
			"",
		},
		"a sidecar that is not ready": {
			`{initContainers: [{name: mesh, image: 'm:1', restartPolicy: Always, startupProbe: {tcpSocket: {port: 1}}}], containers: [{name: a, image: 'web:1'}]}`,
			`{phase: Pending, conditions: [{type: PodScheduled, status: "True"}], initContainerStatuses: [{name: mesh, containerID: x, state: {running: {startedAt: "2026-11-22T10:00:00Z"}}}], containerStatuses: [{name: a, state: {waiting: {reason: PodInitializing}}}]}`, "",
			[]string{eventYAML("Warning", "Unhealthy", "Startup probe failed: dial tcp: connection refused", "10:00:00", `involvedObject: {kind: Pod, name: web-x, uid: now, fieldPath: "spec.initContainers{mesh}"}`)},
			ProbeRefused,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pod := strings.Replace(podYAMLOf("web-x", tc.spec, tc.status), "labels: {a: b}", "labels: {a: b}, uid: now", 1)
			s := &shopAPI{pods: []string{pod}, events: tc.events, logs: map[string]string{"web-x": tc.log}}
			c := s.client(t)
			a, err := c.Why(t.Context(), "shop", "web-x")
			if err != nil {
				t.Fatal(err)
			}
			h, err := c.Health(t.Context(), "shop")
			if err != nil {
				t.Fatal(err)
			}
			if tc.cause == "" {
				if len(a.Troubles) > 0 || len(h.Ailing) > 0 {
					t.Errorf("it is taken for a trouble: %+v, %+v", a.Troubles, h.Ailing)
				}
				return
			}
			if len(a.Troubles) == 0 || len(h.Ailing) != 1 {
				t.Fatalf("%+v, %+v", a, h)
			}
			for _, got := range []Trouble{Telling(a.Troubles), Telling(h.Ailing[0].Troubles)} {
				if got.Cause() != tc.cause {
					t.Errorf("%q, want %q: %+v", got.Cause(), tc.cause, got)
				}
			}
		})
	}
}

// What a workload suffers from is what its newest pods do, as long as one of
// them does: those of the revision before are on their way out.
func TestTroubleIsOfTheNewestRevision(t *testing.T) {
	pod := func(name, revision, reason string) string {
		return strings.Replace(podYAMLOf(name, oneContainer, `{phase: Pending, containerStatuses: [{name: a, state: {waiting: {reason: `+reason+`, message: "manifest unknown"}}}]}`), "{a: b}", "{a: b, controller-revision-hash: "+revision+"}", 1)
	}
	other := map[string]string{
		"/api":          `{kind: APIVersions, versions: [v1]}`,
		"/apis":         `{kind: APIGroupList, apiVersion: v1, groups: [{name: apps, versions: [{groupVersion: apps/v1, version: v1}], preferredVersion: {groupVersion: apps/v1, version: v1}}]}`,
		"/api/v1":       `{kind: APIResourceList, apiVersion: v1, groupVersion: v1, resources: []}`,
		"/apis/apps/v1": `{kind: APIResourceList, apiVersion: v1, groupVersion: apps/v1, resources: [{name: statefulsets, namespaced: true, kind: StatefulSet, verbs: [get, list]}]}`,
		"/apis/apps/v1/namespaces/shop/statefulsets/web": `{kind: StatefulSet, apiVersion: apps/v1, metadata: {namespace: shop, name: web, generation: 2}, spec: {selector: {matchLabels: {a: b}}}, status: {observedGeneration: 2, updateRevision: new}}`,
	}
	for name, tc := range map[string]struct {
		pods []string
		want string
	}{
		"both":         {[]string{pod("web-0", "old", "ImagePullBackOff"), pod("web-1", "new", "CrashLoopBackOff")}, "web-1"},
		"the old ones": {[]string{pod("web-0", "old", "ImagePullBackOff"), pod("web-1", "old", "ImagePullBackOff"), pod("web-2", "new", "ContainerCreating")}, "web-0 web-1"},
	} {
		s := &shopAPI{pods: tc.pods, other: other}
		found, err := s.client(t).Trouble(t.Context(), Ref{Group: "apps", Version: "v1", Kind: "StatefulSet", Name: "web", Namespace: "shop"})
		var of []string
		for _, t := range found {
			of = append(of, t.Pod)
		}
		if got := strings.Join(of, " "); err != nil || got != tc.want {
			t.Errorf("%s: it tells of %q, %v, want %q", name, got, err, tc.want)
		}
	}
}

// Each container has its own registry's words.
func TestTroubleOfTwoPulls(t *testing.T) {
	s := &shopAPI{
		pods: []string{strings.Replace(podYAMLOf("web-x", `{containers: [{name: a, image: 'web:1'}, {name: mesh, image: 'mesh:1'}]}`,
			`{phase: Pending, containerStatuses: [{name: a, state: {waiting: {reason: ImagePullBackOff}}}, {name: mesh, state: {waiting: {reason: ImagePullBackOff}}}]}`), "labels: {a: b}", "labels: {a: b}, uid: now", 1)},
		events: []string{
			eventYAML("Warning", "Failed", `Failed to pull image "web:1": not found`, "10:00:00", ofA),
			eventYAML("Warning", "Failed", `Failed to pull image "mesh:1": 401 unauthorized`, "10:00:05", ofMesh),
		},
	}
	a, err := s.client(t).Why(t.Context(), "shop", "web-x")
	if err != nil || len(a.Troubles) != 2 || a.Troubles[0].Cause() != ImageMissing || a.Troubles[1].Cause() != PullDenied {
		t.Errorf("%+v, %v", a.Troubles, err)
	}
}

func TestCauses(t *testing.T) {
	for _, tc := range []struct {
		t    Trouble
		want Cause
	}{
		{Trouble{Reason: "ErrImagePull", Message: `failed to pull and unpack image "docker.io/library/postgres:16": failed to copy: write /var/lib/containerd/io.containerd.content.v1.content/ingest/ab/data: no space left on device`}, NoSpace},
		{Trouble{Reason: "ImagePullBackOff", Message: `failed to extract layer: failed to get reader from content store: content digest sha256:aa: not found`}, StoreBroken},
		{Trouble{Reason: "ErrImagePull", Message: `failed to resolve reference "web:1": web:1: not found`}, ImageMissing},
		{Trouble{Reason: "RunContainerError", Message: `OCI runtime create failed: error during container init: error mounting "/var/lib/kubelet/x" to rootfs at "/etc/nginx/nginx.conf": not a directory: unknown`, ExitCode: 127}, CannotMount},
		{Trouble{Reason: "CrashLoopBackOff", Message: `exit code 128, StartError: error mounting "/srv/x" to rootfs at "/x": no such file or directory`, ExitCode: 128}, CannotMount},
		{Trouble{Reason: "CrashLoopBackOff", Message: "exit code 127", ExitCode: 127}, NoCommand},
	} {
		if got := tc.t.Cause(); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.t.Message, got, tc.want)
		}
	}
}
