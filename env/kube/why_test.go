package kube

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twindeck/twindeck/env/link"
)

const oneContainer = "{restartPolicy: Always, containers: [{name: a, image: 'web:1'}]}"

// One pod, with all that tells why it is as it is.
func TestWhy(t *testing.T) {
	s := &shopAPI{
		pods: []string{podYAMLOf("web-x", oneContainer,
			`{phase: Running, containerStatuses: [{name: a, containerID: x, restartCount: 3, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 137, reason: OOMKilled, startedAt: "2026-11-22T09:59:00Z", finishedAt: "2026-11-22T09:59:42Z"}}}]}`)},
		events: []string{warningOf("Pod/web-x", "BackOff", "Back-off restarting failed container a")},
		logs:   map[string]string{"web-x": "loading " + strings.Repeat("x", 3<<20) + "\nallocating\n"},
	}
	a, err := s.client(t).Why(t.Context(), "shop", "web-x")
	if err != nil || len(a.Troubles) != 1 {
		t.Fatalf("%+v, %v", a, err)
	}
	trouble := a.Troubles[0]
	if trouble.Cause() != OutOfMemory || len(trouble.Tail) != 2 || trouble.Tail[1] != "allocating" || len(trouble.Tail[0]) > link.LongestLine {
		t.Errorf("the cause is %q, with %d last lines", trouble.Cause(), len(trouble.Tail))
	}
	if len(a.States) != 1 || a.States[0].Restarts != 3 || a.States[0].Ended == nil || a.States[0].Ended.Code != 137 || a.States[0].Ended.Ran != 42*time.Second {
		t.Errorf("the container's state is %+v", a.States)
	}
	if len(a.Events) != 1 || a.Events[0].Reason != "BackOff" {
		t.Errorf("the warnings are %+v", a.Events)
	}
}

// A pod that is well has no trouble, and tells how it ended before.
func TestWhyOfAWellPod(t *testing.T) {
	s := &shopAPI{pods: []string{podYAMLOf("web-x", oneContainer,
		`{phase: Running, conditions: [{type: Ready, status: "True"}], containerStatuses: [{name: a, ready: true, containerID: x, restartCount: 1, state: {running: {startedAt: "2026-11-22T10:00:00Z"}}, lastState: {terminated: {exitCode: 3, reason: Error, finishedAt: "2026-11-22T09:59:58Z"}}}]}`)}}
	a, err := s.client(t).Why(t.Context(), "shop", "web-x")
	if err != nil || len(a.Troubles) != 0 || a.Pod.Phase != PhaseReady {
		t.Fatalf("%+v, %v", a, err)
	}
	if e := a.States[0].Ended; a.States[0].Now != "running" || e == nil || e.Code != 3 || e.Ran != 0 {
		t.Errorf("the container's state is %+v", a.States[0])
	}
}

// A pod that cannot go: since when, and what holds it.
func TestWhyOfAPodThatStays(t *testing.T) {
	pod := strings.Replace(podYAMLOf("web-x", oneContainer, `{phase: Running, containerStatuses: []}`), "labels: {a: b}",
		`labels: {a: b}, deletionTimestamp: "2026-11-22T10:00:30Z", deletionGracePeriodSeconds: 30, finalizers: [shop.example/backup]`, 1)
	s := &shopAPI{pods: []string{pod}}
	a, err := s.client(t).Why(t.Context(), "shop", "web-x")
	if want := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC); err != nil || !a.Deleted.Equal(want) || !slices.Equal(a.Finalizers, []string{"shop.example/backup"}) {
		t.Errorf("deleted %s, held by %v, %v", a.Deleted, a.Finalizers, err)
	}
}

func TestWhyOfAPodThatIsGone(t *testing.T) {
	_, err := (&shopAPI{}).client(t).Why(t.Context(), "shop", "web-x")
	if !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "shop/web-x") {
		t.Errorf("got %v", err)
	}
}

