package decks

import (
	"slices"
	"testing"
	"time"

	"github.com/twindeck/twindeck/env/kube"
)

var deployments = usual()[0]

func someObjects(rows ...*kube.Object) *objects {
	p := &Part{}
	o := p.newObjects(deployments)
	columns := []kube.Column{{Name: "NAME"}, {Name: "RESTARTS"}, {Name: "AGE", Age: true}, {Name: "NOTE"}}
	o.set(kube.Objects{Version: 1, Kind: deployments, Synced: true, Columns: columns, Rows: rows}, nil)
	return o
}

func (o *objects) shown() (out []string) {
	o.refresh()
	for _, l := range o.lines {
		if l.head == nil {
			out = append(out, l.row.Name)
		}
	}
	return out
}

// A filter looks at what is seen: the times behind ages are not.
func TestFilterLooksAtNoHiddenTimes(t *testing.T) {
	at := "2026-05-12T10:12:00Z"
	o := someObjects(
		&kube.Object{UID: "1", Name: "web-12", Cells: []string{"web-12", "0", at, ""}},
		&kube.Object{UID: "2", Name: "api", Cells: []string{"api", "3 (" + at + " ago)", at, ""}},
		&kube.Object{UID: "3", Name: "told", Cells: []string{"told", "0", at, "until 2026-05-12"}},
	)
	for text, want := range map[string][]string{
		"12": {"web-12", "told"}, "!12": {"api"}, "10:12": nil, "3 (": {"api"}, "ago": {"api"}, "2026": {"told"},
	} {
		o.setFilter(parseFilter(text))
		got := o.shown()
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%q shows %q, want %q", text, got, want)
		}
	}
}

// What has no UID, as metrics, is told apart by its name: the cursor stays.
func TestRowsWithoutUIDAreToldApart(t *testing.T) {
	row := func(name string) *kube.Object {
		return &kube.Object{Name: name, Cells: []string{name, "", "", ""}, Created: time.Now()}
	}
	o := someObjects(row("a"), row("b"), row("c"))
	o.find("/b")
	o.mark()
	if len(o.markedRows()) != 1 || o.selectedID() != "/c" {
		t.Errorf("%d rows are marked, the cursor is on %q", len(o.markedRows()), o.selectedID())
	}
	o.set(kube.Objects{Version: 2, Kind: deployments, Synced: true, Columns: o.now.Columns, Rows: []*kube.Object{row("a"), row("b"), row("c")}}, nil)
	o.refresh()
	if o.selectedID() != "/c" || len(o.markedRows()) != 1 {
		t.Errorf("after news the cursor is on %q, with %d marked", o.selectedID(), len(o.markedRows()))
	}
}

// Events are newest first, whatever namespace they are of, and say which.
func TestEventsOfAllNamespacesAreInOneOrder(t *testing.T) {
	events := usual()[len(usual())-1]
	o := (&Part{}).newObjects(events)
	o.setSize(100, 10)
	row := func(namespace, name, at string) *kube.Object {
		return &kube.Object{UID: name, Namespace: namespace, Name: name, Cells: []string{at, "Normal", "Started", "pod/web", "words"}}
	}
	o.set(kube.Objects{
		Version: 1, Kind: events, Synced: true,
		Columns: []kube.Column{{Name: "Last Seen", Age: true}, {Name: "Type"}, {Name: "Reason"}, {Name: "Object"}, {Name: "Message"}},
		Rows: []*kube.Object{
			row("a", "old", "2026-11-20T08:00:00Z"), row("a", "new", "2026-11-20T11:00:00Z"),
			row("b", "newest", "2026-11-20T11:30:00Z"), row("kube-system", "system", "2026-11-20T11:20:00Z"), row("z", "middle", "2026-11-20T10:00:00Z"),
		},
	}, nil)
	if got := o.shown(); !slices.Equal(got, []string{"newest", "new", "middle", "old"}) {
		t.Errorf("shown are %q", got)
	}
	if !o.shows("NAMESPACE", 64) || !o.shows("OBJECT", 64) || o.away != 1 {
		t.Errorf("no column of namespaces, or of objects; %d rows are away", o.away)
	}
	o.toggleSystem()
	if got := o.shown(); !slices.Equal(got, []string{"newest", "system", "new", "middle", "old"}) {
		t.Errorf("with the system's, shown are %q", got)
	}
}
