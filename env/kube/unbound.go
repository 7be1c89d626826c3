package kube

import (
	"context"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Unbound is a claim of a pod that has no volume.
type Unbound struct {
	Claim   string
	Class   string   // storage class it asks for; empty: none, or the default one
	Says    string   // what was told of it last: storageclass.storage.k8s.io "standard" not found; may be empty
	Classes []string // storage classes there are, the default one first
}

// defaultClass marks the storage class of claims that name none.
const defaultClass = "storageclass.kubernetes.io/is-default-class"

// unbound is the first claim of a pod that has no volume, where that is its
// trouble; nil where it is not, or where it cannot be told.
func (cn *conn) unbound(ctx context.Context, p *corev1.Pod, troubles []Trouble) *Unbound {
	if !slices.ContainsFunc(troubles, func(t Trouble) bool { return t.Cause() == NoVolume }) {
		return nil
	}
	for _, v := range p.Spec.Volumes {
		var name string
		switch {
		case v.PersistentVolumeClaim != nil:
			name = v.PersistentVolumeClaim.ClaimName
		case v.Ephemeral != nil:
			name = p.Name + "-" + v.Name
		default:
			continue
		}
		claim, err := cn.calls.CoreV1().PersistentVolumeClaims(p.Namespace).Get(ctx, name, metav1.GetOptions{})
		if err != nil || claim.Status.Phase == corev1.ClaimBound {
			continue
		}
		u := &Unbound{Claim: name}
		if claim.Spec.StorageClassName != nil {
			u.Class = *claim.Spec.StorageClassName
		}
		events, err := cn.events(ctx, p.Namespace, "PersistentVolumeClaim", name)
		if err == nil && len(events) > 0 {
			u.Says = events[len(events)-1].Message
		}
		if list, err := cn.calls.StorageV1().StorageClasses().List(ctx, metav1.ListOptions{}); err == nil {
			for i := range list.Items {
				c := &list.Items[i]
				if c.Annotations[defaultClass] == "true" {
					u.Classes = slices.Insert(u.Classes, 0, c.Name)
				} else {
					u.Classes = append(u.Classes, c.Name)
				}
			}
		}
		return u
	}
	return nil
}
