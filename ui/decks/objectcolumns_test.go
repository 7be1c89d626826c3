package decks

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twindeck/twindeck/env/kube"
)

// columnsAt are the heads of the columns that fit, as a person reads them.
func columnsAt(o kube.Objects, width int) []string {
	d := newDeck(&kind[*kube.Object]{
		columns: objectColumns(o), flex: flexColumn(o), unsorted: !hasName(o),
		id:    func(r *kube.Object) string { return r.Name },
		group: func(*kube.Object) groupKey { return groupKey{} },
	}, testScene())
	d.setRows(o.Rows)
	d.refresh()
	var heads []string
	for _, c := range d.shownColumns(width) {
		heads = append(heads, c.head)
	}
	return heads
}

func TestObjectColumnsThatFit(t *testing.T) {
	services := kube.Objects{
		Columns: []kube.Column{{Name: "Name"}, {Name: "Type"}, {Name: "Cluster-IP"}, {Name: "External-IP"}, {Name: "Port(s)"}, {Name: "Age", Age: true}, {Name: "Selector", Wide: true}},
		Rows:    []*kube.Object{{Name: "web", Cells: []string{"web", "ClusterIP", "10.96.0.1", "<none>", "80/TCP", "2026-11-20T11:00:00Z", "app=web"}}},
	}
	events := kube.Objects{
		Columns: []kube.Column{{Name: "Last Seen", Age: true}, {Name: "Type"}, {Name: "Reason"}, {Name: "Object"}, {Name: "Subobject", Wide: true}, {Name: "Source", Wide: true}, {Name: "Message"}},
		Rows: []*kube.Object{{Name: "web.1", Cells: []string{
			"2026-11-20T11:00:00Z", "Warning", "FailedToRetrieveImagePullSecret", "pod/web-987c6cb7d-7znrw-that-is-long", "", "kubelet, node", strings.Repeat("words ", 20),
		}}},
	}
	for _, tc := range []struct {
		what  string
		of    kube.Objects
		width int
		want  []string
	}{
		{"a narrow deck keeps name and age", services, 30, []string{"NAME", "AGE"}},
		{"ports come first, then the server's order; a column that says nothing waits", services, 60, []string{"NAME", "PORT(S)", "TYPE", "CLUSTER-IP", "AGE"}},
		{"on demand ones come last", services, 100, []string{"NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE", "SELECTOR"}},
		{"an event's message comes before its type, which the glyph says", events, 75, []string{"LAST SEEN", "REASON", "OBJECT", "MESSAGE"}},
		{"and before what is only on demand; a column with nothing in it never comes", events, 200, []string{"LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE", "SOURCE"}},
	} {
		got := columnsAt(tc.of, tc.width)
		slices.Sort(got)
		want := slices.Sorted(slices.Values(tc.want))
		if !slices.Equal(got, want) {
			t.Errorf("%s: at %d cells %q, want %q", tc.what, tc.width, got, want)
		}
	}
}

// An age within a cell goes on as those of a column of ages do.
func TestAgesWithinCellsGoOn(t *testing.T) {
	pods := kube.Objects{
		Columns: []kube.Column{{Name: "Name"}, {Name: "Ready"}, {Name: "Status"}, {Name: "Restarts"}, {Name: "Age", Age: true}},
		Rows: []*kube.Object{
			{Name: "web", Cells: []string{"web", "1/1", "Running", "3 (2026-11-20T11:58:30Z ago)", "2026-11-20T11:00:00Z"}},
			{Name: "api", Cells: []string{"api", "1/1", "Running", "0", "2026-11-20T11:00:00Z"}},
			{Name: "odd", Cells: []string{"odd", "1/1", "Running", "2 (long ago)", "2026-11-20T11:00:00Z"}},
		},
	}
	columns := objectColumns(pods)
	for _, tc := range []struct {
		later time.Duration
		want  []string
	}{
		{0, []string{"3 (1m ago) 1h", "0 1h", "2 (long ago) 1h"}},
		{10 * time.Minute, []string{"3 (11m ago) 1h", "0 1h", "2 (long ago) 1h"}},
		{5 * time.Hour, []string{"3 (5h ago) 6h", "0 6h", "2 (long ago) 6h"}},
		{9 * 24 * time.Hour, []string{"3 (9d ago) 9d", "0 9d", "2 (long ago) 9d"}},
	} {
		in := testScene()
		in.now = noon.Add(tc.later)
		for i, r := range pods.Rows {
			if got := columns[3].text(r, in) + " " + columns[4].text(r, in); got != tc.want[i] {
				t.Errorf("%s, %v after noon: %q, want %q", r.Name, tc.later, got, tc.want[i])
			}
		}
	}
	if restarts := columns[3]; restarts.width != len("3 (364d ago)") {
		t.Errorf("the column is %d cells wide: not for the time that stands in the cell, but for an age", restarts.width)
	}
}

