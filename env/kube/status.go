package kube

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// summary is what kubectl get pods prints of a pod, and a phase for its glyph.
type summary struct {
	text         string
	ready, total int
	restarts     int
	phase        Phase
}

// summarize follows the rules by which the API server fills the table that
// kubectl get pods prints (pkg/printers/internalversion in Kubernetes).
func summarize(p *corev1.Pod) summary {
	s := summary{text: string(p.Status.Phase), total: len(p.Spec.Containers)}
	if p.Status.Reason != "" {
		s.text = p.Status.Reason
	}
	if c := condition(p, corev1.PodScheduled); c != nil && c.Reason == corev1.PodReasonSchedulingGated {
		s.text = corev1.PodReasonSchedulingGated
	}
	sidecars := map[string]bool{} // init containers that keep running
	for i := range p.Spec.InitContainers {
		c := &p.Spec.InitContainers[i]
		if isSidecar(c) {
			sidecars[c.Name] = true
			s.total++
		}
	}
	sidecarRestarts, initializing := s.initContainers(p, sidecars)
	if c := condition(p, corev1.PodInitialized); !initializing || c != nil && c.Status == corev1.ConditionTrue {
		s.restarts = sidecarRestarts
		s.containers(p)
	}
	terminal := p.Status.Phase == corev1.PodFailed || p.Status.Phase == corev1.PodSucceeded
	switch {
	case p.DeletionTimestamp != nil && p.Status.Reason == "NodeLost":
		s.text = "Unknown"
	case p.DeletionTimestamp != nil && !terminal:
		s.text = "Terminating"
	}
	s.phase = phaseOf(p, s)
	return s
}

// initContainers reads how far initialization is; the first container that
// is not through decides the text.
func (s *summary) initContainers(p *corev1.Pod, sidecars map[string]bool) (sidecarRestarts int, initializing bool) {
	for i := range p.Status.InitContainerStatuses {
		c := &p.Status.InitContainerStatuses[i]
		s.restarts += int(c.RestartCount)
		if sidecars[c.Name] {
			sidecarRestarts += int(c.RestartCount)
		}
		done, waiting := c.State.Terminated, c.State.Waiting
		switch {
		case done != nil && done.ExitCode == 0:
			continue
		case sidecars[c.Name] && c.Started != nil && *c.Started:
			if c.Ready {
				s.ready++
			}
			continue
		case done != nil:
			s.text = "Init:" + endText(done)
		case waiting != nil && waiting.Reason != "" && waiting.Reason != "PodInitializing":
			s.text = "Init:" + waiting.Reason
		default:
			s.text = fmt.Sprintf("Init:%d/%d", i, len(p.Spec.InitContainers))
		}
		return sidecarRestarts, true
	}
	return sidecarRestarts, false
}

// containers reads the main containers, last to first: the first one's text wins.
func (s *summary) containers(p *corev1.Pod) {
	running, failure := false, ""
	for i := len(p.Status.ContainerStatuses) - 1; i >= 0; i-- {
		c := &p.Status.ContainerStatuses[i]
		s.restarts += int(c.RestartCount)
		done, waiting := c.State.Terminated, c.State.Waiting
		switch {
		case waiting != nil && waiting.Reason != "":
			s.text = waiting.Reason
		case done != nil:
			s.text = endText(done)
			if done.ExitCode != 0 {
				failure = s.text
			}
		case c.Ready && c.State.Running != nil:
			running = true
			s.ready++
		}
	}
	if s.text != "Completed" {
		return
	}
	ready := condition(p, corev1.PodReady)
	switch {
	case running && ready != nil && ready.Status == corev1.ConditionTrue:
		s.text = "Running"
	case failure != "":
		s.text = failure
	case running:
		s.text = "NotReady"
	}
}

// endText is the reason a container ended, or its signal or exit code.
func endText(t *corev1.ContainerStateTerminated) string {
	switch {
	case t.Reason != "":
		return t.Reason
	case t.Signal != 0:
		return fmt.Sprintf("Signal:%d", t.Signal)
	}
	return fmt.Sprintf("ExitCode:%d", t.ExitCode)
}

func condition(p *corev1.Pod, kind corev1.PodConditionType) *corev1.PodCondition {
	for i := range p.Status.Conditions {
		if p.Status.Conditions[i].Type == kind {
			return &p.Status.Conditions[i]
		}
	}
	return nil
}

// startingTexts are what a healthy pod passes through on its way up.
var startingTexts = map[string]bool{
	"Pending": true, "ContainerCreating": true, "PodInitializing": true, corev1.PodReasonSchedulingGated: true,
}

// phaseOf sums a pod up for a glyph.
func phaseOf(p *corev1.Pod, s summary) Phase {
	text, inInit := strings.CutPrefix(s.text, "Init:")
	progress := inInit && strings.Contains(text, "/") // Init:0/1
	switch {
	case p.Status.Phase == corev1.PodSucceeded:
		return PhaseDone
	case p.Status.Phase == corev1.PodFailed:
		return PhaseFailed
	case s.text == "Terminating":
		return PhaseWarning
	case s.text == "Unknown":
		return PhaseUnknown
	case s.text == "Running" && s.ready == s.total:
		return PhaseReady
	case s.text == "Running":
		if s.restarts > 0 || wasReady(p) {
			return PhaseWarning
		}
		return PhaseStarting
	case s.text == "Pending" && unschedulable(p):
		return PhaseWarning
	case startingTexts[s.text], progress:
		return PhaseStarting
	case s.text == "Completed", s.text == "NotReady":
		return PhaseWarning
	}
	return PhaseFailed // waiting for a reason that names a failure
}

func unschedulable(p *corev1.Pod) bool {
	c := condition(p, corev1.PodScheduled)
	return c != nil && c.Reason == corev1.PodReasonUnschedulable
}

// wasReady tells a pod that lost its readiness from one that never had it:
// the condition turned after the containers had started.
func wasReady(p *corev1.Pod) bool {
	c := condition(p, corev1.PodReady)
	if c == nil || c.Status == corev1.ConditionTrue {
		return false
	}
	var started metav1.Time
	for i := range p.Status.ContainerStatuses {
		if r := p.Status.ContainerStatuses[i].State.Running; r != nil && started.Before(&r.StartedAt) {
			started = r.StartedAt
		}
	}
	return !started.IsZero() && started.Before(&c.LastTransitionTime)
}
