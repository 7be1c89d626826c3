package kube

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Role is what a container does in its pod.
type Role string

// The roles of a container.
const (
	RoleInit      Role = "init"      // runs to its end before the main ones start
	RoleSidecar   Role = "sidecar"   // an init container that keeps running
	RoleMain      Role = ""          // what the pod is for
	RoleEphemeral Role = "ephemeral" // added later, to debug
)

// PodContainer is a container of a pod and how it stands.
type PodContainer struct {
	Name     string
	Role     Role
	Default  bool   // the one kubectl chooses when none is named
	State    string // waiting, running, terminated; empty until the node tells
	Reason   string // ContainerCreating, CrashLoopBackOff, Completed, OOMKilled, …
	ExitCode int    // meaningful once terminated
	Restarts int
}

// PodContainers lists a pod's containers in the order they start: init ones,
// its own, ephemeral ones.
func (c *Client) PodContainers(ctx context.Context, namespace, pod string) ([]PodContainer, error) {
	var out []PodContainer
	err := c.call(ctx, "listing the containers of pod "+namespace+"/"+pod, func(ctx context.Context, cn *conn) error {
		p, err := cn.calls.CoreV1().Pods(namespace).Get(ctx, pod, metav1.GetOptions{})
		if err != nil {
			return err
		}
		out = podContainersOf(p)
		return nil
	})
	return out, err
}

func podContainersOf(p *corev1.Pod) []PodContainer {
	s, st := &p.Spec, &p.Status
	out := make([]PodContainer, 0, len(s.InitContainers)+len(s.Containers)+len(s.EphemeralContainers))
	for i := range s.InitContainers {
		role := RoleInit
		if always := s.InitContainers[i].RestartPolicy; always != nil && *always == corev1.ContainerRestartPolicyAlways {
			role = RoleSidecar
		}
		out = append(out, standing(PodContainer{Name: s.InitContainers[i].Name, Role: role}, st.InitContainerStatuses))
	}
	chosen := p.Annotations["kubectl.kubernetes.io/default-container"]
	if chosen == "" && len(s.Containers) > 0 {
		chosen = s.Containers[0].Name
	}
	for i := range s.Containers {
		out = append(out, standing(PodContainer{Name: s.Containers[i].Name, Default: s.Containers[i].Name == chosen}, st.ContainerStatuses))
	}
	for i := range s.EphemeralContainers {
		out = append(out, standing(PodContainer{Name: s.EphemeralContainers[i].Name, Role: RoleEphemeral}, st.EphemeralContainerStatuses))
	}
	return out
}

// standing adds what the node reports of a container.
func standing(c PodContainer, all []corev1.ContainerStatus) PodContainer {
	for i := range all {
		if all[i].Name != c.Name {
			continue
		}
		c.Restarts = int(all[i].RestartCount)
		switch s := all[i].State; {
		case s.Waiting != nil:
			c.State, c.Reason = "waiting", s.Waiting.Reason
		case s.Terminated != nil:
			c.State, c.Reason, c.ExitCode = "terminated", s.Terminated.Reason, int(s.Terminated.ExitCode)
		case s.Running != nil:
			c.State = "running"
		}
	}
	return c
}
