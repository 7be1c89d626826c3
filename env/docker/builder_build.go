package docker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
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
	format, err := c.archive(ctx)
	if err != nil {
		return nil, err
	}
	load := &loading{ctx: ctx, cn: cn, tag: r.Tag, progress: p}
	options.Exports = slices.Clone(options.Exports)
	for i, e := range options.Exports {
		if e.Type == "moby" {
			options.Exports[i].Type, options.Exports[i].Output = format, load.open
		}
	}
	answer, err := solve(ctx, open, options, p)
	if failed := load.end(err); failed != nil && ctx.Err() == nil {
		return nil, failed
	}
	if err != nil {
		return nil, err
	}
	return answer, c.isBuilt(ctx, r.Tag, answer)
}

// archive is the kind of archive the engine loads: its containerd store keeps
// all of an OCI image, attestations and platforms included; the older one reads
// Docker's own format.
func (c *Client) archive(ctx context.Context) (string, error) {
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
func (c *Client) startStep(ctx context.Context, d *daemon, p *progress) (*buildkit.Client, error) {
	step := BuildStep{ID: "start-builder", Name: "[internal] starting the builder's container " + d.node.container(), Started: time.Now()}
	p.own(step)
	bk, err := c.startBuilder(ctx, d)
	step.Finished = time.Now()
	if err != nil {
		step.Err = err.Error()
	}
	p.own(step)
	return bk, err
}

// own tells of a step that is not BuildKit's.
func (p *progress) own(s BuildStep) { p.news(BuildEvent{Step: &s}) }

// loading takes an image from a builder into the engine while it is exported.
type loading struct {
	ctx      context.Context
	cn       *conn
	tag      string
	progress *progress
	into     *io.PipeWriter
	done     chan error // the engine's answer; nil: nothing was exported
}

// open is called by BuildKit's client when the image begins to arrive.
func (l *loading) open(map[string]string) (io.WriteCloser, error) {
	from, into := io.Pipe()
	l.into, l.done = into, make(chan error, 1)
	go func() {
		err := l.load(from)
		_ = from.CloseWithError(err)
		l.done <- err
	}()
	return into, nil
}

// load sends the archive to the engine and reads its report.
func (l *loading) load(from io.Reader) error {
	stream, err := l.cn.api.ImageLoad(l.ctx, from, client.ImageLoadWithQuiet(true))
	if err != nil {
		return l.cn.explain("loading "+l.tag+" into the engine", workTime, err)
	}
	defer func() { _ = stream.Close() }()
	reports := json.NewDecoder(stream)
	for {
		var m jsonstream.Message
		switch err := reports.Decode(&m); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("loading %s into the engine: reading its report: %w", l.tag, err)
		case m.Error != nil:
			return fmt.Errorf("loading %s into the engine: %w", l.tag, m.Error)
		}
	}
}

// end waits for the engine. built is how the build ended; the error is the
// engine's, unless it is only the echo of a build that failed.
func (l *loading) end(built error) error {
	if l.done == nil {
		return nil
	}
	if built != nil {
		_ = l.into.CloseWithError(built)
	}
	err := <-l.done
	if errors.Is(err, built) {
		return nil
	}
	return err
}
