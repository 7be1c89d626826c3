package logs

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
)

// stage is a view with what its commands bring.
type stage struct {
	t    *testing.T
	view *View
	srv  *servers
	msgs chan tea.Msg
	out  []tea.Msg // what the view asked the app for
}

// onStage runs a test on a view of 80 by 10 cells, with time that passes only
// when all wait.
func onStage(t *testing.T, test func(s *stage)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		srv := newServers()
		ctx := newContext(t, srv)
		s := &stage{t: t, view: New(ctx), srv: srv, msgs: make(chan tea.Msg, 1000)}
		s.view.SetSize(80, 10)
		test(s)
		s.view.Stop()
	})
}

// do runs a command and delivers what it brings.
func (s *stage) do(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		switch msg := cmd().(type) {
		case nil:
		case tea.BatchMsg:
			for _, c := range msg {
				s.do(c)
			}
		default:
			s.msgs <- msg
		}
	}()
}

// settle handles all that comes within a while of the stage's own time.
func (s *stage) settle(d time.Duration) {
	late := time.After(d)
	for {
		select {
		case msg := <-s.msgs:
			switch msg.(type) {
			case screen.Choose, screen.Notify, screen.CopyText, screen.Ask, screen.StartTask:
				s.out = append(s.out, msg)
			default:
				s.do(s.view.Update(msg))
			}
		case <-late:
			return
		}
	}
}

func (s *stage) follow(targets ...Target) {
	s.do(s.view.Follow(Set{ID: "set", Title: "set", Targets: targets}))
	s.settle(2 * time.Second)
}

func (s *stage) screen() string {
	rows := s.view.View()
	if len(rows) > s.view.height {
		s.t.Errorf("%d rows in %d", len(rows), s.view.height)
	}
	for _, r := range rows {
		if w := screen.Width(r); w > s.view.width {
			s.t.Errorf("a row of %d cells in %d: %q", w, s.view.width, r)
		}
	}
	return ansi.Strip(strings.Join(rows, "\n"))
}

func (s *stage) sees(texts ...string) {
	s.t.Helper()
	shown := s.screen() + "\n" + ansi.Strip(s.view.State(100)+" "+s.view.Foot())
	for _, text := range texts {
		if !strings.Contains(shown, text) {
			s.t.Errorf("no %q in\n%s", text, shown)
		}
	}
}

func (s *stage) lacks(texts ...string) {
	s.t.Helper()
	shown := s.screen()
	for _, text := range texts {
		if strings.Contains(shown, text) {
			s.t.Errorf("%q in\n%s", text, shown)
		}
	}
}

func (s *stage) press(a keys.Action) {
	cmd, _ := s.view.Key(a, tea.KeyPressMsg{})
	s.do(cmd)
	s.settle(2 * time.Second)
}

func (s *stage) typed(text string) {
	for _, r := range text {
		cmd, _ := s.view.Key("", tea.KeyPressMsg{Code: r, Text: string(r)})
		s.do(cmd)
	}
	s.settle(time.Second)
}

func (s *stage) enter() {
	cmd, _ := s.view.Key("", tea.KeyPressMsg{Code: tea.KeyEnter})
	s.do(cmd)
	s.settle(time.Second)
}

// writes puts lines of a source into its log, a second apart up to noon.
func (s *stage) writes(key string, lines ...string) {
	for i, l := range lines {
		s.srv.write(key, noon.Add(time.Duration(i-len(lines))*time.Second).UnixNano(), l)
	}
}

func numbered(n int) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprintf("line %d", i))
	}
	return out
}

