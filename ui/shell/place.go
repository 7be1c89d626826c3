package shell

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/link"
	"github.com/twindeck/twindeck/ui/screen"
)

// Place is a container of the engine or of a pod, and what can be done in it.
// It is taken when a key is pressed: what it does goes there and nowhere else.
type Place struct {
	Name     string // for people: "web", "web-1/app"
	kind     string // container, pod
	target   screen.Target
	several  func(context.Context) ([]Place, error) // nil: it is one already
	note     string                                 // in a list of several
	commands commands

	exec     func(ctx context.Context, command []string, s link.Streams) (int, error)
	attach   func(ctx context.Context, s link.Streams) (int, error)
	terminal func(ctx context.Context) (reads, error)
	debug    func(ctx context.Context, image string, s link.Streams, say func(string)) (int, error)
	changes  []string // what a debug container changes
}

// reads is what a main process reads.
type reads struct{ tty, stdin bool }

// commands are those that would do the same.
type commands struct {
	exec   func(shell string) string
	attach string
	debug  func(image string) string
}

// OfContainer is a container of the engine.
func OfContainer(ctx *screen.Context, c *docker.Container) Place {
	d, id, name := ctx.Env.Docker, c.ID, screen.Clean(c.Name)
	at := ctx.Facts.Endpoint
	return Place{
		Name: name, kind: "container",
		target: screen.Target{Name: at.Context, Where: at.Host, Local: at.Local},
		commands: commands{
			exec:   func(shell string) string { return "docker exec -it " + name + " " + shell },
			attach: "docker attach " + name,
			debug: func(image string) string {
				return "docker run -it --rm --pid=container:" + name + " --network=container:" + name +
					" --volumes-from=" + name + " --cap-add=SYS_PTRACE " + screen.Clean(image) + " sh"
			},
		},
		exec: func(ctx context.Context, command []string, s link.Streams) (int, error) {
			return d.Exec(ctx, id, command, s)
		},
		attach: func(ctx context.Context, s link.Streams) (int, error) { return d.Attach(ctx, id, s) },
		terminal: func(ctx context.Context) (reads, error) {
			t, err := d.Terminal(ctx, id)
			return reads{t.TTY, t.Stdin}, err
		},
		debug: func(ctx context.Context, image string, s link.Streams, say func(string)) (int, error) {
			return d.Debug(ctx, id, image, s, say)
		},
		changes: []string{
			"A container of this image starts beside it and shares its processes, network and volumes. It is removed when you leave.",
			"Its files are under /proc/1/root.",
		},
	}
}

// OfPod is a pod: its only container, or the one of several that is chosen.
func OfPod(ctx *screen.Context, p *kube.Pod) Place {
	k, at, ns, pod := ctx.Env.Kube, ctx.Facts.Context, p.Namespace, p.Name
	first := ""
	if len(p.Images) > 0 {
		first = p.Images[0].Container
	}
	place := ofPodContainer(ctx, ns, pod, first)
	place.Name = screen.Clean(pod)
	if len(p.Images) > 1 {
		in := ctx
		place.several = func(ctx context.Context) ([]Place, error) {
			all, err := k.Containers(kube.Aim(ctx, at), ns, pod)
			if err != nil {
				return nil, err
			}
			var out []Place
			for _, c := range all {
				one := ofPodContainer(in, ns, pod, c.Name)
				if one.note = c.Why(); c.Role != "" {
					one.note = c.Role + ", " + one.note
				}
				out = append(out, one)
			}
			return out, nil
		}
	}
	return place
}

func ofPodContainer(ctx *screen.Context, ns, pod, container string) Place {
	k, at := ctx.Env.Kube, ctx.Facts.Context
	where := screen.Clean(pod + " -n " + ns)
	if at.Name != "" {
		where += " --context " + screen.Clean(at.Name)
	}
	of := " -c " + screen.Clean(container)
	exec := func(ctx context.Context, container string, command []string, s link.Streams) (int, error) {
		return k.Exec(kube.Aim(ctx, at), ns, pod, container, command, s)
	}
	return Place{
		Name: screen.Clean(pod + "/" + container), kind: "pod",
		target: screen.Target{Name: at.Name, Where: at.Server, Local: at.Local},
		commands: commands{
			exec:   func(shell string) string { return "kubectl exec -it " + where + of + " -- " + shell },
			attach: "kubectl attach -it " + where + of,
			debug: func(image string) string {
				return "kubectl debug -it " + where + " --image=" + screen.Clean(image) + " --target=" + screen.Clean(container) + " -- sh"
			},
		},
		exec: func(ctx context.Context, command []string, s link.Streams) (int, error) {
			return exec(ctx, container, command, s)
		},
		attach: func(ctx context.Context, s link.Streams) (int, error) {
			return k.Attach(kube.Aim(ctx, at), ns, pod, container, s)
		},
		terminal: func(ctx context.Context) (reads, error) {
			all, err := k.Containers(kube.Aim(ctx, at), ns, pod)
			for _, c := range all {
				if c.Name == container {
					return reads{c.TTY, c.Stdin}, nil
				}
			}
			return reads{}, err
		},
		debug: func(ctx context.Context, image string, s link.Streams, say func(string)) (int, error) {
			beside, err := k.Debug(kube.Aim(ctx, at), ns, pod, container, image, say)
			if err != nil {
				return 0, err
			}
			in := func(ctx context.Context, command []string, s link.Streams) (int, error) {
				return exec(ctx, beside, command, s)
			}
			name, err := findShell(ctx, in)
			if err != nil {
				return 0, err
			}
			return in(ctx, []string{name}, s)
		},
		changes: []string{
			"An ephemeral container of this image starts in the pod and shares its processes and network. It stays in the pod's spec, and runs, until the pod is replaced; the next time it is used again.",
			"The files of " + screen.Clean(container) + " are under /proc/1/root.",
		},
	}
}

// choose goes on with a place, or lets a person choose one of its containers first.
func (p Place) choose(ctx *screen.Context, title string, then func(Place) tea.Cmd) tea.Cmd {
	if p.several == nil {
		return then(p)
	}
	return func() tea.Msg {
		look, cancel := context.WithTimeout(ctx.Life, lookTime)
		defer cancel()
		places, err := p.several(look)
		if err != nil {
			return screen.Notify{Text: brief{err}.Error(), Bad: true}
		}
		c := screen.Choose{Title: title + " which container?"}
		for _, one := range places {
			c.Choices = append(c.Choices, screen.Choice{Text: one.Name, Note: screen.Clean(one.note), Then: then(one)})
		}
		return c
	}
}
