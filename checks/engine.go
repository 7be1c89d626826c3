package checks

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/Masterminds/semver/v3"

	"github.com/twindeck/twindeck/env/desktop"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/host"
)

// oldestAPI is the lowest engine API twindeck works with.
const oldestAPI = "1.40"

func probeAPI(ctx context.Context, m *Machine) Finding {
	v, err := m.engine(ctx)
	if err != nil {
		return fail("The engine does not tell its version").saw("GET /version", "%v", err)
	}
	f := ok("Engine %s, API %s", v.Engine, v.Spoken)
	if v.Platform != "" {
		f.Summary += ", " + v.Platform
	}
	f = f.saw("docker version: Server", "engine %s, API %s (from %s), %s/%s", v.Engine, v.API, v.MinAPI, v.OS, v.Arch)
	if older(v.API, oldestAPI) {
		f.Status = Fail
		f.Summary = fmt.Sprintf("Engine %s speaks API %s; twindeck needs %s", v.Engine, v.API, oldestAPI)
		return f.byHand("Update Docker to 19.03 or newer")
	}
	return f
}

// older reports whether a is a lower version than b; what is no version is not.
func older(a, b string) bool {
	va, errA := semver.NewVersion(a)
	vb, errB := semver.NewVersion(b)
	return errA == nil && errB == nil && va.LessThan(vb)
}

func probeDockerServer(ctx context.Context, m *Machine) Finding {
	v, err := m.dockerVersion(ctx)
	if err != nil {
		return fail("The docker command does not run").saw("docker version", "%v", err)
	}
	if v.Server == nil {
		f := fail("twindeck reaches the engine, and the docker command does not").saw("docker version", "%s", v.trouble)
		if found := Explain(m.Host.OS(), v.trouble); len(found) > 0 {
			f.Summary = found[0].Cause
			return f.byHand(found[0].Do...)
		}
		return f.byHand("Run `docker version` and see what it says", "docker context show tells which engine it means")
	}
	return ok("Client %s, server %s, API %s, context %s", v.Client.Version, v.Server.Version, v.Client.APIVersion, v.Client.Context).
		saw("docker version", "Client %s, Server %s", v.Client.Version, v.Server.Version)
}

func probeLinux(ctx context.Context, m *Machine) Finding {
	v, err := m.engine(ctx)
	if err != nil {
		return fail("The engine does not tell its version").saw("GET /version", "%v", err)
	}
	if v.OS != "windows" {
		return ok("%s/%s", v.OS, v.Arch).saw("docker version: Server OS/Arch", "%s/%s", v.OS, v.Arch)
	}
	f := fail("The engine is in Windows-container mode").saw("docker version: Server OS/Arch", "%s/%s", v.OS, v.Arch).
		byHand("Right-click the whale in the task bar → Switch to Linux containers", "or: docker desktop engine use linux")
	if !m.Desktop.Offers(ctx, "engine", "use") {
		return f
	}
	e := m.Environment
	c := host.Command{Path: "docker", Args: []string{"desktop", "engine", "use", "linux"}}
	return f.fix(&Fix{
		Title:    "Switch to Linux containers",
		Changes:  []string{"docker desktop engine use linux (running Windows containers are no longer seen)"},
		Restarts: "the engine",
		Takes:    "about a minute",
		Run: func(ctx context.Context, say func(string)) (*Undo, error) {
			say("switching")
			r, err := e.Host.Run(ctx, c)
			if err == nil && r.Code != 0 {
				err = fmt.Errorf("exit code %d: %s", r.Code, oneLine(r.Stderr+r.Stdout))
			}
			if err != nil {
				return nil, fmt.Errorf("switching to Linux containers: %w", err)
			}
			return nil, untilEngine(ctx, e, say)
		},
	})
}

const (
	enoughMemory = 1900 << 20 // a VM given 2 GiB keeps some of it to itself
	enoughCPUs   = 2
)

