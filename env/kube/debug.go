package kube

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/twindeck/twindeck/env/link"
)

// debugPrefix begins the names of the ephemeral containers that Debug makes.
const debugPrefix = "twindeck-debug-"

// debugLook is how often a debug container that starts is looked at.
const debugLook = 250 * time.Millisecond

// stay is what a debug container does: nothing, until the pod ends. Shells are
// run in it, one after the other, so that a pod gets no more than one of them.
var stay = []string{"sh", "-c", "trap 'exit 0' TERM INT; while :; do sleep 3600 & wait $!; done"}

// Debug sees to it that an ephemeral container of an image runs in a pod and
// shares the processes of its container target, and returns its name. One that
// runs already is taken. say tells what happens to it meanwhile. It stays in the
// pod until that is replaced: the API knows no way to take it out again.
func (c *Client) Debug(ctx context.Context, namespace, pod, target, image string, say func(string)) (container string, err error) {
	doing := fmt.Sprintf("adding a debug container to pod %s/%s", namespace, pod)
	cn, p, err := c.podFor(ctx, doing, namespace, pod)
	if err != nil {
		return "", err
	}
	all := podContainersOf(p)
	if !slices.ContainsFunc(all, func(c PodContainer) bool { return c.Name == target && c.Running() }) {
		return "", &Error{Doing: doing, Context: cn.at.Name, Kind: link.ErrNotRunning, Err: fmt.Errorf("%w: there are no processes of %s to look at", link.ErrNotRunning, target), Do: "see in its log and events why"}
	}
	for _, have := range all {
		if strings.HasPrefix(have.Name, debugPrefix) && have.Target == target && have.Image == image && have.Running() {
			return have.Name, nil
		}
	}
	made, err := cn.addDebug(ctx, p, target, image, say)
	if err != nil {
		return "", cn.notAdded(doing, err)
	}
	say("added container " + made.Name + ", it starts")
	if err := cn.started(ctx, namespace, pod, made.Name, say); err != nil {
		if ctx.Err() != nil {
			return "", fmt.Errorf("%s: %w", doing, ctx.Err())
		}
		return "", explain(doing, cn.at, err)
	}
	return made.Name, nil
}

// podFor is a pod that something is about to be done with, and the connection
// for that; errors say what it was.
func (c *Client) podFor(ctx context.Context, doing, namespace, pod string) (*conn, *corev1.Pod, error) {
	cn, err := c.connected(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", doing, err)
	}
	p, err := cn.pod(ctx, namespace, pod)
	if err != nil {
		return nil, nil, explain(doing, cn.at, err)
	}
	return cn, p, nil
}

// targetRoot is the root of a debug container's target, where that has process
// 1 to itself.
const targetRoot = "/proc/1/root"

// TargetRoot is where a debug container in a pod has its target's files. In a
// pod that shares its processes the kubelet gives a debug container those, not
// its target's: process 1 is another's then, with hostPID the node's.
func (c *Client) TargetRoot(ctx context.Context, namespace, pod string) (string, error) {
	doing := fmt.Sprintf("finding the files of pod %s/%s from a debug container", namespace, pod)
	cn, p, err := c.podFor(ctx, doing, namespace, pod)
	if err != nil {
		return "", err
	}
	if field := sharesProcesses(&p.Spec); field != "" {
		return "", &Error{
			Doing: doing, Context: cn.at.Name, Err: fmt.Errorf("the pod has %s: true, so %s leads to other files than the container's", field, targetRoot),
			Do: "copy from an image that has tar, or without " + field,
		}
	}
	return targetRoot, nil
}

// sharesProcesses is the field by which a pod's containers see more processes
// than their own; none: each has its own.
func sharesProcesses(s *corev1.PodSpec) string {
	switch {
	case s.HostPID:
		return "hostPID"
	case s.ShareProcessNamespace != nil && *s.ShareProcessNamespace:
		return "shareProcessNamespace"
	}
	return ""
}

