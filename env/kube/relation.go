package kube

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
	RoutesTo  Tie = "routes to it"   // an ingress or a route, of a service
	RoutedTo  Tie = "gets its requests"
	UsesIt    Tie = "uses it" // a pod, of a config map, secret or claim
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
)

// Ref names the related object.
func (r Relation) Ref() Ref { return r.Kind.Ref(r.Namespace, r.Name) }
