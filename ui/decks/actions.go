package decks

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	envship "github.com/twindeck/twindeck/env/ship"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/ship"
)

// shipKeys are the stages each key asks for.
var shipKeys = map[keys.Action][]envship.Stage{
	keys.Build:   {envship.Build},
	keys.Push:    {envship.Build, envship.Deliver},
	keys.Deploy:  {envship.Deploy, envship.Verify},
	keys.ShipAll: {envship.Build, envship.Deliver, envship.Deploy, envship.Verify},
}

// act does what a key asks for with the selected row. Everything the action
// needs is read here, when the key is pressed: nothing that happens later can
// send it elsewhere.
func (p *Part) act(a keys.Action) (tea.Cmd, bool) {
	if stages, ok := shipKeys[a]; ok {
		return screen.Send(ship.Begin{Stages: stages}), true
	}
	switch a {
	case keys.Restart, keys.StartStop, keys.Remove, keys.ScaleUp, keys.ScaleDown:
	default:
		return nil, false
	}
	if p.deck == onContainers {
		c, ok := p.selectedContainer()
		if !ok {
			return say("Select a container first"), true
		}
		return p.actOnContainer(a, c), true
	}
	l, ok := p.right.selected()
	if !ok || l.head != nil && (l.head.space || a == keys.Remove) {
		return say("Select a pod first"), true
	}
	return p.actOnPod(a, l.row), true
}

func say(text string) tea.Cmd { return screen.Send(screen.Notify{Text: text}) }

// job is an action ready to be done.
type job struct {
	does    string // "restart web"
	command string
	run     func(ctx context.Context) error
	ask     *screen.Ask // nil: done without asking
}

func (p *Part) actOnContainer(a keys.Action, c *docker.Container) tea.Cmd {
	d, id, name := p.ctx.Env.Docker, c.ID, screen.Clean(c.Name)
	var j job
	switch a {
	case keys.Restart:
		j = job{"restart " + name, "docker restart " + name, func(ctx context.Context) error { return d.Restart(ctx, id) }, nil}
	case keys.StartStop:
		if c.State == "running" || c.State == "restarting" || c.State == "paused" {
			j = job{"stop " + name, "docker stop " + name, func(ctx context.Context) error { return d.Stop(ctx, id) }, nil}
		} else {
			j = job{"start " + name, "docker start " + name, func(ctx context.Context) error { return d.Start(ctx, id) }, nil}
		}
	case keys.Remove:
		j = job{"remove " + name, "docker stop " + name + " && docker rm " + name, func(ctx context.Context) error { return d.Remove(ctx, id) }, removeContainer(c)}
	default:
		return say("Containers have no replicas: scale a pod's workload")
	}
	e := p.ctx.Facts.Endpoint
	return start(j, screen.Target{Name: e.Context, Where: e.Host, Local: e.Local})
}

func removeContainer(c *docker.Container) *screen.Ask {
	body := []string{}
	if c.State == "running" || c.State == "restarting" {
		body = append(body, "It is running and will be stopped.")
	}
	body = append(body, "Lost: its writable layer (files written inside it) and its logs.", "Kept: its image, and its volumes.")
	return &screen.Ask{Title: "Remove container " + screen.Clean(c.Name) + "?", Body: body, Yes: "remove", Danger: true}
}

func (p *Part) actOnPod(a keys.Action, pod *kube.Pod) tea.Cmd {
	k, ns, name, owner, ref := p.ctx.Env.Kube, pod.Namespace, pod.Name, pod.Owner, pod.Ref()
	where := " -n " + ns
	if c := p.ctx.Facts.Context.Name; c != "" {
		where += " --context " + c
	}
	var j job
	switch a {
	case keys.Restart:
		j = job{"restart " + name, "kubectl delete pod " + name + where, func(ctx context.Context) error { return k.Restart(ctx, ref) }, nil}
		switch owner.Kind {
		case "":
			return screen.Send(screen.Notify{Text: "Pod " + name + " has no owner that would start it again: delete and apply it instead", Bad: true})
		case "Deployment", "StatefulSet", "DaemonSet":
			j.does = "restart " + ownerWord(owner.Kind) + "/" + owner.Name
			j.command = "kubectl rollout restart " + ownerWord(owner.Kind) + "/" + owner.Name + where
		}
	case keys.Remove:
		j = job{"delete " + name, "kubectl delete pod " + name + where, func(ctx context.Context) error { return k.Delete(ctx, ref) }, deletePod(pod)}
	case keys.ScaleUp, keys.ScaleDown:
		by := 1
		if a == keys.ScaleDown {
			by = -1
		}
		if owner.Kind != "Deployment" && owner.Kind != "StatefulSet" && owner.Kind != "ReplicaSet" {
			return say("Only a Deployment, StatefulSet or ReplicaSet can be scaled")
		}
		target := ownerWord(owner.Kind) + "/" + owner.Name
		n := max(p.replicas(pod)+by, 0)
		j = job{
			fmt.Sprintf("scale %s to %d", target, n),
			fmt.Sprintf("kubectl scale %s --replicas=%d%s", target, n, where),
			func(ctx context.Context) error {
				_, err := k.Scale(ctx, ns, owner, by)
				return err
			}, nil,
		}
	default:
		return say("A pod cannot be stopped: scale its workload, or delete it")
	}
	c, run := p.ctx.Facts.Context, j.run
	j.run = func(ctx context.Context) error { return run(kube.Aim(ctx, c)) }
	return start(j, screen.Target{Name: c.Name, Where: c.Server, Local: c.Local})
}

// replicas counts the pods of a pod's owner.
func (p *Part) replicas(pod *kube.Pod) int {
	n := 0
	for _, o := range p.kube.Pods {
		if o.Namespace == pod.Namespace && o.Owner == pod.Owner {
			n++
		}
	}
	return n
}

func deletePod(pod *kube.Pod) *screen.Ask {
	body := []string{"Lost: what it holds in memory, in its containers' files and in emptyDir volumes."}
	if o := pod.Owner; o.Kind != "" && o.Kind != "Node" {
		body = append(body, o.Kind+" "+screen.Clean(o.Name)+" starts a new one.")
	} else {
		body = append(body, "Nothing owns it: it does not come back.")
	}
	return &screen.Ask{
		Title: "Delete pod " + screen.Clean(pod.Name) + "?",
		Body:  append(body, "Namespace "+screen.Clean(pod.Namespace)+"."),
		Yes:   "delete", Danger: true,
	}
}

// start sends a job on its way: past the lock of a target that is not local,
// past the question if it has one, to the app's tasks.
func start(j job, target screen.Target) tea.Cmd {
	then := screen.Send(screen.StartTask{
		Name:    screen.Clean(j.does),
		Command: screen.Clean(j.command),
		Run:     func(ctx context.Context, _ func(string)) error { return j.run(ctx) },
	})
	if j.ask != nil {
		ask := *j.ask
		ask.Then = then
		then = screen.Send(ask)
	}
	return screen.Send(screen.Guard{Target: target, Does: screen.Clean(j.does), Then: then})
}
