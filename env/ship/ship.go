// Package ship takes the code to the cluster: build, deliver, deploy, verify.
// A Plan says what would happen; Run does it and tells of it in Events.
package ship

import (
	"context"
	"time"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/project"
)

// Stage is a part of shipping.
type Stage string

// The stages, in order.
const (
	Build   Stage = "build"
	Deliver Stage = "deliver" // push, where the route needs one
	Deploy  Stage = "deploy"
	Verify  Stage = "verify" // always follows Deploy
)

// Engine is what shipping needs of Docker.
type Engine interface {
	Endpoint() (docker.Endpoint, error)
	Info(ctx context.Context) (docker.Info, error)
	Image(ctx context.Context, ref string) (docker.Image, error)
	Build(ctx context.Context, r docker.BuildRequest, news func(docker.BuildEvent)) (docker.BuildResult, error)
	Builder(name string) (docker.Builder, error)
	PingBuilder(ctx context.Context, name string) (docker.BuilderState, error)
	Tag(ctx context.Context, image, ref string) error
	Push(ctx context.Context, ref string, news func(docker.LayerProgress)) (docker.PushResult, error)
	Published(ctx context.Context, ref string) (digest string, err error) // what the registry has
	Loader
	Nodes(ctx context.Context) ([]docker.Node, error)
	NeedsLogin(ctx context.Context, image string) (bool, error)
	Login(ctx context.Context, image string) (docker.Login, error)
}

// Cluster is what shipping needs of Kubernetes.
type Cluster interface {
	Context() (kube.Context, error)
	Nodes(ctx context.Context) ([]kube.Node, error)
	ReadManifests(ctx context.Context, src kube.Source, images map[string]string) ([]kube.Manifest, error)
	DryRun(ctx context.Context, namespace string, ms []kube.Manifest) ([]kube.Applied, error)
	Apply(ctx context.Context, namespace string, ms []kube.Manifest, news func(kube.Applied)) ([]kube.Applied, error)
	Rollout(ctx context.Context, refs []kube.Ref, news func(kube.Rollout)) error
	Trouble(ctx context.Context, ref kube.Ref) ([]kube.Trouble, error)
	PullHosts(ctx context.Context, namespace, account string, secrets []string) ([]string, error)
	AddPullSecret(ctx context.Context, namespace, name, account string, login []byte) error
}

// Options are what a person may choose.
type Options struct {
	Stages    []Stage             // which to do; empty: all
	Images    []string            // names of the project's images to do it with; empty: all that are deployed
	Registry  string              // host[:port][/path] to push to; empty: $TWINDECK_REGISTRY, else as the manifests say
	Unlocked  bool                // deploy to a context that is not known to be local
	Tag       string              // replaces the tag made from git; never "latest"
	Release   ReleaseOptions      // makes a version of it
	Namespace string              // empty: the context's
	Build     docker.BuildRequest // its options; context, Dockerfile and tag are the project's
	Timeout   time.Duration       // of the rollout; 0: 5 minutes
	// PullSecret gives pods docker's login for the registry, where they have none.
	PullSecret bool
}

// Route is how an image gets to where pods run.
type Route string

// The routes.
const (
	Shared   Route = "shared store" // engine and node share their images: nothing to move
	Load     Route = "load"         // loaded into the nodes, which are containers of the engine
	Registry Route = "registry"     // pushed, and pulled by the node
	NoRoute  Route = ""             // no way known: Plan.Problems says why
)

// Plan is what shipping would do. Making one changes nothing.
type Plan struct {
	Project project.Project
	Stages  []Stage
	Image   string // full reference that will be built and deployed; empty with several images
	Engine  docker.Endpoint
	Builder docker.Builder // zero unless something is built
	// BuilderState is how a builder that is not the engine's own stands.
	BuilderState docker.BuilderState
	Route        Route
	RouteWhy     string   // one sentence
	Nodes        []Target // with Load, where the image is loaded
	Context      kube.Context
	Namespace    string
	Build        docker.BuildRequest // of a single image
	Images       []Image             // all of the project's, each after those it needs; also a single one
	Manifests    []kube.Manifest
	Changes      []kube.Applied // the dry run against the cluster, in manifest order
	Problems     []Problem      // a plan with a fatal one does not run
	Release      *Release       // nil: none is made
	Timeout      time.Duration

	PullSecrets []PullSecret // logins that pods are given before they are made
	Offers      []PullSecret // logins that pods lack and docker has: Options.PullSecret would give them
}

// Problem is something found while planning.
type Problem struct {
	Fatal bool   `json:"fatal"`
	Stage Stage  `json:"stage,omitempty"`
	Text  string `json:"text"`         // what is wrong
	Do    string `json:"do,omitempty"` // what to do
	File  string `json:"file,omitempty"`
	Line  int    `json:"line,omitempty"` // 1-based; 0: unknown
}

