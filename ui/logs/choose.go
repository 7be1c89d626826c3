package logs

import (
	"context"
	"fmt"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/ui/screen"
)

// reach is how far back a log is read.
type reach struct {
	frame string // for the frame
	text  string // for the choice
	span
	docker, kubectl string // flags that do the same
}

// spans are the reaches one can choose, the first one first.
var spans = []reach{
	{"tail 1000", "the last 1,000 lines", span{tail: 1000}, "", ""},
	{"since 1m", "the last minute", span{back: time.Minute}, " --since 1m", " --since=1m"},
	{"since 5m", "the last 5 minutes", span{back: 5 * time.Minute}, " --since 5m", " --since=5m"},
	{"since 1h", "the last hour", span{back: time.Hour}, " --since 1h", " --since=1h"},
	{"since all", "all there is", span{}, "", ""},
}

// flag is what the command of a set needs to reach as far.
func (r reach) flag(set Set) string {
	if len(set.Targets) > 0 && set.Targets[0].container != nil {
		return r.docker
	}
	return r.kubectl
}

// sinceChosen says how far back to read.
type sinceChosen struct {
	id   string
	span int
}

// chooseSince asks how far back to read.
func (v *View) chooseSince() tea.Cmd {
	c := screen.Choose{Title: "Since when?"}
	for i, s := range spans {
		note := ""
		if i == v.since {
			note = "now"
		}
		c.Choices = append(c.Choices, screen.Choice{Text: s.text, Note: note, Then: screen.Send(sinceChosen{v.set.ID, i})})
	}
	return screen.Send(c)
}

// containersCame is which containers the pods have.
type containersCame struct {
	id  string
	all []kube.PodContainer
	err error
}

// containerChosen says which containers of pods to read.
type containerChosen struct{ id, name string }

// podsAsked is how many pods are asked for their containers: those of one
// workload have the same.
const podsAsked = 5

// chooseContainers asks the cluster which containers there are, then a person
// which to read.
func (v *View) chooseContainers() tea.Cmd {
	var pods []*kube.Pod
	for _, t := range v.set.Targets {
		if t.pod != nil && len(pods) < podsAsked {
			pods = append(pods, t.pod)
		}
	}
	if len(pods) == 0 {
		return screen.Send(screen.Notify{Text: "Only pods have several containers"})
	}
	id, life, k := v.set.ID, v.set.Origin.Bind(v.ctx.Life), v.ctx.Env.Kube
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(life, listLimit)
		defer cancel()
		came := containersCame{id: id}
		for _, p := range pods {
			all, err := k.PodContainers(ctx, p.Namespace, p.Name)
			if err != nil {
				came.err = err
				continue
			}
			for _, c := range all {
				if !slices.ContainsFunc(came.all, func(o kube.PodContainer) bool { return o.Name == c.Name }) {
					came.all = append(came.all, c)
				}
			}
		}
		return came
	}
}

// offer lets a person choose among the containers.
func (v *View) offer(came containersCame) tea.Cmd {
	if len(came.all) == 0 && came.err != nil {
		return screen.Send(screen.Notify{Text: "The pod's containers are not known: " + came.err.Error(), Bad: true})
	}
	note := func(name, text string) string {
		if v.choice.container == name {
			return "now"
		}
		return text
	}
	choose := func(name string) tea.Cmd { return screen.Send(containerChosen{v.set.ID, name}) }
	c := screen.Choose{Title: "Which containers?", Choices: []screen.Choice{
		{Text: "all containers", Note: note(allContainers, fmt.Sprint(len(came.all))), Then: choose(allContainers)},
	}}
	for _, each := range came.all {
		text := each.State
		if each.Reason != "" {
			text = each.Reason
		}
		if each.Role != kube.RoleMain {
			text = string(each.Role) + ", " + text
		}
		text = screen.Clean(text)
		name := each.Name
		if each.Default {
			text = note("", text)
		}
		c.Choices = append(c.Choices, screen.Choice{Text: screen.Clean(each.Name), Note: note(name, text), Then: choose(name)})
	}
	return screen.Send(c)
}
