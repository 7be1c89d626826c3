package decks

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/ui/theme"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func testScene() *scene { return &scene{th: theme.New(true), now: noon} }

// testPod is a pod of deploy/<owner> in namespace ns; no owner for "".
func testPod(ns, owner, name string) *kube.Pod {
	p := &kube.Pod{
		UID: ns + "/" + name, Namespace: ns, Name: name, Status: "Running", Phase: kube.PhaseReady,
		Ready: 1, Total: 1, Created: noon.Add(-time.Minute),
	}
	if owner != "" {
		p.Owner = kube.Owner{Kind: "Deployment", Name: owner}
	}
	return p
}

// podDeck is a deck of pods, ten lines high.
func podDeck(all bool, pods ...*kube.Pod) *deck[*kube.Pod] {
	d := newDeck(podKind(func() bool { return all }), testScene())
	d.setRows(pods)
	d.setSize(200, 10)
	return d
}

// outline is the deck's lines: headings with their sign, rows by name.
func outline(d *deck[*kube.Pod]) []string {
	d.refresh()
	out := make([]string, len(d.lines))
	for i, l := range d.lines {
		in := strings.Repeat("  ", l.depth)
		switch {
		case l.head == nil:
			out[i] = in + l.row.Name
		case l.head.folded:
			out[i] = fmt.Sprintf("%s▸ %s %d/%d", in, l.head.title, l.head.ready, l.head.total)
		default:
			out[i] = fmt.Sprintf("%s▾ %s %d/%d", in, l.head.title, l.head.ready, l.head.total)
		}
	}
	return out
}