func TestLinesAreCleanAndTimed(t *testing.T) {
	onStage(t, func(s *stage) {
		s.writes("web", "GET /\x1b[31m 200\x1b[0m\x1b]0;owned\a", "10%\r100%", "\xff\u202eend")
		s.follow(aContainer("web"))
		s.sees("GET / 200", "100%", "\uFFFDend")
		s.lacks("owned", "10%1", "12:00", "2026-")
		s.press(keys.Timestamps)
		s.sees(noon.Add(-3*time.Second).Local().Format("15:04:05") + " GET /")
		s.press(keys.Timestamps)
		s.sees(noon.Add(-3*time.Second).Local().Format("2006-01-02 15:04:05.000") + " GET /")
		s.press(keys.Timestamps)
		s.sees("  3s GET /")
		s.press(keys.Timestamps)
		s.lacks("3s")
	})
}

// The first lines of all sources are put in order before any is shown, however
// late one of them answers.
func TestFirstLinesAreMerged(t *testing.T) {
	onStage(t, func(s *stage) {
		s.writes("web", "w1", "w2", "w3")
		s.writes("api", "a1", "a2", "a3")
		s.follow(aContainer("web"), aPod("api"))
		var order []string
		for n := range s.view.lines.end() {
			order = append(order, s.view.lines.line(n).text)
		}
		if want := []string{"w1", "a1", "w2", "a2", "w3", "a3"}; !slices.Equal(order, want) {
			t.Errorf("shown as %v, want %v", order, want)
		}
		s.sees("web w1", "api a1", "sources 2")
	})
}

// A line that comes a little late still stands before the later ones of other
// sources; one that comes much later holds nobody up.
func TestLateLinesWithinTheWindow(t *testing.T) {
	onStage(t, func(s *stage) {
		s.follow(aContainer("one"), aContainer("two"))
		at := time.Now()
		s.srv.write("two", at.Add(20*time.Millisecond).UnixNano(), "second")
		time.Sleep(window / 2)
		s.srv.write("one", at.UnixNano(), "first")
		s.settle(window + 2*frame)
		s.sees("first", "second")
		if shown := s.screen(); strings.Index(shown, "first") > strings.Index(shown, "second") {
			t.Errorf("out of order:\n%s", shown)
		}
		s.srv.write("two", at.Add(time.Second).UnixNano(), "third")
		s.settle(window + 2*frame)
		s.sees("third")
	})
}

func TestOneSourceWaitsForNobody(t *testing.T) {
	onStage(t, func(s *stage) {
		s.follow(aContainer("web"))
		s.srv.write("web", time.Now().UnixNano(), "now")
		s.settle(2 * frame)
		s.sees("now")
	})
}

func TestABreakIsSaidAndMended(t *testing.T) {
	onStage(t, func(s *stage) {
		s.writes("web", "before")
		s.srv.change("web", func(l *written1) {
			opened := 0
			l.cut = func() (int, error) {
				if opened++; opened == 2 { // the one that follows
					return 1, errors.New("connection reset by peer")
				}
				return -1, nil
			}
		})
		s.do(s.view.Follow(One(aContainer("web"))))
		s.settle(200 * time.Millisecond)
		s.srv.change("web", func(l *written1) { l.err = errors.New("dial unix docker.sock: connection refused") })
		s.srv.write("web", noon.UnixNano(), "meanwhile")
		s.settle(10 * time.Second)
		s.sees("before", "— connection lost ", "reconnecting…", "▲ dial unix docker.sock: connection refused")
		s.srv.change("web", func(l *written1) { l.err = nil })
		s.settle(backoffMost + time.Second)
		s.sees("— again there", "meanwhile")
		s.lacks("refused")
		if n := strings.Count(s.screen(), "connection lost"); n != 1 {
			t.Errorf("the break is said %d times:\n%s", n, s.screen())
		}
	})
}

