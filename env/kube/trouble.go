package kube

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/twindeck/twindeck/env/link"
)

const (
	tailLines   = 20
	troublePods = 5 // one workload's pods mostly fail alike
	tailLimit   = 4 * time.Second
)

// Trouble explains a pod that does not come up: its reason, message, exit
// code and last lines.
type Trouble struct {
	Pod       string
	Container string
	Reason    string // ImagePullBackOff, CrashLoopBackOff, OOMKilled, Unschedulable…
	Message   string // the API's own words
	ExitCode  int
	Tail      []string  // last log lines
	Probe     string    // what its failing probe got, in the kubelet's words
	Count     int       // how often that was seen
	Since     time.Time // when it came into this state; zero: unknown
}

// Trouble explains the pods of a workload that do not come up, those of the
// newest revision first. None is no error.
func (c *Client) Trouble(ctx context.Context, ref Ref) ([]Trouble, error) {
	var found []Trouble
	err := c.call(ctx, "looking why "+ref.String()+" does not come up", func(ctx context.Context, cn *conn) error {
		w, ok := workloads[ref.groupKind()]
		if !ok {
			return nil
		}
		namespace := cn.namespaceOf(ref)
		object, err := cn.get(ctx, ref)
		if err != nil {
			return err
		}
		if jobCondition(object, batchv1.JobComplete) != nil {
			return nil // what failed on the way was tried again
		}
		list, err := selects(object)
		if err != nil {
			return err
		}
		pods, err := cn.calls.CoreV1().Pods(namespace).List(ctx, list)
		if err != nil {
			return err
		}
		hash := ""
		if w.revision != "" {
			if hash, err = cn.newest(ctx, object); err != nil {
				return err
			}
		}
		sort.SliceStable(pods.Items, func(i, j int) bool {
			return w.isNew(&pods.Items[i], hash) && !w.isNew(&pods.Items[j], hash)
		})
		looked, blamed := 0, false // blamed: one of the newest revision
		for i := range pods.Items {
			pod := &pods.Items[i]
			isNew := w.isNew(pod, hash)
			if looked == troublePods || blamed && !isNew {
				break // what an old revision suffers from is on its way out
			}
			events, err := cn.events(ctx, pod.Namespace, "Pod", pod.Name)
			if err != nil {
				events = nil // they only add detail
			}
			if t := cn.troubleOf(ctx, pod, eventsOf(pod, events)); len(t) > 0 {
				found, looked, blamed = append(found, t...), looked+1, blamed || isNew
			}
		}
		// A container's own state says more than an event, and comes later.
		sort.SliceStable(found, func(i, j int) bool { return found[i].Container != "" && found[j].Container == "" })
		if len(found) == 0 {
			found = append(failedJob(object), cn.lacking(ctx, namespace, ref)...)
		}
		return nil
	})
	return found, err
}

// lacking is why a workload lacks pods that nobody could make: the words of
// the server that refused them.
func (cn *conn) lacking(ctx context.Context, namespace string, ref Ref) []Trouble {
	list, err := cn.calls.CoreV1().Events(namespace).List(ctx, metav1.ListOptions{FieldSelector: "type=Warning,reason=FailedCreate"})
	if err != nil {
		return nil // the failure that is being explained matters more
	}
	asked := map[string]bool{}
	for i := len(list.Items) - 1; i >= 0; i-- {
		e := eventOf(&list.Items[i])
		kind, name, _ := strings.Cut(e.Object, "/")
		mine := kind == ref.Kind && name == ref.Name || kind == "ReplicaSet" && strings.HasPrefix(name, ref.Name+"-")
		if !mine || asked[e.Object] {
			continue
		}
		asked[e.Object] = true
		r := cn.refusal(ctx, namespace, kind, name, e.Message)
		if r != nil && (r.Owner.Name == ref.Name || name == ref.Name) {
			return []Trouble{{Reason: e.Reason, Message: e.Message}}
		}
	}
	return nil
}

// failedJob is why a Job was given up. Its pods may be gone by then.
func failedJob(o *unstructured.Unstructured) []Trouble {
	c := jobCondition(o, batchv1.JobFailed)
	if c == nil {
		return nil
	}
	return []Trouble{{Reason: c.Reason, Message: c.Message}}
}

