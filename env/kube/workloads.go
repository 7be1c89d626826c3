package kube

import (
	"context"
	"errors"
	"fmt"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/kubectl/pkg/polymorphichelpers"
)

// workload is what a rollout needs to know of a kind that runs pods.
type workload struct {
	// progress is how far the object says it is, in kubectl's words.
	progress func(*unstructured.Unstructured) (message string, done bool, err error)
	desired  []string // path of the number of pods wanted; 1 where it is not set
	revision string   // the pods' label that tells revisions apart; "" if there are none
	retries  bool     // it runs crashed pods again until a limit of its own
}

const (
	templateHash = "pod-template-hash"        // set by Deployments
	revisionHash = "controller-revision-hash" // set by StatefulSets and DaemonSets
)

// workloads are the kinds whose rollout is watched; others have none.
var workloads = map[schema.GroupKind]workload{
	{Group: "apps", Kind: "Deployment"}:  {progress: kubectlStatus, desired: []string{"spec", "replicas"}, revision: templateHash},
	{Group: "apps", Kind: "StatefulSet"}: {progress: kubectlStatus, desired: []string{"spec", "replicas"}, revision: revisionHash},
	{Group: "apps", Kind: "DaemonSet"}:   {progress: kubectlStatus, desired: []string{"status", "desiredNumberScheduled"}, revision: revisionHash},
	{Group: "apps", Kind: "ReplicaSet"}:  {progress: replicaSetStatus, desired: []string{"spec", "replicas"}},
	{Group: "batch", Kind: "Job"}:        {progress: jobStatus, desired: []string{"spec", "completions"}, retries: true},
	{Kind: "Pod"}:                        {progress: podStatus},
}

func (r Ref) groupKind() schema.GroupKind { return schema.GroupKind{Group: r.Group, Kind: r.Kind} }

// errDeadline is a Deployment that made no progress for progressDeadlineSeconds.
var errDeadline = errors.New("exceeded its progress deadline")

// kubectlStatus is kubectl rollout status.
func kubectlStatus(o *unstructured.Unstructured) (string, bool, error) {
	viewer, err := polymorphichelpers.StatusViewerFor(o.GroupVersionKind().GroupKind())
	if err != nil {
		return "", false, err
	}
	message, done, err := viewer.Status(o, 0)
	switch {
	case err != nil && done:
		return err.Error(), true, nil // OnDelete: there is nothing to wait for
	case err != nil && strings.Contains(err.Error(), errDeadline.Error()):
		return err.Error(), false, fmt.Errorf("%w: no pod became ready in time", errDeadline)
	}
	return strings.TrimSpace(message), done, err
}

func replicaSetStatus(o *unstructured.Unstructured) (string, bool, error) {
	var rs appsv1.ReplicaSet
	if err := from(o, &rs); err != nil {
		return "", false, err
	}
	want := int32(1)
	if rs.Spec.Replicas != nil {
		want = *rs.Spec.Replicas
	}
	message := fmt.Sprintf("%d of %d replicas are available", rs.Status.AvailableReplicas, want)
	done := rs.Status.ObservedGeneration >= rs.Generation && rs.Status.AvailableReplicas >= want
	return message, done, nil
}

func jobStatus(o *unstructured.Unstructured) (string, bool, error) {
	var job batchv1.Job
	if err := from(o, &job); err != nil {
		return "", false, err
	}
	for _, c := range job.Status.Conditions {
		switch {
		case c.Status != corev1.ConditionTrue:
		case c.Type == batchv1.JobComplete:
			return "job completed", true, nil
		case c.Type == batchv1.JobFailed:
			return c.Message, false, fmt.Errorf("the job failed: %s: %s", c.Reason, c.Message)
		case c.Type == batchv1.JobSuspended:
			return "job is suspended", true, nil
		}
	}
	return fmt.Sprintf("%d active, %d succeeded, %d failed", job.Status.Active, job.Status.Succeeded, job.Status.Failed), false, nil
}

