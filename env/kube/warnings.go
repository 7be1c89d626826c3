package kube

import (
	"context"
	"sort"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Warnings are the events of type Warning that a namespace, or with "" the
// whole cluster, still remembers (an hour, as a rule), newest first.
func (c *Client) Warnings(ctx context.Context, namespace string) ([]Event, error) {
	where := "all namespaces"
	if namespace != "" {
		where = "namespace " + namespace
	}
	var events []Event
	err := c.call(ctx, "reading the warnings of "+where, func(ctx context.Context, cn *conn) error {
		o := metav1.ListOptions{FieldSelector: "type=" + corev1.EventTypeWarning, Limit: pageSize}
		for {
			page, err := cn.calls.CoreV1().Events(namespace).List(ctx, o)
			if err != nil {
				return err
			}
			for i := range page.Items {
				events = append(events, eventOf(&page.Items[i]))
			}
			if o.Continue = page.Continue; o.Continue == "" {
				return nil
			}
		}
	})
	sort.SliceStable(events, func(i, j int) bool { return events[i].Last.After(events[j].Last) })
	return events, err
}
