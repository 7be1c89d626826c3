package decks

import (
	"context"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/link"
	"github.com/twindeck/twindeck/ui/detail"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/shell"
)

// podKind is pods, with what can be done to them.
func (p *Part) podKind() *kind[*kube.Pod] {
	k := podKind(func() bool { return p.kube.Namespace == "" })
	k.subject = detail.Pod
	k.heading = groupSubject(detail.Pod)
	k.status = func() link.Status { return p.kube.Status }
	k.empty = p.noPods
	k.act = p.actOnPods
	k.footer = []keys.Action{
		keys.ShipAll, keys.Build, keys.Push, keys.Deploy, keys.LogsOf, keys.ShellIn, keys.Describe, keys.YAMLOf, keys.Restart,
		keys.ScaleUp, keys.ScaleDown, keys.Remove, keys.OtherDeck, keys.System,
	}
	return k
}

// actOnPods acts on pods, or, for a restart and scaling, on the workload that
// a heading or they name.
func (p *Part) actOnPods(a keys.Action, on chosen[*kube.Pod]) (tea.Cmd, bool) {
	if do := inside(a); do != nil {
		if len(on.rows) != 1 || on.head != nil && on.head.space {
			return say("Select one pod first"), true
		}
		return do(p.ctx, shell.OfPod(p.ctx, p.origin(), on.rows[0])), true
	}
	switch a {
	case keys.Restart, keys.Remove, keys.ScaleUp, keys.ScaleDown, keys.ScaleTo:
	case keys.StartStop:
		return say("A pod cannot be stopped: scale its workload, or delete it"), true
	default:
		return nil, false
	}
	if len(on.rows) == 0 || on.head != nil && (on.head.space || a == keys.Remove && !owned(on.rows[0])) {
		return say("Select a pod first, or mark several with space"), true
	}
	if isScale(a) {
		return p.scalePods(a, on.rows), true
	}
	var jobs []job
	var deleted []*kube.Pod
	for _, pod := range on.rows {
		j, not := p.podJob(a, pod)
		if not != "" {
			return say(not), true
		}
		jobs = append(jobs, j)
		if a == keys.Remove || !rolls(pod.Owner) {
			deleted = append(deleted, pod)
		}
	}
	var ask *screen.Ask
	if len(deleted) > 0 {
		ask = deletePods(deleted)
	}
	jobs = bound(distinct(jobs), p.origin())
	what := "workloads"
	if a == keys.Remove {
		what = "pods"
	}
	return start(jobs, fmt.Sprintf("%s %d %s", verb(jobs[0].does), len(jobs), what), p.origin().ClusterTarget(), ask), true
}

// in is what a kubectl command needs to find a namespace of the cluster.
func (p *Part) in(namespace string) string {
	where := ""
	if namespace != "" {
		where = " -n " + namespace
	}
	if c := p.kube.Context; c != "" {
		where += " --context " + c
	}
	return where
}

// podJob is one pod's part, or why there is none.
func (p *Part) podJob(a keys.Action, pod *kube.Pod) (j job, not string) {
	k, ns, name, owner, ref := p.ctx.Env.Kube, pod.Namespace, pod.Name, pod.Owner, pod.Ref()
	where, target := p.in(ns), ownerWord(owner.Kind)+"/"+owner.Name
	if a == keys.Remove {
		return job{does: "delete " + name, command: "kubectl delete pod " + name + where, run: func(ctx context.Context, _ func(string)) error { return k.Delete(ctx, ref) }}, ""
	}
	j = job{does: "restart " + name, command: "kubectl delete pod " + name + where, run: func(ctx context.Context, _ func(string)) error { return k.Restart(ctx, ref) }}
	switch {
	case owner.Kind == "":
		return job{}, "Pod " + name + " has no owner that would start it again: delete and apply it instead"
	case owner.Kind == "Job" && owner.Group == "" && (pod.Phase == kube.PhaseDone || pod.Phase == kube.PhaseFailed):
		return job{}, "Pod " + name + " has ended, and its job starts no other for it: delete it, or run the job again"
	case rolls(owner):
		j.does, j.command = "restart "+target, "kubectl rollout restart "+target+where
	}
	return j, ""
}

// rolls reports whether an owner starts its pods anew, one after the other.
// Other pods are deleted for that, and their owner makes new ones.
func rolls(o kube.Owner) bool {
	return o.Group == "" && slices.Contains([]string{"Deployment", "StatefulSet", "DaemonSet"}, o.Kind)
}

func deletePods(pods []*kube.Pod) *screen.Ask {
	ask := &screen.Ask{Yes: "delete", Danger: true}
	if len(pods) == 1 {
		pod := pods[0]
		ask.Title = "Delete pod " + screen.Clean(pod.Name) + "?"
		ask.Body = []string{
			"Lost: what it holds in memory, in its containers' files and in emptyDir volumes.",
			comesBack(pod), "Namespace " + screen.Clean(pod.Namespace) + ".",
		}
		return ask
	}
	names, gone := make([]string, len(pods)), 0
	for i, pod := range pods {
		names[i] = "  " + screen.Clean(pod.Namespace+"/"+pod.Name)
		if !owned(pod) {
			names[i] += ", does not come back"
			gone++
		}
	}
	ask.Title = fmt.Sprintf("Delete %d pods?", len(pods))
	ask.Body = append(someNames(names), "", "Lost: what they hold in memory, in their containers' files and in emptyDir volumes.")
	if gone < len(pods) {
		ask.Body = append(ask.Body, "Those that a workload owns are started anew.")
	}
	if gone > 0 {
		ask.Body = append(ask.Body, fmt.Sprintf("%d have no owner and do not come back.", gone))
	}
	return ask
}

func owned(pod *kube.Pod) bool { return pod.Owner.Kind != "" && pod.Owner.Kind != "Node" }

func comesBack(pod *kube.Pod) string {
	if owned(pod) {
		return pod.Owner.Kind + " " + screen.Clean(pod.Owner.Name) + " starts a new one."
	}
	return "Nothing owns it: it does not come back."
}
