package dialog

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/twindeck/twindeck/ui/screen"
)

// fields opens a form of three fields; what it was answered with is in answer.
func fields(ctx *screen.Context) (f *Fields, answer *[]string) {
	answer = &[]string{}
	return NewForm(ctx, screen.Form{
		Title: "Copy files", Body: []string{"From one side to the other."}, Start: 1, Yes: "copy",
		Fields: []screen.Field{
			{Label: "copy", Value: "into", Choice: []string{"out", "into"}},
			{Label: "there", Value: "/", Browse: func(v []string, set func(string) tea.Msg) tea.Cmd {
				return screen.Send(set("/found" + v[2]))
			}},
			{Label: "here", Value: "/home"},
		},
		Note: func(v []string) string { return "docker cp " + strings.Join(v, " ") },
		Then: func(v []string) tea.Cmd { *answer = v; return nil },
	}), answer
}

func TestFieldsAreTyped(t *testing.T) {
	ctx, now := testContext(t)
	f, answer := fields(ctx)
	if _, done := f.Key(key("enter")); done {
		t.Error("a key of its first moment was taken")
	}
	*now = now.Add(Quiet)
	f.Key(key("x"))
	f.Paste(tea.PasteMsg{Content: "yz"})
	f.Key(key("tab"))
	f.Key(key("1"))
	f.Key(key("tab"))
	f.Key(key("right")) // round to the first
	f.Key(key("x"))     // nothing is typed into a choice
	if text := ansi.Strip(strings.Join(f.View(80, 24), "\n")); !strings.Contains(text, "● out") || !strings.Contains(text, "docker cp out /xyz /home1") {
		t.Errorf("it shows\n%s", text)
	}
	if _, done := f.Key(key("enter")); !done || strings.Join(*answer, "|") != "out|/xyz|/home1" {
		t.Errorf("answered with %q", *answer)
	}
}

func TestFieldsAreBrowsed(t *testing.T) {
	ctx, now := testContext(t)
	f, _ := fields(ctx)
	*now = now.Add(Quiet)
	cmd, done := f.Key(key("ctrl+o"))
	if done || cmd == nil {
		t.Fatal("ctrl+o does not browse")
	}
	found := cmd().(Browsed)
	if cmd, _ := f.Key(key("ctrl+o")); cmd != nil {
		t.Error("it is browsed twice at once")
	}
	found.Over(f).(Set).Apply()
	if v := f.values(); v[1] != "/found/home" {
		t.Errorf("it was set to %q", v)
	}
	if cmd, _ = f.Key(key("ctrl+o")); cmd == nil {
		t.Fatal("it is not browsed again")
	}
	if found := cmd().(Browsed); found.Over(nil) != nil {
		t.Error("a list opens for a dialog that was left")
	}
	f.Key(key("tab"))
	if cmd, _ := f.Key(key("ctrl+o")); cmd != nil {
		t.Error("a field that cannot be browsed is")
	}
	if _, done := f.Key(key("esc")); !done {
		t.Error("esc does not close it")
	}
}

// With little room the lines and the keys stay in sight.
func TestFieldsInLittleRoom(t *testing.T) {
	ctx, _ := testContext(t)
	f, _ := fields(ctx)
	for _, size := range []struct{ width, height int }{{76, 22}, {50, 11}} {
		lines := f.View(size.width, size.height)
		text := ansi.Strip(strings.Join(lines, "\n"))
		if len(lines) > size.height || !strings.Contains(text, "there") || !strings.Contains(text, "enter copy") {
			t.Errorf("at %v:\n%s", size, text)
		}
		for _, l := range lines {
			if w := screen.Width(l); w > size.width {
				t.Errorf("at %v a line takes %d: %q", size, w, ansi.Strip(l))
			}
		}
	}
}