// However much is written between the first lines and the moment from which they
// are followed, nothing is missing.
func TestNoGapBehindTheFirstLines(t *testing.T) {
	onStage(t, func(s *stage) {
		s.writes("web", "line 0")
		opened := 0
		s.srv.change("web", func(l *written1) {
			l.cut = func() (int, error) {
				if opened++; opened == 2 { // the one that follows
					for i := range 3 * overlap {
						l.lines = append(l.lines, stamped{noon.UnixNano() + int64(i), fmt.Sprintf("line %d", i+1)})
					}
				}
				return -1, nil
			}
		})
		s.follow(aContainer("web"))
		if n := s.view.lines.end(); n != 3*overlap+1 || opened != 3 {
			t.Errorf("%d lines of %d, in %d readings", n, 3*overlap+1, opened)
		}
		for n := range s.view.lines.end() {
			if got := s.view.lines.line(n).text; got != fmt.Sprintf("line %d", n) {
				t.Fatalf("line %d is %q", n, got)
			}
		}
	})
}

func TestWhatIsNewJoinsWhatIsGoneEnds(t *testing.T) {
	onStage(t, func(s *stage) {
		s.writes("web-1", "from one")
		s.follow(aPod("web-1"))
		s.lacks("web-1")
		s.writes("web-2", "from two")
		s.follow(aPod("web-1"), aPod("web-2"))
		s.sees("web-1 from one", "web-2 from two", "sources 2")
		s.follow(aPod("web-2"))
		s.settle(lastWords + time.Second)
		s.srv.write("web-1", noon.UnixNano(), "nobody reads this")
		s.srv.write("web-2", noon.UnixNano(), "still read")
		s.settle(time.Second)
		s.sees("web-1 from one", "still read", "sources 1 of 2")
		s.lacks("nobody reads this")
	})
}

func TestAnotherSetBeginsAnew(t *testing.T) {
	onStage(t, func(s *stage) {
		s.writes("web", "from web")
		s.writes("api", "from api")
		s.follow(aContainer("web"))
		passing := s.view.Follow(One(aContainer("passing")))
		s.do(s.view.Follow(One(aContainer("api"))))
		s.do(passing)
		s.settle(2 * time.Second)
		s.sees("from api")
		s.lacks("from web")
		s.srv.mu.Lock()
		defer s.srv.mu.Unlock()
		if _, read := s.srv.logs["passing"]; read {
			t.Error("a row that was only passed over is read")
		}
	})
}

// What a container that was started again writes follows what it wrote before.
func TestAContainerStartsAgain(t *testing.T) {
	onStage(t, func(s *stage) {
		row := &docker.Container{ID: "web", Name: "web", State: "running", Started: noon.Add(-time.Hour)}
		s.writes("web", "first", "second")
		s.follow(Container(row))
		s.srv.change("web", func(l *written1) { l.over = true })
		stopped := *row
		stopped.State, stopped.ExitCode = "exited", 3
		s.follow(Container(&stopped))
		s.sees("second", "— end of the log: exited (3)")
		again := *row
		again.Started = noon
		s.srv.change("web", func(l *written1) { l.over = false })
		s.srv.write("web", noon.UnixNano(), "third")
		s.follow(Container(&again))
		s.sees("— started again", "third")
		s.lacks("end of the log")
		if strings.Count(s.screen(), "second") != 1 {
			t.Errorf("lines are shown twice:\n%s", s.screen())
		}
	})
}

// The end says that the container is gone, and how it ended if that was seen
// before; what it was waiting for is over.
func TestTheEndOfWhatIsGone(t *testing.T) {
	for _, c := range []struct {
		stood   string
		stands  func(*stage) Target
		end     string
		without string
	}{
		{"running", func(s *stage) Target { s.writes("web", "words"); return aPod("web") }, "— end of the log: It is gone.", "Completed"},
		{"ended", func(s *stage) Target {
			s.writes("web", "words")
			s.srv.change("web", func(l *written1) { l.over, l.state.State, l.state.Reason = true, "terminated", "Completed" })
			return aPod("web")
		}, "— end of the log: Completed (0). It is gone.", "begins here"},
		{"not started", func(s *stage) Target {
			s.srv.change("web", func(l *written1) { l.err = errors.New(`container "app" in pod "web" is waiting to start`) })
			return aPod("web")
		}, "It is gone.", "begins here"},
		{"an ended container", func(s *stage) Target {
			s.writes("web", "words")
			s.srv.change("web", func(l *written1) { l.over = true })
			return Container(&docker.Container{ID: "web", Name: "web", State: "exited", ExitCode: 3})
		}, "— end of the log: exited (3). It is gone.", "begins here"},
	} {
		t.Run(c.stood, func(t *testing.T) {
			onStage(t, func(s *stage) {
				s.follow(c.stands(s))
				s.follow()
				s.settle(lastWords)
				s.sees(c.end)
				s.lacks(c.without)
			})
		})
	}
}

