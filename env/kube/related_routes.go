package kube

import (
	"cmp"
	"slices"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
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
	leads := func(b Ref) bool { return b.Namespace == r.namespace && slices.Contains(r.services, b.Name) }
	return r.gatewayRoutes(RoutesTo, func(route *unstructured.Unstructured) bool {
		return slices.ContainsFunc(routeBackendsOf(route), leads)
	})
}

// gatewayRoutes are the routes of the Gateway API that are such. They are looked
// for everywhere, since a route may lead to another namespace; who may not do
// that sees those of this one.
func (r *relater) gatewayRoutes(how Tie, such func(*unstructured.Unstructured) bool) error {
	for _, name := range []string{"HTTPRoute", "GRPCRoute"} {
		k, ok := r.kind(gateway, name)
		if !ok {
			continue
		}
		list, err := r.cn.dynamic.Resource(k.resource()).List(r.ctx, metav1.ListOptions{})
		if apierrors.IsForbidden(err) {
			list, err = r.cn.dynamic.Resource(k.resource()).Namespace(r.namespace).List(r.ctx, metav1.ListOptions{})
		}
		if err != nil {
			return err
		}
		for i := range list.Items {
			if route := &list.Items[i]; such(route) {
				r.add(k, route.GetNamespace(), route.GetName(), how, false)
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

// gateways are what a route takes its requests from.
func (r *relater) gateways() error {
	for _, g := range gatewaysOf(r.object) {
		k, ok := r.kind(g.Group, g.Kind)
		if !ok {
			continue
		}
		if err := r.named(k, g.Namespace, g.Name, RoutesTo); err != nil {
			return err
		}
	}
	return nil
}

// attached are the routes that take their requests from a gateway.
func (r *relater) attached() error {
	me := Ref{Group: gateway, Kind: "Gateway", Namespace: r.namespace, Name: r.object.GetName()}
	return r.gatewayRoutes(RoutedTo, func(route *unstructured.Unstructured) bool { return slices.Contains(gatewaysOf(route), me) })
}

// gatewaysOf are what a route names as its parents, without a version.
func gatewaysOf(route *unstructured.Unstructured) []Ref {
	var out []Ref
	parents, _, _ := unstructured.NestedSlice(route.Object, "spec", "parentRefs") // what has another shape names nothing
	for _, p := range parents {
		ref, _ := p.(map[string]any)
		text := func(field, otherwise string) string { s, _ := ref[field].(string); return cmp.Or(s, otherwise) }
		if name := text("name", ""); name != "" {
			out = append(out, Ref{Group: text("group", gateway), Kind: text("kind", "Gateway"), Namespace: text("namespace", route.GetNamespace()), Name: name})
		}
	}
	return out
}

// rules are the network policies and the disruption budgets that select a pod,
// or the pods of a workload.
func (r *relater) rules() error {
	if r.template == nil {
		return nil
	}
	of := labels.Set(r.template.Labels)
	policies, err := r.cn.calls.NetworkingV1().NetworkPolicies(r.namespace).List(r.ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for i := range policies.Items {
		p := &policies.Items[i]
		if s, err := metav1.LabelSelectorAsSelector(&p.Spec.PodSelector); err == nil && s.Matches(of) {
			r.add(r.builtin("networking.k8s.io", "NetworkPolicy"), p.Namespace, p.Name, Applies, false)
		}
	}
	budgets, err := r.cn.calls.PolicyV1().PodDisruptionBudgets(r.namespace).List(r.ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for i := range budgets.Items {
		b := &budgets.Items[i]
		if s, err := metav1.LabelSelectorAsSelector(b.Spec.Selector); err == nil && s.Matches(of) {
			r.add(r.builtin("policy", "PodDisruptionBudget"), b.Namespace, b.Name, Applies, false)
		}
	}
	return nil
}

// ruled are the pods that a network policy or a disruption budget selects; an
// empty selector means all of the namespace, none at all no pod.
func (r *relater) ruled() error {
	field := "podSelector"
	if r.object.GetKind() == "PodDisruptionBudget" {
		field = "selector"
	}
	raw, found, err := unstructured.NestedMap(r.object.Object, "spec", field)
	if err != nil || !found {
		return err
	}
	var wanted metav1.LabelSelector
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(raw, &wanted); err != nil {
		return err
	}
	s, err := metav1.LabelSelectorAsSelector(&wanted)
	if err != nil {
		return err
	}
	list, err := r.cn.calls.CoreV1().Pods(r.namespace).List(r.ctx, metav1.ListOptions{Limit: relatedPods, LabelSelector: s.String()})
	if err != nil {
		return err
	}
	for i := range list.Items {
		r.add(PodKind(), r.namespace, list.Items[i].Name, Selected, false)
	}
	return nil
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
