package decks

import (
	"context"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
)

// actOnObjects acts on rows of any kind.
func (p *Part) actOnObjects(o *objects, a keys.Action, on chosen[*kube.Object]) (tea.Cmd, bool) {
	switch a {
	case keys.Restart, keys.ScaleUp, keys.ScaleDown, keys.ScaleTo, keys.Remove, keys.StartStop:
	default:
		return nil, false
	}
	switch {
	case !able(o.of, a):
		return nil, false
	case len(on.rows) == 0 || on.head != nil:
		return say("Select a row first, or mark several with space"), true
	}
	if isScale(a) {
		return p.scaleObjects(a, o, on.rows), true
	}
	jobs := make([]job, len(on.rows))
	for i, row := range on.rows {
		jobs[i] = p.objectJob(o, a, row)
	}
	var ask *screen.Ask
	if a == keys.Remove {
		ask = deleteObjects(o.of, on.rows)
	}
	return start(bound(jobs, p.origin()), fmt.Sprintf("%s %d %s", verb(jobs[0].does), len(jobs), o.of.Resource), p.origin().ClusterTarget(), ask), true
}

// onRows are the keys that act on rows; what is none of them concerns the list.
var onRows = []keys.Action{
	keys.Restart, keys.ScaleUp, keys.ScaleDown, keys.ScaleTo, keys.Remove, keys.StartStop, keys.Pause, keys.Kill, keys.Pull,
	keys.ShellIn, keys.AttachTo, keys.CopyFiles,
}

// able says whether something can be done to objects of a kind.
func able(of kube.Kind, a keys.Action) bool {
	switch a {
	case keys.Restart:
		return of.Group == "apps" && slices.Contains([]string{"Deployment", "StatefulSet", "DaemonSet"}, of.Name)
	case keys.ScaleUp, keys.ScaleDown, keys.ScaleTo:
		return of.Scales
	case keys.Remove:
		return of.Can("delete")
	}
	return false
}

// objectFooter names what the keys do to a kind.
func objectFooter(of kube.Kind) []keys.Action {
	var out []keys.Action
	if hasPods(of) {
		out = append(out, keys.LogsOf)
	}
	out = append(out, keys.Describe, keys.YAMLOf, keys.NextList, keys.Upward, keys.Related)
	for _, a := range []keys.Action{keys.Restart, keys.ScaleUp, keys.ScaleDown, keys.Remove} {
		if able(of, a) {
			out = append(out, a)
		}
	}
	return append(out, keys.OtherDeck, keys.Namespaces)
}

func (p *Part) objectJob(o *objects, a keys.Action, row *kube.Object) job {
	of := o.of
	k, ref, what := p.ctx.Env.Kube, of.Ref(row.Namespace, row.Name), called(of, row.Name)
	where := p.in(row.Namespace)
	if a == keys.Restart {
		return job{does: "restart " + what, command: "kubectl rollout restart " + what + where, run: func(ctx context.Context, _ func(string)) error { return k.Restart(ctx, ref) }}
	}
	return job{does: "delete " + what, command: "kubectl delete " + of.String() + " " + row.Name + where, run: func(ctx context.Context, _ func(string)) error { return k.Delete(ctx, ref) }}
}

// losses say what goes with an object of a kind.
//
//nolint:gosec // no credentials: kinds, one of which is called Secret
func losses() map[string]string {
	return map[string]string{
		"Deployment":               "Lost: its pods, and what they hold in memory and in their own files.",
		"StatefulSet":              "Lost: its pods, and what they hold in memory. Its claims and their volumes stay.",
		"DaemonSet":                "Lost: its pods on every node.",
		"ReplicaSet":               "Lost: its pods. A Deployment that owns it makes it anew.",
		"Job":                      "Lost: its pods and their logs.",
		"CronJob":                  "Lost: its jobs, their pods and their logs.",
		"Service":                  "Lost: its name and address: what calls it does not reach its pods any more.",
		"Ingress":                  "Lost: its routes: requests from outside do not arrive any more.",
		"ConfigMap":                "Lost: its data. Pods that use it do not start again without it.",
		"Secret":                   "Lost: its data. Pods that use it do not start again without it.",
		"PersistentVolumeClaim":    "Lost: the data on its volume, unless the volume is kept (reclaim policy Retain).",
		"PersistentVolume":         "Lost: the data on it, unless its reclaim policy is Retain.",
		"Namespace":                "Lost: everything in it: workloads, services, config maps, secrets, claims and their data.",
		"Node":                     "Lost: the cluster forgets it; its pods are made anew elsewhere, if there is another.",
		"Event":                    "Lost: this note of what happened. Nothing else.",
		"CustomResourceDefinition": "Lost: the kind, and every object of it in every namespace.",
	}
}

func deleteObjects(of kube.Kind, rows []*kube.Object) *screen.Ask {
	lost, known := losses()[of.Name]
	if !known {
		lost = "Lost: what it holds, and what it owns."
	}
	ask := &screen.Ask{Yes: "delete", Danger: true}
	if len(rows) == 1 {
		ask.Title = "Delete " + screen.Clean(of.Singular+" "+rows[0].Name) + "?"
		ask.Body = []string{lost}
		if o := rows[0].Owner; o.Kind != "" {
			ask.Body = append(ask.Body, screen.Clean(o.Kind+" "+o.Name)+" owns it and may make it anew.")
		}
		if ns := rows[0].Namespace; ns != "" {
			ask.Body = append(ask.Body, "Namespace "+screen.Clean(ns)+".")
		}
		return ask
	}
	names := make([]string, len(rows))
	for i, r := range rows {
		names[i] = "  " + screen.Clean(r.Name)
		if r.Namespace != "" {
			names[i] = "  " + screen.Clean(r.Namespace+"/"+r.Name)
		}
	}
	ask.Title = fmt.Sprintf("Delete %d %s?", len(rows), of.Resource)
	ask.Body = append(someNames(names), "", "Of each: "+lost)
	return ask
}
