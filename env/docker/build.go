package docker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/docker/cli/cli/config/types"
	buildkit "github.com/moby/buildkit/client"
	"github.com/moby/buildkit/identity"
	"github.com/moby/buildkit/session"
	"github.com/moby/buildkit/session/auth/authprovider"
	"github.com/moby/buildkit/util/grpcerrors"
	"google.golang.org/grpc/codes"
)

// BuildResult is a finished build.
type BuildResult struct {
	Tag     string        `json:"tag"`
	ImageID string        `json:"imageId,omitempty"` // sha256:… in the engine's store
	Digest  string        `json:"digest,omitempty"`  // manifest digest; what a pod that runs it reports; may be empty on old stores
	Config  string        `json:"config,omitempty"`  // digest of the image's configuration; see Image.Config
	Took    time.Duration `json:"tookNs,omitempty"`

	Build  *PastBuild        `json:"build,omitempty"`  // as BuildKit remembers it; nil: it does not
	Before *PastBuild        `json:"before,omitempty"` // the last good build of the same before it; nil: none is remembered
	Answer map[string]string `json:"-"`                // what BuildKit's exporter said; see Metadata
}

// BuildError is a build that failed at a known place.
type BuildError struct {
	Step string   // "[3/4] RUN npm ci"
	File string   // Dockerfile path; empty if unknown
	Line int      // 1-based; 0: unknown
	Tail []string // last lines of output of that step
	Err  error
}

// Error says step and cause.
func (e *BuildError) Error() string {
	if e.Step == "" {
		return e.Err.Error()
	}
	return e.Step + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *BuildError) Unwrap() error { return e.Err }

// Build builds an image with the builder that r names: the engine's own
// BuildKit, over the engine's /grpc and /session, or another one. Either way
// the image is in the engine's store afterwards, under r.Tag. news is
// called from one goroutine at a time and never after Build returned. A build
// that failed at a known place is a *BuildError. The end of ctx cancels the
// build in the engine too.
func (c *Client) Build(ctx context.Context, r BuildRequest, news func(BuildEvent)) (BuildResult, error) {
	began := time.Now()
	dir, file, err := r.files()
	if err != nil {
		return BuildResult{}, err
	}
	options, err := c.solveOptions(r, dir, file)
	if err != nil {
		return BuildResult{}, err
	}
	doing := "building " + r.Tag
	ctx, cn, err := c.answering(ctx, doing)
	if err != nil {
		return BuildResult{}, err
	}
	p := newProgress(file, news)
	answer, err := c.solveAt(ctx, cn, r, options, p)
	if err != nil {
		if ctx.Err() != nil {
			return BuildResult{}, fmt.Errorf("%s: %w", doing, context.Cause(ctx))
		}
		return BuildResult{}, c.brokenOff(ctx, cn, p, doing, err)
	}
	result := BuildResult{
		Tag:     r.Tag,
		ImageID: answer["containerimage.config.digest"],
		Config:  answer["containerimage.config.digest"],
		Digest:  answer["containerimage.digest"],
		Answer:  answer,
	}
	// The engine has the last word: its two stores name an image differently.
	if img, err := c.Image(ctx, r.Tag); err == nil {
		result.ImageID = img.ID
		if img.Digest != "" {
			result.Digest = img.Digest
		}
		if img.Config != "" {
			result.Config = img.Config
		}
	}
	result.Took = time.Since(began)
	c.remember(ctx, options.Ref, r, &result)
	return result, nil
}

// solveOptions says to BuildKit what to build, as docker buildx would.
func (c *Client) solveOptions(r BuildRequest, dir, file string) (buildkit.SolveOpt, error) {
	if err := r.Fault(); err != nil {
		return buildkit.SolveOpt{}, err
	}
	o := buildkit.SolveOpt{
		Ref:           identity.NewID(),
		Frontend:      "dockerfile.v0",
		FrontendAttrs: r.attrs(),
		Exports:       []buildkit.ExportEntry{{Type: "moby", Attrs: r.exported()}},
	}
	if err := r.sources(&o, dir, file); err != nil {
		return buildkit.SolveOpt{}, err
	}
	var err error
	if o.Session, err = r.attachables(); err != nil {
		return buildkit.SolveOpt{}, err
	}
	o.Session = append(o.Session, c.buildAuth())
	o.CacheImports, o.CacheExports = r.caches()
	if r.Network == "host" {
		o.AllowedEntitlements = []string{"network.host"}
	}
	r.useSyntax(&o)
	if at, err := c.Endpoint(); err == nil {
		c.proxies(&o, r, at.Host)
	}
	return o, nil
}

