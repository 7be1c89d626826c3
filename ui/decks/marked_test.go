package decks

import (
	"slices"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/ui/keys"
)

func names(pods []*kube.Pod) []string {
	out := make([]string, len(pods))
	for i, p := range pods {
		out[i] = p.Name
	}
	return out
}

func TestMarks(t *testing.T) {
	d := podDeck(false, testPod("default", "api", "api-1"), testPod("default", "web", "web-1"), testPod("default", "web", "web-2"))
	wants := func(when string, want ...string) {
		t.Helper()
		if got := names(d.markedRows()); !slices.Equal(got, want) {
			t.Errorf("%s: marked are %q, want %q", when, got, want)
		}
	}
	wants("at first")
	d.find("default/web-1")
	d.mark()
	wants("one row", "web-1")
	if id := d.selectedID(); id != "default/web-2" {
		t.Errorf("after a mark the cursor is on %s, not on the next row", id)
	}
	d.find("default/api-1")
	d.mark()
	wants("two rows, in the order they are listed", "api-1", "web-1")
	d.move(-100)
	d.move(2) // the heading of web
	d.mark()
	wants("a heading marks all its rows", "api-1", "web-1", "web-2")
	d.mark()
	wants("and takes the marks away", "api-1")
	d.setFilter(parseFilter("web"))
	wants("nothing is done to what a filter hides")
	d.setFilter(filter{})
	wants("but it stays marked", "api-1")
	d.setRows(d.rows[1:])
	wants("a row that is gone is not marked")
	if d.unmark() {
		t.Error("there are marks left")
	}
}

// Rows that were let go of are neither acted on nor found, marked or not.
func TestForgottenRowsAreNotActedOn(t *testing.T) {
	d := podDeck(false, testPod("default", "api", "api-1"), testPod("default", "web", "web-1"))
	rows := d.rows
	d.find("default/web-1")
	d.mark()
	d.forget()
	if got := names(d.markedRows()); len(got) > 0 {
		t.Errorf("%q could be acted on", got)
	}
	if found := d.findRow(func(p *kube.Pod) bool { return p.Name == "api-1" }, false); found {
		t.Error("a row is found that was let go of")
	}
	d.setRows(rows)
	if got := names(d.markedRows()); !slices.Equal(got, []string{"web-1"}) {
		t.Errorf("they came back, and marked are %q", got)
	}
}

func TestActionsGoToWhatIsMarked(t *testing.T) {
	d := podDeck(false, testPod("default", "api", "api-1"), testPod("default", "web", "web-1"), testPod("default", "web", "web-2"))
	var got chosen[*kube.Pod]
	d.kind.act = actInto(&got)
	d.find("default/web-2")
	d.act("")
	if n := names(got.rows); !slices.Equal(n, []string{"web-2"}) || got.head != nil {
		t.Errorf("without marks: %q", n)
	}
	d.move(-2)
	d.act("")
	if n := names(got.rows); !slices.Equal(n, []string{"web-1", "web-2"}) || got.head == nil {
		t.Errorf("on a heading: %q", n)
	}
	d.find("default/api-1")
	d.mark()
	d.act("")
	if n := names(got.rows); !slices.Equal(n, []string{"api-1"}) || got.head != nil {
		t.Errorf("with a mark elsewhere: %q", n)
	}
}

func TestReverse(t *testing.T) {
	d := podDeck(false, testPod("default", "web", "web-a"), testPod("default", "web", "web-b"), testPod("default", "web", "web-c"))
	d.reverse()
	expect(t, d, "▾ deploy/web 3/3", "web-c", "web-b", "web-a")
	d.reverse()
	expect(t, d, "▾ deploy/web 3/3", "web-a", "web-b", "web-c")
}

func TestFilterByLabel(t *testing.T) {
	labelled := func(labels ...string) []string { return labels }
	for _, tc := range []struct {
		filter string
		labels []string
		want   bool
	}{
		{"label=app", labelled("app=web"), true},
		{"label=app=web", labelled("tier=x", "app=web"), true},
		{"label=app=web", labelled("app=website"), false},
		{"label=app", labelled("apps=web"), false},
		{"label=app", nil, false},
		{"!label=app=web", labelled("app=web"), false},
		{"!label=app=web", labelled("app=api"), true},
		{"label=app web", labelled("app=api"), true},
		{"label=app db", labelled("app=api"), false},
	} {
		if got := parseFilter(tc.filter).match(sight{fields: []string{"web-1"}, labels: tc.labels}); got != tc.want {
			t.Errorf("%q on %q: %v", tc.filter, tc.labels, got)
		}
	}
}

func TestFindTiedPrefersTheVerySame(t *testing.T) {
	older, newer := testPod("default", "web", "web-1"), testPod("default", "web", "web-2")
	older.Images = []kube.PodImage{{Image: "app:v1", Digest: "sha256:1"}}
	newer.Images = []kube.PodImage{{Image: "app:v2", Digest: "sha256:2"}}
	third := testPod("default", "web", "web-3")
	third.Images = newer.Images
	d := podDeck(false, older, newer, third)
	with := containerRuns(&docker.Container{Image: "app:v2", ImageDigest: "sha256:2"})
	for _, want := range []string{"default/web-2", "default/web-3", "default/web-2"} {
		if !d.findTied(with, true) || d.selectedID() != want {
			t.Errorf("the cursor is on %s, want %s", d.selectedID(), want)
		}
	}
	if d.findTied(containerRuns(&docker.Container{Image: "redis:7", ImageDigest: "sha256:9"}), true) {
		t.Error("found something that runs another image")
	}
	d.fold()
	if !d.find("default/web-1") || d.selectedID() != "default/web-1" {
		t.Error("a row in a folded group is not found")
	}
}

func actInto(got *chosen[*kube.Pod]) func(keys.Action, chosen[*kube.Pod]) (tea.Cmd, bool) {
	return func(_ keys.Action, on chosen[*kube.Pod]) (tea.Cmd, bool) {
		*got = on
		return nil, true
	}
}
