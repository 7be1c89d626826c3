package decks

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

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
	d.setHeight(10)
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
			fields := d.kind.fields(p)
			if want := f.match(fields[:], nil); shown[p.Name] != want {
				t.Fatalf("filter %q: %s shown %v, matches %v", text, p.Name, shown[p.Name], want)
			}
		}
		if d.count != len(shown) {
			t.Errorf("filter %q: counts %d, shows %d", text, d.count, len(shown))
		}
	}
}

func TestSort(t *testing.T) {
	a, b, c := testPod("default", "web", "web-a"), testPod("default", "web", "web-b"), testPod("default", "web", "web-c")
	b.Restarts, c.Restarts = 9, 2
	a.Created = noon.Add(-time.Hour)
	d := podDeck(false, a, b, c)
	columns := map[string][]string{
		"NAME": {"web-a", "web-b", "web-c"},
		"↻":    {"web-b", "web-c", "web-a"},
		"AGE":  {"web-b", "web-c", "web-a"}, // youngest first
	}
	seen := 0
	for range d.kind.columns {
		if want, ok := columns[d.kind.columns[d.sort].head]; ok {
			seen++
			expect(t, d, append([]string{"▾ deploy/web 3/3"}, want...)...)
		}
		d.sortBy(1)
	}
	if seen != len(columns) || d.sort != 0 {
		t.Errorf("went through %d of %d columns, and back to %d", seen, len(columns), d.sort)
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
		{"fewer lines", func() { d.setHeight(4) }},
		{"more lines", func() { d.setHeight(20) }},
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
	d.setHeight(40)
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
	d.setHeight(40)
	b.ReportAllocs()
	for b.Loop() {
		d.draw(100, true, func(runs) mark { return unrelated })
	}
}
