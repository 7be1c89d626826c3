package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/link"
)

const socket = home + "/.docker/run/docker.sock"

// engine is the simulated Docker Engine.
type engine struct{ w *world }

var errEngineOff error = engineOff{}

// engineOff is what a client gets while the engine does not run.
type engineOff struct{}

func (engineOff) Error() string {
	return "failed to connect to the docker API at unix://" + socket +
		"; check if the path is correct and if the daemon is running: dial unix " + socket + ": connect: no such file or directory"
}

func (engineOff) Unwrap() error { return docker.ErrUnreachable }

// enter waits as long as a local call takes, and locks the world; or says why
// the engine does not answer.
func (e engine) enter(ctx context.Context) (time.Time, error) {
	if err := ctx.Err(); err != nil {
		return time.Time{}, err
	}
	now := e.w.lock()
	err := e.w.aimedEngine(ctx)
	if err == nil {
		err = e.w.reached()
	}
	if err != nil {
		e.w.mu.Unlock()
	}
	return now, err
}

func (e engine) Run(ctx context.Context) error { return e.w.run(ctx) }
func (e engine) Changed() <-chan struct{}      { return e.w.dockerNotice.C() }
func (e engine) Ping(ctx context.Context) error {
	return e.do(ctx, func(time.Time) error { return nil })
}

// do calls f with the world locked.
func (e engine) do(ctx context.Context, f func(now time.Time) error) error {
	now, err := e.enter(ctx)
	if err != nil {
		return err
	}
	defer e.w.mu.Unlock()
	return f(now)
}

func (e engine) Snapshot() docker.Snapshot {
	now := e.w.lock()
	defer e.w.mu.Unlock()
	down := e.w.reached()
	s := docker.Snapshot{
		Version: e.w.version, Status: e.w.status(now, down == nil, down), Endpoint: e.w.endpoint(),
		Images: e.w.version, Volumes: e.w.version, Networks: e.w.version,
	}
	if e.w.movedAt.After(s.Status.Since) {
		s.Status.Since = e.w.movedAt
	}
	if down != nil {
		return s
	}
	if e.w.dockerRows == nil {
		e.w.dockerRows = e.w.rows()
	}
	s.Containers = e.w.dockerRows
	return s
}

// status is how a side of the environment is reached.
func (w *world) status(now time.Time, up bool, err error) link.Status {
	if up {
		return link.Status{State: link.Live, Since: w.upSince, News: now}
	}
	return link.Status{State: link.Connecting, Since: w.opened, Err: err}
}

// rows are the containers, those of pods included, sorted by name.
func (w *world) rows() []*docker.Container {
	rows := slices.Collect(maps.Values(w.containers))
	if w.dockerContext != serverContext {
		for _, p := range w.pods {
			rows = append(rows, podContainers(p)...)
		}
	}
	slices.SortFunc(rows, func(a, b *docker.Container) int { return strings.Compare(a.Name, b.Name) })
	return rows
}

func (e engine) Version(ctx context.Context) (v docker.Version, err error) {
	return v, e.do(ctx, func(time.Time) error {
		v = docker.Version{
			Platform: "Docker Desktop 4.91.0 (239619)",
			Engine:   "29.6.0", API: "1.56", MinAPI: "1.44", Spoken: "1.56",
			OS: "linux", Arch: "arm64",
		}
		return nil
	})
}

func (e engine) Info(ctx context.Context) (i docker.Info, err error) {
	return i, e.do(ctx, func(now time.Time) error {
		i = docker.Info{
			Name:            "docker-desktop",
			OperatingSystem: "Docker Desktop",
			ContainerdStore: true,
			MemTotal:        8 << 30,
			CPUs:            8,
			Labels:          []string{"com.docker.desktop.address=unix://" + home + "/Library/Containers/com.docker.docker/Data/docker-cli.sock"},
			InsecureCIDRs:   []string{"127.0.0.0/8", "::1/128"},
			SystemTime:      now,
			RootDir:         "/var/lib/docker",
		}
		return nil
	})
}

func (e engine) DiskUsage(ctx context.Context) (u docker.DiskUsage, err error) {
	return u, e.do(ctx, func(time.Time) error {
		u = docker.DiskUsage{
			Images: 6_812_000_000, ImagesReclaimable: 2_140_000_000,
			Containers: 312_000_000, ContainersReclaimable: 48_000_000,
			Volumes: 1_905_000_000, VolumesReclaimable: 204_000_000,
			BuildCache: 257_000_000 + e.w.buildCache, BuildCacheReclaimable: e.w.buildCache,
		}
		return nil
	})
}

func (e engine) Image(ctx context.Context, ref string) (i docker.Image, err error) {
	return i, e.do(ctx, func(time.Time) error {
		for name, image := range e.w.images {
			if name == ref || image.ID == ref || image.Digest == ref {
				i = image
				return nil
			}
		}
		return fmt.Errorf("inspecting image %s: %w", ref, docker.ErrNotFound)
	})
}

func (e engine) Inspect(ctx context.Context, id string) (text string, err error) {
	return text, e.do(ctx, func(time.Time) error {
		c, err := e.w.find(id)
		if err != nil {
			return err
		}
		raw, err := json.MarshalIndent(inspection(c), "", "  ")
		text = string(raw)
		return err
	})
}

// find looks a container up by ID, pods' containers included.
func (w *world) find(id string) (*docker.Container, error) {
	if c, ok := w.containers[id]; ok {
		return c, nil
	}
	for _, p := range w.pods {
		for _, c := range podContainers(p) {
			if c.ID == id {
				return c, nil
			}
		}
	}
	return nil, fmt.Errorf("no such container: %s: %w", id, docker.ErrNotFound)
}

// edit changes a container; what was handed out before stays as it was.
func (w *world) edit(id string, how func(*docker.Container)) bool {
	was, ok := w.containers[id]
	if !ok {
		return false
	}
	c := *was
	how(&c)
	w.containers[id] = &c
	w.changed()
	return true
}

func (e engine) Logs(ctx context.Context, id string, o docker.LogOptions) (io.ReadCloser, error) {
	now, err := e.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer e.w.mu.Unlock()
	c, err := e.w.find(id)
	if err != nil {
		return nil, err
	}
	r := reading{
		script: scriptFor(c.Image), start: c.Started, now: now,
		tail: o.Tail, since: o.Since, times: o.Timestamps, follow: o.Follow,
	}
	if c.State != "running" {
		r.end = c.Started.Add(2 * time.Second)
	}
	return e.w.read(ctx, r), nil
}

// Stats gives each running container a figure that wanders about a mean of
// its own.
func (e engine) Stats(ctx context.Context, ids []string) (map[string]docker.Stat, error) {
	stats := map[string]docker.Stat{}
	return stats, e.do(ctx, func(now time.Time) error {
		for _, id := range ids {
			c, err := e.w.find(id)
			if err != nil || c.State != "running" || c.Kind == docker.KindSandbox {
				continue
			}
			stats[id] = statAt(c.Image+c.Name, now)
		}
		return nil
	})
}

func statAt(name string, now time.Time) docker.Stat {
	h := hash(name)
	seed := float64(h[0])*7 + float64(h[1])
	t := float64(now.UnixMilli()) / 1000
	swing := 0.5 + 0.3*math.Sin(t/7+seed) + 0.2*math.Sin(t/2.3+2*seed)
	mean := math.Mod(seed, 37) / 1000
	return docker.Stat{
		CPU:    mean * swing,
		Memory: int64((18+math.Mod(seed*13, 190))*(1+0.04*swing)) << 20,
	}
}