// jobCondition is what a Job says of itself, if it says that; nil for what is
// no Job.
func jobCondition(o *unstructured.Unstructured, kind batchv1.JobConditionType) *batchv1.JobCondition {
	var job batchv1.Job
	if o.GetKind() != "Job" || from(o, &job) != nil {
		return nil
	}
	for i := range job.Status.Conditions {
		if c := &job.Status.Conditions[i]; c.Type == kind && c.Status == corev1.ConditionTrue {
			return c
		}
	}
	return nil
}

// troubleOf explains one pod by its state and its events, oldest first;
// nothing if it is up, ending or still starting.
func (cn *conn) troubleOf(ctx context.Context, pod *corev1.Pod, events []Event) []Trouble {
	s := summarize(pod)
	if s.phase == PhaseReady || s.phase == PhaseDone || pod.DeletionTimestamp != nil {
		return nil
	}
	if c := condition(pod, corev1.PodScheduled); c != nil && c.Status == corev1.ConditionFalse {
		return []Trouble{{Pod: pod.Name, Reason: c.Reason, Message: c.Message}}
	}
	// Its containers were killed then, which says nothing of them.
	if pod.Status.Phase == corev1.PodFailed && pod.Status.Reason != "" { // Evicted, DeadlineExceeded
		return []Trouble{{Pod: pod.Name, Reason: pod.Status.Reason, Message: pod.Status.Message}}
	}
	var found []Trouble
	for n, list := range [][]corev1.ContainerStatus{pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses} {
		for i := range list {
			if n == 0 && list[i].State.Running != nil && initializes(pod, list[i].Name) {
				continue // it does its work
			}
			t, previous := containerTrouble(pod, &list[i], events)
			if t.Reason == "" {
				continue
			}
			t.Pod, t.Container = pod.Name, list[i].Name
			if list[i].ContainerID != "" || previous {
				t.Tail = cn.tail(ctx, pod, t.Container, previous)
			}
			found = append(found, t)
		}
	}
	if len(found) > 0 {
		return found
	}
	if pod.Status.Reason != "" { // NodeLost
		return []Trouble{{Pod: pod.Name, Reason: pod.Status.Reason, Message: pod.Status.Message}}
	}
	if started(pod) {
		return nil
	}
	// No container yet: a volume or the pod's network is in the way.
	if e := lastWarning(events, func(e Event) bool { return e.Reason != "FailedScheduling" }); e != nil && !passed(*e, events) {
		return []Trouble{{Pod: pod.Name, Reason: e.Reason, Message: e.Message}}
	}
	return nil
}

// initializes reports whether a container runs to its end before the main ones
// start.
func initializes(pod *corev1.Pod, container string) bool {
	return slices.ContainsFunc(pod.Spec.InitContainers, func(c corev1.Container) bool { return c.Name == container && !isSidecar(&c) })
}

// started reports whether a container of the pod ever was.
func started(pod *corev1.Pod) bool {
	was := func(c corev1.ContainerStatus) bool { return c.ContainerID != "" }
	return slices.ContainsFunc(pod.Status.InitContainerStatuses, was) || slices.ContainsFunc(pod.Status.ContainerStatuses, was)
}

// passed reports whether what a warning is about went well after it. Some
// events are told to the second.
func passed(w Event, events []Event) bool {
	return slices.ContainsFunc(events, func(e Event) bool {
		return e.Type == corev1.EventTypeNormal && e.Last.Truncate(time.Second).After(w.Last)
	})
}

