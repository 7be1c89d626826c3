package shell

import (
	"cmp"
	"context"
	"io"
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/link"
	"github.com/twindeck/twindeck/env/transfer"
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
	files    string   // where one has its target's files, in words
	image    string   // of a debug container, as chosen last

	box transfer.Box
	// debugBox is the same files, seen from a debug container; nil: the engine
	// reads and writes them itself.
	debugBox func(ctx context.Context, image string, say func(string)) (transfer.Box, error)
}

// reads is what a main process reads.
type reads struct{ tty, stdin bool }

// commands are those that would do the same.
type commands struct {
	exec   func(shell string) string
	attach string
	debug  func(ctx context.Context, image string) string // asks what is allowed there
	copy   func(out bool, inside, here string) string
}

// OfContainer is a container of the engine that its row came from.
func OfContainer(ctx *screen.Context, from screen.Origin, c *docker.Container) Place {
	d, id, name := ctx.Env.Docker, c.ID, screen.Clean(c.Name)
	exec := func(ctx context.Context, command []string, s link.Streams) (int, error) {
		return d.Exec(from.Bind(ctx), id, command, s)
	}
	return Place{
		Name: name, kind: "container", image: debugImage(ctx),
		target: from.EngineTarget(),
		commands: commands{
			exec:   func(shell string) string { return "docker exec -it " + name + " " + shell },
			attach: "docker attach " + name,
			debug: func(_ context.Context, image string) string {
				return "docker run -it --rm --pid=container:" + name + " --network=container:" + name +
					" --volumes-from=" + name + " --cap-add=SYS_PTRACE " + screen.Clean(image) + " sh"
			},
			copy: func(out bool, inside, here string) string {
				return copyCommand("docker cp", out, name+":"+inside, here, "")
			},
		},
		exec: exec,
		attach: func(ctx context.Context, s link.Streams) (int, error) {
			return d.Attach(from.Bind(ctx), id, s)
		},
		terminal: func(ctx context.Context) (reads, error) {
			t, err := d.Terminal(from.Bind(ctx), id)
			return reads{t.TTY, t.Stdin}, err
		},
		debug: func(ctx context.Context, image string, s link.Streams, say func(string)) (int, error) {
			return d.Debug(from.Bind(ctx), id, image, s, say)
		},
		box: transfer.Engine{
			Programs: transfer.Programs{Exec: exec},
			About: func(ctx context.Context, path string) (transfer.File, error) {
				return d.StatPath(from.Bind(ctx), id, path)
			},
			From: func(ctx context.Context, path string) (io.ReadCloser, error) {
				return d.CopyFrom(from.Bind(ctx), id, path)
			},
			To: func(ctx context.Context, dir string, archive io.Reader) error {
				return d.CopyTo(from.Bind(ctx), id, dir, archive)
			},
		},
		changes: []string{
			"A container of this image starts beside it and shares its processes, network and volumes. It is removed when you leave.",
		},
		files: "The files of " + name + " are under /proc/1/root.",
	}
}

// OfPod is a pod: its only container, or the one of several that is chosen,
// sidecars and others that run beside it among them.
func OfPod(ctx *screen.Context, from screen.Origin, p *kube.Pod) Place {
	k, ns, pod := ctx.Env.Kube, p.Namespace, p.Name
	image := debugImage(ctx)
	first := ""
	if len(p.Images) > 0 {
		first = p.Images[0].Container
	}
	in := func(container string) Place { return ofPodContainer(k, from, p, container, image) }
	place := in(first)
	place.Name = screen.Clean(pod)
	if len(p.Images) > 1 || p.Beside {
		place.several = func(ctx context.Context) ([]Place, error) {
			all, err := k.PodContainers(from.Bind(ctx), ns, pod)
			if err != nil {
				return nil, err
			}
			var out []Place
			for _, c := range likely(all) {
				one := in(c.Name)
				if one.note = c.Why(); c.Role != kube.RoleMain {
					one.note = string(c.Role) + ", " + one.note
				}
				out = append(out, one)
			}
			return out, nil
		}
	}
	return place
}

