package demo

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/kube"
)

// use is what pods of a workload use, or what an ingress names.
type use struct {
	of   string // the pods' workload, or the ingress
	kind string
	name string
	how  kube.Tie
}

var uses = []use{
	{"my-app", "ConfigMap", "my-app-config", kube.InEnv},
	{"my-app", "Secret", "my-app-db", kube.InEnv},
	{"redis-0", "PersistentVolumeClaim", "data-redis-0", kube.Mounted},
	{"redis-1", "PersistentVolumeClaim", "data-redis-1", kube.Mounted},
}

// routes are the services that the ingresses name.
var routes = []use{
	{"my-app", "Service", "my-app", kube.RoutedTo},
	{"shop", "Service", "checkout", kube.RoutedTo},
	{"shop", "Service", "checkout-v2", kube.RoutedTo}, // there is none
}

// Related tells what an object has to do with.
func (c cluster) Related(ctx context.Context, ref kube.Ref) (all []kube.Relation, err error) {
	return all, c.do(ctx, func(time.Time) error {
		if isPod(ref) {
			p, ok := c.w.pods[ref.Namespace+"/"+ref.Name]
			if !ok {
				_, err := c.w.thing(ref)
				return err
			}
			all = c.w.relatedToPod(p)
			return nil
		}
		t, err := c.w.thing(ref)
		all = c.w.relatedTo(t)
		return err
	})
}

func (w *world) relation(kind, namespace, name string, how kube.Tie) kube.Relation {
	r := kube.Relation{Kind: listingOf(kind).Kind, Namespace: namespace, Name: name, How: how}
	if kind != "Pod" {
		_, err := w.thing(r.Ref())
		r.Missing = err != nil
	}
	return r
}

func (w *world) relatedToPod(p *kube.Pod) []kube.Relation {
	var all []kube.Relation
	add := func(kind, name string, how kube.Tie) {
		all = append(all, w.relation(kind, p.Namespace, name, how))
	}
	switch o := p.Owner; o.Kind {
	case "", "Node":
	case "Deployment":
		add("ReplicaSet", p.Name[:strings.LastIndexByte(p.Name, '-')], kube.OwnsIt)
		add(o.Kind, o.Name, kube.OwnsIt)
	default:
		add(o.Kind, o.Name, kube.OwnsIt)
	}
	all = append(all, w.inFront(p.Namespace, p.Owner.Name)...)
	for _, u := range uses {
		if p.Namespace == "default" && (u.of == p.Owner.Name || u.of == p.Name) {
			add(u.kind, u.name, u.how)
		}
	}
	return append(all, kube.Relation{Kind: listingOf("Node").Kind, Name: p.Node, How: kube.RunsOn})
}

// inFront are the services of a workload and the ingresses that lead there.
func (w *world) inFront(namespace, workload string) []kube.Relation {
	var all []kube.Relation
	for _, t := range w.all() {
		if t.kind != "Service" || t.namespace != namespace || workload == "" || !strings.HasSuffix(t.cells, "|app="+workload) {
			continue
		}
		all = append(all, w.relation("Service", namespace, t.name, kube.SelectsIt))
		for _, r := range routes {
			if r.name == t.name && namespace == "default" {
				all = append(all, w.relation("Ingress", namespace, r.of, kube.RoutesTo))
			}
		}
	}
	return all
}

func (w *world) relatedTo(t thing) []kube.Relation {
	var all []kube.Relation
	pods := func(how kube.Tie, of func(*kube.Pod) bool) {
		var names []string
		for _, p := range w.pods {
			if p.Namespace == t.namespace && of(p) {
				names = append(names, p.Name)
			}
		}
		slices.Sort(names)
		for _, name := range names {
			all = append(all, w.relation("Pod", t.namespace, name, how))
		}
	}
	switch t.kind {
	case "Service":
		for _, r := range routes {
			if r.name == t.name && t.namespace == "default" {
				all = append(all, w.relation("Ingress", t.namespace, r.of, kube.RoutesTo))
			}
		}
		_, app, _ := strings.Cut(t.cells, "|app=")
		pods(kube.Selected, func(p *kube.Pod) bool { return app != "" && p.Owner.Name == app })
	case "Ingress":
		for _, r := range routes {
			if r.of == t.name {
				all = append(all, w.relation("Service", t.namespace, r.name, r.how))
			}
		}
	case "ConfigMap", "Secret", "PersistentVolumeClaim":
		for _, u := range uses {
			if u.kind == t.kind && u.name == t.name {
				if r := w.relation("Deployment", t.namespace, u.of, kube.UsesIt); !r.Missing {
					all = append(all, r)
				}
				pods(kube.UsesIt, func(p *kube.Pod) bool { return u.of == p.Owner.Name || u.of == p.Name })
			}
		}
	case "Node":
		for _, p := range w.pods {
			if p.Node == t.name {
				all = append(all, w.relation("Pod", p.Namespace, p.Name, kube.RunsThere))
			}
		}
		slices.SortFunc(all, func(a, b kube.Relation) int { return strings.Compare(a.Namespace+"/"+a.Name, b.Namespace+"/"+b.Name) })
	case "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job":
		if t.owner.Kind != "" {
			all = append(all, w.relation(t.owner.Kind, t.namespace, t.owner.Name, kube.OwnsIt))
		}
		name := t.name
		if t.kind == "ReplicaSet" {
			name = t.owner.Name
		}
		pods(kube.OwnedByIt, func(p *kube.Pod) bool {
			return p.Owner.Name == name && (t.kind != "ReplicaSet" || strings.HasPrefix(p.Name, t.name+"-"))
		})
		all = append(all, w.inFront(t.namespace, name)...)
	}
	return all
}

// PodStats is what the pods would use: steady, with a breath of movement.
func (c cluster) PodStats(ctx context.Context, pods []*kube.Pod) (stats map[string]kube.Stat, err error) {
	stats = map[string]kube.Stat{}
	return stats, c.do(ctx, func(now time.Time) error {
		for _, p := range pods {
			there, ok := c.w.pods[key(p)]
			if !ok || there.UID != p.UID || there.Status != "Running" {
				continue
			}
			h := hash("stat " + p.UID)
			breath := float64((now.Unix()/2+int64(h[0]))%7) / 1000
			stats[p.UID] = kube.Stat{CPU: 0.001 + float64(h[1]%40)/1000 + breath, Memory: int64(12+h[2]%80) << 20}
		}
		return nil
	})
}
