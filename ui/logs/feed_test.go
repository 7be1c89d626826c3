package logs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
)

// script is a cluster with one container a pod, whose answers a test gives one by one.
type script struct {
	env.Kube

	mu    sync.Mutex
	asked map[string]int // for the log of a pod, so often
	// logs answers when the log of a pod is asked for the n-th time, from 0 on.
	logs  func(ctx context.Context, pod string, n int, o kube.LogOptions) (io.ReadCloser, error)
	state func() (kube.PodContainer, error)
}

func (s *script) Logs(ctx context.Context, _, pod string, o kube.LogOptions) (io.ReadCloser, error) {
	s.mu.Lock()
	if s.asked == nil {
		s.asked = map[string]int{}
	}
	n := s.asked[pod]
	s.asked[pod]++
	s.mu.Unlock()
	return s.logs(ctx, pod, n, o)
}

func (s *script) PodContainers(context.Context, string, string) ([]kube.PodContainer, error) {
	c := kube.PodContainer{State: "running"}
	var err error
	if s.state != nil {
		c, err = s.state()
	}
	c.Name, c.Default = "app", true
	return []kube.PodContainer{c}, err
}

// answer is a stream that gives a text and then ends.
func answer(text string) io.ReadCloser { return io.NopCloser(strings.NewReader(text)) }

// opened is a stream that gives a text, and after a while breaks; 0: it stays open.
func opened(ctx context.Context, text string, after time.Duration, err error) io.ReadCloser {
	return &opening{text: strings.NewReader(text), ctx: ctx, after: after, err: err, shut: make(chan struct{})}
}

type opening struct {
	text  io.Reader
	ctx   context.Context
	after time.Duration
	err   error
	once  sync.Once // a stream is closed by its reader, by its end, or by both at once
	shut  chan struct{}
}

func (o *opening) Read(p []byte) (int, error) {
	if n, err := o.text.Read(p); err == nil {
		return n, nil
	}
	var after <-chan time.Time
	if o.after > 0 {
		after = time.After(o.after)
	}
	select {
	case <-after:
		return 0, o.err
	case <-o.shut:
		return 0, io.ErrClosedPipe
	case <-o.ctx.Done():
		return 0, o.ctx.Err()
	}
}

func (o *opening) Close() error {
	o.once.Do(func() { close(o.shut) })
	return nil
}

var errReset = errors.New("connection reset by peer")

// at is a line with its time, so long after noon.
func at(after time.Duration, text string) string {
	return noon.Add(after).Format(time.RFC3339Nano) + " " + text
}

// all are the texts of the view's lines; the times in notes are left out.
func (s *stage) all() (out []string) {
	for n := s.view.lines.first(); n < s.view.lines.end(); n++ {
		text, _, _ := strings.Cut(s.view.lines.line(n).text, " lost ")
		out = append(out, text)
	}
	return out
}

func (s *stage) has(want ...string) {
	s.t.Helper()
	if got := s.all(); !slices.Equal(got, want) {
		s.t.Errorf("shown are %q, want %q", got, want)
	}
}

// What a node says in place of a log is no line of it, however often it is said.
func TestTheNodeHasNoLog(t *testing.T) {
	const word = "unable to retrieve logs"
	for _, c := range []struct {
		state string
		logs  func(n int) string
		want  []string
		says  string
	}{
		{"terminated", func(int) string { return word }, nil, "— end of the log: The node has no log: " + word},
		{"running", func(int) string { return word }, nil, "◐ The node has no log: " + word},
		{"terminated", func(n int) string {
			if n < 2 {
				return at(0, "one\n")
			}
			return word
		}, []string{"one"}, "The node has no log: " + word},
	} {
		onStage(t, func(s *stage) {
			k := &script{
				logs: func(_ context.Context, _ string, n int, _ kube.LogOptions) (io.ReadCloser, error) {
					return answer(c.logs(n)), nil
				},
				state: func() (kube.PodContainer, error) {
					return kube.PodContainer{State: c.state, Reason: "Error", ExitCode: 1}, nil
				},
			}
			s.view.ctx.Env.Kube = k
			s.follow(aPod("web"))
			s.settle(time.Minute)
			s.has(c.want...)
			s.sees(c.says)
		})
	}
}

