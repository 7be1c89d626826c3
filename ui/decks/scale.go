package decks

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
)

// scaleLimit is how long the cluster may take to say how many there are.
const scaleLimit = 10 * time.Second

// scaled is what is to have one replica more, or less.
type scaled struct {
	ref    kube.Ref
	target string // as kubectl takes it: deploy/web, widgets.acme.dev/one
	where  string // what else kubectl needs: namespace and context
	wants  int    // replicas now, as the cluster says
}

// job makes it n replicas.
func (s scaled) job(k env.Kube, n int) job {
	by := n - s.wants
	return job{
		does:    fmt.Sprintf("scale %s to %d", s.target, n),
		command: fmt.Sprintf("kubectl scale %s --replicas=%d%s", s.target, n, s.where),
		run: func(ctx context.Context, tell func(string)) error {
			got, err := k.Scale(ctx, s.ref, by)
			if err == nil && got != n {
				tell(fmt.Sprintf("%s has %d now: it was scaled meanwhile", s.target, got))
			}
			return err
		},
	}
}

// scaling is what is to be scaled, and where.
type scaling struct {
	k    env.Kube
	at   screen.Origin
	of   []scaled
	noun string // of several
	back string // the keys that lead to its list, and make it more
}

// scale makes one replica more, or less, of each, or as many as are typed. The
// command names how many that makes. Only the cluster knows: pods that end, or
// come with a rollout, are on the screen too.
func (p *Part) scale(a keys.Action, of []scaled, noun string) tea.Cmd {
	s := scaling{p.ctx.Env.Kube, p.origin(), nil, noun, p.keyOf(keys.Palette) + "%s, then " + p.keyOf(keys.ScaleUp)}
	life := p.ctx.Life
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(s.at.Bind(life), scaleLimit)
		defer cancel()
		asked := map[kube.Ref]bool{}
		for _, one := range of {
			if asked[one.ref] {
				continue // two pods of one workload
			}
			asked[one.ref] = true
			var err error
			if one.wants, err = s.k.Replicas(ctx, one.ref); err != nil {
				return screen.Notify{Text: err.Error(), Bad: true}
			}
			s.of = append(s.of, one)
		}
		switch a {
		case keys.ScaleTo:
			return s.ask()
		case keys.ScaleUp:
			return s.to(func(one scaled) int { return one.wants + 1 })()
		}
		return s.to(func(one scaled) int { return max(one.wants-1, 0) })()
	}
}

// ask asks how many it should be.
func (s scaling) ask() screen.Form {
	form := screen.Form{
		Title:  fmt.Sprintf("Scale %d %s", len(s.of), s.noun),
		Body:   []string{"Each will have this many replicas."},
		Fields: []screen.Field{{Label: "replicas"}}, // empty: a 3 typed after a 2 would make 23
		Yes:    "scale",
		Then: func(values []string) tea.Cmd {
			n, err := strconv.ParseInt(strings.TrimSpace(values[0]), 10, 32)
			if err != nil || n < 0 {
				return say("How many replicas? A number from 0 on")
			}
			return s.to(func(scaled) int { return int(n) })
		},
	}
	if len(s.of) == 1 {
		form.Title = "Scale " + screen.Clean(s.of[0].target)
		form.Body = []string{fmt.Sprintf("It is to have %d now.", s.of[0].wants)}
	}
	return form
}

// to gives each a number of replicas. What is left without any has no pods, and
// nothing on that list to bring them back with: that is asked for.
func (s scaling) to(number func(scaled) int) tea.Cmd {
	var jobs []job
	var none []scaled
	for _, one := range s.of {
		n := number(one)
		if n == one.wants {
			continue
		}
		jobs = append(jobs, one.job(s.k, n))
		if n == 0 {
			none = append(none, one)
		}
	}
	if len(jobs) == 0 {
		return say(fmt.Sprintf("%s has %d replicas already", screen.Clean(s.of[0].target), s.of[0].wants))
	}
	var ask *screen.Ask
	if len(none) > 0 {
		ask = s.nothingLeft(none)
	}
	return start(bound(jobs, s.at), fmt.Sprintf("scale %d %s", len(jobs), s.noun), s.at.ClusterTarget(), ask)
}

func (s scaling) nothingLeft(none []scaled) *screen.Ask {
	ask := &screen.Ask{Title: "Scale " + screen.Clean(none[0].target) + " to 0?", Yes: "scale to 0", Danger: true}
	if len(none) > 1 {
		names := make([]string, len(none))
		for i, one := range none {
			names[i] = "  " + screen.Clean(one.target)
		}
		ask.Title = fmt.Sprintf("Scale %d %s to 0?", len(none), s.noun)
		ask.Body = append(someNames(names), "")
	}
	ask.Body = append(ask.Body,
		"Lost: all its pods, and what they hold in memory and in their own files. It does its work no more.",
		"Kept: itself and its settings. The way back: "+fmt.Sprintf(s.back, screen.Clean(ownerWord(none[0].ref.Kind)))+".")
	return ask
}

// isScale says that an action changes how many there are.
func isScale(a keys.Action) bool {
	return a == keys.ScaleUp || a == keys.ScaleDown || a == keys.ScaleTo
}

// keyOf is an action's key on the decks, as help writes it.
func (p *Part) keyOf(a keys.Action) string {
	b, _ := p.ctx.Keys.AtPlace(keys.Decks, a)
	return b.Label()
}

// scalesPods are Kubernetes' own kinds of owners whose pods can be more or less.
var scalesPods = []string{"Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"}

// scalePods scales what keeps the pods. Of a custom kind the cluster knows
// whether that can be.
func (p *Part) scalePods(a keys.Action, pods []*kube.Pod) tea.Cmd {
	of := make([]scaled, len(pods))
	for i, pod := range pods {
		o := pod.Owner
		s := scaled{ref: o.Ref(pod.Namespace), target: ownerWord(o.Kind) + "/" + o.Name, where: p.in(pod.Namespace)}
		switch {
		case o.Group != "":
			s.target = strings.ToLower(o.Kind) + "." + o.Group + "/" + o.Name
		case !slices.Contains(scalesPods, o.Kind):
			return say("Only a Deployment, StatefulSet or ReplicaSet can be scaled")
		}
		of[i] = s
	}
	return p.scale(a, of, "workloads")
}

// scaleObjects scales rows of a kind that has replicas.
func (p *Part) scaleObjects(a keys.Action, o *objects, rows []*kube.Object) tea.Cmd {
	of := make([]scaled, len(rows))
	for i, row := range rows {
		of[i] = scaled{ref: o.of.Ref(row.Namespace, row.Name), target: o.target(row), where: p.in(row.Namespace)}
	}
	return p.scale(a, of, o.of.Resource)
}
