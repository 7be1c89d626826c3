package decks

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

// podKind describes pods. Namespaces get headings of their own when all of
// them are shown.
func podKind(allNamespaces func() bool) *kind[*kube.Pod] {
	type p = *kube.Pod
	return &kind[p]{
		noun:   "Pods",
		one:    "A pod",
		copies: podCopies,
		short:  "pods",
		labels: func(r p) []string { return r.Labels },
		runs:   podRuns,
		id:     func(r p) string { return r.UID },
		level:  podLevel,
		ready: func(r p) bool {
			return r.Phase == kube.PhaseReady || r.Phase == kube.PhaseDone
		},
		closed: systemNamespace,
		group: func(r p) groupKey {
			k := groupKey{kind: r.Owner.Kind, name: r.Owner.Name}
			if allNamespaces() {
				k.space = r.Namespace
			}
			if r.Owner.Kind == "" {
				k.rank = 1
			}
			return k
		},
		title: func(k groupKey) (string, string) {
			if k.kind == "" {
				return "no owner", ""
			}
			return screen.Clean(ownerWord(k.kind) + "/" + k.name), ""
		},
		fields: func(r p) [5]string {
			image := ""
			if len(r.Images) > 0 {
				image = r.Images[0].Image
			}
			return [5]string{r.Name, r.Namespace, r.Status, r.Owner.Name, image}
		},
		columns: slices.Concat([]column[p]{
			{
				head: "NAME",
				text: func(r p, _ *scene) string { return screen.Clean(r.Name) },
				cut:  screen.CutMiddle,
				style: func(r p, in *scene) theme.Style {
					if r.Phase == kube.PhaseDone {
						return in.th.Dim
					}
					return in.th.Text
				},
				order: func(a, b p, _ *scene) int { return cmp.Compare(a.Name, b.Name) },
			},
			{
				head: "READY", width: 5, from: 34,
				text:  func(r p, _ *scene) string { return strconv.Itoa(r.Ready) + "/" + strconv.Itoa(r.Total) },
				order: func(a, b p, _ *scene) int { return cmp.Compare(a.Ready-a.Total, b.Ready-b.Total) },
			},
			{
				head: "STATUS", width: 17,
				text: func(r p, _ *scene) string { return screen.Clean(r.Status) },
				cut: func(s string, width int) string {
					return screen.Cut(strings.TrimSuffix(s, "BackOff"), width) // CrashLoop, ImagePull
				},
				style: func(r p, in *scene) theme.Style { return in.th.Level(podLevel(r)) },
				order: func(a, b p, _ *scene) int { return cmp.Compare(a.Status, b.Status) },
			},
			{
				head: "↻", width: 3, right: true, from: 44,
				text:  func(r p, _ *scene) string { return strconv.Itoa(r.Restarts) },
				order: func(a, b p, _ *scene) int { return cmp.Compare(b.Restarts, a.Restarts) },
			},
		}, useColumns(), []column[p]{
			{
				head: "AGE", width: 4, right: true, from: 40,
				text:  func(r p, in *scene) string { return screen.Age(in.now, r.Created) },
				order: func(a, b p, _ *scene) int { return b.Created.Compare(a.Created) },
			},
		}),
	}
}

func podLevel(p *kube.Pod) theme.Level { return phaseLevel(p.Phase) }

// ownerWord is how kubectl people write a kind in kind/name.
func ownerWord(kind string) string {
	switch kind {
	case "Deployment":
		return "deploy"
	case "StatefulSet":
		return "sts"
	case "DaemonSet":
		return "ds"
	case "ReplicaSet":
		return "rs"
	}
	return strings.ToLower(kind)
}

func systemNamespace(ns string) bool { return strings.HasPrefix(ns, "kube-") }
