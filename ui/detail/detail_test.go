package detail

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/demo"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// engine is a Docker whose answers to inspect a test writes.
type engine struct {
	env.Docker
	text  string
	asked int
}

func (e *engine) Inspect(context.Context, string) (string, error) {
	e.asked++
	return e.text, nil
}

func newDetail(t *testing.T) (*Detail, *engine) {
	t.Helper()
	e := demo.OpenAt(noon)
	d := &engine{Docker: e.Docker}
	e.Docker = d
	life, cancel := context.WithCancel(context.Background())
	ctx := screen.NewContext(life, e, theme.New(true), keys.Default(), func() time.Time { return noon })
	t.Cleanup(func() {
		cancel()
		ctx.Work.Wait()
	})
	det := New(ctx)
	det.SetSize(80, 12)
	return det, d
}

// drain runs a command and those that follow from it until ok holds.
func drain(t *testing.T, d *Detail, cmd tea.Cmd, ok func() bool) {
	t.Helper()
	for i := 0; !ok(); i++ {
		if cmd == nil || i > 1000 {
			t.Fatalf("nothing more comes; the screen is\n%s", shown(d))
		}
		cmd = d.Update(cmd())
	}
}

func shown(d *Detail) string { return ansi.Strip(strings.Join(d.View(true), "\n")) }

func web() *docker.Container { return &docker.Container{ID: "1", Name: "web", State: "running"} }

func lines(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "line %d\n", i)
	}
	return b.String()
}

// inspected shows the text of a container.
func inspected(t *testing.T, text string) *Detail {
	t.Helper()
	d, e := newDetail(t)
	e.text = text
	d.Show(Container(web()))
	drain(t, d, d.Open(Inspect), func() bool { return d.loaded })
	return d
}

func TestSearchInText(t *testing.T) {
	d := inspected(t, lines(100))
	press := func(a keys.Action, name string) {
		msg := tea.KeyPressMsg{Code: []rune(name)[0], Text: name}
		if name == "enter" {
			msg = tea.KeyPressMsg{Code: tea.KeyEnter}
		}
		d.Key(a, msg)
	}
	press(keys.Filter, "/")
	for _, r := range "line 4" {
		press("", string(r))
	}
	press("", "enter")
	if d.view.match != 4 || !strings.Contains(shown(d), "line 4") {
		t.Errorf("the first match is 4, the search stands on %d:\n%s", d.view.match, shown(d))
	}
	press(keys.NextMatch, "n")
	if d.view.match != 40 {
		t.Errorf("the next match is 40, not %d", d.view.match)
	}
	press(keys.PrevMatch, "N")
	press(keys.PrevMatch, "N")
	if d.view.match != 49 {
		t.Errorf("before the first match comes the last, not %d", d.view.match)
	}
}

func TestSearchGoesRound(t *testing.T) {
	p := text{"a", "Hit one", "b", "hit two", "c"}
	for _, c := range []struct {
		from, step, want int
	}{{0, 1, 1}, {2, 1, 3}, {4, 1, 1}, {4, -1, 3}, {0, -1, 3}, {2, -1, 1}} {
		if got, ok := search(p, "hit", c.from, c.step); !ok || got != c.want {
			t.Errorf("from %d by %d: %d %v, want %d", c.from, c.step, got, ok, c.want)
		}
	}
	if _, ok := search(p, "nothing", 0, 1); ok {
		t.Error("found nothing")
	}
	if _, ok := search(nil, "x", 0, 1); ok {
		t.Error("found something in nothing")
	}
}

func TestTextScrolls(t *testing.T) {
	d := inspected(t, lines(50))
	for _, c := range []struct {
		key  keys.Action
		want int
	}{{keys.Down, 1}, {keys.PageDown, 10}, {keys.Bottom, 40}, {keys.Up, 39}, {keys.Top, 0}, {keys.Up, 0}} {
		d.Key(c.key, tea.KeyPressMsg{})
		if !strings.Contains(shown(d), fmt.Sprintf("│ line %d ", c.want)) || d.view.top != c.want {
			t.Errorf("after %s from line %d:\n%s", c.key, d.view.top, shown(d))
		}
	}
}

func TestWrapCountsRows(t *testing.T) {
	v := view{wrap: true}
	if got := v.last(text{"0123456789", "0123456789abc", "x"}, 10, 3); got != 1 {
		t.Errorf("three rows hold the last two lines, shown from %d", got)
	}
}

// Logs and texts of the same row: the keys go to what is shown.
func TestTabsOfARow(t *testing.T) {
	d := inspected(t, `{"Name": "/web"}`)
	if got := d.Command(); got != "docker inspect web" {
		t.Errorf("the command is %q", got)
	}
	d.Open(Logs)
	if got := d.Command(); got != "docker logs --follow web" || d.tab != Logs {
		t.Errorf("the tab is %s, its command %q", d.tab, got)
	}
	d.Key(keys.Filter, tea.KeyPressMsg{})
	if d.Footer() != nil || !d.logs.Typing() {
		t.Error("a search in the log is not typed into the log")
	}
}

// Several rows are one subject: what of them writes logs is shown together.
func TestTogether(t *testing.T) {
	d, _ := newDetail(t)
	pod := func(name string) Subject { return Pod(&kube.Pod{UID: name, Name: name, Namespace: "shop"}) }
	d.Show(Together("marked", "3 marked", "", []Subject{Container(web()), pod("api"), pod("db")}))
	if screen := shown(d); !strings.Contains(screen, "3 marked · Logs") {
		t.Errorf("the screen is\n%s", screen)
	}
	if got := d.Command(); got != "docker logs --follow web (and 2 more)" {
		t.Errorf("the command is %q", got)
	}
	d.Show(Together("group", "jobs", "none of them runs", nil))
	if screen := shown(d); !strings.Contains(screen, "none of them runs") || strings.Contains(screen, "Logs") {
		t.Errorf("rows without logs:\n%s", screen)
	}
}