// What a pod's container wrote before it was restarted is read to its end, from
// the instance that the cluster keeps.
func TestAPodsContainerIsRestarted(t *testing.T) {
	onStage(t, func(s *stage) {
		s.writes("web", "one")
		s.srv.change("web", func(l *written1) {
			l.seconds = true
			l.cut = func() (int, error) { return -1, nil }
		})
		s.follow(aPod("web"))
		s.srv.change("web", func(l *written1) {
			l.previous = append(slices.Clone(l.lines), stamped{noon.UnixNano(), "two, its last words"})
			l.lines = []stamped{{noon.Add(time.Minute).UnixNano(), "three"}}
			l.state.Restarts = 1
			l.over = true
		})
		s.settle(time.Second)
		s.srv.change("web", func(l *written1) { l.over = false })
		s.settle(10 * time.Second)
		shown := s.screen()
		for _, text := range []string{"one", "two, its last words", "three"} {
			if strings.Count(shown, text) != 1 {
				t.Errorf("%q is there %d times:\n%s", text, strings.Count(shown, text), shown)
			}
		}
		s.sees("— started again, restart 1")
	})
}

func TestWhatCannotBeReadSaysSo(t *testing.T) {
	for _, c := range []struct {
		err  string
		kind error
		want []string
	}{
		{"configured logging driver does not support reading", nil, []string{"✕ The container's log driver", "docker inspect"}},
		{`container "app" in pod "web" is waiting to start: ContainerCreating`, nil, []string{"◐ The container has not started yet", "begins here by itself"}},
		{`container "app" in pod "web" is waiting to start: trying and failing to pull image`, nil, []string{"its image cannot be pulled"}},
		{`container "app" in pod "web" is waiting to start: PodInitializing`, nil, []string{"init containers run first"}},
		{`pod web does not have a host assigned`, nil, []string{"waits for a node"}},
		{`pods "web" is forbidden: cannot get resource "pods/log"`, kube.ErrForbidden, []string{"✕ You may not read this log", "pods/log"}},
		{`pods "web" not found`, kube.ErrNotFound, []string{"end of the log"}},
		{"dial tcp 127.0.0.1:6443: connect: connection refused", nil, []string{"▲ dial tcp"}},
	} {
		t.Run(c.err, func(t *testing.T) {
			onStage(t, func(s *stage) {
				s.srv.change("web", func(l *written1) {
					l.err = errors.New(c.err)
					if c.kind != nil {
						l.err = fmt.Errorf("%s: %w", c.err, c.kind)
					}
				})
				s.follow(aPod("web"))
				s.sees(c.want...)
				s.srv.change("web", func(l *written1) { l.err = nil })
				s.writes("web", "there at last")
				s.settle(5 * time.Second)
				if begins := strings.Contains(c.want[0], "◐") || strings.Contains(c.err, "refused"); begins {
					s.sees("there at last")
				}
			})
		})
	}
}

