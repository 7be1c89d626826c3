package decks

import (
	"strings"
	"testing"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/ui/theme"
)

func TestHowAContainerStands(t *testing.T) {
	for _, tc := range []struct {
		c     docker.Container
		says  string
		level theme.Level
	}{
		{docker.Container{State: "running"}, "up", theme.Good},
		{docker.Container{State: "running", Health: "starting"}, "starting", theme.Starting},
		{docker.Container{State: "running", Health: "unhealthy"}, "unhealthy", theme.Attention},
		{docker.Container{State: "restarting", Restarts: 4}, "restart ↻4", theme.Attention},
		{docker.Container{State: "created"}, "created", theme.Idle},
		{docker.Container{State: "created", NotStarted: "port is already allocated"}, "not started", theme.Broken},
		{docker.Container{State: "exited"}, "exited 0", theme.Idle},
		{docker.Container{State: "exited", ExitCode: 143}, "exited 143", theme.Idle},
		{docker.Container{State: "exited", ExitCode: 1}, "exited 1", theme.Broken},
		{docker.Container{State: "exited", ExitCode: 137}, "exited 137", theme.Idle},
		{docker.Container{State: "exited", ExitCode: 255}, "exited 255", theme.Attention},
		{docker.Container{State: "exited", ExitCode: 137, OutOfMemory: true}, "OOM killed", theme.Broken},
		{docker.Container{State: "paused"}, "paused", theme.Idle},
		{docker.Container{State: "of the future"}, "of the future", theme.Unknown},
	} {
		if says, level := containerState(&tc.c), containerLevel(&tc.c); says != tc.says || level != tc.level {
			t.Errorf("%+v: %q, %v; want %q, %v", tc.c, says, level, tc.says, tc.level)
		}
	}
}

func TestPublishedPorts(t *testing.T) {
	for want, ports := range map[string][]docker.Port{
		"":                    {{Container: 80, Proto: "tcp"}},
		"8080→80":             {{HostIP: "0.0.0.0", Host: 8080, Container: 80, Proto: "tcp"}, {HostIP: "::", Host: 8080, Container: 80, Proto: "tcp"}},
		"8080→80 5353→53/udp": {{Host: 8080, Container: 80, Proto: "tcp"}, {Host: 5353, Container: 53, Proto: "udp"}},
	} {
		if got := publishedPorts(&docker.Container{Ports: ports}); got != want {
			t.Errorf("%v are %q, want %q", ports, got, want)
		}
	}
}

// What is short for CPU and memory is never so short that names cannot be told.
func TestContainerColumnsThatFit(t *testing.T) {
	const own, none = "web", "a-container-of-a-long-name"
	for _, tc := range []struct {
		name  string
		ports bool
		width int
		want  string
	}{
		{own, true, 43, "NAME STATE CPU MEM AGE"}, // 100 columns of a terminal
		{none, true, 43, "NAME STATE AGE"},
		{none, true, 53, "NAME STATE CPU MEM AGE"},
		{own, true, 61, "NAME STATE PORTS CPU MEM AGE"},
		{own, false, 61, "NAME STATE IMAGE CPU MEM AGE"},
		{none, true, 88, "NAME STATE PORTS IMAGE CPU MEM AGE"},
	} {
		c := &docker.Container{ID: "1", Name: tc.name, Image: "web:1", State: "running"}
		if tc.ports {
			c.Ports = []docker.Port{{Host: 80, Container: 80, Proto: "tcp"}}
		}
		d := newDeck(containerKind(), testScene())
		d.setRows([]*docker.Container{c})
		d.refresh()
		var heads []string
		for _, c := range d.shownColumns(tc.width) {
			heads = append(heads, c.head)
		}
		if got := strings.Join(heads, " "); got != tc.want {
			t.Errorf("%s, %d cells: %s, want %s", tc.name, tc.width, got, tc.want)
		}
	}
}
