package shell

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/link"
	"github.com/twindeck/twindeck/ui/screen"
)

// DefaultImage is what debug containers are made of when nothing else is said.
const DefaultImage = "busybox"

// offerDebug asks whether to look into a place from a debug container, and
// lets its image be changed.
func offerDebug(ctx *screen.Context, p Place) tea.Msg {
	image := ctx.DebugImage
	if image == "" {
		image = DefaultImage
	}
	return screen.Prompt{
		Title: p.Name + ": its image has no shell",
		Body:  append([]string{"Look into it from a debug container?", ""}, p.changes...),
		Label: "image", Value: image, Yes: "start it",
		Then: func(image string) tea.Cmd {
			if image = strings.TrimSpace(image); image == "" {
				return screen.Send(screen.Notify{Text: "A debug container needs an image", Bad: true})
			}
			return debug(ctx, p, image)
		},
	}
}

func debug(ctx *screen.Context, p Place, image string) tea.Cmd {
	s := &session{title: p.Name, command: p.commands.debug(image), holds: leaveAtOnce}
	s.run = func(ctx context.Context, to link.Streams, say func(string)) (int, error) {
		say("$ " + s.command)
		say("Starting it; ctrl+c gives up. The files of " + p.Name + " are under /proc/1/root. exit or ctrl+d ends it.")
		return p.debug(ctx, image, to, say)
	}
	return s.start(ctx, func(o outcome) tea.Msg { return s.told("debug shell in "+p.Name, o) })
}
