package decks

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/twindeck/twindeck/checks"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

// The order of groups on the left deck: what people started comes first.
const (
	rankProject = iota
	rankOther
	rankSystem
)

func containerKind() *kind[*docker.Container] {
	type c = *docker.Container
	return &kind[c]{
		noun:   "Containers",
		one:    "A container",
		copies: containerCopies,
		short:  "containers",
		runs:   containerRuns,
		labels: func(r c) []string { return r.Labels },
		id:     func(r c) string { return r.ID },
		level:  containerLevel,
		ready:  func(r c) bool { return r.State == "running" && r.Health != "unhealthy" },
		system: func(r c) bool { return r.Kind != docker.KindApp },
		group:  containerGroup,
		title: func(k groupKey) (string, string) {
			if k.rank == rankProject {
				return screen.Clean(k.name), "compose"
			}
			return k.name, ""
		},
		fields: func(r c, to []string) []string {
			return append(to, r.Name, r.Image, r.Project, r.Service, r.Pod, r.State, r.Health, containerState(r), publishedPorts(r))
		},
		ids: func(r c) []string { return []string{r.ID} },
		columns: []column[c]{
			{
				head: "NAME", least: 8, width: 16,
				text: func(r c, _ *scene) string { return containerName(r) },
				full: func(r c, _ *scene) string { return fullName(r) },
				cut:  screen.CutMiddle,
				style: func(r c, in *scene) theme.Style {
					if r.State != "running" && r.State != "restarting" {
						return in.th.Dim
					}
					return in.th.Text
				},
				order: func(a, b c, _ *scene) int { return cmp.Compare(a.Name, b.Name) },
			},
			{
				head: "STATE", width: 11, least: 10,
				text:  func(r c, _ *scene) string { return containerState(r) },
				style: func(r c, in *scene) theme.Style { return in.th.Level(containerLevel(r)) },
				order: func(a, b c, _ *scene) int { return cmp.Compare(containerState(a), containerState(b)) },
			},
			{
				head: "PORTS", width: 22, least: 10, rank: 4,
				has:   func(r c) bool { return publishedPorts(r) != "" },
				text:  func(r c, _ *scene) string { return cmp.Or(publishedPorts(r), "-") },
				order: func(a, b c, _ *scene) int { return cmp.Compare(firstPort(a), firstPort(b)) },
			},
			{
				head: "IMAGE", width: 36, least: 16, rank: 5, spare: wholeName,
				text:  func(r c, _ *scene) string { return screen.Clean(r.Image) },
				cut:   screen.CutMiddle,
				order: func(a, b c, _ *scene) int { return cmp.Compare(a.Image, b.Image) },
			},
			{
				head: "CPU", width: 6, least: 5, right: true, rank: 2, falls: true,
				text: func(r c, in *scene) string {
					s, ok := in.stats[r.ID]
					if !ok || r.State != "running" {
						return "-"
					}
					return percent(s.CPU)
				},
				order: func(a, b c, in *scene) int { return cmp.Compare(in.stats[b.ID].CPU, in.stats[a.ID].CPU) },
			},
			{
				head: "MEM", width: 5, right: true, rank: 3, falls: true,
				text: func(r c, in *scene) string {
					s, ok := in.stats[r.ID]
					if !ok || r.State != "running" {
						return "-"
					}
					return screen.Bytes(s.Memory)
				},
				order: func(a, b c, in *scene) int { return cmp.Compare(in.stats[b.ID].Memory, in.stats[a.ID].Memory) },
			},
			{
				head: "AGE", width: 4, right: true, rank: 1,
				text:  func(r c, in *scene) string { return screen.Age(in.now, containerSince(r)) },
				order: func(a, b c, _ *scene) int { return containerSince(b).Compare(containerSince(a)) },
			},
		},
	}
}