func TestPlural(t *testing.T) {
	for want, k := range map[string]kube.Kind{
		"Deployments":     {Name: "Deployment", Resource: "deployments"},
		"Ingresses":       {Name: "Ingress", Resource: "ingresses"},
		"NetworkPolicies": {Name: "NetworkPolicy", Resource: "networkpolicies"},
		"geese":           {Name: "Fowl", Resource: "geese"},
	} {
		if got := plural(k); got != want {
			t.Errorf("plural of %s is %s, want %s", k.Name, got, want)
		}
	}
}

// The filter that enter makes of a row leaves its pods, and no others.
func TestFilterOfARowsPods(t *testing.T) {
	pod := func(namespace, name, owner, of, node string, labels ...string) *kube.Pod {
		return &kube.Pod{Namespace: namespace, Name: name, Owner: kube.Owner{Kind: owner, Name: of}, Node: node, Labels: labels}
	}
	pods := []*kube.Pod{
		pod("dev", "web-1", "Deployment", "web", "kind-worker", "app=web"), pod("test", "web-2", "Deployment", "web", "kind-worker2", "app=web"),
		pod("dev", "night-1", "Job", "night-29701234", "kind-worker2"), pod("dev", "night-x", "Job", "night-shift-29701234", "kind-worker"),
	}
	selector := []kube.Column{{Name: "NAME"}, {Name: "SELECTOR", Wide: true}}
	for _, tc := range []struct {
		of   kube.Kind
		row  kube.Object
		want string
	}{
		{kube.Kind{Group: "apps", Resource: "deployments", Name: "Deployment"}, kube.Object{Namespace: "dev", Name: "web", Cells: []string{"web", "app=web"}}, "web-1"},
		{kube.Kind{Group: "batch", Resource: "cronjobs", Name: "CronJob"}, kube.Object{Namespace: "dev", Name: "night", Cells: []string{"night", "<none>"}}, "night-1"},
		{nodeKind, kube.Object{Name: "kind-worker"}, "night-x web-1"},
		{serviceKind, kube.Object{Namespace: "dev", Name: "outside", Cells: []string{"outside", "<none>"}}, ""},
	} {
		p := &Part{}
		words := p.wordsOfPods(&objects{of: tc.of, now: kube.Objects{Columns: selector}}, &tc.row)
		if (len(words) == 0) != (tc.want == "") {
			t.Errorf("%s: its filter is %q", tc.of.Name, words)
		}
		if len(words) == 0 {
			continue
		}
		got := rowsThat(podKind(func() bool { return true }), strings.Join(words, " "), pods...)
		if got != tc.want {
			t.Errorf("%s: %q leaves %q, want %q", tc.of.Name, words, got, tc.want)
		}
	}
}

// Pods are found by who owns them, by what selects them, and by the job that a
// schedule made.
func TestPodsOfARow(t *testing.T) {
	pod := func(name, owner, of string, labels ...string) *kube.Pod {
		return &kube.Pod{Namespace: "dev", Name: name, Owner: kube.Owner{Kind: owner, Name: of}, Labels: labels}
	}
	p := &Part{}
	p.kube.Pods = []*kube.Pod{
		pod("web-1", "Deployment", "web", "app=web", "pod-template-hash=aa"), pod("web-2", "Deployment", "web", "app=web", "pod-template-hash=bb"),
		pod("night-1", "Job", "night-29701234"), pod("night-x", "Job", "night-shift-29701234"), pod("by-hand", "Job", "night-test"),
	}
	selector := []kube.Column{{Name: "NAME"}, {Name: "SELECTOR", Wide: true}}
	for _, tc := range []struct {
		of   kube.Kind
		row  kube.Object
		want []string
	}{
		{kube.Kind{Group: "apps", Resource: "deployments", Name: "Deployment"}, kube.Object{Name: "web", Cells: []string{"web", "app=web"}}, []string{"web-1", "web-2"}},
		{kube.Kind{Group: "apps", Resource: "replicasets", Name: "ReplicaSet"}, kube.Object{Name: "web-bb", Cells: []string{"web-bb", "app=web,pod-template-hash=bb"}}, []string{"web-2"}},
		{serviceKind, kube.Object{Name: "front", Cells: []string{"front", "app=web"}}, []string{"web-1", "web-2"}},
		{serviceKind, kube.Object{Name: "outside", Cells: []string{"outside", "<none>"}}, nil},
		{kube.Kind{Group: "batch", Resource: "cronjobs", Name: "CronJob"}, kube.Object{Name: "night", Cells: []string{"night", "<none>"}}, []string{"night-1"}},
		{kube.Kind{Resource: "configmaps", Name: "ConfigMap"}, kube.Object{Name: "web"}, nil},
	} {
		o := &objects{of: tc.of, now: kube.Objects{Columns: selector}}
		tc.row.Namespace = "dev"
		if got := names(p.podsOf(o, &tc.row)); !slices.Equal(got, tc.want) {
			t.Errorf("%s %s: %q, want %q", tc.of.Name, tc.row.Name, got, tc.want)
		}
	}
}
