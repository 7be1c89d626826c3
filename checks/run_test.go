package checks

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/host/hosttest"
)

func yields(f Finding) func(context.Context, *Machine) Finding {
	return func(context.Context, *Machine) Finding { return f }
}

func machine() env.Environment { return env.Environment{Host: &hosttest.Host{Clock: now}} }

func TestVerify(t *testing.T) {
	tests := []struct {
		name string
		list []*Check
		want string
	}{
		{"sound", []*Check{{ID: "a"}, {ID: "b", Needs: []string{"a"}, After: []string{"a"}}}, ""},
		{"twice", []*Check{{ID: "a"}, {ID: "a"}}, "two checks have the ID a"},
		{"unknown need", []*Check{{ID: "a", Needs: []string{"x"}}}, "a needs x, which is not in the list"},
		{"circle", []*Check{{ID: "a", Needs: []string{"b"}}, {ID: "b", After: []string{"a"}}}, "a -> b -> a"},
		{"self", []*Check{{ID: "a", Needs: []string{"a"}}}, "a -> a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := Verify(tt.list)
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			// A list that is no graph must come to an end all the same.
			if got := len(Collect(t.Context(), withProbes(tt.list), machine())); got != len(tt.list) {
				t.Errorf("%d results of %d checks", got, len(tt.list))
			}
		})
	}
}

func withProbes(list []*Check) []*Check {
	for _, c := range list {
		c.Probe = yields(ok("fine"))
	}
	return list
}

func TestRunBlocksAndNamesTheRoot(t *testing.T) {
	list := []*Check{
		{ID: "root", Title: "It stands", Probe: yields(fail("no"))},
		{ID: "other", Probe: yields(fail("no"))},
		{ID: "next", Needs: []string{"root"}, Probe: yields(ok("never run"))},
		{ID: "last", Needs: []string{"other", "next"}, Probe: yields(ok("never run"))},
		{ID: "elsewhere", Needs: []string{"root"}, Systems: []string{"plan9"}, Probe: yields(ok("never run"))},
		{ID: "beyond", Needs: []string{"elsewhere"}, Probe: yields(ok("run"))},
		{ID: "effect", After: []string{"next"}, Probe: yields(Finding{Status: Fail, Because: "next", Steps: []string{"x"}})},
		{ID: "own", After: []string{"beyond"}, Probe: yields(Finding{Status: Fail, Because: "beyond"})},
		{ID: "warned", Needs: []string{"warns"}, Probe: yields(ok("run"))},
		{ID: "warns", Probe: yields(warn("hm"))},
	}
	for range 20 { // whichever ends first
		var got []string
		for _, r := range Collect(t.Context(), list, machine()) {
			got = append(got, fmt.Sprintf("%s %s %s %v", r.Check.ID, r.Finding.Status, r.Cause, r.Blocks))
		}
		want := []string{
			"root failed  [next last]",
			"other failed  [last]",
			"next blocked root []",
			"last blocked other []",
			"elsewhere not applicable  []",
			"beyond ok  []",
			"effect blocked root []",
			"own failed  []",
			"warned ok  []",
			"warns warning  []",
		}
		if !slices.Equal(got, want) {
			t.Fatalf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	s := Summarise(Collect(t.Context(), list, machine()))
	if s.Roots[0].Check.ID != "root" || !slices.Equal(s.Roots[0].Blocks, []string{"next", "last", "effect"}) {
		t.Errorf("first root %s blocks %v", s.Roots[0].Check.ID, s.Roots[0].Blocks)
	}
	if want := (Counts{OK: 2, Warning: 1, Failed: 3, Blocked: 3, NotApplicable: 1}); s.Counts != want || s.Status != Fail {
		t.Errorf("counts %+v %s, want %+v failed", s.Counts, s.Status, want)
	}
}

func TestSummaryWithoutProblems(t *testing.T) {
	s := Summarise(Collect(t.Context(), []*Check{
		{ID: "a", Probe: yields(ok("x"))}, {ID: "b", Probe: yields(notHere("x"))},
	}, machine()))
	if s.Status != OK || s.Line() != "1 fine · 1 not needed here" {
		t.Errorf("%s: %s", s.Status, s.Line())
	}
}

func TestProbeThatIgnoresItsContextIsLeftBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		start := time.Now()
		results := Collect(t.Context(), []*Check{
			{ID: "deaf", Limit: time.Second, Command: "docker info", Probe: func(context.Context, *Machine) Finding {
				<-release
				return ok("late")
			}},
			{ID: "next", Needs: []string{"deaf"}, Probe: yields(ok("never run"))},
		}, machine())
		if took := time.Since(start); took > 1200*time.Millisecond {
			t.Errorf("the run was held up for %s", took)
		}
		if f := results[0].Finding; f.Status != Fail || f.Summary != "No answer within 1s" || results[1].Cause != "deaf" {
			t.Errorf("got %v, cause of the next %q", f, results[1].Cause)
		}
		close(release)
	})
}

func TestProbeThatPanics(t *testing.T) {
	r := Collect(t.Context(), []*Check{{ID: "a", Probe: func(context.Context, *Machine) Finding { panic("boom") }}}, machine())
	if f := r[0].Finding; f.Status != Fail || !strings.Contains(f.Evidence[0].Got, "boom") {
		t.Errorf("got %v", f)
	}
}

