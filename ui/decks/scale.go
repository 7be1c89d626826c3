package decks

import (
	"context"
	"fmt"
	"slices"
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

// job adds by to the replicas.
func (s scaled) job(k env.Kube, by int) job {
	n := max(s.wants+by, 0)
	return job{
		fmt.Sprintf("scale %s to %d", s.target, n),
		fmt.Sprintf("kubectl scale %s --replicas=%d%s", s.target, n, s.where),
		func(ctx context.Context, tell func(string)) error {
			got, err := k.Scale(ctx, s.ref, by)
			if err == nil && got != n {
				tell(fmt.Sprintf("%s has %d now: it was scaled meanwhile", s.target, got))
			}
			return err
		},
	}
}

// scale makes one replica more, or less, of each. The command names how many
// that makes. Only the cluster knows: pods that end, or come with a rollout, are
// on the screen too.
func (p *Part) scale(a keys.Action, of []scaled, noun string) tea.Cmd {
	k, at, by := p.ctx.Env.Kube, p.origin(), 1
	if a == keys.ScaleDown {
		by = -1
	}
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(at.Bind(p.ctx.Life), scaleLimit)
		defer cancel()
		var jobs []job
		asked := map[kube.Ref]bool{}
		for _, s := range of {
			if asked[s.ref] {
				continue // two pods of one workload
			}
			asked[s.ref] = true
			var err error
			if s.wants, err = k.Replicas(ctx, s.ref); err != nil {
				return screen.Notify{Text: err.Error(), Bad: true}
			}
			jobs = append(jobs, s.job(k, by))
		}
		return start(bound(jobs, at), fmt.Sprintf("scale %d %s", len(jobs), noun), at.ClusterTarget(), nil)()
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
