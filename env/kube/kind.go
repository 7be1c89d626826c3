package kube

import (
	"slices"
	"strings"
)

// Kind is a kind of object that the server can list.
type Kind struct {
	Group      string // "apps"; "" for the core ones
	Version    string // "v1"
	Resource   string // "deployments", as in addresses
	Name       string // "Deployment"
	Singular   string // "deployment"
	Short      []string
	Namespaced bool
	Verbs      []string // what the server can do with it: get, list, watch, delete, …
	Scales     bool     // it has replicas, and the server lets them be set (KIND/scale)
}

// PodKind is the kind of pods, which every server has.
func PodKind() Kind {
	return Kind{
		Version: "v1", Resource: "pods", Name: "Pod", Singular: "pod", Short: []string{"po"}, Namespaced: true,
		Verbs: []string{"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"},
	}
}

// String is the kind as kubectl takes it: deployments, certificates.cert-manager.io.
func (k Kind) String() string {
	if k.Group == "" || strings.HasSuffix(k.Group, ".k8s.io") || !strings.Contains(k.Group, ".") {
		return k.Resource
	}
	return k.Resource + "." + k.Group
}

// Same says whether two are one kind, whatever their versions.
func (k Kind) Same(o Kind) bool { return k.Group == o.Group && k.Resource == o.Resource }

// Can says whether the server can do verb with objects of the kind.
func (k Kind) Can(verb string) bool { return slices.Contains(k.Verbs, verb) }

// Ref names one object of the kind.
func (k Kind) Ref(namespace, name string) Ref {
	if !k.Namespaced {
		namespace = ""
	}
	return Ref{Group: k.Group, Version: k.Version, Kind: k.Name, Namespace: namespace, Name: name}
}

// Owner is an object of the kind as the one that keeps others.
func (k Kind) Owner(name string) Owner {
	return Owner{Kind: k.Name, Name: name, Group: customGroup(k.Group)}
}
