package kube

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/twindeck/twindeck/env/link"
)

func TestFollowShowsWhatTheServerPrints(t *testing.T) {
	t.Parallel()
	f := newFakeTables(t)
	w := follow(t, openServer(t, f.srv.URL, ""), widgets(), "shop")
	o := w.await("one widget", func(o Objects) bool { return o.Synced })
	if want := []Column{{Name: "NAME"}, {Name: "READY"}, {Name: "SIZE", Wide: true, Number: true}, {Name: "AGE", Age: true}}; !slices.Equal(o.Columns, want) {
		t.Errorf("columns %+v", o.Columns)
	}
	r := o.Rows[0]
	if !slices.Equal(r.Cells, []string{"one", "True", "7", "2026-01-02T03:04:05Z"}) || r.Phase != PhaseReady || r.UID != "uid-one" ||
		!slices.Equal(r.Labels, []string{"a=one", "b=2"}) || o.Ref(r) != (Ref{"shop.dev", "v1", "Widget", "shop", "one"}) {
		t.Errorf("row %+v", r)
	}
	if at, ok := r.Time(3); !ok || !at.Equal(r.Created) {
		t.Errorf("its age counts from %v", at)
	}
	f.news <- event("ADDED", fakeTable(fakeRow("two", []any{"two", "False", 8, "1s"})))
	next := w.await("a second", func(o Objects) bool { return len(o.Rows) == 2 })
	f.news <- event("DELETED", fakeTable(fakeRow("one", []any{"one", "True", 7, "5m"})))
	w.await("one less", func(o Objects) bool { return len(o.Rows) == 1 && o.Rows[0].Name == "two" })
	if len(next.Rows) != 2 || next.Rows[1].Phase != PhaseWarning || next.Version <= o.Version {
		t.Errorf("a state that was handed out changed: %+v", next)
	}
	if q := f.queries(); strings.Contains(q, "limit=") || !strings.Contains(q, "includeObject=Metadata") {
		t.Errorf("asked for pages, or for whole objects:\n%s", q)
	}
}

func TestFollowReadsPagesFromAnOldServer(t *testing.T) {
	t.Parallel()
	f := newFakeTables(t)
	f.old = true
	w := follow(t, openServer(t, f.srv.URL, ""), widgets(), "shop")
	w.await("one widget", func(o Objects) bool { return o.Synced && len(o.Rows) == 1 })
	f.news <- event("ADDED", fakeTable(fakeRow("two", []any{"two", "False", 8, "1s"})))
	w.await("a second", func(o Objects) bool { return len(o.Rows) == 2 })
	if q := f.queries(); !strings.Contains(q, "limit=500") || !strings.Contains(q, "resourceVersion=7") {
		t.Errorf("queries:\n%s", q)
	}
}

// What cannot be watched is listed now and then.
func TestFollowPollsWhatCannotBeWatched(t *testing.T) {
	t.Parallel()
	f := newFakeTables(t)
	k := widgets()
	k.Verbs = []string{"list"}
	w := follow(t, openServer(t, f.srv.URL, ""), k, "shop")
	w.await("one widget", func(o Objects) bool { return o.Synced && len(o.Rows) == 1 })
	f.set(func() { f.cells = map[string][]any{"two": {"two", "True", 1, "1s"}} })
	w.await("another", func(o Objects) bool { return len(o.Rows) == 1 && o.Rows[0].Name == "two" })
	if strings.Contains(f.queries(), "watch") {
		t.Error("a watch was asked for")
	}
}

// Who may list and not watch sees the list, anew every few seconds.
func TestFollowPollsForThoseWhoMayNotWatch(t *testing.T) {
	t.Parallel()
	f := newFakeTables(t)
	f.refuse = func(watching bool, _ map[string][]string) (int, string, string) {
		if watching {
			return 403, "Forbidden", "cannot watch"
		}
		return 0, "", ""
	}
	w := follow(t, openServer(t, f.srv.URL, ""), widgets(), "shop")
	w.await("one widget", func(o Objects) bool { return o.Synced && len(o.Rows) == 1 && o.Status.Err == nil })
	f.set(func() { f.cells = map[string][]any{"two": {"two", "True", 1, "1s"}} })
	w.await("another", func(o Objects) bool {
		return len(o.Rows) == 1 && o.Rows[0].Name == "two" && o.Status.State == link.Live
	})
}

