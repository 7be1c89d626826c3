package decks

import (
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/link"
	"github.com/twindeck/twindeck/ui/detail"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

// objects is the list of one kind of object, whatever it is, with the columns
// that the server prints for it.
type objects struct {
	*deck[*kube.Object]
	of  kube.Kind
	now kube.Objects
	err error // why there will be no rows
}

// usual are the kinds that the right deck offers beside pods, as the clusters
// of our time have them; the others are found by name.
func usual() []kube.Kind {
	verbs := []string{"create", "delete", "get", "list", "patch", "update", "watch"}
	k := func(group, resource, name, short string, namespaced bool) kube.Kind {
		return kube.Kind{Group: group, Version: "v1", Resource: resource, Name: name, Singular: strings.ToLower(name), Short: []string{short}, Namespaced: namespaced, Verbs: verbs}
	}
	scales := func(of kube.Kind) kube.Kind { of.Scales = true; return of }
	return []kube.Kind{
		scales(k("apps", "deployments", "Deployment", "deploy", true)),
		scales(k("apps", "statefulsets", "StatefulSet", "sts", true)),
		k("apps", "daemonsets", "DaemonSet", "ds", true),
		k("batch", "jobs", "Job", "job", true),
		k("batch", "cronjobs", "CronJob", "cj", true),
		k("", "services", "Service", "svc", true),
		k("networking.k8s.io", "ingresses", "Ingress", "ing", true),
		k("", "configmaps", "ConfigMap", "cm", true),
		k("", "secrets", "Secret", "secret", true),
		k("", "persistentvolumeclaims", "PersistentVolumeClaim", "pvc", true),
		k("", "nodes", "Node", "no", false),
		k("", "events", "Event", "ev", true),
	}
}

// newObjects returns the list of a kind, empty until it is followed.
func (p *Part) newObjects(of kube.Kind) *objects {
	o := &objects{of: of}
	k := &kind[*kube.Object]{
		noun:  plural(of),
		one:   article(of.Name) + " " + screen.Clean(of.Name),
		short: shortName(of),
		id:    func(r *kube.Object) string { return r.ID() },
		level: func(r *kube.Object) theme.Level { return phaseLevel(r.Phase) },
		group: func(r *kube.Object) groupKey {
			key := groupKey{kind: r.Owner.Kind, name: r.Owner.Name}
			if of.Namespaced && p.kube.Namespace == "" {
				key.space = r.Namespace
			}
			return key
		},
		title: func(k groupKey) (string, string) { return screen.Clean(ownerWord(k.kind) + "/" + k.name), "" },
		ready: func(r *kube.Object) bool {
			return r.Phase == kube.PhaseReady || r.Phase == kube.PhaseDone || r.Phase == kube.PhaseNone
		},
		closed: systemNamespace,
		fields: func(r *kube.Object, to []string) []string {
			return append(to, r.Name, r.Namespace, r.Owner.Name, o.seen(r), strings.Join(r.Images, " "))
		},
		labels:  func(r *kube.Object) []string { return r.Labels },
		subject: func(r *kube.Object) detail.Subject { return detail.Workload(of, r, p.podsOf(o, r)) },
		heading: groupSubject(func(r *kube.Object) detail.Subject { return detail.Object(of, r) }),
		status:  func() link.Status { return o.linked(p.kube.Status) },
		footer:  objectFooter(of),
	}
	k.empty = func(*deck[*kube.Object]) notice { return p.noObjects(o) }
	k.copies = o.copiesOf
	k.logless = func(r *kube.Object) string {
		if !hasPods(of) {
			return ""
		}
		return screen.Clean(of.Name+" "+r.Name) + " has no pods, and so no logs"
	}
	k.act = func(a keys.Action, on chosen[*kube.Object]) (tea.Cmd, bool) { return p.actOnObjects(o, a, on) }
	k.cannot = func(a keys.Action) bool { return slices.Contains(onRows, a) && !able(of, a) }
	k.enter = func(r *kube.Object) (tea.Cmd, bool) { return p.goInto(o, r) }
	k.columns = []column[*kube.Object]{nameColumn()}
	o.deck = newDeck(k, &p.scene)
	return o
}

// seen is what the cells say, without the times that ages are made of: those
// nobody sees.
func (o *objects) seen(r *kube.Object) string {
	var b strings.Builder
	for i, cell := range r.Cells {
		if i < len(o.now.Columns) && o.now.Columns[i].Age {
			continue
		}
		if before, _, behind, ok := r.Ago(i); ok {
			cell = before + behind
		}
		b.WriteString(cell)
		b.WriteByte(' ')
	}
	return b.String()
}

// hasPods says that rows of a kind have pods, whose logs are theirs.
func hasPods(of kube.Kind) bool {
	return of.Group == "apps" || of.Group == "batch" || of.Scales || of.Same(serviceKind)
}

var serviceKind = kube.Kind{Version: "v1", Resource: "services", Name: "Service"}

// podsOf are the pods of a workload, or of a service, as far as they are watched.
func (p *Part) podsOf(o *objects, r *kube.Object) []*kube.Pod {
	if !hasPods(o.of) {
		return nil
	}
	owner := o.of.Owner(r.Name)
	var selects []string
	if o.of.Same(serviceKind) || o.of.Name == "ReplicaSet" { // those of others name their owner
		selects = o.selector(r)
	}
	var out []*kube.Pod
	for _, pod := range p.kube.Pods {
		switch {
		case pod.Namespace != r.Namespace:
		case pod.Owner == owner, o.of.Name == "CronJob" && ofSchedule(pod.Owner, r.Name):
			out = append(out, pod)
		case len(selects) > 0 && !slices.ContainsFunc(selects, func(label string) bool { return !slices.Contains(pod.Labels, label) }):
			out = append(out, pod)
		}
	}
	return out
}

// selector are the labels by which a workload or a service has its pods, as
// kubectl prints them; none where it has them by more than labels alone.
func (o *objects) selector(r *kube.Object) []string {
	i := slices.IndexFunc(o.now.Columns, func(c kube.Column) bool { return c.Name == "SELECTOR" })
	if i < 0 || i >= len(r.Cells) || !strings.Contains(r.Cells[i], "=") || strings.ContainsAny(r.Cells[i], " !()") {
		return nil
	}
	return strings.Split(r.Cells[i], ",")
}

// ofSchedule says that a job is one that a CronJob made at its time: NAME-MINUTES.
func ofSchedule(job kube.Owner, name string) bool {
	minutes, ok := strings.CutPrefix(job.Name, name+"-")
	_, err := strconv.ParseUint(minutes, 10, 64)
	return ok && err == nil && job.Kind == "Job" && job.Group == ""
}

// article goes before a kind's name.
func article(name string) string {
	if name != "" && strings.ContainsRune("AEIOaeio", rune(name[0])) {
		return "An"
	}
	return "A"
}

// linked is how the connection stands over which the rows come: that of the
// cluster until there is one.
func (o *objects) linked(cluster link.Status) link.Status {
	if o.now.Version == 0 {
		return cluster
	}
	return o.now.Status
}

// set shows what is known now. A first list is shown once it is whole.
func (o *objects) set(came kube.Objects, err error) {
	changed := came.Version != o.now.Version
	o.now, o.err = came, err
	if !changed || !came.Synced {
		return
	}
	o.kind.columns = objectColumns(came)
	o.kind.flex = flexColumn(came)
	if o.sort >= len(o.kind.columns) {
		o.sort = 0
	}
	o.kind.unsorted = !hasName(came) // as events: the newest come first
	o.setRows(came.Rows)
}

// forget lets go of what is known: it is not followed any more.
func (o *objects) forget() {
	o.now, o.err = kube.Objects{}, nil
	o.deck.forget()
}

// plural is a kind's name for many: Deployments, Ingresses, NetworkPolicies.
func plural(k kube.Kind) string {
	i, low := 0, strings.ToLower(k.Name)
	for i < len(low) && i < len(k.Resource) && low[i] == k.Resource[i] {
		i++
	}
	if i == 0 {
		return screen.Clean(k.Resource)
	}
	return screen.Clean(k.Name[:i] + k.Resource[i:])
}

// target is an object as kubectl takes it: deploy/web, widgets.acme.dev/one.
func (o *objects) target(r *kube.Object) string {
	if o.of.Owner("").Group == "" {
		return ownerWord(o.of.Name) + "/" + r.Name
	}
	return o.of.String() + "/" + r.Name
}

func shortName(k kube.Kind) string {
	if len(k.Short) > 0 {
		return screen.Clean(k.Short[0])
	}
	return screen.Clean(k.Resource)
}

// called is an object by its kind's short name: deploy/web. That of a node would
// read as if there were none.
func called(k kube.Kind, name string) string {
	short := shortName(k)
	if short == "no" {
		short = screen.Clean(k.Singular)
	}
	return short + "/" + screen.Clean(name)
}

func phaseLevel(p kube.Phase) theme.Level {
	switch p {
	case kube.PhaseNone:
		return theme.None
	case kube.PhaseStarting:
		return theme.Starting
	case kube.PhaseReady:
		return theme.Good
	case kube.PhaseWarning:
		return theme.Attention
	case kube.PhaseFailed:
		return theme.Broken
	case kube.PhaseDone:
		return theme.Idle
	}
	return theme.Unknown
}