// containerTrouble explains one container, and says whether the instance
// before this one has the log that matters. No reason: no trouble.
func containerTrouble(pod *corev1.Pod, c *corev1.ContainerStatus, events []Event) (t Trouble, previous bool) {
	waiting, ended, last := c.State.Waiting, c.State.Terminated, c.LastTerminationState.Terminated
	switch {
	case crashLooping(pod, c):
		t, previous = Trouble{Reason: crashLoop}, ended == nil
		if ended == nil {
			ended = last
		}
		if ended != nil {
			t.ExitCode = int(ended.ExitCode)
			if ended.Reason == "OOMKilled" {
				t.Reason = ended.Reason
			}
		}
		t.Message = endWords(ended)
		t.Probe, t.Count = killer(pod, c.Name, events)
		return t, previous && last != nil
	case waiting != nil && startingTexts[waiting.Reason]:
		return Trouble{}, false
	case waiting != nil:
		t = Trouble{Reason: waiting.Reason, Message: waiting.Message}
		if e := lastWarning(events, func(e Event) bool { return strings.HasPrefix(e.Message, "Failed to pull image") && isOf(e, c.Name) }); e != nil &&
			strings.Contains(waiting.Reason, "Image") {
			t.Message = e.Message // the registry's own words
		}
		return t, false
	case ended != nil && ended.ExitCode != 0:
		return Trouble{Reason: endText(ended), Message: endWords(ended), ExitCode: int(ended.ExitCode)}, false
	case c.State.Running != nil && !c.Ready:
		t = Trouble{Reason: "NotReady", Message: fmt.Sprintf("running since %s, not ready", c.State.Running.StartedAt.Format(time.TimeOnly))}
		t.Since = c.State.Running.StartedAt.Time
		if e := lastWarning(events, func(e Event) bool { return unhealthy(e, c.Name) }); e != nil {
			t.Message, t.Probe, t.Count = e.Message, e.Message, e.Count
		}
	}
	return t, false
}

// killer is what the probe got for which the kubelet kills a container, and how
// often it failed; nothing for one that failed less often than its limit.
func killer(pod *corev1.Pod, container string, events []Event) (said string, times int) {
	for _, k := range killersOf(pod, container) {
		fails := func(e Event) bool { return unhealthy(e, container) && strings.HasPrefix(e.Message, k.says) }
		failed := 0
		for _, e := range events {
			if fails(e) {
				failed += e.Count
			}
		}
		if e := lastWarning(events, fails); e != nil && failed >= k.limit {
			return e.Message, failed
		}
	}
	return "", 0
}

// killerProbe is a probe that may end its container.
type killerProbe struct {
	says  string // what the kubelet's words on a failure begin with
	limit int    // failures in a row that end it
}

// killersOf are those of a container. A readiness probe ends none.
func killersOf(pod *corev1.Pod, container string) (found []killerProbe) {
	for _, c := range slices.Concat(pod.Spec.Containers, pod.Spec.InitContainers) {
		if c.Name != container {
			continue
		}
		if p := c.StartupProbe; p != nil {
			found = append(found, killerProbe{"Startup probe failed", int(p.FailureThreshold)})
		}
		if p := c.LivenessProbe; p != nil {
			found = append(found, killerProbe{"Liveness probe failed", int(p.FailureThreshold)})
		}
	}
	return found
}

// unhealthy reports whether an event is a failed probe of the container.
func unhealthy(e Event, container string) bool { return e.Reason == "Unhealthy" && isOf(e, container) }

// isOf reports whether an event may be about a container: not all name theirs.
func isOf(e Event, container string) bool { return e.Container == container || e.Container == "" }

// lastWarning is the newest warning that fits.
func lastWarning(events []Event, fits func(Event) bool) *Event {
	for i := len(events) - 1; i >= 0; i-- {
		if events[i].Type == corev1.EventTypeWarning && fits(events[i]) {
			return &events[i]
		}
	}
	return nil
}

// tail is a container's last log lines; none if they cannot be had.
func (cn *conn) tail(ctx context.Context, pod *corev1.Pod, container string, previous bool) []string {
	ctx, cancel := context.WithTimeout(ctx, tailLimit)
	defer cancel()
	n := int64(tailLines)
	body, err := cn.streams.CoreV1().Pods(pod.Namespace).
		GetLogs(pod.Name, &corev1.PodLogOptions{Container: container, Previous: previous, TailLines: &n}).Stream(ctx)
	if err != nil {
		return nil
	}
	defer body.Close()
	lines, _ := link.Lines(body, tailLines)
	return lines
}