// A row that leaves and returns goes on where it was: nothing is read twice.
func TestWhatReturnsGoesOn(t *testing.T) {
	for _, target := range []Target{aContainer("web"), aPod("web")} {
		onStage(t, func(s *stage) {
			s.writes("web", numbered(5)...)
			s.srv.change("web", func(l *written1) { l.seconds = target.pod != nil })
			s.follow(target, aContainer("api"))
			s.follow(aContainer("api"))
			s.settle(3 * time.Second)
			s.srv.write("web", noon.UnixNano(), "line 5")
			s.follow(target, aContainer("api"))
			s.srv.write("web", noon.Add(time.Second).UnixNano(), "line 6")
			s.settle(time.Second)
			s.has(numbered(7)...)
			s.sees("sources 2")
			s.lacks("sources 2 of")
		})
	}
}

// Nobody is told that a source is read again before anything of it was.
func TestThereIsSaidWhenItIs(t *testing.T) {
	for _, c := range []struct {
		name string
		logs func(ctx context.Context, n int) (io.ReadCloser, error)
		want []string
		says string
	}{
		{
			"a node that is down", // the cluster's answer begins, so to say, and is never more
			func(ctx context.Context, n int) (io.ReadCloser, error) {
				switch n {
				case 0:
					return answer(at(0, "one\n")), nil
				case 1:
					return opened(ctx, at(0, "one\n"), 3*time.Second, errReset), nil
				}
				return opened(ctx, "", 30*time.Second, errors.New("dial tcp 10.0.0.5:10250: i/o timeout")), nil
			},
			[]string{"one", "— connection"},
			"▲ dial tcp 10.0.0.5:10250",
		},
		{
			"a server that fails after the last line",
			func(ctx context.Context, n int) (io.ReadCloser, error) {
				if n == 0 {
					return answer(at(0, "one\n")), nil
				}
				return opened(ctx, at(0, "one\n"), time.Millisecond, errReset), nil
			},
			[]string{"one", "— connection", "— again there", "— connection"},
			"▲ connection reset",
		},
		{
			"one that holds at last, and has nothing new",
			func(ctx context.Context, n int) (io.ReadCloser, error) {
				switch {
				case n == 0:
					return answer(at(0, "one\n")), nil
				case n < 9:
					return opened(ctx, at(0, "one\n"), time.Millisecond, errReset), nil
				}
				return opened(ctx, at(0, "one\n"), 0, nil), nil
			},
			[]string{"one", "— connection", "— again there", "— connection"},
			"",
		},
		{
			"one that has something new",
			func(ctx context.Context, n int) (io.ReadCloser, error) {
				switch {
				case n == 0:
					return answer(at(0, "one\n")), nil
				case n < 9:
					return opened(ctx, at(0, "one\n"), time.Millisecond, errReset), nil
				}
				return opened(ctx, at(0, "one\n")+at(1, "two\n"), 0, nil), nil
			},
			[]string{"one", "— connection", "— again there", "— connection", "— again there", "two"},
			"",
		},
		{
			"a log that is empty, through a break",
			func(ctx context.Context, n int) (io.ReadCloser, error) {
				switch n {
				case 0:
					return answer(""), nil
				case 1:
					return opened(ctx, "", time.Second, errReset), nil
				}
				return opened(ctx, "", 0, nil), nil
			},
			[]string{"— connection"},
			"",
		},
	} {
		onStage(t, func(s *stage) {
			s.view.ctx.Env.Kube = &script{logs: func(ctx context.Context, _ string, n int, _ kube.LogOptions) (io.ReadCloser, error) {
				return c.logs(ctx, n)
			}}
			s.follow(aPod("web"))
			s.settle(5 * time.Minute)
			s.has(c.want...)
			if c.says != "" {
				s.sees(c.says)
			} else if s.lacks("▲"); s.view.states[0].phase != live {
				t.Errorf("%s: it stands as %d", c.name, s.view.states[0].phase)
			}
		})
	}
}

