package ui

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/ui/keys"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// stage runs the app without a program: messages are handled one by one, and
// what a test waits for is seen on the screen.
type stage struct {
	t    *testing.T
	app  *App
	life context.Context
	msgs chan tea.Msg
	past atomic.Int64 // nanoseconds since noon
	quit bool
	each func() // called after each message; nil: nothing is
}

// open shows the app on an environment at a size.
func open(t *testing.T, e *env.Environment, width, height int) *stage {
	t.Helper()
	life, cancel := context.WithCancel(context.Background())
	s := &stage{t: t, life: life, msgs: make(chan tea.Msg, 64)}
	s.app = NewApp(life, e, Options{Start: keys.Decks, Now: s.now})
	s.app.ctx.Work.Go(func() { _ = e.Docker.Run(life) })
	s.app.ctx.Work.Go(func() { _ = e.Kube.Run(life) })
	t.Cleanup(func() {
		cancel()
		s.app.ctx.Work.Wait()
	})
	s.send(tea.WindowSizeMsg{Width: width, Height: height})
	s.exec(s.app.Init())
	return s
}

func (s *stage) now() time.Time { return noon.Add(time.Duration(s.past.Load())) }

// wait lets time pass on the app's clock.
func (s *stage) wait(d time.Duration) { s.past.Add(int64(d)) }

func (s *stage) exec(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		select {
		case s.msgs <- cmd():
		case <-s.life.Done():
		}
	}()
}

func (s *stage) send(msg tea.Msg) {
	switch msg := msg.(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			s.exec(c)
		}
	case tea.QuitMsg:
		s.quit = true
	default:
		_, cmd := s.app.Update(msg)
		s.exec(cmd)
		if s.each != nil {
			s.each()
		}
	}
}

// press presses keys, each named as in the key map.
func (s *stage) press(names ...string) {
	for _, n := range names {
		s.send(keyPress(n))
	}
}

// typed presses the keys of a word.
func (s *stage) typed(word string) {
	for _, r := range word {
		s.press(string(r))
	}
}

func keyPress(name string) tea.KeyPressMsg {
	special := map[string]rune{
		"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown,
		"pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "backspace": tea.KeyBackspace,
	}
	if code, ok := special[name]; ok {
		return tea.KeyPressMsg{Code: code}
	}
	if name == "ctrl+c" {
		return tea.KeyPressMsg{Code: 'c', Mod: tea.ModCtrl}
	}
	if name == "space" {
		return tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}
	}
	return tea.KeyPressMsg{Code: []rune(name)[0], Text: name}
}

// plain is the screen without colours.
func (s *stage) plain() string { return ansi.Strip(s.app.draw()) }

// until handles messages until ok holds for the screen.
func (s *stage) until(what string, ok func(screen string) bool) {
	s.t.Helper()
	deadline := time.After(20 * time.Second)
	for !ok(s.plain()) {
		select {
		case m := <-s.msgs:
			s.send(m)
		case <-deadline:
			s.t.Fatalf("waited for %s; the screen is\n%s", what, s.plain())
		}
	}
}

// see waits for all texts to be on the screen together.
func (s *stage) see(texts ...string) {
	s.t.Helper()
	s.until(strings.Join(texts, " and "), func(screen string) bool {
		for _, t := range texts {
			if !strings.Contains(screen, t) {
				return false
			}
		}
		return true
	})
}

// gone waits for a text not to be on the screen.
func (s *stage) gone(text string) {
	s.t.Helper()
	s.until("no "+text, func(screen string) bool { return !strings.Contains(screen, text) })
}

// settled waits for the decks as they stand in the simulated environment.
func (s *stage) settled() {
	s.t.Helper()
	s.see("Containers 8", "Pods 16", "GET /v1/orders", "%")
}

// idle handles messages until all that was asked for at the start has come:
// what the header says, and no task is left.
func (s *stage) idle() {
	s.t.Helper()
	s.until("all answers", func(string) bool { return s.told() && len(s.app.tasks.running()) == 0 })
}

// told tells that all that was asked for at the start has come.
func (s *stage) told() bool {
	f := s.app.ctx.Facts
	return f.Engine.Engine != "" && f.Cluster.Git != "" && f.Project.Name != ""
}
