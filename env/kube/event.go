package kube

import (
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

func eventOf(e *corev1.Event) Event {
	out := Event{
		Type: e.Type, Reason: e.Reason, Message: e.Message, Count: max(1, int(e.Count)),
		Object: e.InvolvedObject.Kind + "/" + e.InvolvedObject.Name, Namespace: e.Namespace,
		Container: containerIn(e.InvolvedObject.FieldPath), about: e.InvolvedObject.UID,
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

// containerIn is the container of a field's path, spec.containers{web}.
func containerIn(path string) string {
	_, name, _ := strings.Cut(path, "ontainers{")
	return strings.TrimSuffix(name, "}")
}

// eventsOf are those that are about this very pod. A static pod's name the one
// on its node, which the cluster only mirrors.
func eventsOf(p *corev1.Pod, events []Event) []Event {
	if _, mirror := p.Annotations[corev1.MirrorPodAnnotationKey]; mirror {
		return events
	}
	var out []Event
	for _, e := range events {
		if e.about == "" || e.about == p.UID {
			out = append(out, e)
		}
	}
	return out
}
