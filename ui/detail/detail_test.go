package detail

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/demo"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// engine is a Docker whose logs a test writes.
type engine struct {
	env.Docker
	logs   func(ctx context.Context, id string) (io.ReadCloser, error)
	opened atomic.Int32
}

func (e *engine) Logs(ctx context.Context, id string, _ docker.LogOptions) (io.ReadCloser, error) {
	e.opened.Add(1)
	return e.logs(ctx, id)
}

func newDetail(t *testing.T, logs func(ctx context.Context, id string) (io.ReadCloser, error)) (*Detail, *engine) {
	t.Helper()
	e := demo.OpenAt(noon)
	d := &engine{Docker: e.Docker, logs: logs}
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
		if cmd == nil || i > 100_000 {
			t.Fatalf("nothing more comes; the screen is\n%s", shown(d))
		}
		cmd = d.Update(cmd())
	}
}

func shown(d *Detail) string { return ansi.Strip(strings.Join(d.View(true), "\n")) }

func text1(lines string) func(context.Context, string) (io.ReadCloser, error) {
	return func(context.Context, string) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(lines)), nil
	}
}

func web() *docker.Container { return &docker.Container{ID: "1", Name: "web", State: "running"} }

func TestLogsAreCleanAndTimed(t *testing.T) {
	d, _ := newDetail(t, text1("2026-11-20T11:59:58.123456789Z GET /\x1b[31m 200\x1b[0m\nno time here\n2026-11-20T11:59:59Z 10%\r100%\n"))
	drain(t, d, d.Show(Container(web())), func() bool { return d.ended })
	for _, want := range []string{"GET / 200", "no time here", " 100%", "— end of the log"} {
		if !strings.Contains(shown(d), want) {
			t.Errorf("no %q in\n%s", want, shown(d))
		}
	}
	if strings.Contains(shown(d), "2026-") || strings.Contains(shown(d), "10%1") {
		t.Errorf("times or overwritten text are shown:\n%s", shown(d))
	}
	d.Key(keys.Timestamps, tea.KeyPressMsg{})
	if want := noon.Add(-2*time.Second).Local().Format("15:04:05") + " GET /"; !strings.Contains(shown(d), want) {
		t.Errorf("no %q in\n%s", want, shown(d))
	}
}

// torrent writes numbered lines without an end.
type torrent struct {
	ctx context.Context
	n   int
	buf []byte
}

func (w *torrent) Read(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	for len(w.buf) < len(p) {
		w.n++
		w.buf = fmt.Appendf(w.buf, "line %d of a log that never ends\n", w.n)
	}
	n := copy(p, w.buf)
	w.buf = append(w.buf[:0], w.buf[n:]...)
	return n, nil
}

func (*torrent) Close() error { return nil }

func TestTorrentIsBounded(t *testing.T) {
	d, _ := newDetail(t, func(ctx context.Context, _ string) (io.ReadCloser, error) { return &torrent{ctx: ctx}, nil })
	batches := 0
	cmd := d.Show(Container(web()))
	for batches < 20 {
		msg := cmd()
		if b, ok := msg.(batched); ok {
			batches++
			if len(b.lines) > maxBatch {
				t.Fatalf("a batch has %d lines", len(b.lines))
			}
		}
		cmd = d.Update(msg)
		if d.log.count > maxLines || d.log.bytes > maxBytes {
			t.Fatalf("the log holds %d lines, %d bytes", d.log.count, d.log.bytes)
		}
	}
	if !strings.Contains(shown(d), "of a log that never ends") {
		t.Errorf("nothing is shown:\n%s", shown(d))
	}
}

func TestSelectionEndsTheFormerStream(t *testing.T) {
	ended := make(chan string, 4)
	d, e := newDetail(t, func(ctx context.Context, id string) (io.ReadCloser, error) {
		r, w := io.Pipe()
		context.AfterFunc(ctx, func() {
			ended <- id
			w.Close()
		})
		go func() { _, _ = io.WriteString(w, "hello from "+id+"\n") }()
		return r, nil
	})
	drain(t, d, d.Show(Container(web())), func() bool { return d.loaded })
	other := &docker.Container{ID: "2", Name: "api", State: "running"}
	passing := d.Show(Container(&docker.Container{ID: "3", Name: "passing", State: "running"}))
	cmd := d.Show(Container(other))
	if d.Update(passing()) != nil {
		t.Error("a row that was only passed over is read")
	}
	select {
	case id := <-ended:
		if id != "1" {
			t.Errorf("the stream of %s ended", id)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the former stream goes on")
	}
	drain(t, d, cmd, func() bool { return strings.Contains(shown(d), "hello from 2") })
	if strings.Contains(shown(d), "hello from 1") {
		t.Errorf("lines of two logs are mixed:\n%s", shown(d))
	}
	if n := e.opened.Load(); n != 2 {
		t.Errorf("%d streams were opened", n)
	}
}

func TestLogGoesOnAfterARestart(t *testing.T) {
	lines := "2026-11-20T11:00:00Z first\n2026-11-20T11:00:01Z second\n"
	d, _ := newDetail(t, func(context.Context, string) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(lines)), nil
	})
	c := web()
	drain(t, d, d.Show(Container(c)), func() bool { return d.ended })
	lines += "2026-11-20T11:05:00Z third\n"
	again := *c
	again.Restarts++
	drain(t, d, d.Show(Container(&again)), func() bool { return strings.Contains(shown(d), "third") })
	if strings.Count(shown(d), "second") != 1 {
		t.Errorf("lines are shown twice:\n%s", shown(d))
	}
}

func TestLogThatCannotBeRead(t *testing.T) {
	d, _ := newDetail(t, func(context.Context, string) (io.ReadCloser, error) {
		return nil, errors.New("reading logs of web: configured logging driver does not support reading")
	})
	drain(t, d, d.Show(Container(web())), func() bool { return d.ended })
	for _, want := range []string{"logs cannot be shown", "does not support reading"} {
		if !strings.Contains(shown(d), want) {
			t.Errorf("no %q in\n%s", want, shown(d))
		}
	}
}

func TestSearchInLogs(t *testing.T) {
	var b strings.Builder
	for i := range 100 {
		fmt.Fprintf(&b, "line %d\n", i)
	}
	d, _ := newDetail(t, text1(b.String()))
	drain(t, d, d.Show(Container(web())), func() bool { return d.ended })
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
	if d.view.match != 49 || !strings.Contains(shown(d), "line 49") {
		t.Errorf("the last match is 49, the search stands on %d:\n%s", d.view.match, shown(d))
	}
	press(keys.PrevMatch, "N")
	if d.view.match != 48 {
		t.Errorf("the match before is 48, not %d", d.view.match)
	}
	press(keys.NextMatch, "n")
	press(keys.NextMatch, "n")
	if d.view.match != 4 {
		t.Errorf("after the last match comes the first, not %d", d.view.match)
	}
}
