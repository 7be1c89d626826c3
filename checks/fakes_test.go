package checks

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
)

// fakeDocker answers what checks ask; other calls would panic on the nil interface.
type fakeDocker struct {
	env.Docker
	endpoint    docker.Endpoint
	endpointErr error
	down        error // every call to the engine fails so
	hangs       bool  // every call waits for its context, and beyond
	version     docker.Version
	info        docker.Info
	usage       docker.DiskUsage
	images      map[string]docker.Image // by reference
	logins      map[string]docker.Login // by registry
	loginErr    error                   // what a registry says to a login
	pushed      []string
	nodes       []docker.Node // containers that are nodes of clusters
	loaded      []string
	loadErr     error
	spare       docker.Spare
	containers  []docker.Container
	ailments    map[string]docker.Ailment // by ID
	acted       []string                  // what was asked of containers, "stop web"
	away        away

	builder      docker.Builder // zero: the engine's own
	builderErr   error
	builderState docker.BuilderState
	builderDown  error
}

func (d *fakeDocker) Image(ctx context.Context, ref string) (docker.Image, error) {
	if err := d.answer(ctx); err != nil {
		return docker.Image{}, err
	}
	if i, there := d.images[ref]; there {
		return i, nil
	}
	return docker.Image{}, fmt.Errorf("looking for the image %s: %w", ref, docker.ErrNotFound)
}

// away is a while in which a server cannot be reached; the zero value is none.
type away struct {
	from, until time.Time
	err         error // what one gets meanwhile
}

// awayFor begins after a while and lasts for another.
func awayFor(after, lasts time.Duration, err error) away {
	from := time.Now().Add(after)
	return away{from, from.Add(lasts), err}
}

func (a away) now() error {
	if t := time.Now(); t.Before(a.from) || !t.Before(a.until) {
		return nil
	}
	return a.err
}

func (d *fakeDocker) List(ctx context.Context) ([]docker.Container, error) {
	return d.containers, d.answer(ctx)
}

func (d *fakeDocker) Spare(ctx context.Context) (docker.Spare, error) { return d.spare, d.answer(ctx) }

func (d *fakeDocker) Prune(ctx context.Context, s docker.Spare, _ func(string)) (int64, error) {
	if err := d.answer(ctx); err != nil {
		return 0, err
	}
	d.spare = docker.Spare{}
	return s.Size(), nil
}

func (d *fakeDocker) Stop(ctx context.Context, id string) error {
	return d.act(ctx, "stop", id, "exited")
}

func (d *fakeDocker) Start(ctx context.Context, id string) error {
	return d.act(ctx, "start", id, "running")
}

func (d *fakeDocker) act(ctx context.Context, what, id, state string) error {
	if err := d.answer(ctx); err != nil {
		return err
	}
	d.acted = append(d.acted, what+" "+id)
	for i, c := range d.containers {
		if c.ID == id {
			d.containers[i].State = state
		}
	}
	return d.answer(ctx)
}

func (d *fakeDocker) answer(ctx context.Context) error {
	if d.hangs {
		<-ctx.Done()
		return fmt.Errorf("%w: %w", docker.ErrTimeout, ctx.Err())
	}
	if err := d.away.now(); err != nil {
		return err
	}
	if at, bound := docker.AimedAt(ctx); bound && at != d.endpoint {
		return docker.ErrElsewhere
	}
	return d.down
}

func (d *fakeDocker) Endpoint() (docker.Endpoint, error) { return d.endpoint, d.endpointErr }
func (d *fakeDocker) Ping(ctx context.Context) error     { return d.answer(ctx) }
func (d *fakeDocker) Version(ctx context.Context) (docker.Version, error) {
	return d.version, d.answer(ctx)
}
func (d *fakeDocker) Info(ctx context.Context) (docker.Info, error) { return d.info, d.answer(ctx) }
func (d *fakeDocker) DiskUsage(ctx context.Context) (docker.DiskUsage, error) {
	return d.usage, d.answer(ctx)
}

func (d *fakeDocker) Login(_ context.Context, image string) (docker.Login, error) {
	for registry, l := range d.logins {
		if strings.HasPrefix(image, registry) {
			return l, nil
		}
	}
	return docker.Login{Registry: strings.Split(image, "/")[0]}, nil
}

func (d *fakeDocker) TryLogin(context.Context, docker.Login) error { return d.loginErr }

func (d *fakeDocker) Nodes(ctx context.Context) ([]docker.Node, error) { return d.nodes, d.answer(ctx) }

func (d *fakeDocker) Load(_ context.Context, r docker.LoadRequest, _ func(docker.LayerProgress)) (docker.Loaded, error) {
	d.loaded = append(d.loaded, r.Image+" into "+r.Node.Name)
	return docker.Loaded{Node: r.Node.Name, Layers: 3, Moved: 1}, d.loadErr
}

func (d *fakeDocker) Push(_ context.Context, ref string, _ func(docker.LayerProgress)) (docker.PushResult, error) {
	d.pushed = append(d.pushed, ref)
	return docker.PushResult{Reference: ref}, nil
}

