package kube

import (
	"context"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
)

// scaleSubresource is where the server has the replicas of an object, whatever
// its kind: KIND/scale, an autoscaling/v1 Scale.
const scaleSubresource = "scale"

// Replicas is how many replicas an object wants. A kind that has none, by
// Kind.Scales, is an error.
func (c *Client) Replicas(ctx context.Context, ref Ref) (n int, err error) {
	err = c.call(ctx, "asking for the replicas of "+ref.plain(), func(ctx context.Context, cn *conn) error {
		_, scale, err := cn.scale(ctx, ref)
		if err == nil {
			n = replicasOf(scale)
		}
		return err
	})
	return n, err
}

// Scale adds by replicas to an object of a kind that Scales (negative: takes
// away, never under zero) and returns how many it then wants.
func (c *Client) Scale(ctx context.Context, ref Ref, by int) (now int, err error) {
	err = c.call(ctx, "scaling "+ref.plain(), func(ctx context.Context, cn *conn) error {
		at, scale, err := cn.scale(ctx, ref)
		if err != nil {
			return err
		}
		now = max(0, replicasOf(scale)+by)
		if err := unstructured.SetNestedField(scale.Object, int64(now), "spec", "replicas"); err != nil {
			return err
		}
		// The resource version goes back with it: somebody else's change in
		// between is a conflict, not lost.
		_, err = at.Update(ctx, scale, metav1.UpdateOptions{FieldManager: manager}, scaleSubresource)
		return err
	})
	return now, err
}

// scale reads an object's scale, and tells where it goes back to.
func (cn *conn) scale(ctx context.Context, ref Ref) (dynamic.ResourceInterface, *unstructured.Unstructured, error) {
	k, err := cn.kindOf(ctx, ref)
	if err != nil {
		return nil, nil, err
	}
	if !k.Scales {
		return nil, nil, fmt.Errorf("a %s has no replicas to set", ref.Kind)
	}
	at, err := cn.resource(ctx, ref)
	if err != nil {
		return nil, nil, err
	}
	scale, err := at.Get(ctx, ref.Name, metav1.GetOptions{}, scaleSubresource)
	return at, scale, err
}

// replicasOf is how many a Scale asks for; one without a number asks for none.
func replicasOf(scale *unstructured.Unstructured) int {
	n, _, _ := unstructured.NestedInt64(scale.Object, "spec", "replicas")
	return int(n)
}

// ownerGroups are those of Kubernetes' own kinds that keep pods; others are in the
// core one.
var ownerGroups = map[string]string{
	"Deployment": "apps", "StatefulSet": "apps", "DaemonSet": "apps", "ReplicaSet": "apps", "Job": "batch", "CronJob": "batch",
}

// Ref names the owner of an object of a namespace.
func (o Owner) Ref(namespace string) Ref {
	r := Ref{Group: o.Group, Kind: o.Kind, Namespace: namespace, Name: o.Name}
	if r.Group == "" {
		r.Group = ownerGroups[o.Kind]
	}
	return r
}
