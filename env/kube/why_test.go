package kube

import (
	"errors"
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