// addDebug adds a container that may do what the namespace's Pod Security level
// allows. Who may not read the namespace learns of it from the refusal.
func (cn *conn) addDebug(ctx context.Context, p *corev1.Pod, target, image string, say func(string)) (corev1.EphemeralContainer, error) {
	profile := cn.profileIn(ctx, p.Namespace)
	made := debugContainer(p, target, image, profile)
	err := cn.addEphemeral(ctx, p, made)
	if asks := refusedBy(err); asks != General && asks != profile {
		profile = asks
		made = debugContainer(p, target, image, profile)
		err = cn.addEphemeral(ctx, p, made)
	}
	if err == nil && profile != General {
		say("the namespace's Pod Security level is " + string(profile) + ": it may do no more than that, as with kubectl debug --profile=" + string(profile))
	}
	return made, err
}

// addEphemeral patches, as kubectl does: roles for it allow no more.
func (cn *conn) addEphemeral(ctx context.Context, p *corev1.Pod, made corev1.EphemeralContainer) error {
	patch, err := json.Marshal(map[string]any{"spec": map[string]any{"ephemeralContainers": []corev1.EphemeralContainer{made}}})
	if err != nil {
		return err
	}
	ctx, cancel := within(ctx)
	defer cancel()
	_, err = cn.calls.CoreV1().Pods(p.Namespace).Patch(ctx, p.Name, types.StrategicMergePatchType, patch, metav1.PatchOptions{FieldManager: manager}, "ephemeralcontainers")
	return err
}

func (cn *conn) notAdded(doing string, err error) error {
	told := &Error{Doing: doing, Context: cn.at.Name, Server: cn.at.Server, Kind: ErrForbidden, Err: err}
	switch {
	case apierrors.IsForbidden(err) && strings.Contains(err.Error(), "PodSecurity"):
		told.Do = "the namespace's Pod Security level allows no debug container like this: what it does not allow stands above"
	case apierrors.IsForbidden(err):
		told.Do = "ask for a role that may patch pods/ephemeralcontainers"
	case apierrors.IsNotFound(err) && !strings.Contains(err.Error(), "pods \""):
		told.Kind, told.Do = ErrNotFound, "the cluster is too old for debug containers (before 1.25)"
	default:
		return explain(doing, cn.at, err)
	}
	return told
}

// started waits until a container of a pod runs, and says its events. A pull
// that fails is not waited out: whoever named the image is looking on.
func (cn *conn) started(ctx context.Context, namespace, pod, name string, say func(string)) error {
	look := time.NewTicker(debugLook)
	defer look.Stop()
	told := map[string]bool{}
	for {
		p, err := cn.pod(ctx, namespace, pod)
		if err != nil {
			return err
		}
		cn.sayEvents(ctx, p, name, told, say)
		for _, s := range p.Status.EphemeralContainerStatuses {
			switch {
			case s.Name != name:
			case s.State.Running != nil:
				return nil
			case s.State.Terminated != nil:
				t := s.State.Terminated
				return fmt.Errorf("it ended at once, with exit code %d: %s; choose an image that has sh and sleep", t.ExitCode, cmp.Or(strings.TrimSpace(t.Message), t.Reason))
			case s.State.Waiting != nil && (hopelessReasons[s.State.Waiting.Reason] || s.State.Waiting.Reason == "ErrImagePull"):
				w := s.State.Waiting
				return fmt.Errorf("%s: %s; choose an image that is there, or that can be pulled", w.Reason, w.Message)
			}
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// sayEvents says the events of one container that were not told yet.
func (cn *conn) sayEvents(ctx context.Context, p *corev1.Pod, name string, told map[string]bool, say func(string)) {
	ctx, cancel := within(ctx)
	defer cancel()
	list, err := cn.calls.CoreV1().Events(p.Namespace).List(ctx, metav1.ListOptions{FieldSelector: "involvedObject.name=" + p.Name})
	if err != nil {
		return // who may not read events does without
	}
	slices.SortStableFunc(list.Items, func(a, b corev1.Event) int { return a.LastTimestamp.Compare(b.LastTimestamp.Time) })
	for _, e := range list.Items {
		if e.InvolvedObject.FieldPath == "spec.ephemeralContainers{"+name+"}" && !told[string(e.UID)] {
			told[string(e.UID)] = true
			say(e.Reason + ": " + e.Message)
		}
	}
}
