package kube

import (
	"cmp"
	"context"
	"errors"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Related are the objects that one has to do with: what owns it, selects it,
// routes to it, is mounted in it, and the other way round. Of pods it names a
// few hundred at most. What could not be looked up is told in an error beside
// what was found; an object that is not there is ErrNotFound.
func (c *Client) Related(ctx context.Context, ref Ref) ([]Relation, error) {
	var found []Relation
	err := c.call(ctx, "looking for what "+ref.plain()+" has to do with", func(ctx context.Context, cn *conn) error {
		obj, err := cn.get(ctx, ref)
		if err != nil {
			return err
		}
		if _, err := cn.known(ctx); err != nil {
			return err
		}
		r := &relater{ctx: ctx, cn: cn, object: obj, namespace: obj.GetNamespace()}
		if r.template, err = templateOf(obj); err != nil {
			return err
		}
		looks := lookups(ref.groupKind())
		switch {
		case looks != nil:
		case r.template != nil: // a workload of somebody else's, as a Rollout
			looks = []lookup{(*relater).owners, (*relater).scalers, (*relater).sets, (*relater).pods, (*relater).inFront, (*relater).routes, (*relater).uses, (*relater).rules, (*relater).owned}
		default:
			looks = []lookup{(*relater).owners, (*relater).owned}
		}
		for _, look := range looks {
			if err := look(r); err != nil {
				r.failed = append(r.failed, err)
			}
		}
		found = r.found
		return errors.Join(r.failed...)
	})
	return found, err
}

// relater collects what an object has to do with.
type relater struct {
	ctx       context.Context //nolint:containedctx // one question's
	cn        *conn
	object    *unstructured.Unstructured
	namespace string
	template  *corev1.PodTemplateSpec // of the pod it is, or of those it makes; nil: neither
	services  []string                // in front of it, for what routes to them
	found     []Relation
	failed    []error
}

// lookup is one thing to look for.
type lookup func(*relater) error

// Relates says whether Related knows what objects of a kind have to do with; of
// others it looks for owners, and for what they own, alone.
func (r Ref) Relates() bool { return lookups(r.groupKind()) != nil }

// lookups are what is looked for, by the kind of the object, in the order in
// which it is told; nil for kinds of which nothing is known.
func lookups(of schema.GroupKind) []lookup {
	switch of.Group + "/" + of.Kind {
	case "/Pod":
		return []lookup{(*relater).owners, (*relater).inFront, (*relater).routes, (*relater).uses, (*relater).node, (*relater).rules}
	case "apps/StatefulSet":
		return []lookup{(*relater).owners, (*relater).scalers, (*relater).pods, (*relater).inFront, (*relater).routes, (*relater).uses, (*relater).claims, (*relater).rules}
	case "apps/Deployment":
		return []lookup{(*relater).owners, (*relater).scalers, (*relater).sets, (*relater).pods, (*relater).inFront, (*relater).routes, (*relater).uses, (*relater).rules}
	case "apps/DaemonSet", "apps/ReplicaSet", "/ReplicationController":
		return []lookup{(*relater).owners, (*relater).scalers, (*relater).pods, (*relater).inFront, (*relater).routes, (*relater).uses, (*relater).rules}
	case "batch/Job":
		return []lookup{(*relater).owners, (*relater).pods, (*relater).uses, (*relater).rules}
	case "batch/CronJob":
		return []lookup{(*relater).owners, (*relater).jobs, (*relater).uses, (*relater).rules}
	case "/Service":
		return []lookup{(*relater).owners, (*relater).itself, (*relater).routes, (*relater).selected}
	case "networking.k8s.io/Ingress":
		return []lookup{(*relater).owners, (*relater).backends}
	case gateway + "/HTTPRoute", gateway + "/GRPCRoute":
		return []lookup{(*relater).owners, (*relater).gateways, (*relater).routeBackends}
	case gateway + "/Gateway":
		return []lookup{(*relater).owners, (*relater).attached}
	case "networking.k8s.io/NetworkPolicy", "policy/PodDisruptionBudget":
		return []lookup{(*relater).owners, (*relater).ruled}
	case "/ConfigMap", "/ServiceAccount":
		return []lookup{(*relater).owners, (*relater).users}
	case "/Secret":
		return []lookup{(*relater).owners, (*relater).users, (*relater).tlsUsers}
	case "/PersistentVolumeClaim":
		return []lookup{(*relater).owners, (*relater).volume, (*relater).class, (*relater).users}
	case "/PersistentVolume":
		return []lookup{(*relater).claim}
	case "/Node":
		return []lookup{(*relater).running}
	case "/Event":
		return []lookup{(*relater).about}
	case "autoscaling/HorizontalPodAutoscaler":
		return []lookup{(*relater).scaled}
	}
	return nil
}

// add tells of an object once: the first tie counts.
func (r *relater) add(k Kind, namespace, name string, how Tie, missing bool) {
	if !k.Namespaced {
		namespace = ""
	}
	same := func(o Relation) bool { return o.Kind.Same(k) && o.Namespace == namespace && o.Name == name }
	if name != "" && !slices.ContainsFunc(r.found, same) {
		r.found = append(r.found, Relation{Kind: k, Namespace: namespace, Name: name, How: how, Missing: missing})
	}
}

// kind is a kind by its names, as far as the cluster has it.
func (r *relater) kind(group, name string) (Kind, bool) {
	kinds, _ := r.cn.known(r.ctx) // asked for before
	i := slices.IndexFunc(kinds, func(k Kind) bool { return k.Group == group && k.Name == name })
	if i < 0 {
		return Kind{Group: group, Name: name}, false
	}
	return kinds[i], true
}

// builtin is a kind that every cluster has.
func (r *relater) builtin(group, name string) Kind {
	k, _ := r.kind(group, name)
	return k
}

// named adds an object that may not be there.
func (r *relater) named(k Kind, namespace, name string, how Tie) error {
	_, err := r.cn.metadata(r.ctx, k, namespace, name)
	missing := apierrors.IsNotFound(err)
	r.add(k, namespace, name, how, missing)
	if missing || apierrors.IsForbidden(err) {
		return nil // that it is named is known
	}
	return err
}

const longestChain = 8 // of owners: a circle must end

// owners follows the controllers: ReplicaSet, Deployment, what made that.
func (r *relater) owners() error {
	refs := r.object.GetOwnerReferences()
	for range longestChain {
		i := slices.IndexFunc(refs, func(o metav1.OwnerReference) bool { return o.Controller != nil && *o.Controller })
		if i < 0 && len(refs) > 0 {
			i = 0
		}
		if i < 0 || refs[i].Kind == "Node" {
			return nil
		}
		gv, err := schema.ParseGroupVersion(refs[i].APIVersion)
		if err != nil {
			return err
		}
		k, ok := r.kind(gv.Group, refs[i].Kind)
		if !ok {
			r.add(k, r.namespace, refs[i].Name, OwnsIt, true)
			return nil
		}
		m, err := r.cn.metadata(r.ctx, k, r.namespace, refs[i].Name)
		gone := apierrors.IsNotFound(err) || err == nil && m.UID != refs[i].UID
		r.add(k, r.namespace, refs[i].Name, OwnsIt, gone)
		if gone || apierrors.IsForbidden(err) {
			return nil
		}
		if err != nil {
			return err
		}
		refs = m.OwnerReferences
	}
	return nil
}

// node is where a pod runs.
func (r *relater) node() error {
	r.add(r.builtin("", "Node"), "", r.template.Spec.NodeName, RunsOn, false)
	return nil
}

// about is what an event tells of.
func (r *relater) about() error {
	var e corev1.Event
	if err := from(r.object, &e); err != nil {
		return err
	}
	o := e.InvolvedObject
	gv, err := schema.ParseGroupVersion(o.APIVersion)
	if err != nil {
		return err
	}
	k, ok := r.kind(gv.Group, o.Kind)
	if !ok {
		return nil
	}
	return r.named(k, cmp.Or(o.Namespace, r.namespace), o.Name, ToldOf)
}

// templateOf is the pod that an object is, or those it makes; nil for neither.
// Whatever has a template with containers makes pods.
func templateOf(obj *unstructured.Unstructured) (*corev1.PodTemplateSpec, error) {
	path := []string{"spec", "template"}
	switch obj.GetKind() {
	case "Pod":
		var p corev1.Pod
		if err := from(obj, &p); err != nil {
			return nil, err
		}
		return &corev1.PodTemplateSpec{ObjectMeta: p.ObjectMeta, Spec: p.Spec}, nil
	case "CronJob":
		path = []string{"spec", "jobTemplate", "spec", "template"}
	}
	raw, found, err := unstructured.NestedMap(obj.Object, path...)
	if err != nil || !found {
		return nil, nil //nolint:nilerr,nilnil // as said: of another shape
	}
	if containers, _, err := unstructured.NestedSlice(raw, "spec", "containers"); err != nil || len(containers) == 0 {
		return nil, nil //nolint:nilerr,nilnil // likewise
	}
	t := &corev1.PodTemplateSpec{}
	return t, runtime.DefaultUnstructuredConverter.FromUnstructured(raw, t)
}
