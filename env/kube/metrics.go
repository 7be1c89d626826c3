package kube

import (
	"context"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// Metrics is how the cluster's metrics API (metrics-server) is.
type Metrics string

// The states of the metrics API.
const (
	MetricsThere   Metrics = "there"
	MetricsAbsent  Metrics = "absent"  // never installed
	MetricsBlocked Metrics = "blocked" // installed, and it does not answer
)

// Metrics asks whether kubectl top would have figures.
func (c *Client) Metrics(ctx context.Context) (Metrics, error) {
	m := MetricsThere
	err := c.call(ctx, "asking for the metrics API", func(ctx context.Context, cn *conn) error {
		err := cn.calls.RESTClient().Get().AbsPath("/apis/metrics.k8s.io/v1beta1").MaxRetries(0).Do(ctx).Error()
		switch {
		case apierrors.IsNotFound(err):
			m = MetricsAbsent
		case apierrors.IsServiceUnavailable(err):
			m = MetricsBlocked
		default:
			return err
		}
		return nil
	})
	return m, err
}