// Event is one piece of news of a running Plan. Kind says which fields are set.
// As JSON it is one object on one line; its field names are stable.
type Event struct {
	Time  time.Time `json:"time"`
	Kind  EventKind `json:"kind"`
	Stage Stage     `json:"stage,omitempty"`

	Step      *docker.BuildStep     `json:"step,omitempty"`      // BuildStepped
	Log       *docker.BuildLog      `json:"log,omitempty"`       // BuildLogged
	Warning   *docker.BuildWarning  `json:"warning,omitempty"`   // BuildWarned
	Layer     *docker.LayerProgress `json:"layer,omitempty"`     // LayerMoved
	Applied   *kube.Applied         `json:"applied,omitempty"`   // ObjectApplied
	Rollout   *kube.Rollout         `json:"rollout,omitempty"`   // RolloutMoved
	Image     *docker.BuildResult   `json:"image,omitempty"`     // BuildDone
	Pushed    *docker.PushResult    `json:"pushed,omitempty"`    // PushDone
	Retry     *docker.Retry         `json:"retry,omitempty"`     // PushRetried
	Loaded    *docker.Loaded        `json:"loaded,omitempty"`    // NodeLoaded
	ImageName string                `json:"imageName,omitempty"` // which image it is about, where the plan has several
	// StageStarted, StageSkipped and ImageKept (why), PushRetried, Command (the
	// command that does the same); of a load: which node of how many
	Text    string   `json:"text,omitempty"`
	Failure *Failure `json:"failure,omitempty"` // Failed
	Report  *Report  `json:"report,omitempty"`  // Shipped
}

// EventKind names an Event.
type EventKind string

// The kinds of event.
const (
	StageStarted  EventKind = "stage"
	StageSkipped  EventKind = "skipped"
	StageDone     EventKind = "stage-done"
	Command       EventKind = "command"
	BuildStepped  EventKind = "build-step"
	BuildLogged   EventKind = "build-log"
	BuildWarned   EventKind = "build-warning"
	BuildDone     EventKind = "built"
	ImageKept     EventKind = "kept" // it was there already
	LayerMoved    EventKind = "layer"
	PushRetried   EventKind = "push-again" // a push that broke off is about to be tried again
	PushDone      EventKind = "pushed"
	NodeLoaded    EventKind = "loaded"
	ObjectApplied EventKind = "applied"
	RolloutMoved  EventKind = "rollout"
	Failed        EventKind = "failed"
	Shipped       EventKind = "shipped"
)

// Failure is the card shown when shipping stops.
type Failure struct {
	Stage   Stage          `json:"stage"`
	Image   string         `json:"image,omitempty"`   // name of the image, where there are several
	Step    string         `json:"step,omitempty"`    // build step, object or pod
	Cause   string         `json:"cause"`             // what happened
	Do      string         `json:"do,omitempty"`      // what to do
	File    string         `json:"file,omitempty"`    // where, if there is a place
	Line    int            `json:"line,omitempty"`    // 1-based
	Tail    []string       `json:"tail,omitempty"`    // last lines of output
	Applied []kube.Applied `json:"applied,omitempty"` // what a failed deploy had already changed
	Back    string         `json:"back,omitempty"`    // how to go back to what ran before; empty: nothing was changed
	Err     error          `json:"-"`
}

// Error says stage and cause.
func (f *Failure) Error() string {
	if f.Image != "" {
		return string(f.Stage) + " of " + f.Image + ": " + f.Cause
	}
	return string(f.Stage) + ": " + f.Cause
}

// Unwrap returns the cause.
func (f *Failure) Unwrap() error { return f.Err }

// Report is how shipping ended well.
type Report struct {
	Image     string          `json:"image"`            // empty with several images
	Digest    string          `json:"digest,omitempty"` // what was built or pushed
	Images    []ShippedImage  `json:"images,omitempty"` // where there are several
	Nodes     []docker.Loaded `json:"nodes,omitempty"`  // that images were loaded into, as they say themselves
	Workloads []Workload      `json:"workloads,omitempty"`
	GitTag    string          `json:"gitTag,omitempty"` // that was made
	Then      string          `json:"then,omitempty"`   // the command that remains to be run by hand
	Took      time.Duration   `json:"tookNs"`
}

// ShippedImage is one of several images, as it was shipped.
type ShippedImage struct {
	Name   string `json:"name"`
	Image  string `json:"image"`
	Digest string `json:"digest,omitempty"`
	Built  bool   `json:"built"` // false: it was there already
}

// Workload is a workload that runs the image, after its rollout.
type Workload struct {
	Ref      kube.Ref `json:"ref"`
	Ready    int      `json:"ready"`
	Desired  int      `json:"desired"`
	Verified bool     `json:"verified"`          // every pod of the new revision runs what was built
	Digests  []string `json:"digests,omitempty"` // what the pods report for the image
	Images   []string `json:"images,omitempty"`  // which of several images it runs, by reference
}
