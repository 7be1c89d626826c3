package dialog

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

func testContext(t *testing.T) (*screen.Context, *time.Time) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	return screen.NewContext(t.Context(), nil, theme.New(true), keys.Default(), func() time.Time { return now }), &now
}

func key(name string) tea.KeyPressMsg {
	switch name {
	case "enter":
		return tea.KeyPressMsg{Code: tea.KeyEnter}
	case "esc":
		return tea.KeyPressMsg{Code: tea.KeyEscape}
	case "down":
		return tea.KeyPressMsg{Code: tea.KeyDown}
	case "right":
		return tea.KeyPressMsg{Code: tea.KeyRight}
	case "tab":
		return tea.KeyPressMsg{Code: tea.KeyTab}
	case "ctrl+o":
		return tea.KeyPressMsg{Code: 'o', Mod: tea.ModCtrl}
	}
	return tea.KeyPressMsg{Code: []rune(name)[0], Text: name}
}

type done struct{}

func TestConfirmIgnoresEarlyKeys(t *testing.T) {
	for _, c := range []struct {
		after    time.Duration
		key      string
		yes, end bool
	}{
		{0, "y", false, false},
		{0, "enter", false, false},
		{0, "esc", false, false},
		{Quiet - 1, "y", false, false},
		{Quiet, "y", true, true},
		{Quiet, "enter", true, true},
		{Quiet, "n", false, true},
		{Quiet, "esc", false, true},
		{Quiet, "x", false, false},
	} {
		ctx, now := testContext(t)
		d := NewConfirm(ctx, screen.Ask{Title: "Remove?", Then: screen.Send(done{})})
		*now = now.Add(c.after)
		cmd, end := d.Key(key(c.key))
		if (cmd != nil) != c.yes || end != c.end {
			t.Errorf("%s after %v: confirmed %v, closed %v", c.key, c.after, cmd != nil, end)
		}
	}
}

// What has no room is scrolled, and agreed to only once it was all in view.
func TestConfirmShowsAllBeforeYes(t *testing.T) {
	ctx, now := testContext(t)
	var body []string
	for n := range 30 {
		body = append(body, fmt.Sprintf("line %d", n))
	}
	body = append(body, "end")
	d := NewConfirm(ctx, screen.Ask{Title: "Trust?", Body: body, ReadFirst: true, Then: screen.Send(done{})})
	*now = now.Add(Quiet)
	seen := map[string]bool{}
	for range 60 {
		view := ansi.Strip(strings.Join(d.View(60, 12), "\n"))
		atEnd := strings.Contains(view, "end")
		if strings.Contains(view, "y yes") != atEnd || strings.Contains(view, "↓ read on, then yes") == atEnd {
			t.Fatalf("at the end %v, and it shows\n%s", atEnd, view)
		}
		seen[view] = true
		if atEnd {
			break
		}
		if cmd, end := d.Key(key("y")); cmd != nil || end {
			t.Fatal("yes to what was not shown")
		}
		d.Key(key("down"))
	}
	if len(seen) != len(body)-8+1 {
		t.Errorf("%d steps for %d lines, eight in view", len(seen), len(body))
	}
	d.Key(key("k"))
	d.View(60, 12)
	if cmd, end := d.Key(key("y")); cmd == nil || !end {
		t.Error("no yes after all was shown")
	}
}

func TestUnlockNeedsTheWholeName(t *testing.T) {
	ctx, now := testContext(t)
	u := NewUnlock(ctx, screen.Target{Name: "prod", Where: "https://10.0.0.1"}, "delete pod web", screen.Send(done{}))
	u.Key(key("p")) // too early
	*now = now.Add(Quiet)
	for _, k := range []string{"p", "r", "o"} {
		u.Key(key(k))
	}
	if cmd, end := u.Key(key("enter")); cmd != nil || end {
		t.Fatal("a part of the name opens it")
	}
	u.Paste(tea.PasteMsg{Content: "d"})
	if cmd, end := u.Key(key("enter")); cmd == nil || !end {
		t.Error("the name does not open it")
	}
}

func TestUnlockOfNothingKnown(t *testing.T) {
	ctx, now := testContext(t)
	for _, name := range []string{"", "prod"} { // a name alone does not say where it leads
		u := NewUnlock(ctx, screen.Target{Name: name}, "delete pod web", screen.Send(done{}))
		*now = now.Add(Quiet)
		u.Paste(tea.PasteMsg{Content: name})
		if cmd, end := u.Key(key("enter")); cmd != nil || end {
			t.Errorf("an unknown target is opened by %q", name)
		}
		if view := strings.Join(u.View(80, 24), "\n"); !strings.Contains(view, "It is not known yet") {
			t.Errorf("it is not said that the target is not known:\n%s", view)
		}
	}
}

func TestListNarrowsAndChooses(t *testing.T) {
	ctx, _ := testContext(t)
	chosen := ""
	l := NewList(ctx, ListOptions{
		Title: "Namespace", Find: true, Start: func() string { return "b" },
		Empty: func() string { return "none" },
		Items: func() []Item {
			return []Item{{Header: true, Text: "heading"}, {ID: "a", Text: "alpha"}, {ID: "b", Text: "beta"}, {ID: "g", Text: "gamma"}}
		},
		OnKey: func(key string, it Item, _ string) (tea.Cmd, bool, bool) {
			if key != "enter" {
				return nil, false, false
			}
			chosen = it.ID
			return nil, true, true
		},
	})
	l.Key(key("enter"))
	if chosen != "b" {
		t.Errorf("starts on %q", chosen)
	}
	for _, k := range []string{"m", "a"} {
		l.Key(key(k))
	}
	l.Key(key("enter"))
	if chosen != "g" {
		t.Errorf("ma finds %q", chosen)
	}
	for range 20 {
		l.Key(key("z"))
	}
	if view := ansi.Strip(strings.Join(l.View(80, 20), "\n")); !strings.Contains(view, "none") {
		t.Errorf("nothing is said when nothing matches:\n%s", view)
	}
}