// What goes wrong is told, tried again without haste, and over once it works.
func TestFollowTellsWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		spoil func(*fakeTables)
		kind  error
		says  string
	}{
		"forbidden": {func(f *fakeTables) {
			f.refuse = func(bool, map[string][]string) (int, string, string) {
				return 403, "Forbidden", `widgets.shop.dev is forbidden: User "ada" cannot list resource "widgets"`
			}
		}, ErrForbidden, `User "ada" cannot list`},
		"no such kind": {func(f *fakeTables) {
			f.refuse = func(bool, map[string][]string) (int, string, string) {
				return 404, "NotFound", "the server could not find the requested resource"
			}
		}, ErrNotFound, ""},
		"no tables": {func(f *fakeTables) { f.plain, f.old = true, true }, errNoTable, "WidgetList"},
		"starting": {func(f *fakeTables) {
			f.refuse = func(bool, map[string][]string) (int, string, string) { return 503, "ServiceUnavailable", "starting" }
		}, ErrUnreachable, "starting"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFakeTables(t)
			tc.spoil(f)
			w := follow(t, openServer(t, f.srv.URL, ""), widgets(), "shop")
			o := w.await("the complaint", func(o Objects) bool { return o.Status.Err != nil })
			if !errors.Is(o.Status.Err, tc.kind) || !strings.Contains(o.Status.Err.Error(), tc.says) || o.Status.State != link.Connecting || o.Synced {
				t.Errorf("%+v", o)
			}
			f.set(func() { f.refuse, f.plain, f.old = nil, false, false })
			w.await("that it works", func(o Objects) bool { return o.Synced && o.Status.Err == nil && len(o.Rows) == 1 })
		})
	}
}

// A watch whose place the server has forgotten begins anew, and nobody hears of it.
func TestFollowListsAnewWhenItsPlaceIsForgotten(t *testing.T) {
	t.Parallel()
	f := newFakeTables(t)
	w := follow(t, openServer(t, f.srv.URL, ""), widgets(), "shop")
	w.await("one widget", func(o Objects) bool { return o.Synced })
	f.set(func() { f.cells = map[string][]any{"two": {"two", "True", 1, "1s"}} })
	f.news <- event("ERROR", map[string]any{"kind": "Status", "code": 410, "reason": "Expired", "message": "too old resource version: 7 (99)"})
	o := w.await("another", func(o Objects) bool {
		if o.Status.State != link.Live {
			t.Errorf("said: %+v", o.Status)
		}
		return len(o.Rows) == 1 && o.Rows[0].Name == "two"
	})
	if o.Status.Err != nil {
		t.Errorf("%+v", o.Status)
	}
}

// However much happens, what is shown is shown at most 30 times a second.
func TestFollowShowsAtMostThirtyASecond(t *testing.T) {
	t.Parallel()
	f := newFakeTables(t)
	c := openServer(t, f.srv.URL, "")
	ctx, stop := context.WithCancel(t.Context())
	shown, begun := 0, time.Time{}
	err := func() error {
		go func() {
			for i := range 2000 {
				f.news <- event("MODIFIED", fakeTable(fakeRow("one", []any{"one", "True", i, "5m"})))
			}
		}()
		return c.Follow(ctx, widgets(), "shop", func(o Objects) {
			if begun.IsZero() {
				begun = time.Now()
			}
			if shown++; len(o.Rows) == 1 && o.Rows[0].Cells[2] == "1999" {
				stop()
			}
		})
	}()
	if most := 3 + int(time.Since(begun)/frame); !errors.Is(err, context.Canceled) || shown > most {
		t.Errorf("shown %d times, at most %d are allowed; %v", shown, most, err)
	}
}

// A Follow that is aimed at a context ends when another is chosen; one that is
// not goes along, and nothing of the former is shown as the other's.
func TestFollowWhenAnotherContextIsChosen(t *testing.T) {
	t.Parallel()
	home, work := newFakeTables(t), newFakeTables(t)
	work.cells = map[string][]any{"at-work": {"at-work", "True", 1, "1s"}}
	c := openServer(t, home.srv.URL, "")
	addContext(t, c.options.Kubeconfig, "work", work.srv.URL, "shop")
	at, err := c.Context()
	if err != nil {
		t.Fatal(err)
	}
	free := follow(t, c, widgets(), "shop")
	free.await("home", func(o Objects) bool { return o.Synced })
	aimed := make(chan error, 1)
	here := make(chan struct{}, 100)
	go func() {
		aimed <- c.Follow(Aim(t.Context(), at), widgets(), "shop", func(Objects) { here <- struct{}{} })
	}()
	<-here
	if err := c.SetContext("work"); err != nil {
		t.Fatal(err)
	}
	free.await("work", func(o Objects) bool {
		if o.Context == "work" && o.row("one") != nil {
			t.Errorf("a row of home is shown as one of work: %+v", o)
		}
		return o.Context == "work" && o.Synced && o.row("at-work") != nil
	})
	if err := <-aimed; !errors.Is(err, ErrElsewhere) {
		t.Errorf("aimed at home: %v", err)
	}
}

