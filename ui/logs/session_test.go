package logs

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twindeck/twindeck/ui/screen"
)

// collect takes batches until enough says so, or nothing has come for an hour.
func collect(t *testing.T, s *session, enough func(lines []entry) bool) (lines []entry, states []status) {
	t.Helper()
	limit := time.AfterFunc(time.Hour, s.end)
	defer limit.Stop()
	for !enough(lines) {
		b, ok := s.next().(batched)
		if !ok {
			t.Fatalf("no more comes after %d lines; the last are %v", len(lines), texts(lines[max(0, len(lines)-5):]))
		}
		lines = append(lines, b.lines...)
		states = b.states
	}
	return lines, states
}

func texts(lines []entry) (out []string) {
	for _, e := range lines {
		out = append(out, e.text)
	}
	return out
}

// ofSource are the texts that sources wrote, by the word they begin with.
func ofSource(lines []entry) map[string][]string {
	out := map[string][]string{}
	for _, e := range lines {
		if e.kind == written {
			name, rest, _ := strings.Cut(e.text, " ")
			out[name] = append(out[name], rest)
		}
	}
	return out
}

// TestNothingIsLostOrDoubled: whatever breaks, whenever, each source's lines are
// shown once, in its own order. Times repeat and go back a little, texts
// repeat, and one kind of server can be asked from a whole second only.
func TestNothingIsLostOrDoubled(t *testing.T) {
	for seed := range uint64(30) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := rand.New(rand.NewPCG(seed, 7))
				srv := newServers()
				set := Set{ID: "x"}
				want := map[string][]string{}
				names := []string{"c1", "p1", "c2", "p2"}[:1+r.IntN(4)]
				for _, name := range names {
					if name[0] == 'c' {
						set.Targets = append(set.Targets, aContainer(name))
					} else {
						set.Targets = append(set.Targets, aPod(name))
					}
					srv.change(name, func(l *written1) {
						l.seconds, l.cut = name[0] == 'p', randomCuts(rand.New(rand.NewPCG(seed, uint64(len(name)))))
					})
				}
				at := time.Now().UnixNano()
				write := func() {
					name := names[r.IntN(len(names))]
					text := fmt.Sprint(r.IntN(4)) // texts repeat
					want[name] = append(want[name], text)
					srv.write(name, at-int64(r.IntN(3))*int64(r.IntN(5e8)), name+" "+text)
				}
				for range r.IntN(200) {
					at += int64(r.IntN(3)) * int64(r.IntN(1e8)) // they often have the same time
					write()
				}
				ctx := newContext(t, srv)
				s := newSession(ctx, screen.Origin{}, 1, choice{span: span{}})
				s.follow(1, set)
				total := len(flat(want))
				lines, _ := collect(t, s, func(lines []entry) bool { return len(flat(ofSource(lines))) >= total })
				for range 20 { // and while it is followed
					for range r.IntN(30) {
						at += int64(r.IntN(2)) * int64(r.IntN(1e8))
						write()
					}
					time.Sleep(time.Duration(r.IntN(2e9)))
					total := len(flat(want))
					more, _ := collect(t, s, func(more []entry) bool {
						return len(flat(ofSource(lines)))+len(flat(ofSource(more))) >= total
					})
					lines = append(lines, more...)
				}
				time.Sleep(time.Minute) // anything doubled would come now
				synctest.Wait()
				last, _ := s.merge.take()
				for i := range last {
					lines = finish(lines, &last[i])
				}
				got := ofSource(lines)
				for _, name := range names {
					if !slices.Equal(got[name], want[name]) {
						t.Errorf("%s: shown %d lines, written %d:\n%v\n%v", name, len(got[name]), len(want[name]), got[name], want[name])
					}
				}
				s.end()
				ctx.Work.Wait()
			})
		})
	}
}

func flat(m map[string][]string) (out []string) {
	for _, l := range m {
		out = append(out, l...)
	}
	return out
}