// The end of a container's log stays on the screen while it is looked at again and
// again, until it runs.
func TestTheEndStaysTheEnd(t *testing.T) {
	onStage(t, func(s *stage) {
		var runs atomic.Bool
		s.view.ctx.Env.Kube = &script{
			logs: func(ctx context.Context, _ string, _ int, _ kube.LogOptions) (io.ReadCloser, error) {
				time.Sleep(30 * time.Millisecond)
				if runs.Load() {
					return opened(ctx, "", 0, nil), nil
				}
				return answer(at(0, "panic\n")), nil
			},
			state: func() (kube.PodContainer, error) {
				time.Sleep(80 * time.Millisecond)
				if runs.Load() {
					return kube.PodContainer{State: "running", Restarts: 3}, nil
				}
				return kube.PodContainer{State: "waiting", Reason: "\x1b]0;owned\aCrashLoopBackOff", Restarts: 3}, nil
			},
		}
		s.follow(aPod("web"))
		for range 3000 {
			s.settle(10 * time.Millisecond)
			if shown := strings.Join(s.view.View(), "\n"); !strings.Contains(shown, "— end of the log: CrashLoopBackOff") {
				t.Fatalf("after %s the screen is\n%q", time.Since(noon), shown)
			}
		}
		runs.Store(true)
		s.settle(askAgain + time.Second)
		s.lacks("end of the log")
	})
}

// What a program wrote last without a line end is read once it has ended, and is
// not taken for the last words of another.
func TestLastWordsWithoutALineEnd(t *testing.T) {
	for _, c := range []struct {
		name  string
		logs  func(ctx context.Context, n int, o kube.LogOptions, restart func()) (io.ReadCloser, error)
		leave bool
		want  []string
	}{
		{"of the previous instance", func(ctx context.Context, n int, o kube.LogOptions, restart func()) (io.ReadCloser, error) {
			switch {
			case o.Previous:
				return answer(at(0, "one\n") + at(1, "fatal: the disk is full")), nil
			case n == 0:
				return answer(at(0, "one\n")), nil
			case n == 1:
				restart()
				return answer(at(0, "one\n")), nil // the next already runs
			}
			return opened(ctx, at(time.Second, "started\n"), 0, nil), nil
		}, false, []string{"one", "fatal: the disk is full", "— started again, restart 1", "started"}},
		{"of a stream that was cut", func(ctx context.Context, n int, _ kube.LogOptions, _ func()) (io.ReadCloser, error) {
			switch n {
			case 0:
				return answer(at(0, "one\n")), nil
			case 1:
				return answer(at(0, "one\n") + at(1, "tw")), nil
			}
			return opened(ctx, at(0, "one\n")+at(1, "two and three\n")+at(2, "four\n"), 0, nil), nil
		}, true, []string{"one", "two and three", "four"}},
	} {
		onStage(t, func(s *stage) {
			var restarts atomic.Int32
			s.view.ctx.Env.Kube = &script{
				logs: func(ctx context.Context, _ string, n int, o kube.LogOptions) (io.ReadCloser, error) {
					return c.logs(ctx, n, o, func() { restarts.Store(1) })
				},
				state: func() (kube.PodContainer, error) {
					return kube.PodContainer{State: "running", Restarts: int(restarts.Load())}, nil
				},
			}
			s.follow(aPod("web"))
			s.settle(10 * time.Second)
			if c.leave {
				s.follow()
				s.settle(2 * lastWords)
			}
			s.has(c.want...)
		})
	}
}

// A refusal may be of the moment; what cannot be is not asked for again and again.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		err  error
		once bool // and never again
		want string
		most int // times that it is asked for in 5 minutes
	}{
		{fmt.Errorf("getting credentials: no such host: %w", kube.ErrUnauthorized), true, "two", 4},
		{fmt.Errorf("pods is forbidden: %w", kube.ErrForbidden), true, "two", 4},
		{fmt.Errorf("pods is forbidden: %w", kube.ErrForbidden), false, "✕ You may not read this log", 40},
		{errors.New("container proxy is not valid for pod web"), false, "✕ The pod has no container of this name.", 2},
		{errors.New(`container "app" in pod "web" is terminated`), false, "its node keeps no log of it", 130},
	} {
		onStage(t, func(s *stage) {
			k := &script{logs: func(ctx context.Context, _ string, n int, _ kube.LogOptions) (io.ReadCloser, error) {
				switch {
				case !c.once || n == 2:
					return nil, c.err
				case n == 0:
					return answer(at(0, "one\n")), nil
				case n == 1:
					return opened(ctx, at(0, "one\n"), time.Second, errReset), nil
				}
				return opened(ctx, at(0, "one\n")+at(1, "two\n"), 0, nil), nil
			}}
			s.view.ctx.Env.Kube = k
			s.follow(aPod("web"))
			s.settle(5 * time.Minute)
			s.sees(c.want)
			k.mu.Lock()
			defer k.mu.Unlock()
			if n := k.asked["web"]; n > c.most {
				t.Errorf("%s: asked for %d times", c.err, n)
			}
		})
	}
}

