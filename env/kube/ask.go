package kube

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	authv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
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

// CertificateEnd is when the certificate that the API server shows runs out;
// zero for one that shows none.
func (c *Client) CertificateEnd(ctx context.Context) (time.Time, error) {
	var end time.Time
	err := c.call(ctx, "looking at the API server's certificate", func(ctx context.Context, cn *conn) error {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(cn.at.Server, "/")+"/version", http.NoBody)
		if err != nil {
			return err
		}
		answer, err := cn.rt.RoundTrip(r)
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		if answer.TLS != nil && len(answer.TLS.PeerCertificates) > 0 {
			end = answer.TLS.PeerCertificates[0].NotAfter
		}
		return nil
	})
	return end, err
}

// Rules are what the user may do in a namespace, one a line as "verbs
// resources"; whole is false where the server cannot tell all of it.
func (c *Client) Rules(ctx context.Context, namespace string) (rules []string, whole bool, err error) {
	err = c.call(ctx, "asking what is allowed in "+namespace, func(ctx context.Context, cn *conn) error {
		review := &authv1.SelfSubjectRulesReview{Spec: authv1.SelfSubjectRulesReviewSpec{Namespace: namespace}}
		got, err := cn.calls.AuthorizationV1().SelfSubjectRulesReviews().Create(ctx, review, metav1.CreateOptions{})
		if err != nil {
			return err
		}
		whole = !got.Status.Incomplete
		for _, r := range got.Status.ResourceRules {
			// Everybody may ask what they may; that says nothing.
			if slices.ContainsFunc(r.APIGroups, func(g string) bool {
				return strings.HasSuffix(g, "authorization.k8s.io") || strings.HasSuffix(g, "authentication.k8s.io")
			}) {
				continue
			}
			rules = append(rules, fmt.Sprintf("%s %s", strings.Join(r.Verbs, ","), strings.Join(r.Resources, ",")))
		}
		return nil
	})
	return rules, whole, err
}

// servicesLimit bounds how many services are read.
const servicesLimit = 500

// Services lists the services of type LoadBalancer and NodePort in a
// namespace; "" is all namespaces.
func (c *Client) Services(ctx context.Context, namespace string) ([]Service, error) {
	var out []Service
	err := c.call(ctx, "listing services", func(ctx context.Context, cn *conn) error {
		list, err := cn.calls.CoreV1().Services(namespace).List(ctx, metav1.ListOptions{Limit: servicesLimit})
		if err != nil {
			return err
		}
		for i := range list.Items {
			s := &list.Items[i]
			if s.Spec.Type != corev1.ServiceTypeLoadBalancer && s.Spec.Type != corev1.ServiceTypeNodePort {
				continue
			}
			out = append(out, serviceOf(s))
		}
		return nil
	})
	return out, err
}

func serviceOf(s *corev1.Service) Service {
	out := Service{Namespace: s.Namespace, Name: s.Name, Type: string(s.Spec.Type), Created: s.CreationTimestamp.Time}
	for _, p := range s.Spec.Ports {
		if p.Protocol == "" || p.Protocol == corev1.ProtocolTCP {
			out.Ports = append(out.Ports, ServicePort{Port: int(p.Port), Node: int(p.NodePort)})
		}
	}
	for _, in := range s.Status.LoadBalancer.Ingress {
		if in.IP != "" {
			out.Addresses = append(out.Addresses, in.IP)
		}
		if in.Hostname != "" {
			out.Addresses = append(out.Addresses, in.Hostname)
		}
	}
	return out
}