// TestTheLastLinesAreTheLast: of a log of which only the last lines are asked
// for, none from before them comes, though they were all written within the
// second that a server is asked for again.
func TestTheLastLinesAreTheLast(t *testing.T) {
	for _, target := range []Target{aContainer("c1"), aPod("p1")} {
		for reach, span := range map[string]span{"tail": {tail: 1000}, "back": {back: 300 * time.Millisecond}} {
			for name, cut := range map[string]func() (int, error){"a good line": nil, "a bad line": seldomCuts(rand.New(rand.NewPCG(5, 1)))} {
				synctest.Test(t, func(t *testing.T) {
					const before, later = 3000, 50
					srv := newServers()
					srv.change(target.id(), func(l *written1) { l.seconds, l.cut = target.pod != nil, cut })
					for n := range before {
						srv.write(target.id(), time.Now().UnixNano(), fmt.Sprint(n))
						time.Sleep(100 * time.Microsecond)
					}
					ctx := newContext(t, srv)
					s := newSession(ctx, screen.Origin{}, 1, choice{span: span})
					s.follow(1, Set{ID: "x", Targets: []Target{target}})
					go func() {
						for n := range later {
							time.Sleep(100 * time.Millisecond)
							srv.write(target.id(), time.Now().UnixNano(), fmt.Sprint(before+n))
						}
					}()
					lines, _ := collect(t, s, func(lines []entry) bool {
						return slices.ContainsFunc(lines, func(e entry) bool { return e.text == fmt.Sprint(before+later-1) })
					})
					s.end()
					ctx.Work.Wait()
					shown := -1
					for _, e := range lines {
						var n int
						if _, err := fmt.Sscan(e.text, &n); err != nil {
							continue // a note
						}
						if shown >= 0 && n != shown+1 {
							t.Fatalf("%s, %s, %s: line %d comes after line %d", target.id(), reach, name, n, shown)
						}
						shown = n
					}
				})
			}
		}
	}
}

// A source that joins has a colour that no other has that is read, while there are
// any; one that returns has the one that its lines have.
func TestColoursOfThoseThatAreRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := newContext(t, newServers())
		s := newSession(ctx, screen.Origin{}, 1, choice{})
		n, number := len(ctx.Theme.Sources), 0
		follow := func(names ...int) {
			number++
			set := Set{ID: "x"}
			for _, i := range names {
				set.Targets = append(set.Targets, aPod(fmt.Sprint(i)))
			}
			s.follow(number, set)
			time.Sleep(time.Minute)
			synctest.Wait()
		}
		all := make([]int, n)
		for i := range all {
			all[i] = i
		}
		follow(all...)
		all[2] = n
		follow(all...)
		all[3] = 2
		follow(all...)
		var got []int
		states, _ := s.states()
		for _, st := range states {
			got = append(got, st.colour)
		}
		for i := range n {
			if got[i] != i {
				t.Errorf("source %d has colour %d", i, got[i])
			}
		}
		if len(got) != n+1 || got[n] != 2 {
			t.Errorf("the colours are %v", got)
		}
		s.end()
		ctx.Work.Wait()
	})
}

// However many pods came and went, those that are there are followed; what is too
// much at once is told, and joins when there is room.
func TestPodsComeAndGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := newServers()
		ctx := newContext(t, srv)
		s := newSession(ctx, screen.Origin{}, 1, choice{})
		number := 0
		set := func(from, to int) {
			number++
			all := Set{ID: "x"}
			for i := from; i < to; i++ {
				name := fmt.Sprintf("pod-%d", i)
				srv.write(name, time.Now().UnixNano(), name+" is here")
				all.Targets = append(all.Targets, aPod(name))
			}
			s.follow(number, all)
		}
		reads := func(from, to, left int) {
			t.Helper()
			time.Sleep(time.Minute)
			synctest.Wait()
			states, over := s.states()
			followed := map[string]bool{}
			for _, st := range states {
				if st.phase == live {
					followed[st.key] = true
				}
			}
			if over != left {
				t.Errorf("%d are said to be left out, not %d", over, left)
			}
			for i := from; i < to; i++ {
				if !followed[fmt.Sprintf("pod-%d/", i)] {
					t.Errorf("pod-%d is not followed", i)
				}
			}
		}
		set(0, maxSources)
		reads(0, maxSources, 0)
		set(maxSources, 2*maxSources+30) // all others
		reads(maxSources, 2*maxSources, 30)
		set(maxSources+30, 2*maxSources+30) // thirty leave
		reads(maxSources+30, 2*maxSources+30, 0)
		s.end()
		ctx.Work.Wait()
	})
}