func TestCancelledRunEndsAndSaysNothingWrong(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	out := Run(ctx, []*Check{
		{ID: "first", Probe: yields(ok("x"))},
		{ID: "slow", Needs: []string{"first"}, Probe: func(ctx context.Context, _ *Machine) Finding {
			cancel()
			<-ctx.Done()
			return fail("cancelled")
		}},
		{ID: "never", Needs: []string{"slow"}, Probe: yields(ok("x"))},
	}, machine())
	for r := range out {
		if r.Check.ID != "first" {
			t.Errorf("%s came out of a cancelled run: %v", r.Check.ID, r.Finding)
		}
	}
}

func TestFactsAreAskedOnce(t *testing.T) {
	var asked atomic.Int32
	probe := func(ctx context.Context, m *Machine) Finding {
		n, err := once(ctx, &m.facts, "answer", func(context.Context) (int, error) {
			asked.Add(1)
			return 42, nil
		})
		if err != nil || n != 42 {
			return fail("%d %v", n, err)
		}
		return ok("42")
	}
	var list []*Check
	for i := range 50 {
		list = append(list, &Check{ID: fmt.Sprint("c", i), Probe: probe})
	}
	if s := Summarise(Collect(t.Context(), list, machine())); s.Counts.OK != 50 || asked.Load() != 1 {
		t.Errorf("%d fine, asked %d times", s.Counts.OK, asked.Load())
	}
}

func TestSelect(t *testing.T) {
	list := []*Check{{ID: "a"}, {ID: "b.x", Needs: []string{"a"}}, {ID: "b.y", Needs: []string{"b.x"}}, {ID: "c"}}
	tests := []struct {
		only, skip []string
		want       string
		err        string
	}{
		{want: "a[] b.x[a] b.y[b.x] c[]"},
		{only: []string{"b.y"}, want: "a[] b.x[a] b.y[b.x]"},
		{only: []string{"b"}, want: "a[] b.x[a] b.y[b.x]"},
		{skip: []string{"b.x"}, want: "a[] b.y[a] c[]"},
		{only: []string{"b.y"}, skip: []string{"a"}, want: "b.x[] b.y[b.x]"},
		{only: []string{"bb"}, err: `no check is called "bb"`},
		{skip: []string{"b.z"}, err: `no check is called "b.z"`},
	}
	for _, tt := range tests {
		kept, err := Select(list, tt.only, tt.skip)
		var got []string
		for _, c := range kept {
			got = append(got, fmt.Sprintf("%s%v", c.ID, c.Needs))
		}
		if strings.Join(got, " ") != tt.want || (err != nil) != (tt.err != "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("only %v skip %v: %v, %v", tt.only, tt.skip, got, err)
		}
		if err == nil && Verify(kept) != nil {
			t.Errorf("only %v skip %v: %v", tt.only, tt.skip, Verify(kept))
		}
	}
	if len(list[2].Needs) != 1 || list[2].Needs[0] != "b.x" {
		t.Error("the list that was selected from has changed")
	}
}

// Both servers accept and never answer: the verdict must come within 5 s.
func TestVerdictInFiveSeconds(t *testing.T) {
	for name, spoil := range map[string]func(*laptop){
		"API server hangs": func(l *laptop) { l.kube.hangs = true },
		"engine hangs":     func(l *laptop) { l.docker.hangs = true },
		"both hang":        func(l *laptop) { l.kube.hangs, l.docker.hangs = true, true },
		"both, and Kubernetes off": func(l *laptop) {
			l.kube.hangs, l.docker.hangs = true, true
			l.host.Files["/Users/ada/Library/Group Containers/group.com.docker/settings-store.json"] = `{}`
		},
		"helper hangs as well": func(l *laptop) {
			l.kube.hangs, l.docker.hangs = true, true
			l.host.Programs["/usr/local/bin/docker-credential-desktop"] = hosttest.Hangs()
			l.host.Programs["/usr/local/bin/kubectl"] = hosttest.Hangs()
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := mac(t)
				spoil(l)
				start := time.Now()
				s := Summarise(Collect(t.Context(), All(), l.environment()))
				if took := time.Since(start); took > 5*time.Second {
					t.Errorf("the verdict took %s", took)
				}
				if len(s.Roots) == 0 {
					t.Error("nothing was found")
				}
				for _, r := range s.Roots {
					t.Logf("%s: %s", r.Check.ID, r.Finding.Summary)
				}
			})
		})
	}
}

func TestHangingEngineIsTheOneRoot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := mac(t)
		l.docker.hangs = true
		s := Summarise(Collect(t.Context(), All(), l.environment()))
		if len(s.Roots) != 1 || s.Roots[0].Check.ID != "docker.engine" ||
			!strings.Contains(s.Roots[0].Finding.Summary, "accepts connections and does not answer") {
			for _, r := range s.Roots {
				t.Errorf("%s: %s %v", r.Check.ID, r.Finding.Summary, r.Finding.Evidence)
			}
		}
	})
}