// likely sorts containers by how likely a person wants to be in them: the one
// that kubectl would take, the other main ones, sidecars, debug containers, and
// init containers last.
func likely(all []kube.PodContainer) []kube.PodContainer {
	rank := map[kube.Role]int{kube.RoleMain: 1, kube.RoleSidecar: 2, kube.RoleEphemeral: 3, kube.RoleInit: 4}
	order := func(c kube.PodContainer) int {
		if c.Default {
			return 0
		}
		return rank[c.Role]
	}
	return slices.SortedStableFunc(slices.Values(all), func(a, b kube.PodContainer) int { return cmp.Compare(order(a), order(b)) })
}

func ofPodContainer(k env.Kube, from screen.Origin, p *kube.Pod, container, image string) Place {
	at, ns, pod := from.Cluster, p.Namespace, p.Name
	where := screen.Clean(pod + " -n " + ns)
	if at.Name != "" {
		where += " --context " + screen.Clean(at.Name)
	}
	of := " -c " + screen.Clean(container)
	in := func(container string) transfer.Exec {
		return func(ctx context.Context, command []string, s link.Streams) (int, error) {
			return k.Exec(from.Bind(ctx), ns, pod, container, command, s)
		}
	}
	beside := func(ctx context.Context, image string, say func(string)) (transfer.Exec, error) {
		name, err := k.Debug(from.Bind(ctx), ns, pod, container, image, say)
		return in(name), err
	}
	return Place{
		Name: screen.Clean(pod + "/" + container), kind: "pod", image: image,
		target: from.ClusterTarget(),
		commands: commands{
			exec:   func(shell string) string { return "kubectl exec -it " + where + of + " -- " + shell },
			attach: "kubectl attach -it " + where + of,
			debug: func(ctx context.Context, image string) string {
				profile := ""
				if p := k.DebugProfile(from.Bind(ctx), ns); p != kube.General {
					profile = " --profile=" + string(p)
				}
				return "kubectl debug -it " + where + " --image=" + screen.Clean(image) + " --target=" + screen.Clean(container) + profile + " -- sh"
			},
			copy: func(out bool, inside, here string) string {
				context := ""
				if at.Name != "" {
					context = " --context " + at.Name
				}
				return copyCommand("kubectl cp", out, ns+"/"+pod+":"+inside, here, " -c "+container+context)
			},
		},
		exec: in(container),
		attach: func(ctx context.Context, s link.Streams) (int, error) {
			return k.Attach(from.Bind(ctx), ns, pod, container, s)
		},
		terminal: func(ctx context.Context) (reads, error) {
			all, err := k.PodContainers(from.Bind(ctx), ns, pod)
			for _, c := range all {
				if c.Name == container {
					return reads{c.TTY, c.Stdin}, nil
				}
			}
			return reads{}, err
		},
		debug: func(ctx context.Context, image string, s link.Streams, say func(string)) (int, error) {
			exec, err := beside(ctx, image, say)
			if err != nil {
				return 0, err
			}
			name, err := findShell(ctx, exec)
			if err != nil {
				return 0, err
			}
			return exec(ctx, []string{name}, s)
		},
		box: transfer.Programs{Exec: in(container)},
		debugBox: func(ctx context.Context, image string, say func(string)) (transfer.Box, error) {
			root, err := k.TargetRoot(from.Bind(ctx), ns, pod)
			if err != nil {
				return nil, err
			}
			exec, err := beside(ctx, image, say)
			return transfer.Programs{Exec: exec, Root: root}, err
		},
		changes: []string{
			"An ephemeral container of this image starts in the pod and shares its processes and network. It stays in the pod's spec, and runs, until the pod is replaced; the next time it is used again.",
		},
		files: filesOf(screen.Clean(container), p.Shares),
	}
}

// filesOf says where a debug container has the files of its target. Where
// processes are shared, process 1 is the node's, or that of the pod itself.
func filesOf(container, shares string) string {
	if shares == "" {
		return "The files of " + container + " are under /proc/1/root."
	}
	return "The pod has " + shares + ": the files of " + container + " are under /proc/PID/root of a process of its own, not of process 1."
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
