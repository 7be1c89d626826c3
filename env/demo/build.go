package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/docker"
)

// step is a part of the simulated Dockerfile's build.
type step struct {
	name   string
	takes  time.Duration // 0: cached
	bytes  int64         // of a step that counts
	output []string      // spread over the time it takes
}

var buildSteps = []step{
	{name: "[internal] load build definition from Dockerfile", takes: 100 * time.Millisecond},
	{name: "[internal] load metadata for docker.io/library/node:24-alpine", takes: 400 * time.Millisecond},
	{name: "[internal] load .dockerignore", takes: 100 * time.Millisecond},
	{name: "[1/6] FROM docker.io/library/node:24-alpine@sha256:7aaba6b13a55"},
	{name: "[internal] load build context", takes: 300 * time.Millisecond, bytes: 412_600},
	{name: "[2/6] WORKDIR /app"},
	{name: "[3/6] COPY package.json package-lock.json ./", takes: 100 * time.Millisecond},
	{name: npmCI, takes: 3400 * time.Millisecond, output: []string{
		"npm warn deprecated inflight@1.0.6: This module is not supported, and leaks memory.",
		"added 118 packages in 2s",
		"18 packages are looking for funding",
		"  run `npm fund` for details",
	}},
	{name: "[5/6] COPY . .", takes: 200 * time.Millisecond},
	{name: "[6/6] RUN npm run build", takes: 2600 * time.Millisecond, output: []string{
		"> my-app@1.4.2 build",
		"> esbuild src/server.js --bundle --platform=node --outdir=dist",
		"  dist/server.js  1.1mb",
		"Done in 84ms",
	}},
	{name: "exporting to image", takes: 700 * time.Millisecond, bytes: 48_900_000},
}

const npmCI = "[4/6] RUN npm ci --omit=dev"

const npmFails = `process "/bin/sh -c npm ci --omit=dev" did not complete successfully: exit code: 1`

var npmTrouble = []string{
	"npm error code EUSAGE",
	"npm error `npm ci` can only install packages when your package.json and",
	"npm error package-lock.json are in sync. Please update your lock file with",
	"npm error `npm install` before continuing.",
	"npm error Missing: undici@7.16.0 from lock file",
}

// Build goes through the steps of a small Node.js image.
func (e engine) Build(ctx context.Context, r docker.BuildRequest, news func(docker.BuildEvent)) (docker.BuildResult, error) {
	if err := e.Ping(ctx); err != nil {
		return docker.BuildResult{}, fmt.Errorf("building %s: %w", r.Tag, err)
	}
	began := e.w.clock.Now()
	for _, s := range buildSteps {
		if e.w.has(BuildFails) && s.name == npmCI {
			return docker.BuildResult{}, e.failStep(ctx, s, news)
		}
		if r.NoCache && s.takes == 0 {
			s.takes = 300 * time.Millisecond
		}
		if err := e.runStep(ctx, s, news); err != nil {
			return docker.BuildResult{}, fmt.Errorf("building %s: %w", r.Tag, err)
		}
		if s.name == npmCI {
			found := lintFinding
			news(docker.BuildEvent{Warning: &found})
		}
	}
	e.w.lock()
	defer e.w.mu.Unlock()
	image := e.w.image(r.Tag, e.w.clock.Now())
	e.w.images[r.Tag] = image
	e.w.changed()
	took := e.w.clock.Now().Sub(began)
	result := docker.BuildResult{Tag: r.Tag, ImageID: image.ID, Digest: image.Digest, Took: took}
	result.Build = &docker.PastBuild{
		Ref: hash(r.Tag)[:25], Images: []string{r.Tag}, File: "Dockerfile", Target: r.Target, Platform: r.Platform,
		Started: began, Took: took, Steps: len(buildSteps), Cached: cachedSteps(), Warnings: 1,
	}
	if len(e.w.builds) > 0 {
		before := e.w.builds[0]
		result.Before = &before
	}
	e.w.builds = append([]docker.PastBuild{*result.Build}, e.w.builds...)
	return result, nil
}

// pastBuilds are those of before the demonstration: a good one and a broken one.
func (w *world) pastBuilds() []docker.PastBuild {
	good := docker.PastBuild{
		Ref: hash("yesterday")[:25], Images: []string{"my-app:v1.4.2"}, File: "Dockerfile",
		Started: w.opened.Add(-36 * time.Hour), Took: 9300 * time.Millisecond, Steps: len(buildSteps), Cached: 1, Warnings: 1,
	}
	broken := good
	broken.Ref, broken.Started, broken.Took, broken.Steps = hash("before")[:25], good.Started.Add(-4*time.Minute), 2100*time.Millisecond, 8
	broken.Err = npmFails
	return []docker.PastBuild{good, broken}
}

func cachedSteps() int {
	n := 0
	for _, s := range buildSteps {
		if s.takes == 0 {
			n++
		}
	}
	return n
}

// Lint finds what Build warns of.
func (e engine) Lint(ctx context.Context, _ docker.BuildRequest) ([]docker.BuildWarning, error) {
	if err := e.Ping(ctx); err != nil {
		return nil, fmt.Errorf("checking the Dockerfile: %w", err)
	}
	return []docker.BuildWarning{lintFinding}, nil
}

