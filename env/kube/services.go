package kube

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// servicesLimit bounds how many services are read.
const servicesLimit = 500

// Service is a service that can be reached from outside, or wants to be.
type Service struct {
	Namespace string
	Name      string
	Type      string // LoadBalancer, NodePort
	Ports     []ServicePort
	Addresses []string // given by the load balancer; none: it is pending
	Created   time.Time
}

// ServicePort is one port of a service.
type ServicePort struct {
	Port int // of the service
	Node int // on every node; 0: none
}

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
