package docker

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/distribution/reference"
	control "github.com/moby/buildkit/api/services/control"
)

// PastBuild is a build as the engine's BuildKit remembers it, whoever asked
// for it.
type PastBuild struct {
	Ref      string        `json:"ref"`
	Images   []string      `json:"images"` // repository:tag
	File     string        `json:"file,omitempty"`
	Target   string        `json:"target,omitempty"`
	Platform string        `json:"platform,omitempty"`
	Started  time.Time     `json:"started"`
	Took     time.Duration `json:"tookNs,omitempty"` // 0 while it runs
	Running  bool          `json:"running,omitempty"`
	Err      string        `json:"error,omitempty"`
	Steps    int           `json:"steps"`
	Cached   int           `json:"cached"` // of Steps
	Warnings int           `json:"warnings,omitempty"`
}

// Builds are the builds of an image's repository (its tag does not matter)
// that the engine's BuildKit remembers, newest first; an empty image is all of
// them.
func (c *Client) Builds(ctx context.Context, image string) ([]PastBuild, error) {
	repository := repositoryOf(image)
	return ask(ctx, c, workTime, "asking for the history of builds", func(ctx context.Context, cn *conn) ([]PastBuild, error) {
		all, err := history(ctx, cn)
		if err != nil {
			return nil, err
		}
		return slices.DeleteFunc(all, func(b PastBuild) bool { return repository != "" && !b.of(repository) }), nil
	})
}

// of reports whether the build made an image of a repository.
func (b PastBuild) of(repository string) bool {
	return slices.ContainsFunc(b.Images, func(image string) bool { return repositoryOf(image) == repository })
}

// repositoryOf is an image's name in full without its tag; empty for what is no name.
func repositoryOf(image string) string {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return ""
	}
	return named.Name()
}

// history reads all that BuildKit remembers, newest first.
func history(ctx context.Context, cn *conn) ([]PastBuild, error) {
	bk, err := cn.buildkit(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = bk.Close() }()
	stream, err := bk.ControlClient().ListenBuildHistory(ctx, &control.BuildHistoryRequest{EarlyExit: true})
	if err != nil {
		return nil, err
	}
	var all []PastBuild
	for {
		event, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if event.Record != nil && event.Type != control.BuildHistoryEventType_DELETED {
			all = append(all, toPastBuild(event.Record))
		}
	}
	slices.SortStableFunc(all, func(a, b PastBuild) int { return b.Started.Compare(a.Started) })
	return all, nil
}

func toPastBuild(r *control.BuildHistoryRecord) PastBuild {
	b := PastBuild{
		Ref: r.Ref, File: r.FrontendAttrs["filename"], Target: r.FrontendAttrs["target"], Platform: r.FrontendAttrs["platform"],
		Started: r.CreatedAt.AsTime(), Running: r.CompletedAt == nil,
		Steps: int(r.NumTotalSteps), Cached: int(r.NumCachedSteps), Warnings: int(r.NumWarnings),
	}
	if r.CompletedAt != nil {
		b.Took = r.CompletedAt.AsTime().Sub(b.Started)
	}
	if r.Error != nil {
		b.Err = plain(errors.New(r.Error.Message)).Error()
	}
	for _, e := range r.Exporters {
		if name := e.Attrs["name"]; name != "" {
			b.Images = append(b.Images, strings.Split(name, ",")...)
		}
	}
	return b
}

// rememberTime bounds what a finished build may wait for its place in history.
const rememberTime = 2 * time.Second

// remember finds the build that has just ended in BuildKit's history, and the
// good one before it that made the same. Without a history both stay empty.
func (c *Client) remember(ctx context.Context, ref string, r BuildRequest, result *BuildResult) {
	ctx, cancel := context.WithTimeout(ctx, rememberTime)
	defer cancel()
	all, err := c.Builds(ctx, r.Tag)
	if err != nil {
		return // it is a comfort, and no reason to fail
	}
	result.Build, result.Before = compare(all, ref)
}

// compare picks a build and the last good one before it that made the same.
// all is sorted newest first.
func compare(all []PastBuild, ref string) (build, before *PastBuild) {
	for i := range all {
		b := &all[i]
		switch {
		case b.Ref == ref:
			build = b
		case build != nil && !b.Running && b.Err == "" && b.File == build.File && b.Target == build.Target && b.Platform == build.Platform:
			return build, b
		}
	}
	return build, nil
}

// Metadata is what docker buildx writes to --metadata-file: an object of what
// the exporter said, with objects where it said objects.
func (r BuildResult) Metadata() ([]byte, error) {
	out := map[string]any{}
	for key, value := range r.Answer {
		out[key] = value
		if raw, err := base64.StdEncoding.DecodeString(value); err == nil && len(raw) > 0 && raw[0] == '{' && json.Valid(raw) {
			out[key] = json.RawMessage(raw)
		}
	}
	data, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing the build's metadata: %w", err)
	}
	return append(data, '\n'), nil
}