func podStatus(o *unstructured.Unstructured) (string, bool, error) {
	var pod corev1.Pod
	if err := from(o, &pod); err != nil {
		return "", false, err
	}
	s := summarize(&pod)
	switch s.phase {
	case PhaseReady, PhaseDone:
		return s.text, true, nil
	case PhaseFailed:
		if pod.Status.Phase == corev1.PodFailed {
			return s.text, false, fmt.Errorf("the pod failed: %s", s.text)
		}
	}
	return s.text, false, nil
}

func from(o *unstructured.Unstructured, into any) error {
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(o.Object, into); err != nil {
		return fmt.Errorf("reading %s/%s: %w", o.GetKind(), o.GetName(), err)
	}
	return nil
}

// selects narrows a list of pods to those of a workload.
func selects(o *unstructured.Unstructured) (metav1.ListOptions, error) {
	if o.GetKind() == "Pod" {
		return metav1.ListOptions{FieldSelector: fields.OneTermEqualSelector("metadata.name", o.GetName()).String()}, nil
	}
	raw, found, err := unstructured.NestedMap(o.Object, "spec", "selector")
	if err != nil || !found {
		return metav1.ListOptions{}, fmt.Errorf("%s/%s has no selector", o.GetKind(), o.GetName())
	}
	if o.GetKind() == "ReplicationController" { // the one that has labels there
		raw = map[string]any{"matchLabels": raw}
	}
	var s metav1.LabelSelector
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(raw, &s); err != nil {
		return metav1.ListOptions{}, fmt.Errorf("reading the selector of %s/%s: %w", o.GetKind(), o.GetName(), err)
	}
	chooses, err := metav1.LabelSelectorAsSelector(&s)
	if err == nil && chooses.Empty() {
		err = errors.New("it is empty")
	}
	if err != nil {
		return metav1.ListOptions{}, fmt.Errorf("the selector of %s/%s cannot be used: %w", o.GetKind(), o.GetName(), err)
	}
	return metav1.ListOptions{LabelSelector: chooses.String()}, nil
}

// newest is the value of the revision label on pods of the latest revision;
// "" as long as the controller has not made that revision yet.
func (cn *conn) newest(ctx context.Context, o *unstructured.Unstructured) (string, error) {
	observed, _, _ := unstructured.NestedInt64(o.Object, "status", "observedGeneration")
	if observed < o.GetGeneration() {
		return "", nil
	}
	if o.GetKind() == "StatefulSet" {
		hash, _, err := unstructured.NestedString(o.Object, "status", "updateRevision")
		return hash, err
	}
	list, err := selects(o)
	if err != nil {
		return "", err
	}
	ctx, cancel := within(ctx)
	defer cancel()
	if o.GetKind() == "Deployment" {
		sets, err := cn.calls.AppsV1().ReplicaSets(o.GetNamespace()).List(ctx, list)
		if err != nil {
			return "", err
		}
		for i := range sets.Items {
			rs := &sets.Items[i]
			if metav1.IsControlledBy(rs, o) && rs.Annotations[deployRevision] == o.GetAnnotations()[deployRevision] {
				return rs.Labels[templateHash], nil
			}
		}
		return "", nil
	}
	revisions, err := cn.calls.AppsV1().ControllerRevisions(o.GetNamespace()).List(ctx, list)
	if err != nil {
		return "", err
	}
	hash, highest := "", int64(-1)
	for i := range revisions.Items {
		if r := &revisions.Items[i]; metav1.IsControlledBy(r, o) && r.Revision > highest {
			hash, highest = r.Labels[revisionHash], r.Revision
		}
	}
	return hash, nil
}

const deployRevision = "deployment.kubernetes.io/revision"

// isNew says whether a pod is of the revision that hash names.
func (w workload) isNew(pod *corev1.Pod, hash string) bool {
	return w.revision == "" || hash != "" && labels.Set(pod.Labels).Get(w.revision) == hash
}
