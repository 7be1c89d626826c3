package kube

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// hopelessReasons are why a container waits that waiting does not mend: the
// manifest or the image must change. ErrImagePull is not among them: it is
// the first try, and the second often succeeds on a busy registry.
var hopelessReasons = map[string]bool{
	"ImagePullBackOff": true, "ErrImageNeverPull": true, "InvalidImageName": true,
	"CreateContainerConfigError": true, "CreateContainerError": true, "ImageInspectError": true,
}

// crashes is after how many restarts a crash loop counts as one. The first
// crash may be a start before a database; after the second nobody waits.
const crashes = 2

// neverStarts are ends of a container that never ran: a wrong command, a
// binary for another architecture. One restart shows that it stays so.
var neverStarts = map[string]bool{"StartError": true, "ContainerCannotRun": true}

// hopelessly says why a pod cannot come up by itself; nil if it may. Who
// retries crashed pods up to a limit of its own (a Job) is left to it.
func hopelessly(pod *corev1.Pod, retries bool) error {
	for _, list := range [][]corev1.ContainerStatus{pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses} {
		for i := range list {
			c := &list[i]
			last := c.LastTerminationState.Terminated
			if ended := c.State.Terminated; ended != nil {
				last = ended
			}
			limit := int32(crashes)
			if last != nil && neverStarts[last.Reason] {
				limit = 1
			}
			switch {
			case c.State.Waiting != nil && hopelessReasons[c.State.Waiting.Reason]:
				return fmt.Errorf("container %s: %s: %s", c.Name, c.State.Waiting.Reason, c.State.Waiting.Message)
			case !retries && c.RestartCount >= limit && crashLooping(pod, c):
				return fmt.Errorf("container %s: %s: %s", c.Name, crashLoop, endWords(last))
			}
		}
	}
	return nil
}

// crashLooping says whether a container that crashed waits to be started
// again. The node calls that CrashLoopBackOff only at its next look, up to
// half a minute later; until then the container counts as ended. One that
// prepares the pod and ended well is done.
func crashLooping(pod *corev1.Pod, c *corev1.ContainerStatus) bool {
	if w := c.State.Waiting; w != nil {
		return w.Reason == crashLoop
	}
	ended := c.State.Terminated
	if ended == nil || c.RestartCount == 0 || pod.Spec.RestartPolicy != corev1.RestartPolicyAlways {
		return false
	}
	prepares := func(i corev1.Container) bool { return i.Name == c.Name }
	return ended.ExitCode != 0 || !slices.ContainsFunc(pod.Spec.InitContainers, prepares)
}

const crashLoop = "CrashLoopBackOff"

// endWords says how a container ended.
func endWords(t *corev1.ContainerStateTerminated) string {
	if t == nil {
		return "it keeps ending"
	}
	text := fmt.Sprintf("exit code %d", t.ExitCode)
	if t.Reason != "" && t.Reason != "Error" {
		text += ", " + t.Reason
	}
	if t.Message != "" {
		text += ": " + strings.TrimSpace(t.Message)
	}
	return text
}

// cannotCreate says why a workload may not make pods at all: a quota or Pod
// Security forbids them. nil if it may.
func cannotCreate(o *unstructured.Unstructured) error {
	conditions, _, _ := unstructured.NestedSlice(o.Object, "status", "conditions")
	for _, c := range conditions {
		c, ok := c.(map[string]any)
		if !ok || c["type"] != "ReplicaFailure" || c["status"] != "True" {
			continue
		}
		message, _ := c["message"].(string)
		if strings.Contains(message, "violates PodSecurity") || strings.Contains(message, "exceeded quota") {
			return fmt.Errorf("its pods are refused: %s", message)
		}
	}
	return nil
}
