package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/spf13/cobra"

	"github.com/twindeck/twindeck/checks"
	"github.com/twindeck/twindeck/env/demo"
)

// lamp is a check that comes out as it is told, one run after the other; the
// last one again and again.
func lamp(findings ...checks.Finding) []*checks.Check {
	return []*checks.Check{{ID: "lamp.on", Subject: checks.Docker, Title: "The lamp is on", Probe: func(context.Context, *checks.Machine) checks.Finding {
		f := findings[0]
		if len(findings) > 1 {
			findings = findings[1:]
		}
		return f
	}}}
}

var (
	fine   = checks.Finding{Status: checks.OK, Summary: "It shines"}
	broken = checks.Finding{Status: checks.Fail, Summary: "It is dark"}
)

// watched watches for some runs and then ends the context.
func watched(t *testing.T, o checkOptions, runs int, list []*checks.Check, screen *frame) (out string, code int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cmd := &cobra.Command{}
	cmd.SetContext(ctx)
	var page bytes.Buffer
	cmd.SetOut(&page)
	o.interval = 7 * time.Second
	w := newWatch(cmd, demo.OpenAt(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)), list, o)
	w.screen = screen
	w.after = func(d time.Duration) <-chan time.Time {
		if d != o.interval {
			t.Errorf("waits %s", d)
		}
		if runs--; runs == 0 {
			cancel()
			return nil
		}
		now := make(chan time.Time, 1)
		now <- time.Time{}
		return now
	}
	err := w.run()
	return page.String(), codeOf(ctx, err)
}

func TestWatchPrintsWhatChanged(t *testing.T) {
	out, code := watched(t, checkOptions{output: textOutput}, 5, lamp(fine, fine, broken, broken, fine), nil)
	_, later, _ := strings.Cut(out, "● Docker          1 fine\n")
	want := "12:00:00 ✕ lamp.on: It is dark\n12:00:00 ✕ 1 problem\n12:00:00 ● lamp.on: It shines\n12:00:00 ● 1 fine\n"
	if later != want || code != exitOK {
		t.Errorf("code %d, after the first report:\n%s", code, later)
	}
}

func TestWatchEndsWithTheLastVerdict(t *testing.T) {
	if _, code := watched(t, checkOptions{output: textOutput}, 2, lamp(fine, broken), nil); code != exitFailed {
		t.Errorf("code %d", code)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	cmd := &cobra.Command{}
	cmd.SetContext(ctx)
	if code := codeOf(ctx, newWatch(cmd, demo.Open(), lamp(fine), checkOptions{}).run()); code != exitCancelled {
		t.Errorf("without a verdict: code %d", code)
	}
}

func TestWatchAsJSONIsALineARun(t *testing.T) {
	out, _ := watched(t, checkOptions{output: jsonOutput}, 3, lamp(fine, broken), nil)
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if len(lines) != 3 {
		t.Fatalf("%d lines", len(lines))
	}
	for i, want := range []checks.Status{checks.OK, checks.Fail, checks.Fail} {
		var r checks.Report
		if err := json.Unmarshal([]byte(lines[i]), &r); err != nil || r.Status != want {
			t.Errorf("%v, %s in %s", err, r.Status, lines[i])
		}
	}
}

func TestWatchDrawsOverItself(t *testing.T) {
	t.Setenv("CLICOLOR_FORCE", "1") // the pages go through as to a terminal
	const width, height = 60, 20
	term := vt.NewEmulator(width, height)
	defer term.Close()
	f := &frame{out: term, size: func() (int, int) { return width, height }}
	_, code := watched(t, checkOptions{output: textOutput}, 3, lamp(broken, broken, fine), f)
	screen := term.String()
	if code != exitOK || strings.Count(screen, "fine") != 2 || strings.Contains(screen, "dark") ||
		strings.Count(screen, "checked at 12:00:00, and again every 7s") != 1 {
		t.Errorf("code %d, the screen is\n%s", code, screen)
	}
}

func TestFrameCutsWhatDoesNotFit(t *testing.T) {
	t.Setenv("CLICOLOR_FORCE", "1")
	const width, height = 20, 6
	term := vt.NewEmulator(width, height)
	defer term.Close()
	f := &frame{out: term, size: func() (int, int) { return width, height }}
	long := strings.Repeat("a long line that would wrap\n", 30) + "foot\n"
	for range 3 {
		if err := f.draw(long); err != nil {
			t.Fatal(err)
		}
	}
	lines := strings.Split(strings.TrimRight(term.String(), "\n "), "\n")
	if len(lines) != height-1 || !strings.HasPrefix(lines[0], "a long line that wo…") || !strings.Contains(lines[3], "… 27 more lines") || strings.TrimSpace(lines[4]) != "foot" {
		t.Errorf("the screen is\n%s", strings.Join(lines, "\n"))
	}
}
