package kube

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/twindeck/twindeck/env/link"
)

// ContainerState is how a pod's container stands.
type ContainerState int

// The states of a container.
const (
	ContainerWaiting ContainerState = iota
	ContainerRunning
	ContainerTerminated
)

// PodContainer is one of a pod's.
type PodContainer struct {
	Name   string
	Image  string
	Role   string // "", init, sidecar, debug
	State  ContainerState
	Reason string // of a state that is not Running: CrashLoopBackOff, Completed
	TTY    bool
	Stdin  bool   // its main process reads what is typed
	Target string // of a debug container: whose processes it sees
	id     string // of the instance that runs: containerd://…
}

// Why says in words how a container stands: "waiting (ImagePullBackOff)".
func (c PodContainer) Why() string {
	word := [...]string{"waiting", "running", "terminated"}[c.State]
	if c.Reason != "" {
		word += " (" + c.Reason + ")"
	}
	return word
}

// defaultContainer is the annotation that names the one kubectl takes.
const defaultContainer = "kubectl.kubernetes.io/default-container"

// Containers are those of a pod that a person may want to be in: the one that
// kubectl would take first, then in the order of the manifest, sidecars, debug
// containers and init containers last.
func (c *Client) Containers(ctx context.Context, namespace, pod string) ([]PodContainer, error) {
	doing := fmt.Sprintf("reading the containers of pod %s/%s", namespace, pod)
	cn, err := c.connected(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	p, err := cn.pod(ctx, namespace, pod)
	if err != nil {
		return nil, explain(doing, cn.at, err)
	}
	return podContainers(p), nil
}

func (cn *conn) pod(ctx context.Context, namespace, name string) (*corev1.Pod, error) {
	ctx, cancel := within(ctx)
	defer cancel()
	return cn.calls.CoreV1().Pods(namespace).Get(ctx, name, metav1.GetOptions{})
}

// container finds one of a pod's by name; an empty name is the one that kubectl
// would take.
func (cn *conn) container(ctx context.Context, namespace, pod, name string) (PodContainer, error) {
	p, err := cn.pod(ctx, namespace, pod)
	if err != nil {
		return PodContainer{}, err
	}
	all := podContainers(p)
	for _, c := range all {
		if c.Name == name || name == "" {
			return c, nil
		}
	}
	if len(all) == 0 {
		return PodContainer{}, errors.New("the pod has no container")
	}
	return PodContainer{}, fmt.Errorf("%w: the pod has no container %s", link.ErrNotRunning, name)
}

func podContainers(p *corev1.Pod) []PodContainer {
	states, ids := map[string]corev1.ContainerState{}, map[string]string{}
	for _, s := range statuses(p) {
		states[s.Name], ids[s.Name] = s.State, s.ContainerID
	}
	var out []PodContainer
	add := func(role, name, image string, tty, stdin bool, target string) {
		c := PodContainer{Name: name, Image: image, Role: role, TTY: tty, Stdin: stdin, Target: target, id: ids[name]}
		switch s := states[name]; {
		case s.Running != nil:
			c.State = ContainerRunning
		case s.Terminated != nil:
			c.State, c.Reason = ContainerTerminated, s.Terminated.Reason
		case s.Waiting != nil:
			c.Reason = s.Waiting.Reason
		}
		out = append(out, c)
	}
	for _, c := range p.Spec.Containers {
		add("", c.Name, c.Image, c.TTY, c.Stdin, "")
	}
	for _, c := range p.Spec.EphemeralContainers {
		add("debug", c.Name, c.Image, c.TTY, c.Stdin, c.TargetContainerName)
	}
	for _, c := range p.Spec.InitContainers {
		role := "init"
		if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			role = "sidecar"
		}
		add(role, c.Name, c.Image, c.TTY, c.Stdin, "")
	}
	rank := map[string]int{"": 1, "sidecar": 2, "debug": 3, "init": 4}
	chosen := p.Annotations[defaultContainer]
	slices.SortStableFunc(out, func(a, b PodContainer) int {
		order := func(c PodContainer) int {
			if c.Name == chosen {
				return 0
			}
			return rank[c.Role]
		}
		return cmp.Compare(order(a), order(b))
	})
	return out
}

func statuses(p *corev1.Pod) []corev1.ContainerStatus {
	return slices.Concat(p.Status.ContainerStatuses, p.Status.InitContainerStatuses, p.Status.EphemeralContainerStatuses)
}
