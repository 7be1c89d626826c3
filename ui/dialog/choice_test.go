package dialog

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/twindeck/twindeck/ui/screen"
)

type chosen string

func TestChoice(t *testing.T) {
	ctx, _ := testContext(t)
	d := NewChoice(ctx, screen.Choose{Title: "Which tag?", Choices: []screen.Choice{
		{Text: "this work", Note: "as it is", Then: screen.Send(chosen("work"))},
		{Text: "next patch", Note: "after v1.0.0", Then: screen.Send(chosen("patch"))},
	}})
	view := ansi.Strip(strings.Join(d.View(80, 24), "\n"))
	for _, text := range []string{"Which tag?", "this work", "as it is", "next patch", "enter choose"} {
		if !strings.Contains(view, text) {
			t.Errorf("no %q in\n%s", text, view)
		}
	}
	if _, done := d.Key(key("x")); done {
		t.Error("any key closes it")
	}
	d.Key(key("down"))
	cmd, done := d.Key(key("enter"))
	if !done || cmd == nil || cmd() != tea.Msg(chosen("patch")) {
		t.Errorf("enter chose %v, %v", cmd, done)
	}
}
