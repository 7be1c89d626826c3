package kube

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

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
		a = ailingOf(p, cn.troubles(ctx, p, events), warningsOf(events))
		return nil
	})
	return a, err
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
