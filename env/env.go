// Package env is the developer's environment: this machine, Docker, Docker
// Desktop, Kubernetes and the project one stands in, behind interfaces that
// the real parts and the demonstration both satisfy.
package env

import (
	"context"
	"io"
	"time"

	"github.com/twindeck/twindeck/env/desktop"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/host"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/link"
	"github.com/twindeck/twindeck/env/project"
	"github.com/twindeck/twindeck/env/transfer"
)

// Environment is everything twindeck looks at and acts on. Each field is
// always set: a part that is missing answers with errors that say so.
type Environment struct {
	Host    host.Host
	Docker  Docker
	Kube    Kube
	Desktop Desktop
	Project func(context.Context) project.Project // reads the folder anew
	// Releases are the versions that the project's git tags name, read anew.
	Releases func(context.Context, project.Project) project.Releases
	Dir      string // that folder, absolute: what can be known without reading it
	Demo     bool   // simulated, said in the header
}

// Docker is a Docker Engine. Calls that talk to it take a context and give up
// with an error that names the endpoint.
type Docker interface {
	// Run connects, lists, follows events, and reconnects until ctx ends.
	Run(ctx context.Context) error
	Changed() <-chan struct{} // at most 30 a second; ask Snapshot then
	Snapshot() docker.Snapshot

	Endpoint() (docker.Endpoint, error) // error: why none can be named
	// Contexts are those of the docker command, sorted. SetContext changes to one
	// for as long as twindeck runs, and writes nothing; "" is what the docker
	// command would use. What docker.Aim bound to another fails then.
	Contexts() ([]docker.Context, error)
	SetContext(name string) error
	Ping(ctx context.Context) error
	Version(ctx context.Context) (docker.Version, error)
	Info(ctx context.Context) (docker.Info, error)
	DiskUsage(ctx context.Context) (docker.DiskUsage, error)
	Spare(ctx context.Context) (docker.Spare, error) // what could be removed
	Prune(ctx context.Context, s docker.Spare, say func(string)) (freed int64, err error)
	List(ctx context.Context) ([]docker.Container, error)
	Image(ctx context.Context, ref string) (docker.Image, error) // docker.ErrNotFound
	Inspect(ctx context.Context, id string) (string, error)      // indented JSON, secrets masked
	Top(ctx context.Context, id string) (string, error)          // docker top
	Environment(ctx context.Context, id string) (string, error)  // of a container, NAME=value lines, secrets masked
	Usage(ctx context.Context, id string) (docker.Usage, error)  // rates are since the last time it was asked
	Logs(ctx context.Context, id string, o docker.LogOptions) (io.ReadCloser, error)
	Stats(ctx context.Context, ids []string) (map[string]docker.Stat, error)
	Why(ctx context.Context, id string) (docker.Ailment, error) // how it is, how it ended, its last lines

	Start(ctx context.Context, id string) error
	Stop(ctx context.Context, id string) error
	Restart(ctx context.Context, id string) error
	Remove(ctx context.Context, id string) error // stops it first
	Pause(ctx context.Context, id string) error
	Unpause(ctx context.Context, id string) error
	Kill(ctx context.Context, id string) error // at once: SIGKILL

	// Images, Volumes and Networks are sorted by name. Snapshot tells when to
	// ask again.
	Images(ctx context.Context) ([]*docker.ImageRow, error)
	Volumes(ctx context.Context) ([]*docker.Volume, error)
	Networks(ctx context.Context) ([]*docker.Network, error)
	VolumeSizes(ctx context.Context) (map[string]int64, error) // bytes by name; the engine counts them for seconds
	InspectImage(ctx context.Context, id string) (string, error)
	InspectVolume(ctx context.Context, name string) (string, error)
	InspectNetwork(ctx context.Context, id string) (string, error)
	History(ctx context.Context, image string) (string, error) // docker history: layers, newest first
	// Pull brings an image from its registry; docker.ErrNotFound, docker.ErrDenied.
	Pull(ctx context.Context, ref string, news func(docker.LayerProgress)) (docker.PullResult, error)
	// RemoveImage takes a name away, and the image with its last one; by ID, the
	// image with all names. What is in use stays: docker.ErrInUse says by whom.
	RemoveImage(ctx context.Context, nameOrID string) error
	RemoveVolume(ctx context.Context, name string) error // its data is lost; docker.ErrInUse
	RemoveNetwork(ctx context.Context, id string) error  // docker.ErrInUse

	// Exec runs a command in a container, connected to s, to its end; Attach
	// connects to the main process, of which Terminal tells what it reads.
	// Errors: link.ErrNotRunning, link.ErrNoProgram, link.ErrBroken.
	Exec(ctx context.Context, id string, command []string, s link.Streams) (code int, err error)
	Attach(ctx context.Context, id string, s link.Streams) (code int, err error)
	Terminal(ctx context.Context, id string) (docker.Terminal, error)
	// Debug runs a shell of another image in a container's process, network and
	// volume spaces.
	Debug(ctx context.Context, id, image string, s link.Streams, say func(string)) (code int, err error)
	// StatPath, CopyFrom and CopyTo are the files of a container, running or not:
	// tar archives. Errors: transfer.ErrNoFile.
	StatPath(ctx context.Context, id, path string) (transfer.File, error)
	CopyFrom(ctx context.Context, id, path string) (io.ReadCloser, error)
	CopyTo(ctx context.Context, id, dir string, archive io.Reader) error

	Build(ctx context.Context, r docker.BuildRequest, news func(docker.BuildEvent)) (docker.BuildResult, error)
	Lint(ctx context.Context, r docker.BuildRequest) ([]docker.BuildWarning, error) // builds nothing
	Builds(ctx context.Context, image string) ([]docker.PastBuild, error)           // that BuildKit remembers, newest first
	// Builder is where builds run: the buildx builder named, or the one in force.
	Builder(name string) (docker.Builder, error)
	PingBuilder(ctx context.Context, name string) (docker.BuilderState, error)
	Tag(ctx context.Context, image, ref string) error
	Push(ctx context.Context, ref string, news func(docker.LayerProgress)) (docker.PushResult, error)
	// Published asks the registry which digest it has under a name; docker.ErrNotFound, docker.ErrDenied.
	Published(ctx context.Context, ref string) (digest string, err error)
	// Login is what docker login has stored for the registry of an image; an
	// empty one is no error.
	Login(ctx context.Context, image string) (docker.Login, error)
	TryLogin(ctx context.Context, l docker.Login) error // docker.ErrDenied: the registry does not accept it
	// NeedsLogin asks an image's registry whether it lets nobody pull without one.
	NeedsLogin(ctx context.Context, image string) (bool, error)
	// Nodes are the containers that are nodes of clusters; Load brings an image
	// to one of them.
	Nodes(ctx context.Context) ([]docker.Node, error)
	Load(ctx context.Context, r docker.LoadRequest, news func(docker.LayerProgress)) (docker.Loaded, error)
}

