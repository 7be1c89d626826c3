package decks

import (
	"strings"
	"testing"
	"time"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
)

// pods are written as namespace/owner/name, one that was replaced with a *.
func writtenPods(list string) []*kube.Pod {
	pods := []*kube.Pod{}
	for _, w := range strings.Fields(list) {
		f := strings.Split(strings.TrimRight(w, "*"), "/")
		p := testPod(f[0], f[1], f[2])
		p.UID += strings.Repeat("*", strings.Count(w, "*"))
		pods = append(pods, p)
	}
	return pods
}

// chosenLine names what is selected as it would be written; a heading by its
// title, nothing by a dash.
func chosenLine(d *deck[*kube.Pod]) string {
	l, ok := d.selected()
	switch {
	case !ok:
		return "-"
	case l.head != nil:
		return l.head.title
	}
	return l.row.UID
}

// What is replaced stays selected, and no other workload is in its place.
func TestSelectionStaysWithItsWorkload(t *testing.T) {
	const later = awaitFor + time.Second
	type step struct {
		after time.Duration
		rows  string // what is listed from now on
		do    func(*deck[*kube.Pod])
		want  string
	}
	is := func(rows, want string) step { return step{rows: rows, want: want} }
	down := func(d *deck[*kube.Pod]) { d.move(1) }
	up := func(d *deck[*kube.Pod]) { d.move(-1) }
	for name, tc := range map[string]struct {
		all   bool
		begin string // the selected one is marked with a !
		steps []step
	}{
		"one replica comes back with the same name": {begin: "s/db/db-0! s/web/web-1", steps: []step{
			is("s/web/web-1", "-"), is("s/db/db-0* s/web/web-1", "s/db-0*"), is("s/db/db-0* s/web/web-1 s/web/web-2", "s/db-0*"),
		}},
		"in one step": {begin: "s/api/api-1 s/db/db-0! s/web/web-1", steps: []step{is("s/api/api-1 s/db/db-0* s/web/web-1", "s/db-0*")}},
		"one of several": {begin: "s/db/db-0 s/db/db-1! s/db/db-2 s/web/web-1", steps: []step{
			is("s/db/db-0 s/db/db-2 s/web/web-1", "s/db-2"), is("s/db/db-0 s/db/db-1* s/db/db-2 s/web/web-1", "s/db-1*"),
		}},
		"one after the other": {begin: "s/db/db-0 s/db/db-1! s/db/db-2", steps: []step{
			is("s/db/db-0 s/db/db-2", "s/db-2"), is("s/db/db-0", "s/db-0"), is("s/db/db-0 s/db/db-2*", "s/db-0"),
			is("s/db/db-0 s/db/db-1* s/db/db-2*", "s/db-1*"),
		}},
		"the last of its group":             {begin: "s/db/db-0 s/db/db-1! s/web/web-1", steps: []step{is("s/db/db-0 s/web/web-1", "s/db-0")}},
		"a new name that sorts before":      {begin: "s/db/db-0 s/web/web-b! s/zoo/zoo-1", steps: []step{is("s/db/db-0 s/web/web-a s/zoo/zoo-1", "s/web-a")}},
		"a new name, after a while without": {begin: "s/web/web-b! s/zoo/zoo-1", steps: []step{is("s/zoo/zoo-1", "-"), is("s/web/web-a s/zoo/zoo-1", "s/web-a")}},
		"with its namespace": {all: true, begin: "a/db/db-0! b/db/db-0", steps: []step{
			is("b/db/db-0", "-"), is("a/db/db-0* b/db/db-0", "a/db-0*"),
		}},
		"all are gone": {begin: "s/db/db-0!", steps: []step{is("", "-"), is("s/web/web-1", "-"), is("s/db/db-0* s/web/web-1", "s/db-0*")}},
		"all are gone for good": {begin: "s/db/db-0!", steps: []step{
			is("", "-"), {after: later, want: "-"}, is("s/web/web-1 s/web/web-2", "s/web-1"),
		}},
		"not for ever": {begin: "s/db/db-0! s/web/web-1 s/zoo/zoo-1", steps: []step{
			is("s/web/web-1 s/zoo/zoo-1", "-"), {after: later, want: "s/web-1"}, is("s/db/db-0* s/web/web-1 s/zoo/zoo-1", "s/web-1"),
		}},
		"nor in the group": {begin: "s/db/db-0 s/db/db-1!", steps: []step{
			is("s/db/db-0", "s/db-0"), {after: later, rows: "s/db/db-0 s/db/db-1*", want: "s/db-0"},
		}},
		"a person goes down": {begin: "s/db/db-0! s/web/web-1 s/web/web-2", steps: []step{
			is("s/web/web-1 s/web/web-2", "-"), {do: down, want: "s/web-1"}, is("s/db/db-0* s/web/web-1", "s/web-1"),
		}},
		"a person goes up": {begin: "s/api/api-1 s/db/db-0! s/web/web-1", steps: []step{
			is("s/api/api-1 s/web/web-1", "-"), {do: up, want: "deploy/web"}, is("s/api/api-1 s/db/db-0* s/web/web-1", "deploy/web"),
		}},
		"a person goes within the group": {begin: "s/db/db-0 s/db/db-1! s/db/db-2", steps: []step{
			is("s/db/db-0 s/db/db-2", "s/db-2"), {do: up, want: "s/db-0"}, is("s/db/db-0 s/db/db-1* s/db/db-2", "s/db-0"),
		}},
		"a heading": {begin: "s/db/db-0! s/web/web-1", steps: []step{
			{do: up, want: "deploy/db"}, is("s/web/web-1", "-"), is("s/db/db-0* s/web/web-1", "deploy/db"),
		}},
		"a filter leaves it out": {begin: "s/db/db-0! s/web/web-1", steps: []step{
			{do: func(d *deck[*kube.Pod]) { d.setFilter(parseFilter("web")) }, want: "s/web-1"},
		}},
		"a click on what took its place": {begin: "s/db/db-0! s/web/web-1", steps: []step{
			is("s/web/web-1", "-"), {do: func(d *deck[*kube.Pod]) { d.click(0) }, want: "deploy/web"}, is("s/db/db-0* s/web/web-1", "deploy/web"),
		}},
		"another place": {begin: "s/db/db-0! s/web/web-1", steps: []step{
			{do: func(d *deck[*kube.Pod]) { d.elsewhere() }, rows: "t/web/web-1", want: "t/web-1"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			d := podDeck(tc.all, writtenPods(strings.ReplaceAll(tc.begin, "!", ""))...)
			for w := range strings.FieldsSeq(tc.begin) {
				if pods := writtenPods(strings.TrimSuffix(w, "!")); strings.HasSuffix(w, "!") && !d.find(pods[0].UID) {
					t.Fatalf("%s is not listed", w)
				}
			}
			for i, s := range tc.steps {
				d.scene.now = d.scene.now.Add(s.after)
				if s.do != nil {
					s.do(d)
				}
				if s.rows != "" || s.do == nil && s.after == 0 {
					d.setRows(writtenPods(s.rows))
				}
				if got := chosenLine(d); got != s.want {
					t.Fatalf("step %d: %s is selected, not %s", i, got, s.want)
				}
				_, onRow := d.selected()
				onRow = onRow && !d.onHeading()
				if drawn := strings.Contains(strings.Join(d.draw(80, true, nil), "\n"), "▌"); drawn != onRow {
					t.Errorf("step %d: a cursor is drawn: %v", i, drawn)
				}
			}
		})
	}
}

// Compose makes a container anew: `up --force-recreate`.
func TestSelectionStaysWithAContainerMadeAnew(t *testing.T) {
	at := func(id, project, name string) *docker.Container {
		return &docker.Container{ID: id, Project: project, Service: name, Name: project + "-" + name + "-1", State: "running"}
	}
	api, web, other := at("1", "shop", "api"), at("2", "shop", "web"), at("3", "tools", "mail")
	d := newDeck(containerKind(), testScene())
	d.setRows([]*docker.Container{api, web, other})
	d.setSize(200, 10)
	d.find("2")
	for i, step := range []struct {
		rows []*docker.Container
		want string
	}{
		{[]*docker.Container{api, other}, "1"},
		{[]*docker.Container{api, at("4", "shop", "web"), other}, "4"},
		{[]*docker.Container{other}, ""},
		{[]*docker.Container{at("5", "shop", "api"), other}, "5"},
		{[]*docker.Container{at("5", "shop", "api"), at("6", "shop", "web"), other}, "6"},
	} {
		d.setRows(step.rows)
		if got := d.selectedID(); got != step.want {
			t.Errorf("step %d: %q is selected, not %q", i, got, step.want)
		}
	}
}
