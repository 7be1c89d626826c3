package kube

import (
	"cmp"
	"slices"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

const gateway = "gateway.networking.k8s.io"

// inFront are the services that select a pod, or the pods of a workload.
func (r *relater) inFront() error {
	if r.template == nil {
		return nil
	}
	list, err := r.cn.calls.CoreV1().Services(r.namespace).List(r.ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for i := range list.Items {
		if s := &list.Items[i]; chosen(s, r.template.Labels) {
			r.services = append(r.services, s.Name)
			r.add(r.builtin("", "Service"), s.Namespace, s.Name, SelectsIt, false)
		}
	}
	return nil
}

// itself is the service that routes lead to.
func (r *relater) itself() error {
	r.services = []string{r.object.GetName()}
	return nil
}

// selected are the pods that a service sends requests to: those of its
// selector, or, where it has none, those that its endpoints name.
func (r *relater) selected() error {
	var s corev1.Service
	if err := from(r.object, &s); err != nil {
		return err
	}
	if len(s.Spec.Selector) > 0 {
		list, err := r.cn.calls.CoreV1().Pods(r.namespace).List(r.ctx, metav1.ListOptions{
			Limit: relatedPods, LabelSelector: labels.SelectorFromSet(s.Spec.Selector).String(),
		})
		if err != nil {
			return err
		}
		for i := range list.Items {
			r.add(PodKind(), r.namespace, list.Items[i].Name, Selected, false)
		}
		return nil
	}
	ends, err := r.cn.calls.DiscoveryV1().EndpointSlices(r.namespace).List(r.ctx, metav1.ListOptions{
		LabelSelector: labels.Set{discoveryv1.LabelServiceName: s.Name}.String(),
	})
	if err != nil {
		return err
	}
	for i := range ends.Items {
		for _, e := range ends.Items[i].Endpoints {
			if e.TargetRef != nil && e.TargetRef.Kind == "Pod" {
				r.add(PodKind(), r.namespace, e.TargetRef.Name, Selected, false)
			}
		}
	}
	return nil
}

// routes are the ingresses, and the routes of the Gateway API, that lead to
// the services.
func (r *relater) routes() error {
	if len(r.services) == 0 {
		return nil
	}
	list, err := r.cn.calls.NetworkingV1().Ingresses(r.namespace).List(r.ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for i := range list.Items {
		in := &list.Items[i]
		if slices.ContainsFunc(backendsOf(in), func(name string) bool { return slices.Contains(r.services, name) }) {
			r.add(r.builtin("networking.k8s.io", "Ingress"), in.Namespace, in.Name, RoutesTo, false)
		}
	}
	for _, name := range []string{"HTTPRoute", "GRPCRoute"} {
		k, ok := r.kind(gateway, name)
		if !ok {
			continue
		}
		// From anywhere: a route may lead to a service of another namespace.
		list, err := r.cn.dynamic.Resource(k.resource()).List(r.ctx, metav1.ListOptions{})
		if err != nil {
			return err
		}
		for i := range list.Items {
			route := &list.Items[i]
			leads := func(b Ref) bool { return b.Namespace == r.namespace && slices.Contains(r.services, b.Name) }
			if slices.ContainsFunc(routeBackendsOf(route), leads) {
				r.add(k, route.GetNamespace(), route.GetName(), RoutesTo, false)
			}
		}
	}
	return nil
}

// backends are the services that an ingress names, and its certificates.
func (r *relater) backends() error {
	var in networkingv1.Ingress
	if err := from(r.object, &in); err != nil {
		return err
	}
	for _, name := range backendsOf(&in) {
		if err := r.named(r.builtin("", "Service"), r.namespace, name, RoutedTo); err != nil {
			return err
		}
	}
	for _, t := range in.Spec.TLS {
		if t.SecretName == "" {
			continue
		}
		if err := r.named(r.builtin("", "Secret"), r.namespace, t.SecretName, ServesTLS); err != nil {
			return err
		}
	}
	return nil
}

// backendsOf are the names of the services that an ingress leads to.
func backendsOf(in *networkingv1.Ingress) []string {
	var names []string
	add := func(b *networkingv1.IngressBackend) {
		if b != nil && b.Service != nil && !slices.Contains(names, b.Service.Name) {
			names = append(names, b.Service.Name)
		}
	}
	add(in.Spec.DefaultBackend)
	for _, rule := range in.Spec.Rules {
		if rule.HTTP == nil {
			continue
		}
		for i := range rule.HTTP.Paths {
			add(&rule.HTTP.Paths[i].Backend)
		}
	}
	return names
}

// routeBackends are the services that a route of the Gateway API names.
func (r *relater) routeBackends() error {
	for _, b := range routeBackendsOf(r.object) {
		if err := r.named(r.builtin("", "Service"), b.Namespace, b.Name, RoutedTo); err != nil {
			return err
		}
	}
	return nil
}

func routeBackendsOf(route *unstructured.Unstructured) []Ref {
	var out []Ref
	rules, _, _ := unstructured.NestedSlice(route.Object, "spec", "rules") // what has another shape names nothing
	for _, rule := range rules {
		fields, _ := rule.(map[string]any)
		list, _, _ := unstructured.NestedSlice(fields, "backendRefs")
		for _, b := range list {
			ref, _ := b.(map[string]any)
			kind, _ := ref["kind"].(string)
			namespace, _ := ref["namespace"].(string)
			name, _ := ref["name"].(string)
			if cmp.Or(kind, "Service") == "Service" && name != "" {
				out = append(out, Ref{Version: "v1", Kind: "Service", Namespace: cmp.Or(namespace, route.GetNamespace()), Name: name})
			}
		}
	}
	return out
}

// tlsUsers are the ingresses that show a secret's certificate.
func (r *relater) tlsUsers() error {
	list, err := r.cn.calls.NetworkingV1().Ingresses(r.namespace).List(r.ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for i := range list.Items {
		in := &list.Items[i]
		if slices.ContainsFunc(in.Spec.TLS, func(t networkingv1.IngressTLS) bool { return t.SecretName == r.object.GetName() }) {
			r.add(r.builtin("networking.k8s.io", "Ingress"), in.Namespace, in.Name, UsesIt, false)
		}
	}
	return nil
}

// scalers are the autoscalers of a workload.
func (r *relater) scalers() error {
	list, err := r.cn.calls.AutoscalingV2().HorizontalPodAutoscalers(r.namespace).List(r.ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for i := range list.Items {
		if h := &list.Items[i]; h.Spec.ScaleTargetRef.Kind == r.object.GetKind() && h.Spec.ScaleTargetRef.Name == r.object.GetName() {
			r.add(r.builtin("autoscaling", "HorizontalPodAutoscaler"), h.Namespace, h.Name, ScalesIt, false)
		}
	}
	return nil
}

// scaled is what an autoscaler scales.
func (r *relater) scaled() error {
	var h autoscalingv2.HorizontalPodAutoscaler
	if err := from(r.object, &h); err != nil {
		return err
	}
	to := h.Spec.ScaleTargetRef
	gv, err := schema.ParseGroupVersion(to.APIVersion)
	if err != nil {
		return err
	}
	k, ok := r.kind(gv.Group, to.Kind)
	if !ok {
		r.add(k, r.namespace, to.Name, Scaled, true)
		return nil
	}
	return r.named(k, r.namespace, to.Name, Scaled)
}
