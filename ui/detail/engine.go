package detail

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/ui/logs"
	"github.com/twindeck/twindeck/ui/screen"
)

// measureEvery is how often a container that is looked at is measured.
const measureEvery = 2 * time.Second

// Container returns a container as a subject.
func Container(c *docker.Container) Subject {
	id, title := c.ID, screen.Clean(c.Name)
	s := Subject{
		id: id, kind: "container", title: title, row: c, logs: logs.One(logs.Container(c)),
		tabs: []tab{
			{name: Logs},
			{name: Inspect, command: "docker inspect " + title, read: ofEngine(env.Docker.Inspect, id)},
			{name: Env, command: "docker inspect --format '{{.Config.Env}}' " + title, read: ofEngine(env.Docker.Environment, id)},
		},
	}
	if c.State == "running" || c.State == "paused" {
		s.tabs = append(s.tabs,
			tab{name: Stats, command: "docker stats " + title, read: readUsage(id), every: measureEvery},
			tab{name: Top, command: "docker top " + title, read: ofEngine(env.Docker.Top, id), every: measureEvery},
		)
	}
	s.tabs = append(s.tabs, whyContainer(c))
	return s
}

// Image returns an image as a subject.
func Image(i *docker.ImageRow) Subject {
	title := screen.Clean(i.Name())
	return Subject{
		id: i.ID, kind: "image", title: title, row: i,
		tabs: []tab{
			{name: Layers, command: "docker history " + title, read: ofEngine(env.Docker.History, i.ID)},
			{name: Inspect, command: "docker image inspect " + title, read: ofEngine(env.Docker.InspectImage, i.ID)},
		},
	}
}

// Volume returns a volume as a subject.
func Volume(v *docker.Volume) Subject {
	title := screen.Clean(v.Name)
	return Subject{
		id: "volume/" + v.Name, kind: "volume", title: title, row: v,
		tabs: []tab{{name: Inspect, command: "docker volume inspect " + title, read: ofEngine(env.Docker.InspectVolume, v.Name)}},
	}
}

// Network returns a network as a subject.
func Network(n *docker.Network) Subject {
	title := screen.Clean(n.Name)
	return Subject{
		id: n.ID, kind: "network", title: title, row: n,
		tabs: []tab{{name: Inspect, command: "docker network inspect " + title, read: ofEngine(env.Docker.InspectNetwork, n.ID)}},
	}
}

// ofEngine reads a text that the engine has of one thing.
func ofEngine(read func(env.Docker, context.Context, string) (string, error), id string) reader {
	return func(ctx context.Context, e *env.Environment, _ time.Time) (string, error) {
		return read(e.Docker, ctx, id)
	}
}

func readUsage(id string) reader {
	return func(ctx context.Context, e *env.Environment, _ time.Time) (string, error) {
		u, err := e.Docker.Usage(ctx, id)
		if err != nil {
			return "", err
		}
		return writeUsage(u), nil
	}
}

// barWidth is how wide a bar of use is drawn.
const barWidth = 24

// writeUsage writes what a container uses, as docker stats does, with what it
// may use beside it.
func writeUsage(u docker.Usage) string {
	var b strings.Builder
	line := func(name, value, note string) {
		fmt.Fprintf(&b, "%-10s %s\n", name+":", strings.TrimRight(fmt.Sprintf("%-18s %s", value, note), " "))
	}
	cpus := float64(max(u.CPUs, 1))
	line("CPU", strconv.FormatFloat(u.CPU*100, 'f', 1, 64)+"%", bar(u.CPU/cpus)+" of "+plainCount(int64(u.CPUs), "core"))
	if u.Throttled > 0 {
		line("", "", fmt.Sprintf("held back by its limit in %.0f%% of the time", u.Throttled*100))
	}
	if u.MemoryLimit > 0 {
		line("Memory", screen.Bytes(u.Memory), bar(float64(u.Memory)/float64(u.MemoryLimit))+" of "+screen.Bytes(u.MemoryLimit))
	} else {
		line("Memory", screen.Bytes(u.Memory), "")
	}
	processes := ""
	if u.MaxProcs > 0 {
		processes = "of " + strconv.FormatInt(u.MaxProcs, 10)
	}
	line("Processes", strconv.FormatInt(u.Processes, 10), processes)
	for _, f := range []struct {
		name string
		docker.Flow
	}{{"Received", u.Received}, {"Sent", u.Sent}, {"Read", u.Read}, {"Written", u.Written}} {
		line(f.name, screen.Bytes(f.Total), screen.Bytes(int64(f.Rate))+"/s")
	}
	return b.String()
}

func plainCount(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// bar draws a share of one.
func bar(share float64) string {
	full := int(min(max(share, 0), 1)*barWidth + 0.5)
	return strings.Repeat("▓", full) + strings.Repeat("░", barWidth-full)
}
