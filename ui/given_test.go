package ui

import (
	"io"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/ui/screen"
)

// nobody stands in for a program that gets the terminal.
type nobody struct{}

func (nobody) Run() error          { return nil }
func (nobody) SetStdin(io.Reader)  {}
func (nobody) SetStdout(io.Writer) {}
func (nobody) SetStderr(io.Writer) {}

// Keys that come between the wish for a shell and the shell are the shell's;
// once the terminal is back they are the decks' again.
func TestKeysGoToWhoGetsTheTerminal(t *testing.T) {
	s := open(t, healthy(), 120, 36)
	s.still()
	var ahead strings.Builder
	s.send(screen.GiveTerminal{To: nobody{}, Ahead: func(typed string) { ahead.WriteString(typed) }})
	for _, k := range []tea.KeyPressMsg{
		{Code: 'l', Text: "l"}, {Code: tea.KeySpace, Text: " "}, {Code: 'q', Text: "q"}, {Code: tea.KeyEnter}, {Code: 'c', Mod: tea.ModCtrl},
		{Code: tea.KeyBackspace}, {Code: tea.KeyTab}, {Code: tea.KeyUp}, {Code: 'é', Text: "é"},
	} {
		s.send(k)
	}
	if got, want := ahead.String(), "l q\r\x03\x7f\té"; got != want {
		t.Errorf("the shell got %q, want %q", got, want)
	}
	if s.quit || strings.Contains(s.plain(), "Leave") {
		t.Error("q was taken for ours")
	}
	s.send(gaveBack{screen.Did{Name: "shell in web", Command: "docker exec -it web sh", Began: noon, Ended: noon, Text: "The shell in web ended with exit code 3"}})
	s.see("The shell in web ended with exit code 3")
	s.press("$")
	s.see("Commands", "docker exec -it web sh")
	s.press("esc", "t")
	s.see("Tasks", "shell in web")
}
