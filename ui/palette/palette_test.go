package palette

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

// Help of the decks says what the signs beside rows mean.
func TestHelpTellsTheSigns(t *testing.T) {
	ctx := screen.NewContext(t.Context(), nil, theme.New(true), keys.Default(), time.Now)
	for place, want := range map[keys.Place]bool{keys.Decks: true, keys.Setup: false} {
		view := ansi.Strip(strings.Join(Help(ctx, place).View(120, 200), "\n"))
		for _, text := range []string{"signs on the decks", "≠  Another build of the same name", "◀  Runs the very same image"} {
			if strings.Contains(view, text) != want {
				t.Errorf("%s: %q: want %v in\n%s", place, text, want, view)
			}
		}
	}
}

// Help names every place where a key works, each by its own words.
func TestHelpNamesEachPlace(t *testing.T) {
	named := map[string]keys.Place{}
	for _, b := range keys.Default().Bindings {
		name := placeNames[b.Place]
		if other, taken := named[name]; name == "" || taken && other != b.Place {
			t.Errorf("the place %s of %s is called %q, as %q is", b.Place, b.Action, name, other)
		}
		named[name] = b.Place
	}
}

// What people type who come from other tools leads where they meant: enter never
// asks to remove something instead.
func TestWordsLeadWhereTheyMean(t *testing.T) {
	ctx := screen.NewContext(t.Context(), nil, theme.New(true), keys.Default(), time.Now)
	list := func(name string, namespaced bool, words ...string) screen.Offer {
		o := screen.Offer{Choice: screen.Choice{Text: name, Then: screen.Send(name)}, Words: words}
		if namespaced {
			o.In = func(ns string) tea.Cmd { return screen.Send(name + " in [" + ns + "]") }
		}
		return o
	}
	offers := []screen.Offer{
		list("Pods", true, "pods", "po"), list("Services", true, "services", "service", "svc"), list("ServiceAccounts", true, "sa"),
		list("Nodes", false, "nodes", "no"), list("Namespaces", false, "namespaces", "namespace", "ns"),
	}
	for typed, want := range map[string]any{
		"ctx": Chosen{keys.Contexts}, "Context": Chosen{keys.Contexts}, "ns": Chosen{keys.Namespaces}, "namespace": Chosen{keys.Namespaces},
		"q": Chosen{keys.Quit}, "namespaces": "Namespaces", "po": "Pods", "po kube-system": "Pods in [kube-system]", "svc all": "Services in []",
		"service acc": "", "no default": "", "po a b": "",
	} {
		p := New(ctx, keys.Decks, func(keys.Action) bool { return false }, func() []screen.Offer { return offers }, func() bool { return false })
		p.Paste(tea.PasteMsg{Content: typed})
		cmd, _ := p.Key(tea.KeyPressMsg{Code: tea.KeyEnter})
		var got any = ""
		if cmd != nil {
			got = cmd()
		}
		if got != want {
			t.Errorf("%q does %v, want %v\n%s", typed, got, want, ansi.Strip(strings.Join(p.View(80, 20), "\n")))
		}
	}
}
