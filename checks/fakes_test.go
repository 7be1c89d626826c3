package checks

import (
	"context"
	"fmt"
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
	spare       docker.Spare
	containers  []docker.Container
	acted       []string // what was asked of containers, "stop web"
	away        away
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
	d.spare = docker.Spare{}
	return s.Size(), d.answer(ctx)
}

func (d *fakeDocker) Stop(ctx context.Context, id string) error {
	return d.act(ctx, "stop", id, "exited")
}
func (d *fakeDocker) Start(ctx context.Context, id string) error {
	return d.act(ctx, "start", id, "running")
}

func (d *fakeDocker) act(ctx context.Context, what, id, state string) error {
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

func (k *fakeKube) ReadManifests(context.Context, kube.Source, string, string) ([]kube.Manifest, error) {
	return k.manifests, k.badFile
}
