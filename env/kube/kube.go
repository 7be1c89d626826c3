// Package kube is Kubernetes: the kubeconfig, what runs in the cluster, and
// what can be done there. It is the only importer of client-go and friends.
package kube

import (
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/twindeck/twindeck/env/link"
)

// Context is a kubeconfig context and where it leads.
type Context struct {
	Name      string
	Cluster   string
	User      string
	Namespace string // "default" if the file names none
	Server    string // https://…
	Local     bool   // known to be on this machine; others are read-only until unlocked
}

// Config is the kubeconfig as kubectl would see it.
type Config struct {
	Files    []string // in order of precedence; those that exist
	Source   string   // "KUBECONFIG", "~/.kube/config"
	Contexts []Context
	Current  string // name of the current context; may be missing in Contexts
	Err      error  // why it could not be read, naming file and line
}

// Phase sums a pod, or another object, up for a glyph and a colour.
type Phase int

// The phases of an object as a person sees them.
const (
	PhaseUnknown  Phase = iota // ?
	PhaseStarting              // ◐
	PhaseReady                 // ●
	PhaseWarning               // ▲ not ready, restarting
	PhaseFailed                // ✕
	PhaseDone                  // ○ completed
	PhaseNone                  // no glyph: what is neither well nor ill, as a config map
)

// Pod is a row of the right deck. Values are immutable once handed out.
type Pod struct {
	UID       string
	Namespace string
	Name      string
	Owner     Owner  // who keeps it alive, resolved past the ReplicaSet
	Status    string // as kubectl get pods prints it: Running, CrashLoopBackOff, Init:0/1
	Phase     Phase
	Ready     int // containers ready
	Total     int
	Restarts  int
	Created   time.Time
	Node      string
	IP        string     // empty until it has one
	Images    []PodImage // one a main container, in order
	Helpers   []PodImage // likewise of its init containers and sidecars; nil: it has none
	Labels    []string   // "key=value", sorted
	Shares    string     // hostPID, shareProcessNamespace: the field by which its containers see processes of others; or none
	Beside    bool       // others than its main containers run: sidecars, init or ephemeral ones
}

// Owner is the workload a pod belongs to.
type Owner struct {
	Kind  string // Deployment, StatefulSet, DaemonSet, Job, ReplicaSet, …; "" for none
	Name  string
	Group string // of a kind that something else brought; "" for Kubernetes' own
}

// PodImage is what a pod's container runs.
type PodImage struct {
	Container string
	Image     string // as written in the manifest
	Digest    string // sha256:… the node reports; empty until it runs
	Imported  bool   // from an archive, as by kind load: the digest may be the archive's own, which no engine knows
}

// Snapshot is what is known of the cluster's pods at one moment.
type Snapshot struct {
	Version   uint64 // grows with each change; equal versions, equal rows
	Context   string // name of the kubeconfig context they are of; "" if none
	Namespace string // "" for all
	Pods      []*Pod // sorted by namespace, then name; shared, never to be changed
	Synced    bool   // the first list is complete
	Status    link.Status
}

// Version is what the API server says of itself.
type Version struct {
	Git      string // v1.36.3
	Major    int
	Minor    int
	Platform string // linux/amd64
}

// Node is a node of the cluster.
type Node struct {
	Name       string
	Ready      bool
	Reason     string   // why not
	Pressures  []string // MemoryPressure, DiskPressure, PIDPressure
	Runtime    string   // containerd://2.4.2, docker://…
	OSImage    string   // "Docker Desktop"
	Kubelet    string   // v1.36.3
	Arch       string
	CPU        int64 // millicores allocatable
	Memory     int64 // bytes allocatable
	InternalIP string
	Closed     string // why ordinary pods are not put there: a taint, "cordoned"; empty: they are
}

// Event is a Kubernetes event about one object.
type Event struct {
	Type    string // Normal, Warning
	Reason  string
	Message string
	Count   int
	Last    time.Time
	Object  string // kind/name

	Container string // of a pod, if it is about one of its containers
	Namespace string // of the event and its object; "default" for what has none

	about types.UID // of the object; a later one may have its name
}

// Readyz is the API server's own word on its health, part by part.
type Readyz struct {
	OK    bool
	Parts []ReadyzPart
}

// ReadyzPart is a line of /readyz?verbose.
type ReadyzPart struct {
	Name string
	OK   bool
}

// LogOptions choose what part of a pod's log to read.
type LogOptions struct {
	Container  string // empty: the first one
	Follow     bool
	Tail       int // last lines; 0: all
	Since      time.Time
	Timestamps bool
	Previous   bool // the instance before this one
}
