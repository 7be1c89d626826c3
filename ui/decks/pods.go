package decks

import (
	"cmp"
	"net/netip"
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
		fields: func(r p, to []string) []string {
			to = append(to, r.Name, r.Namespace, r.Status, r.Owner.Name, r.Node)
			for _, i := range r.Images {
				to = append(to, i.Image)
			}
			return to
		},
		ids: func(r p) []string { return []string{r.IP} },
		columns: slices.Concat([]column[p]{
			{
				head: "NAME", least: 12, width: 16,
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
				head: "NAMESPACE", width: 16, least: 11, rank: 2,
				when:  func(flat bool) bool { return flat && allNamespaces() },
				text:  func(r p, _ *scene) string { return screen.Clean(r.Namespace) },
				cut:   screen.CutMiddle,
				order: func(a, b p, _ *scene) int { return cmp.Compare(a.Namespace, b.Namespace) },
			},
			{
				head: "READY", width: 6, rank: 3,
				text:  func(r p, _ *scene) string { return strconv.Itoa(r.Ready) + "/" + strconv.Itoa(r.Total) },
				order: func(a, b p, _ *scene) int { return cmp.Compare(a.Ready-a.Total, b.Ready-b.Total) },
			},
			{
				head: "STATUS", width: 17, least: 10,
				text: func(r p, _ *scene) string { return screen.Clean(r.Status) },
				cut: func(s string, width int) string {
					return screen.Cut(strings.TrimSuffix(s, "BackOff"), width) // CrashLoop, ImagePull
				},
				style: func(r p, in *scene) theme.Style { return in.th.Level(podLevel(r)) },
				order: func(a, b p, _ *scene) int { return cmp.Compare(a.Status, b.Status) },
			},
			{
				head: "IP", width: 15, rank: 7, spare: wholeName,
				has:   func(r p) bool { return r.IP != "" },
				text:  func(r p, _ *scene) string { return screen.Clean(cmp.Or(r.IP, "-")) },
				order: func(a, b p, _ *scene) int { return compareAddresses(a.IP, b.IP) },
			},
			{
				head: "NODE", width: 24, least: 14, rank: 8, spare: wholeName,
				has:   func(r p) bool { return r.Node != "" },
				text:  func(r p, _ *scene) string { return screen.Clean(cmp.Or(r.Node, "-")) },
				cut:   screen.CutMiddle,
				order: func(a, b p, _ *scene) int { return cmp.Compare(a.Node, b.Node) },
			},
			{
				head: "↻", width: 3, right: true, rank: 4, falls: true,
				text:  func(r p, _ *scene) string { return strconv.Itoa(r.Restarts) },
				order: func(a, b p, _ *scene) int { return cmp.Compare(b.Restarts, a.Restarts) },
			},
		}, useColumns(), []column[p]{
			{
				head: "AGE", width: 4, right: true, rank: 1,
				text:  func(r p, in *scene) string { return screen.Age(in.now, r.Created) },
				order: func(a, b p, _ *scene) int { return b.Created.Compare(a.Created) },
			},
		}),
	}
}

// compareAddresses orders addresses by their numbers; rows without one come last.
func compareAddresses(a, b string) int {
	x, errX := netip.ParseAddr(a)
	y, errY := netip.ParseAddr(b)
	if errX != nil || errY != nil {
		return pick(errX != nil, 1, 0) - pick(errY != nil, 1, 0)
	}
	return x.Compare(y)
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
