package kube

import (
	"time"

	corev1 "k8s.io/api/core/v1"
)

// settle is how long a container without a readiness probe must be seen ready
// before it counts as up. Kubernetes calls it ready as soon as it starts, also one
// that crashes right after, and the node looks for ended containers only once
// a second. It counts from when all were seen to be ready: on a busy node news
// come late, of the start as of the end.
const settle = 3 * time.Second

// staysUp says whether the new pods may be believed to be ready; if not yet,
// it arranges for being asked again. What was up for a while already when it was
// first looked at is believed at once.
func (f *follower) staysUp() bool {
	now, restarts, young := time.Now(), int32(0), false
	for _, pod := range f.list() {
		if !f.workload.isNew(pod, f.hash) {
			continue
		}
		for i := range pod.Status.ContainerStatuses {
			c := &pod.Status.ContainerStatuses[i]
			restarts += c.RestartCount
			// StartedAt is cut to the second.
			if run := c.State.Running; run != nil && !probed(pod, c.Name) && f.began.Sub(run.StartedAt.Time) < settle+time.Second {
				young = true
			}
		}
	}
	if f.steady.IsZero() || restarts != f.restarts {
		f.steady, f.restarts = now, restarts
		if young {
			time.AfterFunc(settle, f.again)
		}
	}
	return !young || now.Sub(f.steady) >= settle
}

func probed(pod *corev1.Pod, container string) bool {
	for i := range pod.Spec.Containers {
		if c := &pod.Spec.Containers[i]; c.Name == container {
			return c.ReadinessProbe != nil
		}
	}
	return false
}