func TestPreviousInstance(t *testing.T) {
	onStage(t, func(s *stage) {
		s.writes("web", "this one")
		s.follow(aPod("web"))
		s.press(keys.Previous)
		s.sees("There is no previous instance", "previous instance")
		s.press(keys.Previous)
		s.sees("this one")
		s.srv.change("web", func(l *written1) { l.previous = []stamped{{noon.UnixNano(), "the one before"}} })
		s.press(keys.Previous)
		s.sees("the one before", "— end of the log")
		s.lacks("this one")
		again := *aPod("web").pod // it crashes once more
		again.Phase, again.Restarts = kube.PhaseFailed, 7
		s.follow(Pod(&again))
		s.settle(time.Minute)
		s.sees("the one before")
		s.lacks("this one")
		if got := s.view.Command(); got != "kubectl logs web -n default --previous" {
			t.Errorf("the command is %q", got)
		}
	})
}

func TestAllContainersOfAPod(t *testing.T) {
	onStage(t, func(s *stage) {
		s.writes("web", "from app")
		for name, role := range map[string]kube.Role{"migrate": kube.RoleInit, "proxy": kube.RoleMain} {
			s.srv.change("web/"+name, func(l *written1) { l.state = kube.PodContainer{Name: name, Role: role, State: "running"} })
			s.writes("web/"+name, "from "+name)
		}
		s.follow(aPod("web"))
		s.sees("from app")
		s.lacks("from proxy")
		s.press(keys.Containers)
		choose, ok := s.out[len(s.out)-1].(screen.Choose)
		if !ok || len(choose.Choices) != 4 || choose.Choices[0].Text != "all containers" {
			t.Fatalf("offered %+v", s.out)
		}
		s.do(choose.Choices[0].Then)
		s.settle(2 * time.Second)
		s.sees("app     from app", "migrate from migrate", "proxy   from proxy", "sources 3")
		// One that is added later, to debug, joins when the pod's row changes.
		s.srv.change("web/debugger", func(l *written1) {
			l.state = kube.PodContainer{Name: "debugger", Role: kube.RoleEphemeral, State: "running"}
		})
		s.writes("web/debugger", "from outside")
		s.follow(aPod("web"))
		s.sees("debugger from outside", "sources 4")
	})
}

func TestFollowScrollAndCount(t *testing.T) {
	onStage(t, func(s *stage) {
		s.writes("web", numbered(100)...)
		s.follow(aContainer("web"))
		s.sees("line 99", "follow ●")
		s.press(keys.Up)
		s.sees("line 98", "follow ○", "90/100")
		s.lacks("line 99")
		s.srv.write("web", noon.UnixNano(), "line 100")
		s.settle(time.Second)
		s.sees("line 98", "1 new ↓")
		s.lacks("line 100")
		s.press(keys.PageDown)
		s.sees("line 100", "follow ●")
		s.press(keys.Top)
		s.sees("line 0", "line 9", "1/101")
		s.press(keys.Follow)
		s.sees("line 100", "follow ●")
	})
}

func TestSearchAndFilter(t *testing.T) {
	onStage(t, func(s *stage) {
		s.writes("web", numbered(100)...)
		s.follow(aContainer("web"))
		s.press(keys.Filter)
		s.typed("line 4")
		s.enter()
		s.sees("/line 4 11 of 11", "line 49")
		s.press(keys.PrevMatch)
		s.sees("10 of 11")
		if s.view.hit != 48 {
			t.Errorf("stands on %d, not 48", s.view.hit)
		}
		s.press(keys.NextMatch)
		s.press(keys.NextMatch)
		if s.sees("1 of 11"); s.view.hit != 4 {
			t.Errorf("after the last comes the first, not %d", s.view.hit)
		}
		s.press(keys.Only)
		s.typed("!re:[0-8]$")
		s.enter()
		s.sees("&!re:[0-8]$ 10 lines", "line 99", "line 9", "1 hits")
		s.lacks("line 98", "line 48")
		s.srv.write("web", noon.UnixNano(), "line 100 is even")
		s.srv.write("web", noon.UnixNano(), "line 101 has 8")
		s.settle(time.Second)
		s.sees("line 100 is even", "11 lines")
		s.lacks("line 101")
		s.press(keys.Back)
		s.press(keys.Back)
		s.sees("line 101 has 8")
		if _, handled := s.view.Key(keys.Back, tea.KeyPressMsg{}); handled {
			t.Error("esc does not lead out once nothing is searched for")
		}
		s.press(keys.Filter)
		s.typed("re:(")
		s.sees("is no regular expression")
		for _, a := range []keys.Action{keys.Filter, keys.Only} {
			s.view.prompt = nil
			s.press(a)
			s.typed("re:(")
			s.enter()
			s.sees("is no regular expression")
			if _, handled := s.view.Key(keys.Back, tea.KeyPressMsg{}); !handled {
				t.Error("esc leads out, and a pattern that cannot be used stays")
			}
			s.settle(time.Second)
			if foot := ansi.Strip(s.view.Foot()); strings.Contains(foot, "re:(") {
				t.Errorf("the foot says %q", foot)
			}
		}
	})
}