// Lines that were put away while the connection was broken are said to be missing;
// after a restart of the container, and where nothing was put away, none are.
func TestWhatWasPutAwayIsMissing(t *testing.T) {
	for _, c := range []struct {
		name     string
		after    string
		restarts int32
		want     []string
	}{
		{"put away", at(5*time.Second, "line 9\n"), 0, []string{"one", "— connection", "… 5s skipped", "— again there", "line 9"}},
		{"all there", at(0, "one\n") + at(5*time.Second, "two\n"), 0, []string{"one", "— connection", "— again there", "two"}},
		{"another instance", at(5*time.Second, "two\n"), 1, []string{"one", "— connection", "— started again, restart 1", "— again there", "two"}},
	} {
		onStage(t, func(s *stage) {
			var restarts atomic.Int32
			s.view.ctx.Env.Kube = &script{
				logs: func(ctx context.Context, _ string, n int, o kube.LogOptions) (io.ReadCloser, error) {
					switch {
					case o.Previous || n == 0:
						return answer(at(0, "one\n")), nil
					case n == 1:
						restarts.Store(c.restarts)
						return opened(ctx, at(0, "one\n"), time.Second, errReset), nil
					}
					if o.Tail > 0 {
						return opened(ctx, "", time.Second, errReset), nil
					}
					return opened(ctx, c.after, 0, nil), nil
				},
				state: func() (kube.PodContainer, error) {
					return kube.PodContainer{State: "running", Restarts: int(restarts.Load())}, nil
				},
			}
			s.follow(aPod("web"))
			s.settle(10 * time.Second)
			s.has(c.want...)
		})
	}
}

// The previous instance is read to its end, however long that takes: the end is
// what it is read for.
func TestPreviousIsReadToItsEnd(t *testing.T) {
	onStage(t, func(s *stage) {
		s.writes("web", "this one")
		s.view.since = len(spans) - 1
		s.view.choice.span = spans[s.view.since].span
		s.view.ctx.Env.Kube = &script{logs: func(ctx context.Context, _ string, _ int, o kube.LogOptions) (io.ReadCloser, error) {
			if o.Previous {
				return &slow{lines: 20_000, last: "panic: why", ctx: ctx}, nil
			}
			return opened(ctx, "", 0, nil), nil
		}}
		s.follow(aPod("web"))
		s.press(keys.Previous)
		s.settle(time.Minute)
		s.sees("panic: why")
	})
}

// slow takes a millisecond for each line.
type slow struct {
	n, lines int
	last     string
	ctx      context.Context
}

func (s *slow) Read(p []byte) (int, error) {
	select {
	case <-time.After(time.Millisecond):
	case <-s.ctx.Done():
		return 0, s.ctx.Err()
	}
	switch s.n++; {
	case s.n < s.lines:
		return copy(p, at(time.Duration(s.n)*time.Millisecond, fmt.Sprintf("line %d\n", s.n))), nil
	case s.n == s.lines:
		return copy(p, at(time.Duration(s.n)*time.Millisecond, s.last+"\n")), nil
	}
	return 0, io.EOF
}

func (s *slow) Close() error { return nil }