// containerName is what the row calls it: in a Compose group the service is
// enough, as long as there is one container of it.
func containerName(c *docker.Container) string {
	if c.Service != "" && c.Name == c.Project+"-"+c.Service+"-1" {
		return screen.Clean(c.Service)
	}
	return fullName(c)
}

// fullName is what a row without a heading calls it.
func fullName(c *docker.Container) string {
	switch {
	case c.Kind == docker.KindSandbox && c.Pod != "":
		return screen.Clean(c.Pod) + " (pause)"
	case c.Kind == docker.KindPod && c.Pod != "":
		return screen.Clean(c.Pod)
	}
	return screen.Clean(c.Name)
}

// percent writes a share of one core, as docker stats does, in few cells.
func percent(share float64) string {
	if share*100 >= 99.95 {
		return strconv.FormatFloat(share*100, 'f', 0, 64) + "%"
	}
	return strconv.FormatFloat(share*100, 'f', 1, 64) + "%"
}

// publishedPorts are the ports that can be reached from this machine, each once
// whatever addresses it has: 8080→80 9000→9000/udp.
func publishedPorts(c *docker.Container) string {
	var out []string
	for _, p := range c.Ports {
		if p.Host == 0 {
			continue
		}
		one := fmt.Sprintf("%d→%d", p.Host, p.Container)
		if proto := screen.Clean(p.Proto); proto != "" && proto != "tcp" {
			one += "/" + proto
		}
		if !slices.Contains(out, one) {
			out = append(out, one)
		}
	}
	return strings.Join(out, " ")
}

// firstPort is the first published one; those without any come last.
func firstPort(c *docker.Container) int {
	for _, p := range c.Ports {
		if p.Host != 0 {
			return int(p.Host)
		}
	}
	return 1 << 16
}

// containerState says in a word or two how a container stands.
func containerState(c *docker.Container) string {
	switch c.State {
	case "running":
		switch c.Health {
		case "":
			return "up"
		case "starting":
			return "starting"
		}
		return screen.Clean(c.Health)
	case "restarting":
		return fmt.Sprintf("restart ↻%d", c.Restarts)
	case "created":
		if c.NotStarted != "" {
			return "not started"
		}
	case "exited", "dead":
		if c.OutOfMemory {
			return "OOM killed"
		}
		return screen.Clean(c.State) + " " + strconv.Itoa(c.ExitCode)
	}
	return screen.Clean(c.State)
}

func containerLevel(c *docker.Container) theme.Level {
	switch c.State {
	case "running":
		switch c.Health {
		case "starting":
			return theme.Starting
		case "unhealthy":
			return theme.Attention
		}
		return theme.Good
	case "restarting":
		return theme.Attention
	case "created":
		if c.NotStarted != "" {
			return theme.Broken
		}
		return theme.Idle
	case "exited":
		switch {
		case c.OutOfMemory:
			return theme.Broken
		case checks.EndedOnPurpose(c.ExitCode):
			return theme.Idle
		case checks.EndedWithEngine(c.ExitCode):
			return theme.Attention
		}
		return theme.Broken
	case "dead":
		return theme.Broken
	case "paused", "removing":
		return theme.Idle
	}
	return theme.Unknown
}

func containerGroup(c *docker.Container) groupKey {
	switch c.Kind {
	case docker.KindPod, docker.KindSandbox:
		return groupKey{rank: rankSystem, name: "containers of pods"}
	case docker.KindClusterNode:
		return groupKey{rank: rankSystem, name: "cluster nodes"}
	case docker.KindDesktop:
		return groupKey{rank: rankSystem, name: "Docker Desktop"}
	}
	if c.Project != "" {
		return groupKey{rank: rankProject, name: c.Project}
	}
	return groupKey{rank: rankOther, name: "other"}
}

// containerSince is when a container came into the state it is in, as far as
// the engine tells: its start, or its creation if it never started.
func containerSince(c *docker.Container) time.Time {
	if c.Started.IsZero() {
		return c.Created
	}
	return c.Started
}