func TestJSONForms(t *testing.T) {
	onStage(t, func(s *stage) {
		s.writes("api", `{"level":"warn","msg":"slow query","table":"orders","ms":30,"nested":{"a":[1,2]}}`, "plain text")
		s.view.SetSize(80, 20)
		s.follow(aContainer("api"))
		s.sees(`WARN slow query table=orders ms=30 nested={"a":[1,2]}`, "plain text")
		s.press(keys.Open)
		s.sees("{", `  "table": "orders",`, `    "a": [`, "plain text")
		s.press(keys.Open)
		s.sees("WARN slow query")
		s.press(keys.JSON)
		s.sees(`  "level": "warn",`, "json pretty")
		s.press(keys.JSON)
		s.sees(`{"level":"warn","msg":"slow query"`, "json raw")
		s.press(keys.JSON)
		s.press(keys.Only)
		s.typed("table=orders")
		s.enter()
		s.sees("WARN slow query")
		s.lacks("plain text")
	})
}

func TestMarkClearAndCopy(t *testing.T) {
	onStage(t, func(s *stage) {
		s.writes("web", numbered(20)...)
		s.follow(aContainer("web"))
		s.press(keys.Copy)
		s.press(keys.PutMark)
		s.sees("── mark " + noon.Local().Format("15:04:05") + " ─")
		s.srv.write("web", noon.UnixNano(), "after the mark")
		s.settle(time.Second)
		s.press(keys.Copy)
		s.press(keys.CopyAll)
		var copied []screen.CopyText
		for _, m := range s.out {
			copied = append(copied, m.(screen.CopyText))
		}
		for i, want := range []string{"line 10\n", "after the mark\n", "line 0\n"} {
			if !strings.HasPrefix(copied[i].Text, want) {
				t.Errorf("copied %q, which does not begin with %q", copied[i].Text, want)
			}
		}
		if want := "1 lines of the log (since the mark)"; copied[1].What != want {
			t.Errorf("said %q", copied[1].What)
		}
		s.press(keys.Filter)
		s.typed("line")
		s.enter()
		s.sees("20 of 20")
		s.press(keys.Clear)
		s.sees("Cleared.", "cleared 22", "no match")
		s.press(keys.NextMatch)
		s.sees("Cleared.")
		s.srv.write("web", noon.UnixNano(), "fresh line")
		s.settle(time.Second)
		s.sees("fresh line", "1 hits")
		s.lacks("line 19", "after the mark")
		s.press(keys.PrevMatch)
		s.sees("1 of 1")
	})
}

