package kube

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Pods lists the pods of a namespace as they are now, sorted as the server
// does; "" is all namespaces.
func (c *Client) Pods(ctx context.Context, namespace string) ([]*Pod, error) {
	var pods []*Pod
	err := c.call(ctx, "listing pods", func(ctx context.Context, cn *conn) error {
		o := metav1.ListOptions{Limit: pageSize}
		for {
			page, err := cn.calls.CoreV1().Pods(namespace).List(ctx, o)
			if err != nil {
				return err
			}
			for i := range page.Items {
				pods = append(pods, row(&page.Items[i]))
			}
			if o.Continue = page.Continue; o.Continue == "" {
				return nil
			}
		}
	})
	return pods, err
}
