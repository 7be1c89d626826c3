package kube

import (
	"context"
	"fmt"
	"sort"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/kubectl/pkg/describe"
	"sigs.k8s.io/yaml"
)

// Describe is what kubectl describe pod prints, secret-like variables masked.
func (c *Client) Describe(ctx context.Context, namespace, pod string) (string, error) {
	var text string
	err := c.call(ctx, "describing pod "+namespace+"/"+pod, func(ctx context.Context, cn *conn) error {
		set, err := cn.bound(ctx)
		if err != nil {
			return err
		}
		d := &describe.PodDescriber{Interface: set}
		text, err = d.Describe(namespace, pod, describe.DescriberSettings{ShowEvents: true, ChunkSize: pageSize})
		text = maskDescribed(text)
		return err
	})
	return text, err
}

// YAML is the pod as the server has it, without managed fields, secret-like
// variables masked.
func (c *Client) YAML(ctx context.Context, namespace, pod string) (string, error) {
	var text string
	err := c.call(ctx, "reading pod "+namespace+"/"+pod, func(ctx context.Context, cn *conn) error {
		obj, err := cn.dynamic.Resource(corev1.SchemeGroupVersion.WithResource("pods")).
			Namespace(namespace).Get(ctx, pod, metav1.GetOptions{})
		if err != nil {
			return err
		}
		obj.SetManagedFields(nil)
		maskEnv(obj.Object)
		out, err := yaml.Marshal(obj.Object)
		text = string(out)
		return err
	})
	return text, err
}

// Events are what happened to the pod, oldest first.
func (c *Client) Events(ctx context.Context, namespace, pod string) ([]Event, error) {
	var events []Event
	err := c.call(ctx, "reading events of pod "+namespace+"/"+pod, func(ctx context.Context, cn *conn) error {
		var err error
		events, err = cn.events(ctx, namespace, "Pod", pod)
		return err
	})
	return events, err
}

func (cn *conn) events(ctx context.Context, namespace, kind, name string) ([]Event, error) {
	list, err := cn.calls.CoreV1().Events(namespace).List(ctx, metav1.ListOptions{
		FieldSelector: fields.Set{"involvedObject.kind": kind, "involvedObject.name": name}.String(),
	})
	if err != nil {
		return nil, fmt.Errorf("reading events: %w", err)
	}
	events := make([]Event, 0, len(list.Items))
	for i := range list.Items {
		events = append(events, eventOf(&list.Items[i]))
	}
	sort.SliceStable(events, func(i, j int) bool { return events[i].Last.Before(events[j].Last) })
	return events, nil
}

func eventOf(e *corev1.Event) Event {
	out := Event{
		Type: e.Type, Reason: e.Reason, Message: e.Message, Count: max(1, int(e.Count)),
		Object: e.InvolvedObject.Kind + "/" + e.InvolvedObject.Name, Namespace: e.Namespace,
	}
	seen := []time.Time{e.FirstTimestamp.Time, e.LastTimestamp.Time, e.EventTime.Time}
	if e.Series != nil {
		out.Count = max(out.Count, int(e.Series.Count))
		seen = append(seen, e.Series.LastObservedTime.Time)
	}
	for _, t := range seen {
		if t.After(out.Last) {
			out.Last = t
		}
	}
	return out
}

// Delete asks the server to end the pod; it goes when its grace period is over.
func (c *Client) Delete(ctx context.Context, namespace, pod string) error {
	return c.call(ctx, "deleting pod "+namespace+"/"+pod, func(ctx context.Context, cn *conn) error {
		return cn.calls.CoreV1().Pods(namespace).Delete(ctx, pod, metav1.DeleteOptions{})
	})
}