// What is copied is within what a terminal takes, as it is written: with times and
// names.
func TestCopiedIsBounded(t *testing.T) {
	onStage(t, func(s *stage) {
		s.view.SetSize(200, 60)
		for i := range 900 {
			at := noon.Add(time.Duration(i-900) * time.Second).UnixNano()
			s.srv.write("web", at, fmt.Sprintf("%0100d", i))
			s.srv.write("api", at, "x")
		}
		for i := range 20 {
			s.srv.write("web", noon.UnixNano()+int64(i), strings.Repeat("y", 8000))
		}
		s.follow(aContainer("web"), aContainer("api"))
		s.press(keys.Timestamps)
		s.press(keys.Timestamps)
		s.press(keys.Copy)
		s.press(keys.CopyAll)
		for _, m := range s.out {
			c := m.(screen.CopyText)
			if len(c.Text) > screen.CopyLimit || len(c.Text) < screen.CopyLimit-10_000 || !strings.HasSuffix(c.Text, "yyy\n") || !strings.Contains(c.What, "the newest, as many as a terminal takes") {
				t.Errorf("copied %d bytes of %d at most: %s", len(c.Text), screen.CopyLimit, c.What)
			}
		}
		s.view.SetSize(200, 10)
		s.press(keys.Copy)
		if c := s.out[2].(screen.CopyText); !strings.Contains(c.What, "(seen)") {
			t.Errorf("copied %s", c.What)
		}
	})
}

func TestClearIsTakenBack(t *testing.T) {
	onStage(t, func(s *stage) {
		s.writes("web", numbered(3)...)
		s.follow(aContainer("web"))
		s.press(keys.Uncover)
		s.lacks("line 2")
		s.srv.write("web", noon.UnixNano(), "fresh")
		s.settle(time.Second)
		s.sees("fresh", "cleared 3")
		s.press(keys.Clear)
		s.lacks("fresh")
		s.press(keys.Uncover)
		s.sees("line 0", "line 2", "fresh")
	})
}

func TestSince(t *testing.T) {
	onStage(t, func(s *stage) {
		long := numbered(3000)
		for i, l := range long {
			s.srv.write("web", time.Now().Add(time.Duration(i-3000)*time.Second).UnixNano(), l)
		}
		s.follow(aContainer("web"))
		if n := s.view.lines.end(); n != 1000 {
			t.Errorf("%d lines at first, want 1000", n)
		}
		s.sees("tail 1000")
		s.press(keys.Since)
		choose := s.out[0].(screen.Choose)
		for i, want := range map[int]int{1: 50, 2: 290, 4: 3000} {
			s.do(choose.Choices[i].Then)
			s.settle(3 * time.Second)
			if n := s.view.lines.end(); n < want || n > want+10 {
				t.Errorf("%s: %d lines, want about %d", choose.Choices[i].Text, n, want)
			}
		}
	})
}

// Of a log in which nothing was written for long the last minute is empty, and
// what comes then is all there is.
func TestSinceInAQuietLog(t *testing.T) {
	for _, target := range []Target{aContainer("web"), aPod("web")} {
		onStage(t, func(s *stage) {
			s.srv.change("web", func(l *written1) { l.seconds = target.pod != nil })
			for i, l := range numbered(3000) {
				s.srv.write("web", time.Now().Add(-time.Hour+time.Duration(i)*time.Second/10).UnixNano(), l)
			}
			s.follow(target)
			s.press(keys.Since)
			s.do(s.out[0].(screen.Choose).Choices[1].Then)
			s.settle(3 * time.Second)
			s.sees("Nothing written yet.")
			s.srv.write("web", time.Now().UnixNano(), "a new line")
			s.settle(time.Second)
			if n := s.view.lines.end(); n != 1 {
				t.Errorf("%d lines of the last minute, the first is %q", n, s.view.lines.line(0).text)
			}
			s.sees("a new line")
		})
	}
}

