package logs

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
)

// someLines are lines of the kinds that programs write.
var someLines = []string{
	"GET /health 200 1ms",
	`{"time":"2026-11-20T11:59:00Z","level":"info","msg":"listening","port":8080}`,
	`{"level":"error","msg":"no such table","table":"orders","err":{"code":42,"near":["select","from"]}}`,
	"level=warn msg=\"the disk fills up\" free=3%",
	"ERROR \x1b[31mred in its own terminal\x1b[0m, and a line that is much longer than a narrow screen is wide, so that it is cut or wrapped; it ends with the word end",
	"DEBUG 漢字 take two cells each, and a tab\tis two spaces",
	"[WARN ] one moment",
	"and plain words",
}

// views are what a log looks like, each reached as a person would.
var views = []struct {
	name  string
	reach func(s *stage)
}{
	{"one", func(s *stage) { s.follow(aContainer("web")) }},
	{"merged", func(s *stage) {
		s.follow(aContainer("web"), aPod("checkout-6d4cf56db6-x9k2p"), aPod("db"))
		s.press(keys.Timestamps)
	}},
	{"wrapped", func(s *stage) {
		s.follow(aContainer("web"), aPod("db"))
		s.press(keys.Timestamps)
		s.press(keys.Timestamps)
		s.press(keys.Wrap)
	}},
	{"pretty", func(s *stage) {
		s.follow(aContainer("web"))
		s.press(keys.JSON)
		s.press(keys.Top)
	}},
	{"searched", func(s *stage) {
		s.follow(aContainer("web"), aPod("db"))
		s.press(keys.Filter)
		s.typed("re:e[rn]")
		s.enter()
		s.press(keys.PrevMatch)
	}},
	{"filtered", func(s *stage) {
		s.follow(aContainer("web"), aPod("db"))
		s.press(keys.PutMark)
		s.press(keys.Only)
		s.typed("!health")
		s.enter()
		s.press(keys.Filter)
	}},
	{"broken", func(s *stage) {
		s.srv.change("web", func(l *written1) {
			l.cut = func() (int, error) { return 1 << 20, errors.New("connection reset by peer") }
		})
		s.srv.change("late", func(l *written1) {
			l.err = errors.New(`container "app" in pod "late" is waiting to start: PodInitializing`)
		})
		s.follow(aContainer("web"), aPod("late"))
		s.press(keys.Previous)
	}},
	{"waiting", func(s *stage) {
		s.srv.change("late", func(l *written1) {
			l.err = errors.New(`container "app" in pod "late" is waiting to start: trying and failing to pull image`)
		})
		s.follow(aPod("late"))
	}},
	{"cleared", func(s *stage) {
		s.follow(aContainer("web"))
		s.press(keys.Clear)
	}},
}

// TestViews compares what people see with what was last looked at and found
// good. Update with: go test ./ui/logs -run TestViews -update
func TestViews(t *testing.T) {
	for _, v := range views {
		t.Run(v.name, func(t *testing.T) {
			var shown []string
			sizes := [][2]int{{56, 6}, {96, 14}, {160, 30}}
			onStage(t, func(s *stage) {
				s.view.SetSize(96, 14)
				s.writes("web", someLines...)
				for i, l := range someLines[2:5] {
					s.srv.write("db", noon.Add(time.Duration(3*i-9)*time.Second).UnixNano(), l)
					s.srv.write("checkout-6d4cf56db6-x9k2p", noon.Add(time.Duration(2*i-9)*time.Second+time.Millisecond).UnixNano(), "checkout "+fmt.Sprint(i))
				}
				v.reach(s)
				for _, size := range sizes {
					s.view.SetSize(size[0], size[1])
					frame := screen.Box{
						Edge: s.view.ctx.Theme.Border, Title: s.view.set.Title, Right: s.view.State(size[0] - 12), Foot: s.view.Foot(),
					}
					s.screen() // within its room
					shown = append(shown, strings.Join(frame.Draw(s.view.View(), size[0]+2, size[1]+2), "\n"))
				}
				s.view.Key(keys.Back, tea.KeyPressMsg{})
			})
			for i, size := range sizes {
				name := fmt.Sprintf("%dx%d", size[0], size[1])
				t.Run(name, func(t *testing.T) { golden.RequireEqual(t, ansi.Strip(shown[i])+"\n") })
				t.Run(name+"-colours", func(t *testing.T) { golden.RequireEqual(t, shown[i]+"\n") })
			}
		})
	}
}