// What is no trouble now and may be one: a container that dies every few
// minutes, one that prepares the pod and does not end. What ended with its node
// did not die.
func TestDoubts(t *testing.T) {
	ago := func(d time.Duration) string { return time.Now().Add(-d).UTC().Format(time.RFC3339) }
	up := func(restarts int, started, ended time.Duration, end string) string {
		return fmt.Sprintf(`{phase: Running, conditions: [{type: Ready, status: "True"}], containerStatuses: [{name: a, ready: true, containerID: x, restartCount: %d, state: {running: {startedAt: "%s"}}, lastState: {terminated: {%s, finishedAt: "%s"}}}]}`, restarts, ago(started), end, ago(ended))
	}
	prepares := func(since time.Duration) string {
		return fmt.Sprintf(`{phase: Pending, initContainerStatuses: [{name: wait-db, containerID: x, state: {running: {startedAt: "%s"}}}], containerStatuses: [{name: a, state: {waiting: {reason: PodInitializing}}}]}`, ago(since))
	}
	const (
		killed   = "exitCode: 137, reason: OOMKilled"
		withInit = `{initContainers: [{name: wait-db, image: 'w:1'}], containers: [{name: a, image: 'web:1'}]}`
		briefly  = 2 * time.Minute
	)
	for name, tc := range map[string]struct {
		spec, status string
		want         string // container, reason; empty: nothing
	}{
		"killed every few minutes":      {oneContainer, up(50, briefly, 3*time.Minute, killed), "a OOMKilled"},
		"killed an hour ago":            {oneContainer, up(50, time.Hour, time.Hour, killed), ""},
		"ended once":                    {oneContainer, up(1, briefly, 3*time.Minute, killed), ""},
		"ended well":                    {oneContainer, up(5, briefly, 3*time.Minute, "exitCode: 0, reason: Completed"), ""},
		"ended with its node":           {oneContainer, up(5, briefly, 3*time.Minute, "exitCode: 255, reason: Unknown"), ""},
		"ended with its node, just now": {oneContainer, up(5, 5*time.Second, 9*time.Second, "exitCode: 255, reason: Unknown"), ""},
		"waits for six hours":           {withInit, prepares(6 * time.Hour), "wait-db Initializing"},
		"waits for a minute":            {withInit, prepares(time.Minute), ""},
	} {
		s := &shopAPI{pods: []string{podYAMLOf("web-x", tc.spec, tc.status)}, logs: map[string]string{"web-x": "db is not there\n"}}
		a, err := s.client(t).Why(t.Context(), "shop", "web-x")
		if err != nil || len(a.Troubles) > 0 {
			t.Errorf("%s: %+v, %v", name, a.Troubles, err)
		}
		got := ""
		for _, d := range a.Doubts {
			got += d.Container + " " + d.Reason
			if len(d.Tail) != 1 {
				t.Errorf("%s: its last lines are %q", name, d.Tail)
			}
		}
		if got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

func TestContainersThatComeFirst(t *testing.T) {
	s := &shopAPI{pods: []string{podYAMLOf("web-x", `{initContainers: [{name: mesh, restartPolicy: Always}, {name: migrate}], containers: [{name: a}]}`, `{phase: Pending}`)}}
	a, err := s.client(t).Why(t.Context(), "shop", "web-x")
	if err != nil || len(a.Containers) != 3 {
		t.Fatalf("%+v, %v", a, err)
	}
	for i, want := range []Container{{Name: "mesh", Init: true, Sidecar: true}, {Name: "migrate", Init: true}, {Name: "a"}} {
		if got := a.Containers[i]; got.Name != want.Name || got.Init != want.Init || got.Sidecar != want.Sidecar {
			t.Errorf("got %+v", got)
		}
	}
}

// Of a pod that waits for a volume: which claim has none, what is told of that,
// and which classes there are.
func TestWhyOfAnUnboundClaim(t *testing.T) {
	s := &shopAPI{
		pods: []string{podYAMLOf("web-x", `{containers: [{name: a}], volumes: [{name: conf, configMap: {name: c}}, {name: old, persistentVolumeClaim: {claimName: old}}, {name: data, persistentVolumeClaim: {claimName: data}}]}`,
			`{phase: Pending, conditions: [{type: PodScheduled, status: "False", reason: Unschedulable, message: '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.'}]}`)},
		events: []string{warningOf("PersistentVolumeClaim/data", "ProvisioningFailed", `storageclass.storage.k8s.io "standard" not found`)},
		other: map[string]string{
			"/api/v1/namespaces/shop/persistentvolumeclaims/old":  `{kind: PersistentVolumeClaim, apiVersion: v1, status: {phase: Bound}}`,
			"/api/v1/namespaces/shop/persistentvolumeclaims/data": `{kind: PersistentVolumeClaim, apiVersion: v1, spec: {storageClassName: standard}, status: {phase: Pending}}`,
			"/apis/storage.k8s.io/v1/storageclasses":              `{kind: StorageClassList, apiVersion: storage.k8s.io/v1, items: [{metadata: {name: hostpath}}, {metadata: {name: local-path, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}}]}`,
		},
	}
	c := s.client(t)
	a, err := c.Why(t.Context(), "shop", "web-x")
	want := Unbound{Claim: "data", Class: "standard", Says: `storageclass.storage.k8s.io "standard" not found`, Classes: []string{"local-path", "hostpath"}}
	if err != nil || a.Unbound == nil || !reflect.DeepEqual(*a.Unbound, want) {
		t.Errorf("%+v, %v", a.Unbound, err)
	}
	if h, err := c.Health(t.Context(), "shop"); err != nil || len(h.Ailing) != 1 || h.Ailing[0].Unbound == nil {
		t.Errorf("%+v, %v", h, err)
	}
}
