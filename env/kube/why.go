package kube

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Ailing is a pod that is not well, with what is needed to say why.
type Ailing struct {
	Pod        *Pod
	Troubles   []Trouble // Telling picks the one that counts; Health's are never without
	Doubts     []Trouble // of one without troubles that was asked for by name: what may be one
	Containers []Container
	Account    string   // service account it runs as
	Secrets    []string // its imagePullSecrets
	Alike      int      // more pods of the same workload in the same state, not looked at
	Events     []Event  // its warnings, oldest first
	States     []ContainerState
	Deleted    time.Time     // when it was asked to end; zero: it was not
	Grace      time.Duration // that it was given for that
	Finalizers []string      // what must be done before it can be gone
	Unbound    *Unbound      // its claim that has no volume, where that is its trouble; nil: that is not
}

// telling is the trouble that counts.
func (a Ailing) telling() Trouble { return Telling(a.Troubles) }

// ContainerState is how a container of a pod is now, and how it ended before.
type ContainerState struct {
	Name     string
	Init     bool      // it runs to its end before the main ones start
	Now      string    // running, ended, or what it waits for: CrashLoopBackOff; empty: nothing is known yet
	Since    time.Time // zero: not told
	Restarts int
	Ended    *Ending // its last end; nil: it never ended
}

// Ending is the end of a container.
type Ending struct {
	Code   int
	Reason string // OOMKilled, Error, Completed, StartError
	At     time.Time
	Ran    time.Duration // 0: it never started
}

// Why looks closely at one pod, whatever its state. One that is well, or is
// only starting, has no troubles; how its containers ended before is told all
// the same.
func (c *Client) Why(ctx context.Context, namespace, pod string) (Ailing, error) {
	var a Ailing
	err := c.call(ctx, "looking at pod "+namespace+"/"+pod, func(ctx context.Context, cn *conn) error {
		p, err := cn.calls.CoreV1().Pods(namespace).Get(ctx, pod, metav1.GetOptions{})
		if err != nil {
			return err
		}
		events, err := cn.events(ctx, namespace, "Pod", pod)
		if err != nil {
			events = nil // they only add detail
		}
		events = eventsOf(p, events)
		troubles := cn.troubles(ctx, p, events)
		a = ailingOf(p, troubles, warningsOf(events))
		a.Unbound = cn.unbound(ctx, p, troubles)
		if len(troubles) == 0 && p.DeletionTimestamp == nil {
			a.Doubts = cn.doubts(ctx, p, events, time.Now())
		}
		return nil
	})
	return a, err
}

const (
	lately   = 10 * time.Minute // what dies every few minutes is up between two looks
	initLong = 5 * time.Minute  // what prepares a pod is mostly done by then
)

// Initializing is the reason of an init container that runs and does not end.
const Initializing = "Initializing"

// doubts are what is no trouble and may be one: containers that ended a short
// while ago and are up again, and an init container that runs for long.
func (cn *conn) doubts(ctx context.Context, p *corev1.Pod, events []Event, now time.Time) []Trouble {
	found := cn.upAgain(ctx, p, events, func(last *corev1.ContainerStateTerminated, _ *corev1.ContainerStateRunning) bool {
		return last.ExitCode != 0 && now.Sub(last.FinishedAt.Time) < lately
	})
	for i := range p.Status.InitContainerStatuses {
		c := &p.Status.InitContainerStatuses[i]
		if run := c.State.Running; run != nil && initializes(p, c.Name) && now.Sub(run.StartedAt.Time) >= initLong {
			found = append(found, Trouble{Pod: p.Name, Container: c.Name, Reason: Initializing, Since: run.StartedAt.Time, Tail: cn.tail(ctx, p, c.Name, false)})
		}
	}
	return found
}

func ailingOf(p *corev1.Pod, troubles []Trouble, warnings []Event) Ailing {
	a := Ailing{
		Pod: row(p), Troubles: troubles, Containers: containersOf(p), Events: warnings,
		Account: p.Spec.ServiceAccountName, Secrets: secretsOf(p), States: statesOf(p), Finalizers: p.Finalizers,
	}
	if p.DeletionTimestamp != nil {
		// The API server adds the grace period to the time it was asked at.
		a.Deleted = p.DeletionTimestamp.Time
		if p.DeletionGracePeriodSeconds != nil {
			a.Grace = time.Duration(*p.DeletionGracePeriodSeconds) * time.Second
			a.Deleted = a.Deleted.Add(-a.Grace)
		}
	}
	return a
}

func warningsOf(events []Event) []Event {
	var out []Event
	for _, e := range events {
		if e.Type == corev1.EventTypeWarning {
			out = append(out, e)
		}
	}
	return out
}

// statesOf tells of each container how it is and how it ended last.
func statesOf(p *corev1.Pod) []ContainerState {
	var out []ContainerState
	for _, list := range [][]corev1.ContainerStatus{p.Status.InitContainerStatuses, p.Status.ContainerStatuses} {
		for i := range list {
			c := &list[i]
			s := ContainerState{Name: c.Name, Init: initializes(p, c.Name), Restarts: int(c.RestartCount)}
			ended := c.State.Terminated
			switch {
			case c.State.Running != nil:
				s.Now, s.Since = "running", c.State.Running.StartedAt.Time
			case ended != nil:
				s.Now, s.Since = "ended", ended.FinishedAt.Time
			case c.State.Waiting != nil:
				s.Now = c.State.Waiting.Reason
			}
			if ended == nil {
				ended = c.LastTerminationState.Terminated
			}
			if ended != nil {
				s.Ended = &Ending{Code: int(ended.ExitCode), Reason: ended.Reason, At: ended.FinishedAt.Time}
				if !ended.StartedAt.IsZero() && ended.StartedAt.Year() > 1970 { // the epoch: it never started
					s.Ended.Ran = ended.FinishedAt.Sub(ended.StartedAt.Time)
				}
			}
			out = append(out, s)
		}
	}
	return out
}
