package decks

import (
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
