package kube

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
)

// relatedPods is how many pods are named at most.
const relatedPods = 500

// pods are those that a workload keeps, in the order of their names.
func (r *relater) pods() error {
	if !r.selects() {
		return nil
	}
	o, err := selects(r.object)
	if err != nil {
		return err
	}
	o.Limit = relatedPods
	list, err := r.cn.calls.CoreV1().Pods(r.namespace).List(r.ctx, o)
	if err != nil {
		return err
	}
	gvk := r.object.GroupVersionKind()
	me := Kind{Group: gvk.Group, Name: gvk.Kind}.Owner(r.object.GetName())
	for i := range list.Items {
		p := &list.Items[i]
		// A selector may fit pods that somebody else keeps.
		if metav1.IsControlledBy(p, r.object) || ownerOf(p.OwnerReferences, p.Labels) == me {
			r.add(PodKind(), p.Namespace, p.Name, OwnedByIt, false)
		}
	}
	return nil
}

// selects says whether an object has a selector: those of other makers may have
// none.
func (r *relater) selects() bool {
	_, found, err := unstructured.NestedMap(r.object.Object, "spec", "selector")
	return found && err == nil
}

// sets are the ReplicaSets that have pods, of a Deployment or what keeps its
// pods likewise.
func (r *relater) sets() error {
	if !r.selects() {
		return nil
	}
	o, err := selects(r.object)
	if err != nil {
		return err
	}
	list, err := r.cn.calls.AppsV1().ReplicaSets(r.namespace).List(r.ctx, o)
	if err != nil {
		return err
	}
	for i := range list.Items {
		rs := &list.Items[i]
		if metav1.IsControlledBy(rs, r.object) && (rs.Status.Replicas > 0 || rs.Spec.Replicas == nil || *rs.Spec.Replicas > 0) {
			r.add(r.builtin("apps", "ReplicaSet"), rs.Namespace, rs.Name, OwnedByIt, false)
		}
	}
	return nil
}

