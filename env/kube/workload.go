package kube

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/kubectl/pkg/cmd/util"
	"k8s.io/kubectl/pkg/polymorphichelpers"
)

// Restart rolls a workload, or the one that a pod or a ReplicaSet belongs to,
// over as kubectl rollout restart does. A pod whose controller cannot be
// rolled (a Job, a lone ReplicaSet) is deleted, for the controller to replace
// it; what nobody would start again is an error.
func (c *Client) Restart(ctx context.Context, ref Ref) error {
	return c.call(ctx, "restarting "+ref.plain(), func(ctx context.Context, cn *conn) error {
		ref.Namespace = cn.namespaceOf(ref)
		if ref.Group == "" && ref.Kind == "Pod" {
			return cn.restartPod(ctx, ref.Namespace, ref.Name)
		}
		over, err := cn.rollable(ctx, ref.Namespace, Owner{Kind: ref.Kind, Name: ref.Name, Group: customGroup(ref.Group)})
		if err != nil {
			return err
		}
		done, err := cn.roll(ctx, ref.Namespace, over)
		if err == nil && !done {
			return fmt.Errorf("a %s is not restarted as a whole: delete its pods instead", over.Kind)
		}
		return err
	})
}

func (cn *conn) restartPod(ctx context.Context, namespace, name string) error {
	p, err := cn.calls.CoreV1().Pods(namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return err
	}
	if _, static := p.Annotations[corev1.MirrorPodAnnotationKey]; static {
		return fmt.Errorf("it is a static pod of node %s: change its file on the node", p.Spec.NodeName)
	}
	ref := metav1.GetControllerOf(p)
	if ref == nil {
		return fmt.Errorf("nothing owns it, so nothing would start it again: delete it and apply its manifest")
	}
	over, err := cn.rollable(ctx, namespace, ownerIn(ref))
	if err != nil {
		return err
	}
	if done, err := cn.roll(ctx, namespace, over); done || err != nil {
		return err
	}
	return cn.calls.CoreV1().Pods(namespace).Delete(ctx, name, metav1.DeleteOptions{})
}

// rollable is what to roll over for an owner of pods: a ReplicaSet's own
// owner, if it has one.
func (cn *conn) rollable(ctx context.Context, namespace string, owner Owner) (Owner, error) {
	if owner.Kind != "ReplicaSet" || owner.Group != "" {
		return owner, nil
	}
	rs, err := cn.calls.AppsV1().ReplicaSets(namespace).Get(ctx, owner.Name, metav1.GetOptions{})
	if err != nil {
		return owner, fmt.Errorf("finding its Deployment: %w", err)
	}
	if over := metav1.GetControllerOf(rs); over != nil {
		return ownerIn(over), nil
	}
	return owner, nil
}

// roll starts a rollout of a workload's pods anew; done is false for one that
// has none, as kinds that something else brought, whatever they are called.
func (cn *conn) roll(ctx context.Context, namespace string, owner Owner) (done bool, err error) {
	if owner.Group != "" {
		return false, nil
	}
	patch, err := json.Marshal(map[string]any{"spec": map[string]any{"template": map[string]any{"metadata": map[string]any{
		"annotations": map[string]any{"kubectl.kubernetes.io/restartedAt": time.Now().Format(time.RFC3339Nano)},
	}}}})
	if err != nil {
		return false, err
	}
	apps, how, o := cn.calls.AppsV1(), types.StrategicMergePatchType, metav1.PatchOptions{FieldManager: manager}
	switch owner.Kind {
	case "Deployment":
		d, err := apps.Deployments(namespace).Get(ctx, owner.Name, metav1.GetOptions{})
		if err != nil {
			return false, err
		}
		if d.Spec.Paused {
			return false, fmt.Errorf("deployment %s is paused: resume it first (kubectl rollout resume deployment/%s)", d.Name, d.Name)
		}
		_, err = apps.Deployments(namespace).Patch(ctx, owner.Name, how, patch, o)
		return true, err
	case "StatefulSet":
		_, err = apps.StatefulSets(namespace).Patch(ctx, owner.Name, how, patch, o)
		return true, err
	case "DaemonSet":
		_, err = apps.DaemonSets(namespace).Patch(ctx, owner.Name, how, patch, o)
		return true, err
	}
	return false, nil
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