// Kube is a Kubernetes cluster, as the kubeconfig's current context names it.
type Kube interface {
	// Run lists and watches pods of the namespace, and reconnects until ctx ends.
	Run(ctx context.Context) error
	Changed() <-chan struct{}
	Snapshot() kube.Snapshot
	// SetNamespace changes what is watched; "" is all namespaces.
	SetNamespace(ns string)
	// SetContext goes to another context of the kubeconfig for this session,
	// without touching the file; "" is the file's current one.
	SetContext(name string) error
	// Kinds are the kinds of objects that the server can list.
	Kinds(ctx context.Context) ([]kube.Kind, error)
	// Follow lists and watches the objects of a kind, reconnects until ctx ends,
	// and hands each new state to show, at most 30 a second, from one goroutine.
	// An error it returns is for good; what may pass is told in Objects.Status.
	Follow(ctx context.Context, k kube.Kind, namespace string, show func(kube.Objects)) error
	// Pods lists those of a namespace, whatever is watched; "" is all.
	Pods(ctx context.Context, namespace string) ([]*kube.Pod, error)
	// PodStats is what pods use, by UID; an error beside figures tells why some
	// have none.
	PodStats(ctx context.Context, pods []*kube.Pod) (map[string]kube.Stat, error)
	// Related are the objects that one has to do with: what owns it, selects
	// it, routes to it, is mounted in it.
	Related(ctx context.Context, ref kube.Ref) ([]kube.Relation, error)

	Config() kube.Config
	Context() (kube.Context, error) // the one in force; error: why none
	Version(ctx context.Context) (kube.Version, error)
	Readyz(ctx context.Context) (kube.Readyz, error)
	Nodes(ctx context.Context) ([]kube.Node, error)
	Namespaces(ctx context.Context) ([]string, error)
	CanI(ctx context.Context, namespace, verb, group, resource string) (bool, error)
	// CoreDNS reports how many of its pods are ready, of how many.
	CoreDNS(ctx context.Context) (ready, total int, err error)
	Metrics(ctx context.Context) (kube.Metrics, error)
	CertificateEnd(ctx context.Context) (time.Time, error) // of the API server's; zero: it shows none
	// Rules are what the user may do in a namespace, in lines; whole: all of it.
	Rules(ctx context.Context, namespace string) (rules []string, whole bool, err error)
	Services(ctx context.Context, namespace string) ([]kube.Service, error) // LoadBalancer and NodePort; "" all namespaces
	// Health looks at a namespace's pods: which are not well, and why.
	Health(ctx context.Context, namespace string) (kube.Health, error)
	// Why looks at one pod: what is the matter, and how its containers ended.
	Why(ctx context.Context, namespace, pod string) (kube.Ailing, error)

	Describe(ctx context.Context, ref kube.Ref) (string, error)
	YAML(ctx context.Context, ref kube.Ref) (string, error) // secrets masked, managed fields left out
	Events(ctx context.Context, ref kube.Ref) ([]kube.Event, error)
	Warnings(ctx context.Context, namespace string) ([]kube.Event, error) // of all objects, newest first; "" is all namespaces
	Logs(ctx context.Context, namespace, pod string, o kube.LogOptions) (io.ReadCloser, error)
	PodContainers(ctx context.Context, namespace, pod string) ([]kube.PodContainer, error) // init and ephemeral ones too
	Delete(ctx context.Context, ref kube.Ref) error
	// Restart rolls a workload, or a pod's owner, over, or deletes a pod that has
	// one that cannot be rolled; a pod nobody owns is an error.
	Restart(ctx context.Context, ref kube.Ref) error
	// Replicas is how many an object wants, Scale adds by to it: for kinds that
	// have any (Kind.Scales).
	Replicas(ctx context.Context, ref kube.Ref) (int, error)
	Scale(ctx context.Context, ref kube.Ref, by int) (now int, err error)

	// Exec and Attach are those of Docker, for a pod's container; an empty one
	// is the one that kubectl would take.
	Exec(ctx context.Context, namespace, pod, container string, command []string, s link.Streams) (code int, err error)
	Attach(ctx context.Context, namespace, pod, container string, s link.Streams) (code int, err error) // link.ErrNoCode
	// DebugProfile is how much a debug container may do in a namespace.
	DebugProfile(ctx context.Context, namespace string) kube.Profile
	// Debug sees to it that a debug container of an image runs in a pod beside
	// its container target, and returns its name. It stays with the pod.
	Debug(ctx context.Context, namespace, pod, target, image string, say func(string)) (container string, err error)
	// TargetRoot is where that has its target's files; an error in pods whose
	// containers share their processes.
	TargetRoot(ctx context.Context, namespace, pod string) (string, error)

	// AddPullSecret keeps a registry login (a config.json) for the pods of a
	// service account; RemovePullSecret takes that back.
	AddPullSecret(ctx context.Context, namespace, name, account string, login []byte) error
	RemovePullSecret(ctx context.Context, namespace, name, account string) error
	// PullHosts are the registries that pods of a service account, with these
	// secrets of their own, can log in to.
	PullHosts(ctx context.Context, namespace, account string, secrets []string) ([]string, error)
	SetPullPolicy(ctx context.Context, namespace string, owner kube.Owner, containers []kube.Container, policy string) error

	// ReadManifests reads the objects of src, and puts images[name] in place of
	// each image whose repository's last part is name; others stay as they are.
	ReadManifests(ctx context.Context, src kube.Source, images map[string]string) ([]kube.Manifest, error)
	DryRun(ctx context.Context, namespace string, ms []kube.Manifest) ([]kube.Applied, error)
	Apply(ctx context.Context, namespace string, ms []kube.Manifest, news func(kube.Applied)) ([]kube.Applied, error)
	// Rollout watches workloads until all are done, one fails, or ctx ends.
	Rollout(ctx context.Context, refs []kube.Ref, news func(kube.Rollout)) error
	Trouble(ctx context.Context, ref kube.Ref) ([]kube.Trouble, error)
	Undo(ctx context.Context, ref kube.Ref) error
}

// Desktop is Docker Desktop on this machine.
type Desktop interface {
	Find(ctx context.Context) desktop.Install
	Status(ctx context.Context) desktop.Status
	KubernetesStatus(ctx context.Context) (string, error) // desktop.ErrNoCommand

	// Start, Stop and Restart ask for it; whether it happened, the engine tells.
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
	Restart(ctx context.Context) error
	Commands(ctx context.Context, a desktop.Action) []string // what they would run, best first
	Offers(ctx context.Context, words ...string) bool        // there is a command `docker desktop words…`

	Policy(ctx context.Context) desktop.Policy
	Locked(ctx context.Context, name string) (by string) // empty: the user may change it
}
