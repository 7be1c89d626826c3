package docker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	buildkit "github.com/moby/buildkit/client"
	"github.com/moby/moby/api/types/jsonstream"
	"github.com/moby/moby/client"
)

// solveAt builds on the builder that r names: the engine's own BuildKit leaves
// the image in the engine's store by itself; any other one sends it here, and
// it is loaded.
//
// It is loaded even where it is pushed afterwards, and not pushed by the
// builder: so all that follows (docker images, the shared store, the push with
// the engine's view of the registry, the digests to verify) is the same
// whoever built it. A builder in a container or a cluster often cannot reach
// the registry that the engine calls localhost.
func (c *Client) solveAt(ctx context.Context, cn *conn, r BuildRequest, options buildkit.SolveOpt, p *progress) (map[string]string, error) {
	b, in, err := c.builder(r.Builder)
	if err != nil {
		return nil, err
	}
	if b.Own {
		return solve(ctx, cn.buildkit, options, p)
	}
	d, err := c.daemon(b, in, r.Platform)
	if err != nil {
		return nil, err
	}
	open := func(ctx context.Context) (*buildkit.Client, error) {
		if d.builder.Driver == driverContainer {
			switch running, err := c.builderRuns(ctx, d); {
			case err != nil:
				return nil, err
			case !running:
				return c.startStep(ctx, d, p)
			}
		}
		bk, _, err := d.connect(ctx)
		return bk, err
	}
	format, err := c.loadFormat(ctx)
	if err != nil {
		return nil, err
	}
	load := newArrival(ctx, cn, r.Tag)
	options.Exports = slices.Clone(options.Exports)
	for i, e := range options.Exports {
		if e.Type == "moby" {
			options.Exports[i].Type, options.Exports[i].Output = format, load.open
		}
	}
	answer, err := solve(ctx, open, options, p)
	if err != nil {
		if refused := load.stop(err); refused != nil && ctx.Err() == nil {
			return nil, refused
		}
		return nil, err
	}
	if err := p.own("load", "[internal] loading the image into the engine", load.wait); err != nil {
		return nil, err
	}
	return answer, c.isBuilt(ctx, r.Tag, answer)
}

// loadFormat is the kind of archive the engine loads: its containerd store keeps
// all of an OCI image, attestations and platforms included; the older one reads
// Docker's own format.
func (c *Client) loadFormat(ctx context.Context) (string, error) {
	info, err := c.Info(ctx)
	if err != nil {
		return "", err
	}
	if info.ContainerdStore {
		return buildkit.ExporterOCI, nil
	}
	return buildkit.ExporterDocker, nil
}

// isBuilt sees that the name leads to what the builder says it has built.
func (c *Client) isBuilt(ctx context.Context, tag string, answer map[string]string) error {
	image, err := c.Image(ctx, tag)
	if err != nil {
		return fmt.Errorf("looking for what was loaded into the engine: %w", err)
	}
	built := []string{answer["containerimage.digest"], answer["containerimage.config.digest"]}
	if slices.Contains(built, image.ID) || slices.Contains(built, image.Digest) {
		return nil
	}
	return fmt.Errorf("the image %s in the engine is %s, and not what was built (%s): something else took its name meanwhile; build again",
		tag, image.ID, built[0])
}

// startStep starts the container of a builder, as a step of the build.
func (c *Client) startStep(ctx context.Context, d *daemon, p *progress) (bk *buildkit.Client, err error) {
	err = p.own("start", "[internal] starting the builder's container "+d.node.container(), func() error {
		bk, err = c.startBuilder(ctx, d)
		return err
	})
	return bk, err
}

// own does something of ours as one more step of the build.
func (p *progress) own(id, name string, do func() error) error {
	s := BuildStep{ID: "twindeck:" + id, Name: name, Started: time.Now()}
	tell := func() { now := s; p.news(BuildEvent{Step: &now}) }
	tell()
	err := do()
	if err != nil {
		s.Err = err.Error()
	}
	s.Finished = time.Now()
	tell()
	return err
}

// arrival takes an image from a builder into the engine while it is exported.
type arrival struct {
	ctx  context.Context
	cn   *conn
	tag  string
	done chan error // the engine's answer

	mu      sync.Mutex
	into    *io.PipeWriter // nil: nothing was exported yet
	stopped bool
}

func newArrival(ctx context.Context, cn *conn, tag string) *arrival {
	return &arrival{ctx: ctx, cn: cn, tag: tag, done: make(chan error, 1)}
}

// open is called by BuildKit's client when the image begins to arrive.
func (l *arrival) open(map[string]string) (io.WriteCloser, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopped || l.into != nil {
		return nil, errors.New("the image is not expected")
	}
	from, into := io.Pipe()
	l.into = into
	go func() {
		err := l.load(from)
		l.done <- err // before the export fails of it: see stop
		_ = from.CloseWithError(err)
	}()
	return into, nil
}

// load sends the archive to the engine and reads its report.
func (l *arrival) load(from io.Reader) error {
	doing := "loading " + l.tag + " into the engine"
	stream, err := l.cn.api.ImageLoad(l.ctx, from, client.ImageLoadWithQuiet(true))
	if err != nil {
		return l.cn.explain(doing, workTime, err)
	}
	defer func() { _ = stream.Close() }()
	reports := json.NewDecoder(stream)
	for {
		var m jsonstream.Message
		switch err := reports.Decode(&m); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("%s: reading its report: %w", doing, err)
		case m.Error != nil:
			return fmt.Errorf("%s: %w", doing, m.Error)
		}
	}
}

// wait waits until the engine has taken what was exported.
func (l *arrival) wait() error {
	l.mu.Lock()
	opened := l.into != nil
	l.mu.Unlock()
	if !opened {
		return fmt.Errorf("the builder built %s and sent no image", l.tag)
	}
	return <-l.done
}

// stop ends a loading whose build failed. An error says that the engine's
// refusal was the cause of it.
func (l *arrival) stop(built error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stopped = true
	if l.into == nil {
		return nil
	}
	select {
	case refused := <-l.done:
		return refused
	default:
		_ = l.into.CloseWithError(built)
		<-l.done //nolint:errcheck // it ends for what failed before
		return nil
	}
}
