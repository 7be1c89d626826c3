package demo

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/kube"
)

// listing is a kind of the simulated cluster and the columns it is printed with:
// "#" marks numbers, "+" those that are only shown where there is room.
type listing struct {
	kube.Kind
	columns string
}

// listings are the kinds there are.
func listings() []listing {
	k := func(group, name, resource, short, columns string) listing {
		all := []string{"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"}
		return listing{kube.Kind{
			Group: group, Version: "v1", Resource: resource, Name: name, Singular: strings.ToLower(name),
			Short: strings.Fields(short), Namespaced: true, Verbs: all,
			Scales: slices.Contains([]string{"Deployment", "ReplicaSet", "StatefulSet"}, name),
		}, columns}
	}
	everywhere := func(s listing) listing { s.Namespaced = false; return s }
	return []listing{
		k("", "ConfigMap", "configmaps", "cm", "NAME,#DATA,AGE"),
		k("batch", "CronJob", "cronjobs", "cj", "NAME,SCHEDULE,TIMEZONE,SUSPEND,#ACTIVE,LAST SCHEDULE,AGE,+CONTAINERS,+IMAGES,+SELECTOR"),
		everywhere(k("apiextensions.k8s.io", "CustomResourceDefinition", "customresourcedefinitions", "crd crds", "NAME,CREATED AT")),
		k("apps", "DaemonSet", "daemonsets", "ds", "NAME,#DESIRED,#CURRENT,#READY,#UP-TO-DATE,#AVAILABLE,NODE SELECTOR,AGE,+CONTAINERS,+IMAGES,+SELECTOR"),
		k("apps", "Deployment", "deployments", "deploy", "NAME,READY,#UP-TO-DATE,#AVAILABLE,AGE,+CONTAINERS,+IMAGES,+SELECTOR"),
		k("", "Event", "events", "ev", "LAST SEEN,TYPE,REASON,OBJECT,+SUBOBJECT,+SOURCE,MESSAGE,+FIRST SEEN,+#COUNT,+NAME"),
		k("networking.k8s.io", "Ingress", "ingresses", "ing", "NAME,CLASS,HOSTS,ADDRESS,PORTS,AGE"),
		k("batch", "Job", "jobs", "", "NAME,STATUS,COMPLETIONS,DURATION,AGE,+CONTAINERS,+IMAGES,+SELECTOR"),
		everywhere(k("", "Namespace", "namespaces", "ns", "NAME,STATUS,AGE")),
		everywhere(k("", "Node", "nodes", "no", "NAME,STATUS,ROLES,AGE,VERSION,+INTERNAL-IP,+EXTERNAL-IP,+OS-IMAGE,+KERNEL-VERSION,+CONTAINER-RUNTIME")),
		k("", "PersistentVolumeClaim", "persistentvolumeclaims", "pvc", "NAME,STATUS,VOLUME,CAPACITY,ACCESS MODES,STORAGECLASS,VOLUMEATTRIBUTESCLASS,AGE,+VOLUMEMODE"),
		k("", "Pod", "pods", "po", "NAME,READY,STATUS,RESTARTS,AGE,+IP,+NODE,+NOMINATED NODE,+READINESS GATES"),
		k("apps", "ReplicaSet", "replicasets", "rs", "NAME,#DESIRED,#CURRENT,#READY,AGE,+CONTAINERS,+IMAGES,+SELECTOR"),
		k("", "Secret", "secrets", "", "NAME,TYPE,#DATA,AGE"),
		k("", "Service", "services", "svc", "NAME,TYPE,CLUSTER-IP,EXTERNAL-IP,PORT(S),AGE,+SELECTOR"),
		k("apps", "StatefulSet", "statefulsets", "sts", "NAME,READY,AGE,+CONTAINERS,+IMAGES"),
		k("cert-manager.io", "Certificate", "certificates", "cert certs", "NAME,READY,SECRET,AGE,+ISSUER,+STATUS"),
	}
}

// listingOf finds a kind by the name that manifests give it.
func listingOf(name string) listing {
	all := listings()
	return all[slices.IndexFunc(all, func(s listing) bool { return s.Name == name })]
}

// header is what the columns mean.
func (s listing) header() []kube.Column {
	var out []kube.Column
	for name := range strings.SplitSeq(s.columns, ",") {
		c := kube.Column{}
		name, c.Wide = strings.CutPrefix(name, "+")
		c.Name, c.Number = strings.CutPrefix(name, "#")
		c.Age = slices.Contains([]string{"AGE", "LAST SEEN", "FIRST SEEN", "LAST SCHEDULE", "CREATED AT"}, c.Name)
		out = append(out, c)
	}
	return out
}

func (c cluster) Kinds(ctx context.Context) (kinds []kube.Kind, err error) {
	return kinds, c.do(ctx, func(time.Time) error {
		for _, s := range listings() {
			kinds = append(kinds, s.Kind)
		}
		return nil
	})
}