func probeResources(ctx context.Context, m *Machine) Finding {
	i, err := m.info(ctx)
	if err != nil {
		return fail("The engine does not tell its resources").saw("GET /info", "%v", err)
	}
	f := ok("%s, %d CPUs", size(i.MemTotal), i.CPUs).saw("docker info", "Total Memory %s, CPUs %d", size(i.MemTotal), i.CPUs)
	s := m.install(ctx).Settings
	if s.MemoryMiB != nil && i.IsDesktop() {
		f = f.saw(s.Path+": MemoryMiB", "%d", *s.MemoryMiB)
	}
	if s.CPUs != nil && i.IsDesktop() {
		f = f.saw(s.Path+": Cpus", "%d", *s.CPUs)
	}
	if less := lessThanSet(m.Host.OS(), s, i.Info); less != "" {
		f.Status, f.Summary = Warn, less
		return f.fix(restartDesktop(ctx, m)).byHand("Docker Desktop → Settings → Resources → Apply & restart: the settings hold from the next start on")
	}
	if i.MemTotal >= enoughMemory && i.CPUs >= enoughCPUs {
		return f
	}
	f.Status = Warn
	f.Summary = fmt.Sprintf("Little for a cluster and builds: %s, %d CPUs", size(i.MemTotal), i.CPUs)
	if i.IsDesktop() {
		return f.byHand("Docker Desktop → Settings → Resources: 4 GB and 2 CPUs or more", "Apply & restart")
	}
	return f.byHand("Give the machine that runs the engine more memory or CPUs")
}

// lessThanSet says what the engine has less of than Docker Desktop's settings
// give it; empty: nothing. A virtual machine keeps some memory to itself. On
// Windows WSL decides instead, in .wslconfig.
func lessThanSet(system string, s desktop.Settings, i docker.Info) string {
	if !i.IsDesktop() || system == "windows" {
		return ""
	}
	if s.MemoryMiB != nil && i.MemTotal < int64(*s.MemoryMiB)<<20/10*8 {
		return fmt.Sprintf("The settings give Docker %s, and it has %s", size(int64(*s.MemoryMiB)<<20), size(i.MemTotal))
	}
	if s.CPUs != nil && i.CPUs < *s.CPUs {
		return fmt.Sprintf("The settings give Docker %d CPUs, and it has %d", *s.CPUs, i.CPUs)
	}
	return ""
}

const (
	scarce  = 10 << 30 // bytes free below which a build or two may fill the disk
	starved = 1 << 30
)

func probeDisk(ctx context.Context, m *Machine) Finding {
	path, free, err := m.engineDisk(ctx)
	if err != nil {
		return notHere("The engine's disk cannot be looked at from here").saw("df "+path, "%v", err)
	}
	f := ok("%s", room(free)).saw("df "+path, "%s", room(free))
	switch {
	case free.Free < starved:
		f.Status, f.Summary = Fail, "The disk is full: "+f.Summary
	case free.Free < scarce:
		f.Status, f.Summary = Warn, "The disk is nearly full: "+f.Summary
	default:
		return f
	}
	return f.fix(prune(ctx, m)).byHand("docker system df shows what Docker holds", "docker builder prune frees the build cache; docker image prune frees unused images")
}

// engineDisk is the disk of this machine that the engine's data is on. Desktop's
// disk image lies somewhere under the home folder; a plain engine on Linux
// shares our file system.
func (m *Machine) engineDisk(ctx context.Context) (path string, free host.Space, err error) {
	e, err := m.Docker.Endpoint()
	if err != nil {
		return "", free, err
	}
	i, err := m.info(ctx)
	if err != nil {
		return "", free, err
	}
	path = i.RootDir
	if i.IsDesktop() || m.Host.OS() != "linux" {
		path = m.Host.Home()
	}
	if !e.Local {
		return path, free, errors.New("it is on another machine")
	}
	free, err = m.Host.Disk(path)
	return path, free, err
}

// room is how full a disk is, in words.
func room(s host.Space) string {
	amount := func(n uint64) string { return size(int64(min(n, math.MaxInt64))) } //nolint:gosec // cut to what fits
	return amount(s.Free) + " free of " + amount(s.Total)
}

