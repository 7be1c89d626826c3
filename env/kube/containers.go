package kube

import (
	"cmp"
	"context"
	"slices"

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

	Image  string
	TTY    bool   // its main process has a terminal
	Stdin  bool   // its main process reads what is typed
	Target string // of an ephemeral one: the container whose processes it sees
	ID     string // of the instance that the node tells of: containerd://…
}

// Running tells that there are processes in it.
func (c PodContainer) Running() bool { return c.State == "running" }

// Why says in words how it stands: "waiting (ImagePullBackOff)".
func (c PodContainer) Why() string {
	word := cmp.Or(c.State, "waiting")
	if c.Reason != "" {
		word += " (" + c.Reason + ")"
	}
	return word
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
		if isSidecar(&s.InitContainers[i]) {
			role = RoleSidecar
		}
		out = append(out, standing(PodContainer{Name: s.InitContainers[i].Name, Role: role, Image: s.InitContainers[i].Image}, st.InitContainerStatuses))
	}
	chosen := p.Annotations["kubectl.kubernetes.io/default-container"]
	named := func(c corev1.Container) bool { return c.Name == chosen }
	if !slices.ContainsFunc(s.Containers, named) && len(s.Containers) > 0 {
		chosen = s.Containers[0].Name
	}
	for i := range s.Containers {
		c := &s.Containers[i]
		out = append(out, standing(PodContainer{
			Name: c.Name, Default: c.Name == chosen, Image: c.Image, TTY: c.TTY, Stdin: c.Stdin,
		}, st.ContainerStatuses))
	}
	for i := range s.EphemeralContainers {
		c := &s.EphemeralContainers[i]
		out = append(out, standing(PodContainer{
			Name: c.Name, Role: RoleEphemeral, Image: c.Image, TTY: c.TTY, Stdin: c.Stdin, Target: c.TargetContainerName,
		}, st.EphemeralContainerStatuses))
	}
	return out
}

// isSidecar reports whether an init container keeps running.
func isSidecar(c *corev1.Container) bool {
	return c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways
}

// standing adds what the node reports of a container.
func standing(c PodContainer, all []corev1.ContainerStatus) PodContainer {
	for i := range all {
		if all[i].Name != c.Name {
			continue
		}
		c.Restarts, c.ID = int(all[i].RestartCount), all[i].ContainerID
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
