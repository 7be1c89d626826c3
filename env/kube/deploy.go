package kube

import (
	"strconv"
	"strings"
	"time"
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

// Source is where manifests are read from.
type Source struct {
	Kustomize string   // a kustomization's directory; empty: plain files
	Files     []string // plain files, in order
}

// Manifest is one object read from a file.
type Manifest struct {
	Ref    Ref
	File   string // where it was read from; "" for kustomize output
	Line   int    // 1-based line of the document's first line in File
	YAML   []byte // the object, images already substituted where that was asked
	Images []string
}

// Change is what applying an object did or would do.
type Change string

// The changes.
const (
	Created   Change = "created"
	Updated   Change = "configured"
	Unchanged Change = "unchanged"
)

// Applied is one object after (or, in a dry run, before) its apply.
type Applied struct {
	Ref    Ref    `json:"ref"`
	Change Change `json:"change"`
	Diff   string `json:"diff,omitempty"` // unified diff of the YAML, live against wanted; "" when unchanged; secrets masked
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	// Pulls are the pull policies of its containers as the cluster would have
	// them: what a manifest leaves out, the cluster may have from before.
	Pulls []PullPolicy `json:"-"`
}

// PullPolicy is when a node pulls the image of a container.
type PullPolicy struct {
	Container string
	Image     string
	Policy    string // Always, IfNotPresent, Never
}

// ManifestError is a manifest that cannot be read or that the API server
// refuses, at its place.
type ManifestError struct {
	File string
	Line int // 1-based; 0: unknown
	Ref  Ref
	Err  error
	Hint string // what to write instead, if known
}

// Error says place and cause.
func (e *ManifestError) Error() string {
	at := e.File
	if e.Line > 0 {
		at += ":" + strconv.Itoa(e.Line)
	}
	if e.Ref.Name != "" {
		if at != "" {
			at += ": "
		}
		at += e.Ref.String()
	}
	if at == "" {
		return e.Err.Error()
	}
	return at + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *ManifestError) Unwrap() error { return e.Err }

// Rollout is how far a workload's rollout is.
type Rollout struct {
	Ref      Ref          `json:"ref"`
	Desired  int          `json:"desired"`
	Updated  int          `json:"updated"` // pods of the new revision
	Ready    int          `json:"ready"`   // of these, ready
	Old      int          `json:"old"`     // pods of older revisions still there
	Done     bool         `json:"done"`
	Message  string       `json:"message,omitempty"` // kubectl rollout status's own words
	Pods     []RolloutPod `json:"pods,omitempty"`
	Deadline bool         `json:"deadlineExceeded,omitempty"` // progressDeadlineSeconds exceeded
}

// RolloutPod is a pod during a rollout.
type RolloutPod struct {
	Name    string        `json:"name"`
	New     bool          `json:"new"` // of the revision being rolled out
	Ready   bool          `json:"ready"`
	Status  string        `json:"status,omitempty"` // as kubectl get pods prints it
	Digests []string      `json:"digests,omitempty"`
	Age     time.Duration `json:"ageNs,omitempty"`
}

// Trouble explains a pod that does not come up: its reason, message, exit
// code and last lines.
type Trouble struct {
	Pod       string
	Container string
	Reason    string // ImagePullBackOff, CrashLoopBackOff, OOMKilled, Unschedulable…
	Message   string // the API's own words
	ExitCode  int
	Tail      []string  // last log lines
	Probe     string    // what its failing probe got, in the kubelet's words
	Count     int       // how often that was seen
	Since     time.Time // when it came into this state; zero: unknown
}