// probeUsage counts only where the room is short or known to be limited: the
// engine has to walk through all its layers for it, which takes it a second and
// more, and a big store much longer.
func probeUsage(ctx context.Context, m *Machine) Finding {
	i, err := m.info(ctx)
	if err != nil {
		return fail("The engine does not tell its resources").saw("GET /info", "%v", err)
	}
	var limit int64 // of Docker Desktop's own disk, in bytes
	if mib := m.install(ctx).Settings.DiskSizeMiB; mib != nil && i.IsDesktop() {
		limit = int64(*mib) << 20
	}
	path, free, err := m.engineDisk(ctx)
	short := err == nil && free.Free < scarce
	if limit == 0 && !short {
		return notHere("Not counted; there is room").saw("df "+orNone(path), "%s", room(free))
	}
	u, err := once(ctx, &m.facts, "disk usage", m.Docker.DiskUsage)
	if err != nil {
		return notHere("Docker is still counting").saw("docker system df", "%v", err)
	}
	used := u.Images + u.Containers + u.Volumes + u.BuildCache
	spare := u.ImagesReclaimable + u.ContainersReclaimable + u.BuildCacheReclaimable
	f := ok("%s used, %s of it reclaimable", size(used), size(spare)).
		saw("docker system df", "images %s, containers %s, volumes %s, build cache %s",
			size(u.Images), size(u.Containers), size(u.Volumes), size(u.BuildCache))
	if limit > 0 {
		f = f.saw("Docker Desktop's disk", "%s", size(limit))
	}
	if limit == 0 || used < limit/10*9 {
		return f
	}
	f.Status, f.Summary = Warn, fmt.Sprintf("Docker Desktop's disk is nearly full: %s of %s", size(used), size(limit))
	return f.fix(prune(ctx, m)).byHand(
		fmt.Sprintf("docker builder prune frees up to %s", size(u.BuildCacheReclaimable)),
		fmt.Sprintf("docker image prune --all frees up to %s; images no container uses are gone then", size(u.ImagesReclaimable)),
		"Docker Desktop → Settings → Resources: a larger disk")
}

const (
	driftWarn = 5 * time.Second
	driftFail = time.Minute
)

func probeClock(ctx context.Context, m *Machine) Finding {
	i, err := m.info(ctx)
	if err != nil || i.SystemTime.IsZero() {
		return notHere("The engine does not tell its time")
	}
	drift := driftOf(i)
	f := ok("They agree").saw("docker info: System Time", "%s", i.SystemTime.UTC().Format(time.RFC3339)).
		saw("this machine", "%s", i.after.UTC().Format(time.RFC3339))
	if drift.Abs() < driftWarn {
		return f
	}
	way := "behind"
	if drift > 0 {
		way = "ahead"
	}
	f.Status = Warn
	if drift.Abs() >= driftFail {
		f.Status = Fail
	}
	f.Summary = fmt.Sprintf("The engine's clock is %s %s", drift.Abs().Round(time.Second), way)
	if i.IsDesktop() {
		return f.fix(restartDesktop(ctx, m)).byHand("Restart Docker Desktop: it sets its clock at the start (docker desktop restart)")
	}
	return f.byHand("timedatectl set-ntp true, on the machine of the engine")
}

// driftOf is how far the engine's clock is ahead of ours (negative: behind).
// The engine looked at its clock at some time between our two looks at ours.
func driftOf(i timedInfo) time.Duration {
	switch {
	case i.SystemTime.Before(i.before):
		return i.SystemTime.Sub(i.before)
	case i.SystemTime.After(i.after):
		return i.SystemTime.Sub(i.after)
	}
	return 0
}

func probeProxy(ctx context.Context, m *Machine) Finding {
	i, err := m.info(ctx)
	if err != nil {
		return fail("The engine does not tell its proxy").saw("GET /info", "%v", err)
	}
	shell := firstSet(m.Host, "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")
	c, _ := m.dockerConfig(ctx)
	var builds string
	if p := c.Proxies["default"]; p.HTTPSProxy != "" || p.HTTPProxy != "" {
		builds = strings.TrimSpace(p.HTTPSProxy + " " + p.HTTPProxy)
	}
	f := ok("No proxy anywhere").
		saw("shell", "%s", orNone(shell)).
		saw("config.json proxies (builds and containers)", "%s", orNone(builds)).
		saw("engine (pulls and pushes)", "%s", orNone(i.HTTPProxy))
	switch {
	case shell == "" && i.HTTPProxy == "":
		return f
	case shell != "" && i.HTTPProxy != "":
		f.Summary = "Both use a proxy"
		return f
	case shell != "":
		f.Status, f.Summary = Warn, "The shell uses a proxy and the engine does not"
	default:
		f.Summary = "The engine uses a proxy of its own"
		return f
	}
	return f.byHand("If pulls hang or fail: Docker Desktop → Settings → Resources → Proxies, or daemon.json \"proxies\"")
}

func firstSet(h host.Host, names ...string) string {
	for _, n := range names {
		if v, set := h.Getenv(n); set && v != "" {
			return v
		}
	}
	return ""
}
