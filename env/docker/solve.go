package docker

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/docker/cli/cli/config/types"
	buildkit "github.com/moby/buildkit/client"
	"github.com/moby/buildkit/session"
	"github.com/moby/buildkit/session/auth/authprovider"
	"github.com/tonistiigi/fsutil"
)

// Build builds an image with the engine's own BuildKit, over the engine's
// /grpc and /session, and leaves it in the engine's store under r.Tag. news is
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
	cn, err := c.conn()
	if err != nil {
		return BuildResult{}, err
	}
	doing := "building " + r.Tag
	if _, err := askAt(ctx, cn, answerTime, doing, ping); err != nil {
		c.doubt(err)
		return BuildResult{}, err
	}
	answer, err := solve(ctx, cn, options, newProgress(file, news))
	if err != nil {
		if ctx.Err() != nil {
			return BuildResult{}, fmt.Errorf("%s: %w", doing, context.Cause(ctx))
		}
		return BuildResult{}, err
	}
	result := BuildResult{
		Tag:     r.Tag,
		ImageID: answer["containerimage.config.digest"],
		Config:  answer["containerimage.config.digest"],
		Digest:  answer["containerimage.digest"],
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
	return result, nil
}

// files finds the context's directory and the Dockerfile, both absolute.
func (r BuildRequest) files() (dir, file string, err error) {
	dir, err = filepath.Abs(r.Context)
	if err != nil {
		return "", "", fmt.Errorf("finding the build context %s: %w", r.Context, err)
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return "", "", &BuildError{File: dir, Err: fmt.Errorf("the build context %s is not a directory that can be read", dir)}
	}
	file = r.Dockerfile
	if file == "" {
		file = "Dockerfile"
	}
	if !filepath.IsAbs(file) {
		file = filepath.Join(dir, file)
	}
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", "", &BuildError{File: file, Err: fmt.Errorf("there is no %s. Write one, or name another with the Dockerfile option: %w", file, fs.ErrNotExist)}
	case err != nil:
		return "", "", &BuildError{File: file, Err: fmt.Errorf("reading the Dockerfile: %w", err)}
	case info.IsDir():
		return "", "", &BuildError{File: file, Err: fmt.Errorf("%s is a directory, not a Dockerfile", file)}
	}
	return dir, file, nil
}

// solveOptions says to BuildKit what to build, as docker buildx would.
func (c *Client) solveOptions(r BuildRequest, dir, file string) (buildkit.SolveOpt, error) {
	source, err := fsutil.NewFS(dir)
	if err != nil {
		return buildkit.SolveOpt{}, fmt.Errorf("reading the build context %s: %w", dir, err)
	}
	recipe, err := fsutil.NewFS(filepath.Dir(file))
	if err != nil {
		return buildkit.SolveOpt{}, fmt.Errorf("reading the Dockerfile's directory: %w", err)
	}
	attrs := map[string]string{
		"filename": filepath.Base(file),
		// What the engine has is used, as docker build does; a registry is asked
		// for what it lacks.
		"image-resolve-mode": "local",
	}
	for name, value := range r.Args {
		attrs["build-arg:"+name] = value
	}
	for name, value := range r.Labels {
		attrs["label:"+name] = value
	}
	if r.Target != "" {
		attrs["target"] = r.Target
	}
	if r.Platform != "" {
		attrs["platform"] = r.Platform
	}
	if r.NoCache {
		attrs["no-cache"] = ""
	}
	// The same key for the same directory lets BuildKit transfer only what changed.
	key := sha256.Sum256([]byte("twindeck:" + dir))
	options := buildkit.SolveOpt{
		Frontend:      "dockerfile.v0",
		FrontendAttrs: attrs,
		LocalMounts:   map[string]fsutil.FS{"context": source, "dockerfile": recipe},
		SharedKey:     hex.EncodeToString(key[:]),
		Session:       []session.Attachable{c.buildAuth()},
		Exports:       []buildkit.ExportEntry{{Type: "moby", Attrs: map[string]string{"name": r.Tag}}},
	}
	return options, addContexts(&options, r.Contexts)
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

// solve runs the build and hands its news to p. It returns what the exporter
// answered.
func solve(ctx context.Context, cn *conn, options buildkit.SolveOpt, p *progress) (map[string]string, error) {
	bk, err := buildkit.New(ctx, "",
		buildkit.WithContextDialer(func(context.Context, string) (net.Conn, error) {
			return cn.hijack(ctx, "/grpc", "h2c", nil)
		}),
		buildkit.WithSessionDialer(func(_ context.Context, proto string, meta map[string][]string) (net.Conn, error) {
			return cn.hijack(ctx, "/session", proto, meta)
		}))
	if err != nil {
		return nil, cn.explain("connecting to the engine's BuildKit", answerTime, err)
	}
	defer func() { _ = bk.Close() }()
	// Without this, BuildKit's client waits for the last status of a build
	// that was cancelled.
	defer context.AfterFunc(ctx, func() { _ = bk.Close() })()

	status := make(chan *buildkit.SolveStatus)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for s := range status {
			p.take(s)
		}
	}()
	answer, err := bk.Solve(ctx, nil, options, status)
	<-done
	p.flush()
	if err != nil {
		return nil, p.explain(err)
	}
	return answer.ExporterResponse, nil
}

// hijack turns a request to the engine into a connection for another protocol.
// It takes the build's own ctx, since BuildKit's client holds a lock while it
// dials and could not be cancelled otherwise. Docker's client does not heed
// ctx once it has connected, so that a dial to an engine that hangs is left
// behind; it ends with the engine's connection.
func (c *conn) hijack(ctx context.Context, path, proto string, meta map[string][]string) (net.Conn, error) {
	type dialed struct {
		conn net.Conn
		err  error
	}
	ctx, cancel := context.WithTimeout(ctx, workTime)
	defer cancel()
	got := make(chan dialed, 1)
	go func() {
		nc, err := c.api.DialHijack(context.WithoutCancel(ctx), path, proto, meta)
		got <- dialed{nc, err}
	}()
	select {
	case d := <-got:
		return d.conn, d.err
	case <-ctx.Done():
		go func() {
			if d := <-got; d.err == nil {
				_ = d.conn.Close()
			}
		}()
		return nil, ctx.Err()
	}
}
