package demo

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/kube"
)

// Follow shows the objects of a kind anew whenever the world changes.
func (c cluster) Follow(ctx context.Context, k kube.Kind, namespace string, show func(kube.Objects)) error {
	shown := uint64(0)
	for {
		o, turn, err := c.w.objects(ctx, k, namespace)
		if err != nil {
			return err
		}
		if o.Version != shown {
			show(o)
			shown = o.Version
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-turn:
		}
	}
}

// objects are the rows of a kind, and what is closed when the world changes.
func (w *world) objects(ctx context.Context, k kube.Kind, namespace string) (kube.Objects, <-chan struct{}, error) {
	now := w.lock()
	defer w.mu.Unlock()
	o := kube.Objects{Version: w.version + 1, Kind: k, Context: w.inForce(), Namespace: namespace, Status: w.clusterStatus(now)}
	all := listings()
	i := slices.IndexFunc(all, func(s listing) bool { return s.Same(k) })
	switch err := w.unreachable(); {
	case err != nil:
	case i < 0:
		o.Status.Err = fmt.Errorf("the cluster has no kind %s: %w", k.Name, kube.ErrNotFound)
	default:
		o.Columns, o.Synced = all[i].header(), true
		o.Rows = w.rowsOf(all[i], namespace, now)
	}
	return o, w.turn, w.aimed(ctx)
}

func (w *world) rowsOf(s listing, namespace string, now time.Time) []*kube.Object {
	var rows []*kube.Object
	switch s.Name {
	case "Pod":
		rows = w.podObjects()
	case "Event":
		rows = w.eventObjects(now)
	default:
		for _, t := range w.all() {
			if t.kind == s.Name {
				rows = append(rows, t.object(s, w.opened))
			}
		}
	}
	rows = slices.DeleteFunc(rows, func(o *kube.Object) bool {
		return namespace != "" && s.Namespaced && o.Namespace != namespace || !w.here(o.Namespace, o.Name, o.Owner)
	})
	slices.SortFunc(rows, func(a, b *kube.Object) int {
		return strings.Compare(a.Namespace+"/"+a.Name, b.Namespace+"/"+b.Name)
	})
	return rows
}

// all are the things there are; the world is locked.
func (w *world) all() []thing {
	return slices.DeleteFunc(append(things(), w.made()...), func(t thing) bool { return w.deleted[t.ref()] })
}

// thing is one of them by its name, or one of the events.
func (w *world) thing(ref kube.Ref) (thing, error) {
	all := append(w.all(), w.happened(w.clock.Now())...)
	i := slices.IndexFunc(all, func(t thing) bool { return t.kind == ref.Kind && t.namespace == ref.Namespace && t.name == ref.Name })
	if i < 0 {
		return thing{}, fmt.Errorf("%s %q not found: %w", strings.ToLower(ref.Kind), ref.Name, kube.ErrNotFound)
	}
	return all[i], nil
}

// withThing calls f with an object, the world locked.
func (c cluster) withThing(ctx context.Context, ref kube.Ref, f func(t thing, now time.Time) error) error {
	return c.do(ctx, func(now time.Time) error {
		t, err := c.w.thing(ref)
		if err != nil {
			return err
		}
		return f(t, now)
	})
}

func isPod(ref kube.Ref) bool { return ref.Kind == "Pod" && ref.Group == "" }

func (c cluster) Describe(ctx context.Context, ref kube.Ref) (text string, err error) {
	if isPod(ref) {
		return text, c.withPod(ctx, ref.Namespace, ref.Name, func(p *kube.Pod, now time.Time) error {
			text = description(p, c.w.eventsOf(p, now), now)
			return nil
		})
	}
	return text, c.withThing(ctx, ref, func(t thing, _ time.Time) error { text = t.description(c.w.opened); return nil })
}

func (c cluster) YAML(ctx context.Context, ref kube.Ref) (text string, err error) {
	if isPod(ref) {
		return text, c.withPod(ctx, ref.Namespace, ref.Name, func(p *kube.Pod, _ time.Time) error {
			text = podYAML(p)
			return nil
		})
	}
	return text, c.withThing(ctx, ref, func(t thing, _ time.Time) error {
		if text = c.w.live[ref.String()]; text == "" {
			text = t.yaml(c.w.opened)
		}
		return nil
	})
}

func (c cluster) Events(ctx context.Context, ref kube.Ref) (events []kube.Event, err error) {
	if isPod(ref) {
		return events, c.withPod(ctx, ref.Namespace, ref.Name, func(p *kube.Pod, now time.Time) error {
			events = c.w.eventsOf(p, now)
			return nil
		})
	}
	return nil, c.withThing(ctx, ref, func(thing, time.Time) error { return nil })
}

// description is kubectl describe of a thing: its metadata and its columns.
func (t thing) description(opened time.Time) string {
	s := listingOf(t.kind)
	o := t.object(s, opened)
	var b strings.Builder
	row := func(name, value string) { fmt.Fprintf(&b, "%-18s%s\n", name+":", value) }
	row("Name", t.name)
	if t.namespace != "" {
		row("Namespace", t.namespace)
	}
	row("Labels", orNone(strings.Join(t.labels, ", ")))
	row("Annotations", "<none>")
	if t.owner.Kind != "" {
		row("Controlled By", t.owner.Kind+"/"+t.owner.Name)
	}
	for i, c := range s.header() {
		if c.Name != "NAME" && !c.Age && i < len(o.Cells) {
			row(c.Name[:1]+strings.ToLower(c.Name[1:]), orNone(o.Cells[i]))
		}
	}
	b.WriteString("Events:           <none>\n")
	return b.String()
}

func orNone(text string) string {
	if text == "" {
		return "<none>"
	}
	return text
}

// yaml is kubectl get -o yaml of a thing.
func (t thing) yaml(opened time.Time) string {
	ref := t.ref()
	version := ref.Version
	if ref.Group != "" {
		version = ref.Group + "/" + version
	}
	var b strings.Builder
	fmt.Fprintf(&b, "apiVersion: %s\nkind: %s\nmetadata:\n  creationTimestamp: %q\n", version, t.kind, opened.Add(-t.age).UTC().Format(time.RFC3339))
	for i, l := range t.labels {
		if i == 0 {
			b.WriteString("  labels:\n")
		}
		key, value, _ := strings.Cut(l, "=")
		fmt.Fprintf(&b, "    %s: %s\n", key, value)
	}
	fmt.Fprintf(&b, "  name: %s\n", t.name)
	if t.namespace != "" {
		fmt.Fprintf(&b, "  namespace: %s\n", t.namespace)
	}
	b.WriteString(t.body)
	return b.String()
}