// fakeKube is a cluster behind a kubeconfig.
type fakeKube struct {
	env.Kube
	config     kube.Config
	context    kube.Context
	contextErr error
	down       error
	hangs      bool
	denied     error // what a request with credentials gets
	version    kube.Version
	readyz     kube.Readyz
	boots      []kube.Readyz // what Readyz says before that, one a call
	away       away
	named      time.Time // when the contexts come into the kubeconfig
	nodes      []kube.Node
	namespaces []string
	may        bool
	dns        [2]int // ready, total
	dnsErr     error
	manifests  []kube.Manifest
	badFile    error
	warnings   map[string][]kube.Event // by namespace; absent: forbidden
	health     kube.Health
	healthErr  error
	services   []kube.Service
	metrics    kube.Metrics
	end        time.Time // of the API server's certificate
	rules      []string
	did        []string // what was changed in the cluster
}

func (k *fakeKube) Warnings(ctx context.Context, namespace string) ([]kube.Event, error) {
	events, may := k.warnings[namespace]
	if err := k.asUser(ctx); err != nil {
		return nil, err
	}
	if !may {
		return nil, fmt.Errorf("reading the warnings of %q: %w", namespace, kube.ErrForbidden)
	}
	return events, nil
}

func (k *fakeKube) answer(ctx context.Context) error {
	if k.hangs {
		<-ctx.Done()
		return fmt.Errorf("%w: %w", kube.ErrTimeout, ctx.Err())
	}
	if err := k.away.now(); err != nil {
		return err
	}
	return k.down
}

func (k *fakeKube) asUser(ctx context.Context) error {
	if err := k.answer(ctx); err != nil {
		return err
	}
	return k.denied
}

func (k *fakeKube) Config() kube.Config {
	c := k.config
	if time.Now().Before(k.named) {
		c.Contexts = nil
	}
	return c
}

func (k *fakeKube) Context() (kube.Context, error) { return k.context, k.contextErr }
func (k *fakeKube) Version(ctx context.Context) (kube.Version, error) {
	return k.version, k.answer(ctx)
}

func (k *fakeKube) Readyz(ctx context.Context) (kube.Readyz, error) {
	if err := k.asUser(ctx); err != nil {
		return kube.Readyz{}, err
	}
	if len(k.boots) > 0 {
		next := k.boots[0]
		k.boots = k.boots[1:]
		return next, nil
	}
	return k.readyz, nil
}

func (k *fakeKube) Nodes(ctx context.Context) ([]kube.Node, error) { return k.nodes, k.asUser(ctx) }

func (k *fakeKube) Namespaces(ctx context.Context) ([]string, error) {
	return k.namespaces, k.asUser(ctx)
}

func (k *fakeKube) CanI(ctx context.Context, _, _, _, _ string) (bool, error) {
	return k.may, k.asUser(ctx)
}

func (k *fakeKube) CoreDNS(ctx context.Context) (ready, total int, err error) {
	if err := k.asUser(ctx); err != nil {
		return 0, 0, err
	}
	return k.dns[0], k.dns[1], k.dnsErr
}

func (k *fakeKube) Health(ctx context.Context, namespace string) (kube.Health, error) {
	h := k.health
	h.Namespace = namespace
	if err := k.asUser(ctx); err != nil {
		return h, err
	}
	return h, k.healthErr
}

func (k *fakeKube) Services(ctx context.Context, _ string) ([]kube.Service, error) {
	return k.services, k.asUser(ctx)
}

func (k *fakeKube) Metrics(ctx context.Context) (kube.Metrics, error) {
	return k.metrics, k.asUser(ctx)
}

func (k *fakeKube) CertificateEnd(ctx context.Context) (time.Time, error) {
	return k.end, k.answer(ctx)
}

func (k *fakeKube) Rules(ctx context.Context, _ string) ([]string, bool, error) {
	return k.rules, true, k.asUser(ctx)
}

func (k *fakeKube) Delete(_ context.Context, ref kube.Ref) error {
	k.did = append(k.did, "delete "+strings.ToLower(ref.Kind)+" "+ref.Namespace+"/"+ref.Name)
	return nil
}

func (k *fakeKube) AddPullSecret(_ context.Context, namespace, name, account string, login []byte) error {
	k.did = append(k.did, fmt.Sprintf("add secret %s/%s for %s: %s", namespace, name, account, login))
	return nil
}

func (k *fakeKube) RemovePullSecret(_ context.Context, namespace, name, account string) error {
	k.did = append(k.did, fmt.Sprintf("remove secret %s/%s for %s", namespace, name, account))
	return nil
}

func (k *fakeKube) SetPullPolicy(_ context.Context, namespace string, owner kube.Owner, containers []kube.Container, policy string) error {
	names := []string{}
	for _, c := range containers {
		names = append(names, c.Name)
	}
	k.did = append(k.did, fmt.Sprintf("set %s of %s in %s/%s", policy, strings.Join(names, ", "), namespace, owner.Name))
	return nil
}

func (k *fakeKube) ReadManifests(context.Context, kube.Source, map[string]string) ([]kube.Manifest, error) {
	return k.manifests, k.badFile
}
