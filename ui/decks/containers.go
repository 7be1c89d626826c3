package decks

import (
	"cmp"
	"fmt"
	"strconv"
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
		fields: func(r c) [5]string {
			return [5]string{r.Name, r.Image, r.Project, r.State, r.Health}
		},
		columns: []column[c]{
			{
				head: "NAME",
				text: func(r c, _ *scene) string { return containerName(r) },
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
				head: "STATE", width: 11,
				text:  func(r c, _ *scene) string { return containerState(r) },
				style: func(r c, in *scene) theme.Style { return in.th.Level(containerLevel(r)) },
				order: func(a, b c, _ *scene) int { return cmp.Compare(containerState(a), containerState(b)) },
			},
			{
				head: "CPU", width: 6, right: true, from: 48,
				text: func(r c, in *scene) string {
					s, ok := in.stats[r.ID]
					if !ok || r.State != "running" {
						return "-"
					}
					return strconv.FormatFloat(s.CPU*100, 'f', 1, 64) + "%"
				},
				order: func(a, b c, in *scene) int { return cmp.Compare(in.stats[b.ID].CPU, in.stats[a.ID].CPU) },
			},
			{
				head: "MEM", width: 5, right: true, from: 48,
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
				head: "AGE", width: 4, right: true, from: 30,
				text:  func(r c, in *scene) string { return screen.Age(in.now, containerSince(r)) },
				order: func(a, b c, _ *scene) int { return containerSince(b).Compare(containerSince(a)) },
			},
		},
	}
}

// containerName is what the row calls it: in a Compose group the service is
// enough, as long as there is one container of it.
func containerName(c *docker.Container) string {
	switch {
	case c.Kind == docker.KindSandbox && c.Pod != "":
		return screen.Clean(c.Pod) + " (pause)"
	case c.Kind == docker.KindPod && c.Pod != "":
		return screen.Clean(c.Pod)
	case c.Service != "" && c.Name == c.Project+"-"+c.Service+"-1":
		return screen.Clean(c.Service)
	}
	return screen.Clean(c.Name)
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
		if checks.EndedOnPurpose(c.ExitCode) && !c.OutOfMemory {
			return theme.Idle
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