// jobs are those that a CronJob started.
func (r *relater) jobs() error {
	list, err := r.cn.calls.BatchV1().Jobs(r.namespace).List(r.ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for i := range list.Items {
		if j := &list.Items[i]; metav1.IsControlledBy(j, r.object) {
			r.add(r.builtin("batch", "Job"), j.Namespace, j.Name, OwnedByIt, false)
		}
	}
	return nil
}

// owned are the objects of the usual kinds that a custom resource made.
func (r *relater) owned() error {
	var failed []error
	for _, of := range [][2]string{{"apps", "Deployment"}, {"apps", "StatefulSet"}, {"apps", "DaemonSet"}, {"batch", "Job"}, {"", "Pod"}, {"", "Service"}, {"", "ConfigMap"}, {"", "Secret"}} {
		k := r.builtin(of[0], of[1])
		if r.namespace == "" || k.Resource == "" {
			continue
		}
		list, err := r.cn.metadataList(r.ctx, k, r.namespace)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		for i := range list.Items {
			m := &list.Items[i]
			if slices.ContainsFunc(m.OwnerReferences, func(o metav1.OwnerReference) bool { return o.UID == r.object.GetUID() }) {
				r.add(k, m.Namespace, m.Name, OwnedByIt, false)
			}
		}
	}
	return errors.Join(failed...)
}

// running are the pods of a node.
func (r *relater) running() error {
	list, err := r.cn.calls.CoreV1().Pods("").List(r.ctx, metav1.ListOptions{
		Limit: relatedPods, FieldSelector: fields.OneTermEqualSelector("spec.nodeName", r.object.GetName()).String(),
	})
	if err != nil {
		return err
	}
	for i := range list.Items {
		r.add(PodKind(), list.Items[i].Namespace, list.Items[i].Name, RunsThere, false)
	}
	return nil
}

// users are the workloads and the pods that use a config map, a secret, a claim
// or a service account. Workloads, since one may have no pods now.
func (r *relater) users() error {
	return errors.Join(r.workloadUsers(), r.podUsers())
}

// usesMe says whether a pod, or the pods of a template, use the object.
func (r *relater) usesMe(pod string, spec *corev1.PodSpec) bool {
	return slices.ContainsFunc(usesOf(pod, spec), func(u use) bool {
		return u.kind == r.object.GetKind() && u.name == r.object.GetName()
	})
}

// workloadUsers are those by whose template pods use it. What a workload that is
// listed keeps in its turn is left out.
func (r *relater) workloadUsers() error {
	var failed []error
	for _, of := range [][2]string{{"apps", "Deployment"}, {"apps", "StatefulSet"}, {"apps", "DaemonSet"}, {"argoproj.io", "Rollout"}, {"batch", "CronJob"}, {"batch", "Job"}} {
		k, ok := r.kind(of[0], of[1])
		if !ok {
			continue
		}
		for o := (metav1.ListOptions{Limit: pageSize}); ; {
			list, err := r.cn.dynamic.Resource(k.resource()).Namespace(r.namespace).List(r.ctx, o)
			if err != nil {
				failed = append(failed, err)
				break
			}
			for i := range list.Items {
				w := &list.Items[i]
				if owner := metav1.GetControllerOf(w); owner != nil && owner.Kind == "CronJob" {
					continue
				}
				t, err := templateOf(w)
				if err == nil && t != nil && r.usesMe("", &t.Spec) {
					r.add(k, w.GetNamespace(), w.GetName(), UsesIt, false)
				}
			}
			if o.Continue = list.GetContinue(); o.Continue == "" {
				break
			}
		}
	}
	return errors.Join(failed...)
}

func (r *relater) podUsers() error {
	o := metav1.ListOptions{Limit: pageSize}
	for count := 0; count < relatedPods; {
		list, err := r.cn.calls.CoreV1().Pods(r.namespace).List(r.ctx, o)
		if err != nil {
			return err
		}
		for i := range list.Items {
			p := &list.Items[i]
			if r.usesMe(p.Name, &p.Spec) {
				r.add(PodKind(), p.Namespace, p.Name, UsesIt, false)
				count++
			}
		}
		if o.Continue = list.Continue; o.Continue == "" {
			break
		}
	}
	return nil
}

// uses are the config maps, secrets, claims and the service account of a pod,
// those that are not there included, unless it can do without.
func (r *relater) uses() error {
	if r.template == nil {
		return nil
	}
	pod := ""
	if r.object.GetKind() == "Pod" {
		pod = r.object.GetName()
	}
	for _, u := range usesOf(pod, &r.template.Spec) {
		if u.how == RunsAs && u.name == nobody {
			continue
		}
		k := r.builtin("", u.kind)
		if u.optional {
			if _, err := r.cn.metadata(r.ctx, k, r.namespace, u.name); err != nil {
				continue
			}
		}
		if err := r.named(k, r.namespace, u.name, u.how); err != nil {
			return err
		}
	}
	return nil
}

// use is something that a pod is given.
type use struct {
	kind, name string
	how        Tie
	optional   bool
}

// usesOf is all that a pod is given by its manifest. Without the pod's name the
// claims that are made for each pod are left out.
func usesOf(pod string, spec *corev1.PodSpec) []use {
	var all []use
	add := func(kind, name string, how Tie, optional *bool) {
		if name != "" {
			all = append(all, use{kind, name, how, optional != nil && *optional})
		}
	}
	for _, list := range [][]corev1.Container{spec.Containers, spec.InitContainers} {
		for i := range list {
			for _, e := range list[i].EnvFrom {
				if e.ConfigMapRef != nil {
					add("ConfigMap", e.ConfigMapRef.Name, InEnv, e.ConfigMapRef.Optional)
				}
				if e.SecretRef != nil {
					add("Secret", e.SecretRef.Name, InEnv, e.SecretRef.Optional)
				}
			}
			for _, e := range list[i].Env {
				if e.ValueFrom == nil {
					continue
				}
				if c := e.ValueFrom.ConfigMapKeyRef; c != nil {
					add("ConfigMap", c.Name, InEnv, c.Optional)
				}
				if s := e.ValueFrom.SecretKeyRef; s != nil {
					add("Secret", s.Name, InEnv, s.Optional)
				}
			}
		}
	}
	for i := range spec.Volumes {
		v := &spec.Volumes[i]
		switch {
		case strings.HasPrefix(v.Name, "kube-api-access-"): // every pod's own, put there by the server
		case v.ConfigMap != nil:
			add("ConfigMap", v.ConfigMap.Name, Mounted, v.ConfigMap.Optional)
		case v.Secret != nil:
			add("Secret", v.Secret.SecretName, Mounted, v.Secret.Optional)
		case v.PersistentVolumeClaim != nil:
			add("PersistentVolumeClaim", v.PersistentVolumeClaim.ClaimName, Mounted, nil)
		case v.Ephemeral != nil && pod != "":
			add("PersistentVolumeClaim", pod+"-"+v.Name, Mounted, nil)
		case v.Projected != nil:
			for _, s := range v.Projected.Sources {
				if s.ConfigMap != nil {
					add("ConfigMap", s.ConfigMap.Name, Mounted, s.ConfigMap.Optional)
				}
				if s.Secret != nil {
					add("Secret", s.Secret.Name, Mounted, s.Secret.Optional)
				}
			}
		}
	}
	for _, s := range spec.ImagePullSecrets {
		add("Secret", s.Name, Pulls, nil)
	}
	add("ServiceAccount", cmp.Or(spec.ServiceAccountName, nobody), RunsAs, nil)
	return all
}

// nobody is the service account of pods that name none.
const nobody = "default"

// claims are those that a StatefulSet made for its pods. They stay when it is
// scaled down.
func (r *relater) claims() error {
	var s appsv1.StatefulSet
	if err := from(r.object, &s); err != nil || len(s.Spec.VolumeClaimTemplates) == 0 {
		return err
	}
	k := r.builtin("", "PersistentVolumeClaim")
	list, err := r.cn.metadataList(r.ctx, k, r.namespace)
	if err != nil {
		return err
	}
	for i := range list.Items {
		name := list.Items[i].Name
		if slices.ContainsFunc(s.Spec.VolumeClaimTemplates, func(c corev1.PersistentVolumeClaim) bool {
			ordinal, ok := strings.CutPrefix(name, c.Name+"-"+s.Name+"-")
			_, err := strconv.ParseUint(ordinal, 10, 31)
			return ok && err == nil
		}) {
			r.add(k, r.namespace, name, Claimed, false)
		}
	}
	return nil
}

// volume is what a claim is bound to.
func (r *relater) volume() error {
	var c corev1.PersistentVolumeClaim
	if err := from(r.object, &c); err != nil || c.Spec.VolumeName == "" {
		return err
	}
	return r.named(r.builtin("", "PersistentVolume"), "", c.Spec.VolumeName, Bound)
}

// class is what volumes for a claim are made by. A claim that is bound may name
// one that is not there: who makes volumes by hand matches them so.
func (r *relater) class() error {
	var c corev1.PersistentVolumeClaim
	if err := from(r.object, &c); err != nil || c.Spec.StorageClassName == nil || *c.Spec.StorageClassName == "" {
		return err
	}
	k, ok := r.kind("storage.k8s.io", "StorageClass")
	if !ok {
		return nil
	}
	name := *c.Spec.StorageClassName
	if _, err := r.cn.metadata(r.ctx, k, "", name); apierrors.IsNotFound(err) && c.Spec.VolumeName != "" {
		return nil
	}
	return r.named(k, "", name, Provides)
}

// claim is what a volume is bound to.
func (r *relater) claim() error {
	var v corev1.PersistentVolume
	if err := from(r.object, &v); err != nil || v.Spec.ClaimRef == nil {
		return err
	}
	return r.named(r.builtin("", "PersistentVolumeClaim"), v.Spec.ClaimRef.Namespace, v.Spec.ClaimRef.Name, Bound)
}

// chosen says whether a service's selector fits the labels; one without a
// selector fits nothing.
func chosen(s *corev1.Service, of map[string]string) bool {
	return len(s.Spec.Selector) > 0 && labels.SelectorFromSet(s.Spec.Selector).Matches(labels.Set(of))
}
