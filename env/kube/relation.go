package kube

import "slices"

// Relation is an object that another one has to do with.
type Relation struct {
	Kind      Kind
	Namespace string // "" for what has none
	Name      string
	How       Tie
	Missing   bool // named, and not there
}

// Tie is what one object is to another, said of the one listed.
type Tie string

// The ties.
const (
	OwnsIt    Tie = "owns it"
	OwnedByIt Tie = "owned by it"
	SelectsIt Tie = "selects it"     // a service, of a pod or a workload
	Selected  Tie = "selected by it" // a pod, of a service
	RoutesTo  Tie = "routes to it"   // an ingress or a route, of a service; a gateway, of a route
	RoutedTo  Tie = "gets its requests"
	UsesIt    Tie = "uses it" // a workload or a pod, of a config map, secret, claim or service account
	UsedByIt  Tie = "used by it"
	Mounted   Tie = "mounted"
	InEnv     Tie = "in its environment"
	Pulls     Tie = "pulls its images"
	RunsOn    Tie = "runs it"
	RunsThere Tie = "runs there"
	Bound     Tie = "bound to it"
	Claimed   Tie = "made for its pods" // a claim, of a stateful set
	ServesTLS Tie = "its certificate"
	ScalesIt  Tie = "scales it"
	Scaled    Tie = "scaled by it"
	ToldOf    Tie = "what it tells of"
	Provides  Tie = "provides it"   // a storage class, of a claim
	RunsAs    Tie = "it runs as"    // a service account, of a pod or a workload
	Applies   Tie = "applies to it" // a network policy or a disruption budget, of a pod or a workload
)

// Workload says that the related object is of a kind that is there to keep
// pods: Kubernetes' own, or one that keeps ReplicaSets in its way.
func (r Relation) Workload() bool {
	switch k := r.Kind; k.Group {
	case "apps", "batch":
		return true
	case "":
		return k.Name == "ReplicationController"
	}
	return slices.ContainsFunc(keepers, func(k keeper) bool { return k.kind == r.Kind.Owner("") })
}

// Ref names the related object.
func (r Relation) Ref() Ref { return r.Kind.Ref(r.Namespace, r.Name) }