func TestLongLines(t *testing.T) {
	onStage(t, func(s *stage) {
		long := "start " + strings.Repeat("0123456789", 20) + " the end"
		s.writes("web", long, strings.Repeat("x", 3<<20), "漢字漢字漢字"+strings.Repeat("漢", 60))
		s.follow(aContainer("web"))
		s.sees("start 01", "…")
		s.lacks("the end")
		s.press(keys.ScrollOn)
		s.lacks("start")
		for range 7 {
			s.press(keys.ScrollOn)
		}
		s.sees("the end")
		for range 8 {
			s.press(keys.ScrollLeft)
		}
		s.sees("start 01")
		s.press(keys.Wrap)
		s.press(keys.Top)
		s.sees("the end")
		s.press(keys.Bottom)
		for range 250 { // through all rows of a line higher than the screen
			s.view.Scroll(-1)
		}
		s.sees("the end")
		if got := s.view.lines.line(1).text; !strings.HasSuffix(got, "… (3M more)") || len(got) > maxLine+20 {
			t.Errorf("of a long line %d bytes are kept: …%q", len(got), got[len(got)-30:])
		}
	})
}

// torrent writes without an end.
type torrent struct {
	line []byte
	rest []byte
	n    int
}

func (w *torrent) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if len(w.rest) == 0 {
			w.n++
			w.rest = fmt.Appendf(w.line[:0], "%s line %d\n", noon.Add(time.Duration(w.n)*20*time.Microsecond).Format(time.RFC3339Nano), w.n)
		}
		c := copy(p[n:], w.rest)
		n, w.rest = n+c, w.rest[c:]
	}
	return n, nil
}

// Whatever comes, as fast as it comes: what is kept is bounded, what is left out
// is said, and the newest is there.
func TestTorrentIsBounded(t *testing.T) {
	m := newMerger()
	q := m.open()
	m.set(q, live)
	f := &feed{merge: m, queue: q}
	lines := newLineReader(&torrent{})
	over := make(chan struct{})
	v := New(newContext(t, newServers()))
	v.SetSize(80, 10)
	f.status.phase = live
	for range 20 {
		for range 100_000 {
			line, left, err := lines.next()
			if err != nil {
				t.Fatal(err)
			}
			f.line(line, left)
			if len(f.block) >= blockLines {
				m.put(q, f.block, false, over)
				f.block = f.block[:0]
			}
		}
		if q.size() > maxQueue || q.bytes > maxQueueBytes || len(f.seen.marks) > 3*maxMarks {
			t.Fatalf("%d lines and %d bytes wait, %d are remembered", q.size(), q.bytes, len(f.seen.marks))
		}
		for {
			taken, _ := m.take()
			if len(taken) == 0 {
				break
			}
			b := batched{states: []status{{name: "x", phase: live}}}
			for i := range taken {
				b.lines = finish(b.lines, &taken[i])
			}
			v.take(b)
		}
		if v.lines.count > maxLines || v.lines.bytes > maxBytes {
			t.Fatalf("the log holds %d lines, %d bytes", v.lines.count, v.lines.bytes)
		}
	}
	skipped := 0
	for n := v.lines.first(); n < v.lines.end(); n++ {
		if e := v.lines.line(n); e.kind == noted && strings.HasSuffix(e.text, " lines skipped") {
			skipped++
		}
	}
	if last := v.lines.line(v.lines.end() - 1).text; skipped == 0 || !strings.HasPrefix(last, "line 199") {
		t.Errorf("%d gaps are said, the newest line is %q", skipped, last)
	}
}

func TestNoLineEndEver(t *testing.T) {
	lines := newLineReader(io.LimitReader(endless{}, 64<<20))
	line, left, err := lines.next()
	if !errors.Is(err, io.EOF) || len(line) != maxLine || left != 64<<20-maxLine || cap(lines.head) > 4*maxLine {
		t.Errorf("of 64 MB %d bytes are kept, %d left out, %v", len(line), left, err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(i*7) | 0x10 // binary, and never a line end
		if p[i] == '\n' {
			p[i] = 0
		}
	}
	return len(p), nil
}