func TestSetContext(t *testing.T) {
	t.Parallel()
	home, work := newFakeAPI(t, "at-home"), newFakeAPI(t, "at-work")
	c := home.client()
	addContext(t, c.options.Kubeconfig, "work", "http://"+work.addr, "shop")
	addContext(t, c.options.Kubeconfig, "lab", "http://"+work.addr, "bench")
	running(t, c)
	await(t, c, "home", func(s Snapshot) bool { return len(s.Pods) == 1 && s.Pods[0].Name == "at-home" })
	for name, says := range map[string]string{"nowhere": `"nowhere" is not in`} {
		if err := c.SetContext(name); !errors.Is(err, ErrNoContext) || !strings.Contains(err.Error(), says) {
			t.Errorf("SetContext(%q) = %v", name, err)
		}
	}
	if s := c.Snapshot(); len(s.Pods) != 1 || s.Context != "test" {
		t.Errorf("after a context that is not there: %+v", s)
	}
	if err := c.SetContext("work"); err != nil {
		t.Fatal(err)
	}
	if s := c.Snapshot(); s.Context != "work" || len(s.Pods) != 0 || s.Synced || s.Status.State != link.Connecting || !s.Status.News.IsZero() {
		t.Errorf("at once: %+v", s)
	}
	await(t, c, "work", func(s Snapshot) bool {
		return len(s.Pods) == 1 && s.Pods[0].Name == "at-work" && s.Status.State == link.Live
	})
	// A namespace that was chosen in a context is that of the context, as long
	// as the session lasts.
	c.SetNamespace("elsewhere")
	steps := []struct{ to, namespace string }{{"lab", "bench"}, {"work", "elsewhere"}, {"", "shop"}, {"work", "elsewhere"}}
	for _, s := range steps {
		if err := c.SetContext(s.to); err != nil {
			t.Fatal(err)
		}
		if got := c.Snapshot().Namespace; got != s.namespace {
			t.Errorf("SetContext(%q): namespace %s, want %s", s.to, got, s.namespace)
		}
	}
	if c.Config().Current != "test" {
		t.Errorf("the file's current context became %s", c.Config().Current)
	}
}

// What a server sends is kept as it is, however hostile: drawing cleans it.
func TestHostileCellsAreData(t *testing.T) {
	t.Parallel()
	f := newFakeTables(t)
	evil := "\x1b[2J\x1b]0;owned\x07 \u202egpj.exe \r\n\t"
	f.cells = map[string][]any{"one": {evil, evil, map[string]any{"a": evil}, evil}}
	w := follow(t, openServer(t, f.srv.URL, ""), widgets(), "shop")
	o := w.await("one", func(o Objects) bool { return o.Synced })
	if r := o.Rows[0]; r.Cells[0] != evil || r.Cells[1] != evil || r.Cells[3] != "2026-01-02T03:04:05Z" || r.Name != "one" {
		t.Errorf("row %q", r.Cells)
	}
	// Bytes that are no UTF-8 come as JSON decodes them.
	f.news <- strings.ReplaceAll(event("MODIFIED", fakeTable(fakeRow("one", []any{"BAD", "BAD", 1, "1s"}))), "BAD", "a\xff\xfeb")
	o = w.await("the change", func(o Objects) bool { return o.Rows[0].Cells[0] != evil })
	if cell := o.Rows[0].Cells[1]; !utf8.ValidString(cell) || cell[0] != 'a' || cell[len(cell)-1] != 'b' {
		t.Errorf("cell %q", cell)
	}
	// More cells than columns, fewer, none, of any type.
	for i, cells := range [][]any{{"x"}, {}, {nil, true, 1.5, []any{1}, "more", "yet more"}} {
		f.news <- event("MODIFIED", fakeTable(fakeRow("one", cells)))
		w.await(fmt.Sprint("odd cells ", i), func(o Objects) bool {
			if len(o.Rows[0].Cells) != len(o.Columns) {
				t.Errorf("%d cells under %d columns", len(o.Rows[0].Cells), len(o.Columns))
			}
			return len(cells) == 0 && o.Rows[0].Cells[0] == "" || len(cells) > 0 && o.Rows[0].Cells[0] == fmt.Sprint(cells[0]) || len(cells) > 1 && o.Rows[0].Cells[1] == "true"
		})
	}
}
