package kube

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/kubectl/pkg/cmd/util"
	"k8s.io/kubectl/pkg/polymorphichelpers"
)

// Restart rolls the pod's workload over as kubectl rollout restart does. A pod
// whose controller cannot be rolled (a Job, a lone ReplicaSet) is deleted, for
// the controller to replace it; a pod that nobody would replace is an error.
func (c *Client) Restart(ctx context.Context, namespace, pod string) error {
	return c.call(ctx, "restarting pod "+namespace+"/"+pod, func(ctx context.Context, cn *conn) error {
		p, err := cn.calls.CoreV1().Pods(namespace).Get(ctx, pod, metav1.GetOptions{})
		if err != nil {
			return err
		}
		ref := metav1.GetControllerOf(p)
		if ref != nil && ref.Kind == "ReplicaSet" {
			rs, err := cn.calls.AppsV1().ReplicaSets(namespace).Get(ctx, ref.Name, metav1.GetOptions{})
			if err != nil {
				return fmt.Errorf("finding its Deployment: %w", err)
			}
			if over := metav1.GetControllerOf(rs); over != nil {
				ref = over
			}
		}
		if _, static := p.Annotations[corev1.MirrorPodAnnotationKey]; static {
			return fmt.Errorf("it is a static pod of node %s: change its file on the node", p.Spec.NodeName)
		}
		if ref == nil {
			return fmt.Errorf("nothing owns it, so nothing would start it again: delete it and apply its manifest")
		}
		return cn.roll(ctx, namespace, pod, ref)
	})
}

func (cn *conn) roll(ctx context.Context, namespace, pod string, owner *metav1.OwnerReference) error {
	patch, err := json.Marshal(map[string]any{"spec": map[string]any{"template": map[string]any{"metadata": map[string]any{
		"annotations": map[string]any{"kubectl.kubernetes.io/restartedAt": time.Now().Format(time.RFC3339Nano)},
	}}}})
	if err != nil {
		return err
	}
	apps, how, o := cn.calls.AppsV1(), types.StrategicMergePatchType, metav1.PatchOptions{FieldManager: manager}
	switch owner.Kind {
	case "Deployment":
		d, err := apps.Deployments(namespace).Get(ctx, owner.Name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		if d.Spec.Paused {
			return fmt.Errorf("deployment %s is paused: resume it first (kubectl rollout resume deployment/%s)", d.Name, d.Name)
		}
		_, err = apps.Deployments(namespace).Patch(ctx, owner.Name, how, patch, o)
		return err
	case "StatefulSet":
		_, err = apps.StatefulSets(namespace).Patch(ctx, owner.Name, how, patch, o)
		return err
	case "DaemonSet":
		_, err = apps.DaemonSets(namespace).Patch(ctx, owner.Name, how, patch, o)
		return err
	}
	return cn.calls.CoreV1().Pods(namespace).Delete(ctx, pod, metav1.DeleteOptions{})
}

// scaler is what Deployments, StatefulSets and ReplicaSets have in common.
type scaler interface {
	GetScale(ctx context.Context, name string, o metav1.GetOptions) (*autoscalingv1.Scale, error)
	UpdateScale(ctx context.Context, name string, s *autoscalingv1.Scale, o metav1.UpdateOptions) (*autoscalingv1.Scale, error)
}

// Scale adds by replicas to owner (negative: takes away, never under zero)
// and returns how many it then wants.
func (c *Client) Scale(ctx context.Context, namespace string, owner Owner, by int) (now int, err error) {
	err = c.call(ctx, "scaling "+owner.Kind+"/"+owner.Name, func(ctx context.Context, cn *conn) error {
		apps := cn.calls.AppsV1()
		s, ok := map[string]scaler{
			"Deployment": apps.Deployments(namespace), "StatefulSet": apps.StatefulSets(namespace), "ReplicaSet": apps.ReplicaSets(namespace),
		}[owner.Kind]
		if !ok {
			return fmt.Errorf("a %s has no replicas to set", owner.Kind)
		}
		scale, err := s.GetScale(ctx, owner.Name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		// The resource version goes back with it: somebody else's change in
		// between is a conflict, not lost.
		scale.Spec.Replicas = max(0, scale.Spec.Replicas+int32(by)) //nolint:gosec // a handful at a time
		now = int(scale.Spec.Replicas)
		_, err = s.UpdateScale(ctx, owner.Name, scale, metav1.UpdateOptions{FieldManager: manager})
		return err
	})
	return now, err
}

// Undo goes back to the revision before, as kubectl rollout undo does.
func (c *Client) Undo(ctx context.Context, ref Ref) error {
	return c.call(ctx, "rolling back "+ref.String(), func(ctx context.Context, cn *conn) error {
		set, err := cn.bound(ctx)
		if err != nil {
			return err
		}
		back, err := polymorphichelpers.RollbackerFor(schema.GroupKind{Group: ref.Group, Kind: ref.Kind}, set)
		if err != nil {
			return fmt.Errorf("a %s keeps no revisions to go back to", ref.Kind)
		}
		meta := metav1.ObjectMeta{Namespace: cn.namespaceOf(ref), Name: ref.Name}
		obj := map[string]runtime.Object{
			"Deployment":  &appsv1.Deployment{ObjectMeta: meta},
			"StatefulSet": &appsv1.StatefulSet{ObjectMeta: meta},
			"DaemonSet":   &appsv1.DaemonSet{ObjectMeta: meta},
		}[ref.Kind]
		_, err = back.Rollback(obj, nil, 0, util.DryRunNone)
		return err
	})
}

func (cn *conn) namespaceOf(ref Ref) string {
	if ref.Namespace != "" {
		return ref.Namespace
	}
	return cn.at.Namespace
}