func TestExplainTakesTextAndTellsCleanly(t *testing.T) {
	ctx, _ := testContext(t)
	e := NewExplain(ctx, "linux")
	view := func() string { return ansi.Strip(strings.Join(e.View(116, 30), "\n")) }
	says := func(when string, want bool, words string) {
		t.Helper()
		if got := strings.Contains(view(), words); got != want {
			t.Errorf("%s: %q is seen: %v, want %v\n%s", when, words, got, want, view())
		}
	}
	says("empty", true, "Paste what docker")
	for _, k := range []string{"q", "y", "?", "n"} {
		if cmd, end := e.Key(key(k)); cmd != nil || end {
			t.Errorf("%s is a letter, and did more", k)
		}
	}
	says("typed", true, "qy?n")
	says("typed", true, "not known")
	e.Key(tea.KeyPressMsg{Code: tea.KeyBackspace})
	says("one letter back", false, "qy?n")
	e.Paste(tea.PasteMsg{Content: "\x1b[2J\r\nTOKEN=geheim Bind for 0.0.0.0:80 failed: port is already\xff allocated\rport is already allocated"})
	says("pasted", true, "publish=80 ")
	says("pasted", false, "geheim")
	if raw := strings.Join(e.View(116, 30), ""); strings.Contains(raw, "\x1b[2J") || !utf8.ValidString(raw) {
		t.Errorf("what was pasted reaches the terminal: %q", raw)
	}
	e.Key(tea.KeyPressMsg{Code: 'u', Mod: tea.ModCtrl})
	says("cleared", true, "Paste what docker")
	e.Key(tea.KeyPressMsg{Code: tea.KeyBackspace}) // of nothing

	e.Paste(tea.PasteMsg{Content: strings.Repeat("é", longestText) + "\nno space left on device\nOOMKilled\nError: ErrImageNeverPull\n1 Insufficient cpu"})
	if len(e.text) > longestText {
		t.Errorf("%d bytes are kept", len(e.text))
	}
	says("long", false, "Request less")
	for range 9 {
		e.Key(tea.KeyPressMsg{Code: tea.KeyPgDown})
	}
	says("scrolled", true, "Request less")
	if _, end := e.Key(key("esc")); !end {
		t.Error("esc does not close it")
	}
}

func TestBoxesFitTheirRoom(t *testing.T) {
	ctx, _ := testContext(t)
	long := strings.Repeat("a long line that has to be wrapped ", 10)
	pasted := NewExplain(ctx, "linux")
	pasted.Paste(tea.PasteMsg{Content: strings.Repeat(long+"\n", 20) + "no space left on device " + long})
	for name, d := range map[string]Dialog{
		"confirm": NewConfirm(ctx, screen.Ask{Title: long, Body: []string{long, "", long}, Danger: true}),
		"unlock":  NewUnlock(ctx, screen.Target{Name: long, Where: long}, long, nil),
		"explain": pasted,
		"empty":   NewExplain(ctx, "linux"),
		"text":    NewText(ctx, "Keys", strings.Split(strings.Repeat(long+"\n", 60), "\n")),
	} {
		for _, size := range [][2]int{{56, 13}, {76, 22}, {196, 48}} {
			box := d.View(size[0], size[1])
			if len(box) > size[1] {
				t.Errorf("%s takes %d of %d lines", name, len(box), size[1])
			}
			for _, l := range box {
				if w := screen.Width(l); w > size[0] {
					t.Errorf("%s takes %d of %d cells", name, w, size[0])
				}
			}
		}
	}
}

func TestTypingFindsWhatWasMeant(t *testing.T) {
	ctx, _ := testContext(t)
	texts := []string{"Deploy to the cluster", "Config maps", "Upload the layers", "Restart", "CustomResourceDefinitions", "Remove the container: x delete"}
	for typed, want := range map[string]string{
		"crd": "", "deploy": "Deploy to the cluster", "dtc": "Deploy to the cluster", "cm": "Config maps", "conf ma": "Config maps",
		"load": "Upload the layers", "res": "Restart, CustomResourceDefinitions", "rst": "", "LAY": "Upload the layers",
		"ctx": "", "x": "Remove the container", "delete": "Remove the container", "dele": "Remove the container",
	} {
		l := NewList(ctx, ListOptions{
			Find: true,
			Items: func() []Item {
				items := make([]Item, len(texts))
				for i, text := range texts {
					text, note, _ := strings.Cut(text, ": ")
					items[i] = Item{ID: text, Text: text, Note: note}
				}
				return items
			},
			OnKey: func(string, Item, string) (tea.Cmd, bool, bool) { return nil, false, false },
		})
		l.Paste(tea.PasteMsg{Content: typed})
		var found []string
		for _, it := range l.shown {
			found = append(found, it.Text)
		}
		if got := strings.Join(found, ", "); got != want {
			t.Errorf("%s finds %q, want %q", typed, got, want)
		}
	}
}
