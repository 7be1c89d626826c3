package demo

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/link"
)

// objectsOf is what a kind's Follow shows first, or as soon as it fits.
func objectsOf(t *testing.T, e *env.Environment, word string, fits func(kube.Objects) bool) kube.Objects {
	t.Helper()
	kinds, err := e.Kube.Kinds(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(kinds, func(k kube.Kind) bool { return k.Resource == word || slices.Contains(k.Short, word) })
	if i < 0 {
		t.Fatalf("no kind is called %s", word)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var last kube.Objects
	err = e.Kube.Follow(ctx, kinds[i], "", func(o kube.Objects) {
		if last = o; fits(o) {
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	return last
}

func synced(o kube.Objects) bool { return o.Synced }

func TestEveryKindHasRows(t *testing.T) {
	e := OpenAt(noon)
	kinds, err := e.Kube.Kinds(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range kinds {
		o := objectsOf(t, e, k.Resource, synced)
		if len(o.Rows) == 0 || len(o.Columns) == 0 || o.Status.State != link.Live {
			t.Errorf("%s: %+v", k, o)
		}
		uids := map[string]bool{}
		for _, r := range o.Rows {
			if len(r.Cells) != len(o.Columns) {
				t.Errorf("%s %s has %d cells under %d columns: %q", k, r.Name, len(r.Cells), len(o.Columns), r.Cells)
			}
			for i, c := range o.Columns {
				if _, ok := r.Time(i); c.Age != ok && r.Cells[i] != "" {
					t.Errorf("%s %s: %s is %q", k, r.Name, c.Name, r.Cells[i])
				}
			}
			if uids[r.UID] {
				t.Errorf("%s %s has the UID of another", k, r.Name)
			}
			uids[r.UID] = true
			for what, ask := range map[string]func(context.Context, kube.Ref) (string, error){"describe": e.Kube.Describe, "YAML": e.Kube.YAML} {
				if text, err := ask(t.Context(), o.Ref(r)); err != nil || !strings.Contains(text, r.Name) || strings.Contains(text, "%!") {
					t.Errorf("%s of %s: %v\n%s", what, r.Name, err, text)
				}
			}
			if _, err := e.Kube.Related(t.Context(), o.Ref(r)); err != nil {
				t.Errorf("related to %s %s: %v", k, r.Name, err)
			}
		}
	}
}

func TestWorkloadsAreRowsThatLive(t *testing.T) {
	e := OpenAt(noon)
	web := kube.Ref{Group: "apps", Version: "v1", Kind: "Deployment", Namespace: "default", Name: "my-app"}
	ready := func(n string) func(kube.Objects) bool {
		return func(o kube.Objects) bool {
			return slices.ContainsFunc(o.Rows, func(r *kube.Object) bool { return r.Name == "my-app" && r.Cells[1] == n })
		}
	}
	objectsOf(t, e, "deploy", ready("3/3"))
	if _, err := e.Kube.Scale(t.Context(), kube.Owner{Kind: "Deployment", Name: "my-app"}.Ref("default"), -1); err != nil {
		t.Fatal(err)
	}
	objectsOf(t, e, "deploy", func(o kube.Objects) bool { return ready("2/2")(o) || ready("3/2")(o) })
	if err := e.Kube.Restart(t.Context(), web); err != nil {
		t.Error(err)
	}
	if err := e.Kube.Delete(t.Context(), web); err != nil {
		t.Fatal(err)
	}
	gone := objectsOf(t, e, "deploy", synced)
	if slices.ContainsFunc(gone.Rows, func(r *kube.Object) bool { return r.Name == "my-app" }) {
		t.Error("a deleted Deployment is still there")
	}
	if _, err := e.Kube.YAML(t.Context(), web); !errors.Is(err, kube.ErrNotFound) {
		t.Errorf("its YAML: %v", err)
	}
}

func TestJumpsLeadThroughTheShop(t *testing.T) {
	e := OpenAt(noon)
	ties := func(ref kube.Ref) string {
		all, err := e.Kube.Related(t.Context(), ref)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, r := range all {
			text := r.Kind.Name + "/" + r.Name
			if r.Missing {
				text += " (missing)"
			}
			out = append(out, text)
		}
		return strings.Join(out, " ")
	}
	pod := ties(pods(e, "my-app")[0].Ref())
	for _, want := range []string{"ReplicaSet/my-app-", "Deployment/my-app", "Service/my-app", "Ingress/my-app", "ConfigMap/my-app-config", "Secret/my-app-db", "Node/docker-desktop"} {
		if !strings.Contains(pod, want) {
			t.Errorf("from a pod of my-app: %s; no %s", pod, want)
		}
	}
	shop := ties(kube.Ref{Group: "networking.k8s.io", Version: "v1", Kind: "Ingress", Namespace: "default", Name: "shop"})
	if shop != "Service/checkout Service/checkout-v2 (missing)" {
		t.Errorf("from the ingress shop: %s", shop)
	}
}

func TestContextsAreSwitched(t *testing.T) {
	e := OpenAt(noon)
	was, err := e.Kube.Context()
	if err != nil {
		t.Fatal(err)
	}
	before := len(e.Kube.Snapshot().Pods)
	if err := e.Kube.SetContext("nowhere"); !errors.Is(err, kube.ErrNoContext) {
		t.Errorf("a context that is not there: %v", err)
	}
	if err := e.Kube.SetContext(apart); err != nil {
		t.Fatal(err)
	}
	s := e.Kube.Snapshot()
	if now, err := e.Kube.Context(); err != nil || now.Name != apart || s.Context != apart || len(s.Pods) == 0 || len(s.Pods) >= before {
		t.Errorf("in %s there are %d pods, before %d; %v", now.Name, len(s.Pods), before, err)
	}
	if err := e.Kube.Delete(kube.Aim(t.Context(), was), s.Pods[0].Ref()); !errors.Is(err, kube.ErrElsewhere) {
		t.Errorf("aimed at the former context: %v", err)
	}
	if err := e.Kube.SetContext(farAway); err != nil {
		t.Fatal(err)
	}
	if s := e.Kube.Snapshot(); len(s.Pods) > 0 || s.Synced || s.Status.Err == nil || s.Namespace != "shop" {
		t.Errorf("far away: %+v", s)
	}
	if err := e.Kube.SetContext(""); err != nil {
		t.Fatal(err)
	}
	if s := e.Kube.Snapshot(); len(s.Pods) != before || s.Context != was.Name {
		t.Errorf("back again: %d pods in %s", len(s.Pods), s.Context)
	}
}

func TestRunningPodsHaveFigures(t *testing.T) {
	e := OpenAt(noon)
	all := e.Kube.Snapshot().Pods
	stats, err := e.Kube.PodStats(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if s, ok := stats[p.UID]; ok != (p.Status == "Running") || ok && (s.CPU <= 0 || s.Memory <= 0) {
			t.Errorf("%s is %s and uses %+v, %v", p.Name, p.Status, s, ok)
		}
	}
}