// buildAuth gives BuildKit the credentials of the registries it asks for.
func (c *Client) buildAuth() session.Attachable {
	return authprovider.NewDockerAuthProvider(authprovider.DockerAuthProviderConfig{
		AuthConfigProvider: func(ctx context.Context, host string, _ []string, _ authprovider.ExpireCachedAuthCheck) (types.AuthConfig, error) {
			cfg, err := c.credentialFile()
			if err != nil {
				return types.AuthConfig{}, err
			}
			return credentialsFor(ctx, cfg, host)
		},
	})
}

// buildkit connects to the engine's own BuildKit.
func (c *conn) buildkit(ctx context.Context) (*buildkit.Client, error) {
	bk, err := buildkit.New(ctx, "",
		buildkit.WithContextDialer(func(context.Context, string) (net.Conn, error) {
			return c.hijack(ctx, "/grpc", "h2c", nil)
		}),
		buildkit.WithSessionDialer(func(_ context.Context, proto string, meta map[string][]string) (net.Conn, error) {
			return c.hijack(ctx, "/session", proto, meta)
		}))
	if err != nil {
		return nil, c.explain("connecting to the engine's BuildKit", answerTime, err)
	}
	return bk, nil
}

// solve runs the build on the BuildKit that open connects to and hands its news
// to p. It returns what the exporter answered.
func solve(ctx context.Context, open func(context.Context) (*buildkit.Client, error), options buildkit.SolveOpt, p *progress) (map[string]string, error) {
	bk, err := open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = bk.Close() }()
	// Without this, BuildKit's client waits for the last status of a build
	// that was cancelled.
	defer context.AfterFunc(ctx, func() { _ = bk.Close() })()

	if err := resolveGateway(ctx, bk, &options); err != nil {
		return nil, err
	}
	var answer *buildkit.SolveResponse
	err = follow(p, func(status chan *buildkit.SolveStatus) error {
		var err error
		answer, err = bk.Solve(ctx, nil, options, status)
		return err
	})
	if err != nil {
		return nil, err
	}
	return answer.ExporterResponse, nil
}

// follow hands the news of a build to p until it has ended. build closes the
// channel it is given, as BuildKit's client does.
func follow(p *progress, build func(chan *buildkit.SolveStatus) error) error {
	status := make(chan *buildkit.SolveStatus)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for s := range status {
			p.take(s)
		}
	}()
	err := build(status)
	<-done
	p.flush()
	return err
}

// brokenOff tells a build that failed by itself from one whose engine went
// away, or gave it up.
func (c *Client) brokenOff(ctx context.Context, cn *conn, p *progress, doing string, err error) error {
	failed := p.explain(err)
	code := grpcerrors.Code(err)
	if code != codes.Unavailable && code != codes.Canceled && !errors.Is(err, io.EOF) {
		return failed
	}
	told := &Error{
		Kind: ErrUnreachable, Tried: cn.tried(doing), Err: err,
		Happened: "the engine broke the build off in the middle, and told of no image",
		Do:       "build again; the steps that had ended are cached",
	}
	if _, gone := askAt(ctx, cn, answerTime, doing, ping); gone != nil {
		c.doubt(gone)
		told.Happened = "the engine went away in the middle of the build, and told of no image"
		told.Do = "start Docker, and build again; the steps that had ended are cached"
	}
	var at *BuildError
	if errors.As(failed, &at) {
		at.Err = told
		at.Step, at.Tail = p.running()
		at.File, at.Line = "", 0
	}
	return failed
}

// hijack turns a request to the engine into a connection for another protocol.
// It takes the build's own ctx, since BuildKit's client holds a lock while it
// dials and could not be cancelled otherwise.
func (c *conn) hijack(ctx context.Context, path, proto string, meta map[string][]string) (net.Conn, error) {
	return within(ctx, workTime, func(ctx context.Context) (net.Conn, error) {
		return c.api.DialHijack(ctx, path, proto, meta)
	}, hangUp)
}

// hangUp closes a connection that comes too late.
func hangUp(nc net.Conn) { _ = nc.Close() }