func expect(t *testing.T, d *deck[*kube.Pod], want ...string) {
	t.Helper()
	if got := outline(d); !slices.Equal(got, want) {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestGroupsByOwner(t *testing.T) {
	down := testPod("default", "web", "web-2")
	down.Phase, down.Ready = kube.PhaseFailed, 0
	d := podDeck(false, testPod("default", "api", "api-1"), testPod("default", "", "bare"), testPod("default", "web", "web-1"), down)
	expect(t, d, "▾ deploy/api 1/1", "api-1", "▾ deploy/web 1/2", "web-1", "web-2", "▾ no owner 1/1", "bare")
}

func TestGroupsByNamespace(t *testing.T) {
	d := podDeck(true, testPod("default", "web", "web-1"), testPod("kube-system", "coredns", "coredns-1"), testPod("shop", "web", "web-9"))
	expect(t, d,
		"▾ default 1/1", "  ▾ deploy/web 1/1", "  web-1",
		"▸ kube-system 1/1",
		"▾ shop 1/1", "  ▾ deploy/web 1/1", "  web-9")
	d.toggleSystem()
	if got := outline(d); !slices.Contains(got, "  coredns-1") {
		t.Errorf("system rows are not shown when asked for: %q", got)
	}
}

func TestFold(t *testing.T) {
	d := podDeck(false, testPod("default", "api", "api-1"), testPod("default", "web", "web-1"))
	d.fold() // the cursor is on api-1
	expect(t, d, "▸ deploy/api 1/1", "▾ deploy/web 1/1", "web-1")
	if l, _ := d.selected(); l.head == nil || l.head.title != "deploy/api" {
		t.Errorf("the cursor is not on the folded group but on %q", l.id)
	}
	d.fold()
	expect(t, d, "▾ deploy/api 1/1", "api-1", "▾ deploy/web 1/1", "web-1")
}

func TestFilterNeverShowsANonMatch(t *testing.T) {
	var pods []*kube.Pod
	for i := range 300 {
		pods = append(pods, testPod("default", fmt.Sprintf("app%d", i%7), fmt.Sprintf("app%d-%d", i%7, i)))
	}
	d := podDeck(false, pods...)
	d.fold() // a folded group opens for what matches
	for _, text := range []string{"app3", "!app3", "app 7", "~a37", "re:-1[0-9]$"} {
		f := parseFilter(text)
		d.setFilter(f)
		d.refresh()
		shown := map[string]bool{}
		for _, l := range d.lines {
			if l.head == nil {
				shown[l.row.Name] = true
			}
		}
		for _, p := range pods {
			if want := f.match(sight{fields: d.kind.fields(p, nil)}); shown[p.Name] != want {
				t.Fatalf("filter %q: %s shown %v, matches %v", text, p.Name, shown[p.Name], want)
			}
		}
		if d.count != len(shown) {
			t.Errorf("filter %q: counts %d, shows %d", text, d.count, len(shown))
		}
	}
}

// sortedPods are pods of several groups, most of them alone in theirs.
func sortedPods() []*kube.Pod {
	a, b, c, d := testPod("default", "api", "api-1"), testPod("default", "db", "db-1"), testPod("default", "web", "web-1"), testPod("default", "web", "web-2")
	b.Restarts, c.Restarts = 9, 2
	a.Created = noon.Add(-time.Hour)
	d.Created = noon
	b.IP, c.IP = "10.1.0.20", "10.1.0.3"
	return []*kube.Pod{a, b, c, d}
}

// Sorted by name, rows stand in their groups; by anything else, in one order
// over all of them.
func TestSort(t *testing.T) {
	d := podDeck(false, sortedPods()...)
	columns := map[string][]string{
		"NAME": {"▾ deploy/api 1/1", "api-1", "▾ deploy/db 1/1", "db-1", "▾ deploy/web 2/2", "web-1", "web-2"},
		"↻":    {"db-1", "web-1", "api-1", "web-2"},
		"AGE":  {"web-2", "db-1", "web-1", "api-1"}, // youngest first
		"IP":   {"web-1", "db-1", "api-1", "web-2"}, // by number, those without last
	}
	seen := 0
	for range d.kind.columns {
		if want, ok := columns[d.kind.columns[d.sort].head]; ok {
			seen++
			expect(t, d, want...)
		}
		if d.sortBy(1); d.sort == 0 {
			break
		}
	}
	if seen != len(columns) || d.sort != 0 {
		t.Errorf("went through %d of %d columns, and back to %d", seen, len(columns), d.sort)
	}
	d.reverse()
	expect(t, d, "▾ deploy/web 2/2", "web-2", "web-1", "▾ deploy/db 1/1", "db-1", "▾ deploy/api 1/1", "api-1")
	sortTo(d, "AGE")
	expect(t, d, "api-1", "db-1", "web-1", "web-2")
}

// Over all namespaces the rows say which they are of; those of the system's
// namespaces stay away until they are asked for.
func TestSortOverNamespaces(t *testing.T) {
	system := testPod("kube-system", "coredns", "coredns-1")
	system.Restarts = 5
	pods := sortedPods()
	pods[2].Namespace = "shop"
	d := podDeck(true, append(pods, system)...)
	if d.shows("NAMESPACE", 200) {
		t.Error("there is a column of namespaces below headings that name them")
	}
	sortTo(d, "↻")
	expect(t, d, "db-1", "web-1", "api-1", "web-2")
	if !d.shows("NAMESPACE", 60) || d.away != 1 {
		t.Errorf("namespaces are shown: %v, %d rows are away", d.shows("NAMESPACE", 60), d.away)
	}
	d.setFilter(parseFilter("coredns"))
	expect(t, d, "coredns-1")
	d.setFilter(filter{})
	d.toggleSystem()
	expect(t, d, "db-1", "coredns-1", "web-1", "api-1", "web-2")
	d.toggleSystem()
	if !d.find(system.UID) || d.selectedID() != system.UID {
		t.Errorf("what was looked for is not selected but %q", d.selectedID())
	}
}

// Selection, marks and folds go with their rows from groups to none and back.
func TestSortKeepsWhatIsChosen(t *testing.T) {
	d := podDeck(false, sortedPods()...)
	d.find("default/web-1")
	d.mark() // and on to web-2
	d.fold()
	expect(t, d, "▾ deploy/api 1/1", "api-1", "▾ deploy/db 1/1", "db-1", "▸ deploy/web 2/2")
	sortTo(d, "AGE")
	if d.selectedID() != "default/web-1" {
		t.Errorf("from a heading the cursor went to %q, not to its first row", d.selectedID())
	}
	if m := d.markedRows(); len(m) != 1 || m[0].Name != "web-1" {
		t.Errorf("marked are %v", m)
	}
	if d.fold() {
		t.Error("there is a group to fold without headings")
	}
	for d.sort != 0 {
		d.sortBy(1)
	}
	if l, _ := d.selected(); l.head == nil || l.head.title != "deploy/web" || !l.head.folded {
		t.Errorf("back, the cursor is on %q, not on the heading that hides its row", l.id)
	}
	d.find("default/db-1")
	sortTo(d, "↻")
	if d.selectedID() != "default/db-1" {
		t.Errorf("sorting moved the cursor to %q", d.selectedID())
	}
}

// ↑ is from A to Z and from small to large, whatever the order began with.
func TestSortArrow(t *testing.T) {
	d := podDeck(false, sortedPods()...)
	for head, want := range map[string]string{"STATUS": "STATUS↑", "↻": "↻↓", "AGE": "AGE↑", "CPU": "CPU↓"} {
		sortTo(d, head)
		if got := ansi.Strip(d.draw(200, true, nil)[0]); !strings.Contains(got, want) {
			t.Errorf("by %s the heads are %q", head, got)
		}
	}
	d.reverse()
	sortTo(d, "AGE")
	if got := ansi.Strip(d.draw(200, true, nil)[0]); !strings.Contains(got, "AGE↓") {
		t.Errorf("oldest first, the heads are %q", got)
	}
}

// Sorting goes over what can be seen, and what rows are sorted by stays in sight.
func TestSortPassesOverHiddenColumns(t *testing.T) {
	for _, all := range []bool{false, true} {
		for _, width := range []int{43, 53, 64, 78, 120} {
			d := podDeck(all, sortedPods()...)
			d.setSize(width, 10)
			for n := 0; n == 0 || d.sort != 0; n++ {
				d.sortBy(1)
				if head := d.kind.columns[d.sort].head; !d.shows(head, width) {
					t.Errorf("%d cells wide, all namespaces %v: %s is not shown", width, all, head)
				}
			}
			d.sortBy(-1)
			last := d.sort
			if d.sortBy(1); d.sort != 0 || last == 0 {
				t.Errorf("%d cells wide: from %d to the right is %d", width, last, d.sort)
			}
		}
	}
}

func TestSelectionStaysWithItsRow(t *testing.T) {
	a, b, c := testPod("default", "web", "web-a"), testPod("default", "web", "web-b"), testPod("default", "web", "web-c")
	d := podDeck(false, a, b, c)
	d.move(1)
	at := func() string {
		l, _ := d.selected()
		if l.head != nil {
			return l.head.title
		}
		return l.row.Name
	}
	if at() != "web-b" {
		t.Fatalf("starts on %s", at())
	}
	d.setRows([]*kube.Pod{testPod("default", "api", "api-1"), a, testPod("default", "web", "web-aa"), b, c})
	if at() != "web-b" {
		t.Errorf("rows above appeared, and the cursor went to %s", at())
	}
	d.sortBy(-1)
	if at() != "web-b" {
		t.Errorf("sorting moved the cursor to %s", at())
	}
	d.sortBy(1)
	fresh := *b
	fresh.Restarts++
	d.setRows([]*kube.Pod{a, &fresh, c})
	if l, _ := d.selected(); l.row != &fresh {
		t.Errorf("the changed row is not the one selected")
	}
	d.setRows([]*kube.Pod{a, c})
	if at() != "web-c" {
		t.Errorf("the row is gone, and the cursor is on %s instead of what took its place", at())
	}
	d.setRows(nil)
	if _, ok := d.selected(); ok {
		t.Error("something is selected on an empty deck")
	}
	d.setRows([]*kube.Pod{a})
	if at() != "web-a" {
		t.Errorf("rows came back, and the cursor is on %s", at())
	}
}

func TestScrollKeepsTheCursorInView(t *testing.T) {
	var pods []*kube.Pod
	for i := range 100 {
		pods = append(pods, testPod("default", "web", fmt.Sprintf("web-%03d", i)))
	}
	d := podDeck(false, pods...)
	inView := func(after string) {
		t.Helper()
		if d.cursor < d.top || d.cursor >= d.top+d.height {
			t.Errorf("after %s the cursor %d is not among the lines %d to %d", after, d.cursor, d.top, d.top+d.height-1)
		}
		if len(d.visible()) != d.height {
			t.Errorf("after %s %d lines are drawn, not %d", after, len(d.visible()), d.height)
		}
	}
	for _, step := range []struct {
		name string
		do   func()
	}{
		{"the end", d.last},
		{"a page up", func() { d.page(-1) }},
		{"the wheel up", func() { d.scroll(-30) }},
		{"the wheel far down", func() { d.scroll(1000) }},
		{"the start", d.first},
		{"a page down", func() { d.page(1) }},
		{"fewer lines", func() { d.setSize(200, 4) }},
		{"more lines", func() { d.setSize(200, 20) }},
		{"a click", func() { d.click(7) }},
		{"a click below", func() { d.click(50) }},
	} {
		step.do()
		inView(step.name)
	}
}

func BenchmarkRefreshTenThousand(b *testing.B) {
	pods := make([]*kube.Pod, 10_000)
	for i := range pods {
		pods[i] = testPod("default", fmt.Sprintf("app-%03d", i/20), fmt.Sprintf("app-%03d-%05d", i/20, i))
	}
	d := podDeck(true, pods...)
	d.setSize(200, 40)
	b.ReportAllocs()
	for b.Loop() {
		d.setRows(pods)
		d.refresh()
	}
}

func BenchmarkDraw(b *testing.B) {
	pods := make([]*kube.Pod, 10_000)
	for i := range pods {
		pods[i] = testPod("default", fmt.Sprintf("app-%03d", i/20), fmt.Sprintf("app-%03d-%05d", i/20, i))
	}
	d := podDeck(true, pods...)
	d.setSize(200, 40)
	b.ReportAllocs()
	for b.Loop() {
		d.draw(100, true, func(runs) mark { return unrelated })
	}
}