// A node keeps a long line in pieces, and hands over those from a time on, the first
// of them without its time if it is not the line's first: they have come before.
func TestALineReadAgainFromWithin(t *testing.T) {
	onStage(t, func(s *stage) {
		type piece struct {
			at   time.Duration
			text string
		}
		long := strings.Repeat("a", 16000)
		pieces := []piece{
			{-time.Second - 2*time.Millisecond, long},
			{-time.Second + time.Millisecond, "the end of the long line\n"},
			{300 * time.Millisecond, "next\n"},
		}
		node := func(since time.Time) string {
			var b strings.Builder
			begins := true
			for _, p := range pieces {
				if !noon.Add(p.at).Before(since.Truncate(time.Second)) {
					if begins {
						b.WriteString(at(p.at, ""))
					}
					b.WriteString(p.text)
				}
				begins = strings.HasSuffix(p.text, "\n")
			}
			return b.String()
		}
		s.view.ctx.Env.Kube = &script{logs: func(ctx context.Context, _ string, n int, o kube.LogOptions) (io.ReadCloser, error) {
			if n == 0 {
				return answer(node(o.Since)), nil
			}
			if n < 5 {
				return opened(ctx, node(o.Since), time.Second, errReset), nil
			}
			return opened(ctx, node(o.Since), 0, nil), nil
		}}
		s.follow(aPod("web"))
		s.settle(20 * time.Second)
		written := slices.DeleteFunc(s.all(), func(text string) bool { return strings.HasPrefix(text, "— ") })
		if len(written) != 2 || !strings.HasPrefix(written[0], "aaa") || written[1] != "next" {
			for i := range written {
				written[i] = written[i][:min(len(written[i]), 40)]
			}
			t.Errorf("shown are %q", written)
		}
	})
}

// What was written through a break comes whole, however many sources there are and
// were.
func TestCatchingUpDropsNothing(t *testing.T) {
	for _, c := range []struct{ sources, left, backlog int }{{1, 0, 40_000}, {1, 64, 3000}, {40, 0, 3000}} {
		synctest.Test(t, func(t *testing.T) {
			ctx := newContext(t, newServers())
			start := time.Since(noon)
			lines := func(n int) string {
				var b strings.Builder
				for i := range n {
					b.WriteString(at(start+time.Duration(i)*50*time.Microsecond, fmt.Sprintf("line %d\n", i)))
				}
				return b.String()
			}
			began, behind := lines(10), lines(10+c.backlog)
			ctx.Env.Kube = &script{logs: func(ctx context.Context, _ string, n int, _ kube.LogOptions) (io.ReadCloser, error) {
				switch n {
				case 0:
					return answer(began), nil
				case 1:
					return opened(ctx, began, 5*time.Second, errReset), nil
				}
				return opened(ctx, behind, 0, nil), nil
			}}
			s := newSession(ctx, screen.Origin{}, 1, choice{span: span{tail: 1000}})
			for range c.left {
				s.merge.set(s.merge.open(), ended)
			}
			set := Set{ID: "x"}
			for i := range c.sources {
				set.Targets = append(set.Targets, aPod(fmt.Sprint("p", i)))
			}
			s.follow(1, set)
			time.Sleep(30 * time.Second) // nobody takes what came meanwhile
			want := c.sources * (10 + c.backlog)
			got, skipped := 0, false
			collect(t, s, func(lines []entry) bool {
				got = 0
				for _, e := range lines {
					if e.kind == written {
						got++
					}
					skipped = skipped || strings.HasSuffix(e.text, "skipped")
				}
				return got >= want
			})
			if skipped || got != want {
				t.Errorf("%d sources, %d that have left: %d of %d lines are shown", c.sources, c.left, got, want)
			}
			s.end()
			ctx.Work.Wait()
		})
	}
}

// Sources of long lines wait until theirs are taken: what waits is bounded in bytes.
func TestLongLinesOfManySourcesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const sources, long = 60, 15_000
		ctx := newContext(t, newServers())
		ctx.Env.Kube = &script{logs: func(ctx context.Context, _ string, n int, _ kube.LogOptions) (io.ReadCloser, error) {
			if n == 0 {
				text := strings.NewReplacer("x", strings.Repeat("x", long)).Replace(at(0, "x\n"))
				return answer(strings.Repeat(text, 30)), nil
			}
			return opened(ctx, "", 0, nil), nil
		}}
		s := newSession(ctx, screen.Origin{}, 1, choice{span: span{tail: 1000}})
		set := Set{ID: "x"}
		for i := range sources {
			set.Targets = append(set.Targets, aPod(fmt.Sprint("p", i)))
		}
		s.follow(1, set)
		synctest.Wait()
		waits := 0
		s.merge.mu.Lock()
		for _, q := range s.merge.queues {
			waits += q.bytes
		}
		s.merge.mu.Unlock()
		if waits == 0 || waits > maxQueueBytes {
			t.Errorf("%d bytes wait, of at most %d", waits, maxQueueBytes)
		}
		s.end()
		ctx.Work.Wait()
	})
}
