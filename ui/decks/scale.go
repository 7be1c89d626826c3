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
	wants  int    // replicas now; unknown: the screen does not tell
}

const unknown = -1

// job adds by to the replicas.
func (s scaled) job(k env.Kube, by int) job {
	n := max(s.wants+by, 0)
	return job{
		fmt.Sprintf("scale %s to %d", s.target, n),
		fmt.Sprintf("kubectl scale %s --replicas=%d%s", s.target, n, s.where),
		func(ctx context.Context, _ func(string)) error {
			_, err := k.Scale(ctx, s.ref, by)
			return err
		},
	}
}

// scale makes one replica more, or less, of each. The command names how many
// that makes: where the screen does not tell, the cluster is asked first.
func (p *Part) scale(a keys.Action, of []scaled, noun string) tea.Cmd {
	k, at, target, by := p.ctx.Env.Kube, p.ctx.Facts.Context, p.cluster(), 1
	if a == keys.ScaleDown {
		by = -1
	}
	begin := func() tea.Cmd {
		jobs := make([]job, len(of))
		for i, s := range of {
			jobs[i] = s.job(k, by)
		}
		jobs = distinct(jobs)
		return start(aimed(jobs, at), fmt.Sprintf("scale %d %s", len(jobs), noun), target, nil)
	}
	if !slices.ContainsFunc(of, func(s scaled) bool { return s.wants == unknown }) {
		return begin()
	}
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(kube.Aim(p.ctx.Life, at), scaleLimit)
		defer cancel()
		for i, s := range of {
			if s.wants != unknown {
				continue
			}
			var err error
			if of[i].wants, err = k.Replicas(ctx, s.ref); err != nil {
				return screen.Notify{Text: err.Error(), Bad: true}
			}
		}
		return begin()()
	}
}

// scalesPods are Kubernetes' own kinds of owners whose pods can be more or less.
var scalesPods = []string{"Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"}

// scalePods scales what keeps the pods. Of a custom kind the cluster knows
// whether that can be.
func (p *Part) scalePods(a keys.Action, pods []*kube.Pod) tea.Cmd {
	of := make([]scaled, len(pods))
	for i, pod := range pods {
		o := pod.Owner
		s := scaled{o.Ref(pod.Namespace), ownerWord(o.Kind) + "/" + o.Name, p.in(pod.Namespace), unknown}
		switch {
		case o.Group != "":
			s.target = strings.ToLower(o.Kind) + "." + o.Group + "/" + o.Name
		case slices.Contains(scalesPods, o.Kind):
			s.wants = p.replicas(pod)
		default:
			return say("Only a Deployment, StatefulSet or ReplicaSet can be scaled")
		}
		of[i] = s
	}
	return p.scale(a, of, "workloads")
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

// scaleObjects scales rows of a kind that has replicas.
func (p *Part) scaleObjects(a keys.Action, o *objects, rows []*kube.Object) tea.Cmd {
	of := make([]scaled, len(rows))
	for i, row := range rows {
		s := scaled{o.of.Ref(row.Namespace, row.Name), o.target(row), p.in(row.Namespace), unknown}
		if o.of.Owner("").Group == "" {
			s.wants = o.wanted(row)
		}
		of[i] = s
	}
	return p.scale(a, of, o.of.Resource)
}

// wanted is how many replicas an object of Kubernetes' own is to have, as the
// server prints it: 3 of READY 2/3, or DESIRED. What the columns of other
// kinds mean, nobody knows.
func (o *objects) wanted(row *kube.Object) int {
	for i, c := range o.now.Columns {
		if name := strings.ToUpper(c.Name); i < len(row.Cells) && (name == "READY" || name == "DESIRED") {
			n, err := strconv.Atoi(row.Cells[i][strings.LastIndexByte(row.Cells[i], '/')+1:])
			if err == nil {
				return n
			}
		}
	}
	return unknown
}
