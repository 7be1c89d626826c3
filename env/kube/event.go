package kube

import (
	"time"

	corev1 "k8s.io/api/core/v1"
)

func eventOf(e *corev1.Event) Event {
	out := Event{
		Type: e.Type, Reason: e.Reason, Message: e.Message, Count: max(1, int(e.Count)),
		Object: e.InvolvedObject.Kind + "/" + e.InvolvedObject.Name, Namespace: e.Namespace,
	}
	seen := []time.Time{e.FirstTimestamp.Time, e.LastTimestamp.Time, e.EventTime.Time}
	if e.Series != nil {
		out.Count = max(out.Count, int(e.Series.Count))
		seen = append(seen, e.Series.LastObservedTime.Time)
	}
	for _, t := range seen {
		if t.After(out.Last) {
			out.Last = t
		}
	}
	return out
}
