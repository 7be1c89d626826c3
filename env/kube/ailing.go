package kube

import "time"

// Health is what a look at a namespace's pods found.
type Health struct {
	Namespace string
	Count     int       // pods there are
	Pods      []*Pod    // all of them; nil where there are too many to read each
	Ailing    []Ailing  // those that are not well, the most telling first
	Refused   []Refusal // workloads that may not make pods
}

// Ailing is a pod that is not well, with what is needed to say why.
type Ailing struct {
	Pod        *Pod
	Troubles   []Trouble // never empty; Telling picks the one that counts
	Containers []Container
	Account    string   // service account it runs as
	Secrets    []string // its imagePullSecrets
	Alike      int      // more pods of the same workload in the same state, not looked at
	Events     []Event  // its warnings, oldest first
	States     []ContainerState
	Deleted    time.Time     // when it was asked to end; zero: it was not
	Grace      time.Duration // that it was given for that
	Finalizers []string      // what must be done before it can be gone
}

// ContainerState is how a container of a pod is now, and how it ended before.
type ContainerState struct {
	Name     string
	Init     bool      // it runs to its end before the main ones start
	Now      string    // running, ended, or what it waits for: CrashLoopBackOff; empty: nothing is known yet
	Since    time.Time // zero: not told
	Restarts int
	Ended    *Ending // its last end; nil: it never ended
}

// Ending is the end of a container.
type Ending struct {
	Code   int
	Reason string // OOMKilled, Error, Completed, StartError
	At     time.Time
	Ran    time.Duration // 0: it never started
}

// Container is what a pod's manifest wants of a container.
type Container struct {
	Name        string
	Image       string
	Pull        string   // Always, IfNotPresent, Never
	Command     []string // command and args as written; empty: the image's own
	Ports       []int    // containerPort
	Probes      []Probe
	CPU         int64 // requested, millicores
	Memory      int64 // requested, bytes
	MemoryLimit int64 // bytes; 0: none
}

// Probe is how the kubelet asks whether a container is well.
type Probe struct {
	Kind string // readiness, liveness, startup
	Asks string // GET /healthz, connect, run COMMAND, gRPC
	Port int    // 0: it asks no port

	Every, Timeout time.Duration // between two, for one
	Failures       int           // in a row, after which it counts
}

// Refusal is a workload whose pods the API server refuses to make.
type Refusal struct {
	Owner   Owner
	Message string // the server's words
}

// Service is a service that can be reached from outside, or wants to be.
type Service struct {
	Namespace string
	Name      string
	Type      string // LoadBalancer, NodePort
	Ports     []ServicePort
	Addresses []string // given by the load balancer; none: it is pending
	Created   time.Time
}

// ServicePort is one port of a service.
type ServicePort struct {
	Port int // of the service
	Node int // on every node; 0: none
}

// telling is the trouble that counts.
func (a Ailing) telling() Trouble { return Telling(a.Troubles) }
