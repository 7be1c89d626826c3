package shell

import (
	"cmp"
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/link"
	"github.com/twindeck/twindeck/ui/screen"
)

// DefaultImage is what debug containers are made of when nothing else is said.
const DefaultImage = "busybox"

// debugImage is what a debug container is made of unless another is chosen.
func debugImage(ctx *screen.Context) string { return cmp.Or(ctx.DebugImage, DefaultImage) }

// offerDebug asks whether to look into a place from a debug container, and
// lets its image be changed.
func offerDebug(ctx *screen.Context, p Place) tea.Msg {
	return p.askImage(p.Name+": its image has no shell", "Look into it from a debug container?", func(image string) tea.Cmd {
		return debug(ctx, p, image)
	})
}

// askImage asks for the image of a debug container, and says what that changes.
// The one that is chosen is offered the next time.
func (p Place) askImage(title, question string, then func(image string) tea.Cmd) tea.Msg {
	return screen.Form{
		Title:  title,
		Body:   append(append([]string{question, ""}, p.changes...), p.files),
		Fields: []screen.Field{{Label: "image", Value: p.image}},
		Yes:    "start it",
		Then: func(values []string) tea.Cmd {
			image := strings.TrimSpace(values[0])
			if image == "" {
				return screen.Send(screen.Notify{Text: "A debug container needs an image", Bad: true})
			}
			return tea.Batch(screen.Send(screen.DebugWith{Image: image}), then(image))
		},
	}
}

func debug(ctx *screen.Context, p Place, image string) tea.Cmd {
	return func() tea.Msg {
		s := &session{title: p.Name, command: p.debugCommand(ctx, image), holds: leaveAtOnce}
		s.run = func(ctx context.Context, to link.Streams, say func(string)) (int, error) {
			say("$ " + s.command)
			say("Starting it; ctrl+c gives up. " + p.files + " exit or ctrl+d ends it.")
			return p.debug(ctx, image, to, say)
		}
		return s.start(ctx, func(o outcome) tea.Msg { return s.told("debug shell in "+p.Name, o) })()
	}
}

// debugCommand is what would do the same, as far as it is allowed there.
func (p Place) debugCommand(ctx *screen.Context, image string) string {
	look, cancel := context.WithTimeout(ctx.Life, lookTime)
	defer cancel()
	return p.commands.debug(look, image)
}
