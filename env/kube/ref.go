package kube

import (
	"strings"
)

// Ref names an object in a cluster.
type Ref struct {
	Group     string `json:"group,omitempty"`
	Version   string `json:"version,omitempty"`
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
}

// String is kind/name in kubectl's spelling, with the namespace behind it
// where there is one: deployment/web (default).
func (r Ref) String() string {
	s := strings.ToLower(r.Kind) + "/" + r.Name
	if r.Namespace != "" {
		s += " (" + r.Namespace + ")"
	}
	return s
}

// plain is the object as an error names it: pod shop/web.
func (r Ref) plain() string {
	name := r.Name
	if r.Namespace != "" {
		name = r.Namespace + "/" + name
	}
	return strings.ToLower(r.Kind) + " " + name
}

// PodRef names a pod.
func PodRef(namespace, name string) Ref { return PodKind().Ref(namespace, name) }

// Ref names the pod.
func (p *Pod) Ref() Ref { return PodRef(p.Namespace, p.Name) }