var lintFinding = docker.BuildWarning{
	Rule: "JSONArgsRecommended", File: "Dockerfile", Line: 14,
	Text: "JSON arguments recommended for CMD to prevent unintended behavior related to OS signals",
	URL:  "https://docs.docker.com/go/dockerfile/rule/json-args-recommended/",
}

// Builds are those made so far.
func (e engine) Builds(ctx context.Context, _ string) ([]docker.PastBuild, error) {
	if err := e.Ping(ctx); err != nil {
		return nil, fmt.Errorf("asking for the history of builds: %w", err)
	}
	e.w.lock()
	defer e.w.mu.Unlock()
	return slices.Clone(e.w.builds), nil
}

func (e engine) runStep(ctx context.Context, s step, news func(docker.BuildEvent)) error {
	const tick = 100 * time.Millisecond
	now := e.w.clock.Now()
	b := docker.BuildStep{ID: "sha256:" + hash(s.name), Name: s.name, Started: now, Total: s.bytes}
	tell := func() { at := b; news(docker.BuildEvent{Step: &at}) }
	if s.takes == 0 {
		b.Cached, b.Finished = true, now
		tell()
		return nil
	}
	tell()
	said := 0
	for spent := time.Duration(0); spent < s.takes; {
		if err := e.w.pass(ctx, tick); err != nil {
			return err
		}
		spent += tick
		if due := int(spent * time.Duration(len(s.output)) / s.takes); due > said {
			news(docker.BuildEvent{Log: &docker.BuildLog{Step: b.ID, Text: strings.Join(s.output[said:due], "\n") + "\n"}})
			said = due
		}
		if s.bytes > 0 {
			b.Done = s.bytes * int64(spent) / int64(s.takes)
			tell()
		}
	}
	b.Finished = e.w.clock.Now()
	tell()
	return nil
}

func (e engine) failStep(ctx context.Context, s step, news func(docker.BuildEvent)) error {
	s.takes, s.output = 1200*time.Millisecond, npmTrouble
	var last docker.BuildStep
	err := e.runStep(ctx, s, func(ev docker.BuildEvent) {
		if ev.Step != nil && !ev.Step.Finished.IsZero() {
			last = *ev.Step
			return
		}
		news(ev)
	})
	if err != nil {
		return err
	}
	failed := errors.New(npmFails)
	last.Err = failed.Error()
	news(docker.BuildEvent{Step: &last})
	return &docker.BuildError{Step: s.name, File: folder + "/Dockerfile", Line: 7, Tail: npmTrouble, Err: failed}
}

// layers of the simulated image, the base image's first; the registry has
// those already.
var layers = []struct {
	id    string
	bytes int64
	known bool
}{
	{"6e771e15690e", 3_802_452, true},
	{"8a1f4c2d9b07", 51_204_118, true},
	{"c3b0d7e4f5a6", 1_262_080, true},
	{"2f9d1ab84c33", 92_160, false},
	{"b7c64e08d1fa", 31_457_280, false},
	{"d40a9e6b2c58", 6_291_456, false},
	{"91ce07f3ab2d", 1_153_434, false},
}

// Push sends the layers the registry does not hold.
func (e engine) Push(ctx context.Context, ref string, news func(docker.LayerProgress)) (docker.PushResult, error) {
	image, err := e.Image(ctx, ref)
	if err != nil {
		return docker.PushResult{}, fmt.Errorf("pushing %s: %w", ref, err)
	}
	var size int64
	sent := make([]int64, len(layers))
	for i, l := range layers {
		size += l.bytes
		status := "Preparing"
		if l.known {
			status, sent[i] = "Layer already exists", l.bytes
		}
		news(docker.LayerProgress{ID: l.id, Status: status, Done: sent[i], Total: l.bytes})
	}
	const tick = 100 * time.Millisecond
	const speed = 700_000 // bytes a tick and layer
	for busy := true; busy; {
		if err := e.w.pass(ctx, tick); err != nil {
			return docker.PushResult{}, fmt.Errorf("pushing %s: %w", ref, err)
		}
		busy = false
		for i, l := range layers {
			if sent[i] == l.bytes {
				continue
			}
			sent[i] = min(l.bytes, sent[i]+speed)
			p := docker.LayerProgress{ID: l.id, Status: "Pushing", Done: sent[i], Total: l.bytes}
			if sent[i] == l.bytes {
				p.Status = "Pushed"
			} else {
				busy = true
			}
			news(p)
		}
	}
	e.w.lock()
	e.w.published[ref] = image.Digest
	e.w.mu.Unlock()
	return docker.PushResult{Reference: ref, Digest: image.Digest, Size: size}, nil
}

// Published is what was pushed to the simulated registry.
func (e engine) Published(ctx context.Context, ref string) (digest string, err error) {
	return digest, e.do(ctx, func(time.Time) error {
		if digest = e.w.published[ref]; digest == "" {
			return fmt.Errorf("asking the registry for %s: %w", ref, docker.ErrNotFound)
		}
		return nil
	})
}
