package keys

import (
	"slices"
	"testing"

	tea "charm.land/bubbletea/v2"
)

func press(s string) tea.KeyPressMsg { return tea.KeyPressMsg{Code: []rune(s)[0], Text: s} }

// TestDefaultsDoNotClash: no key means two things at one place. A place may
// give a key of Everywhere a meaning of its own.
func TestDefaultsDoNotClash(t *testing.T) {
	type at struct {
		place Place
		key   string
	}
	taken := map[at]Action{}
	for _, b := range Default().Bindings {
		for _, k := range b.Keys {
			if other, ok := taken[at{b.Place, k}]; ok && other != b.Action {
				t.Errorf("key %q means both %q and %q (%s)", k, other, b.Action, b.Place)
			}
			taken[at{b.Place, k}] = b.Action
		}
	}
}

func TestDefaultsAreExplained(t *testing.T) {
	for _, b := range Default().Bindings {
		if b.Short == "" || b.Help == "" || len(b.Keys) == 0 {
			t.Errorf("%s (%s) lacks a key, a name or help", b.Action, b.Place)
		}
	}
}

func TestPlaceHidesEverywhere(t *testing.T) {
	m := Default()
	if got := m.In(Logs, press("n")); got != NextMatch {
		t.Errorf("n in logs is %q", got)
	}
	if got := m.In(Decks, press("n")); got != Namespaces {
		t.Errorf("n on the decks is %q", got)
	}
	for _, b := range m.At(Logs) {
		if b.Action == Namespaces {
			t.Error("help for logs offers n for namespaces")
		}
	}
	if got := m.In(Logs, press("q")); got != OtherDeck {
		t.Errorf("q in logs is %q: it leaves more than the logs", got)
	}
	for _, b := range m.At(Logs) {
		if b.Action == Quit && !slices.Equal(b.Keys, []string{"ctrl+c"}) {
			t.Errorf("help for logs says that %q quit", b.Keys)
		}
	}
	hidden := m.Hidden(Logs)
	if !slices.ContainsFunc(hidden, func(b Binding) bool { return b.Action == Namespaces && len(b.Keys) == 0 }) {
		t.Errorf("by name, logs lead to %v: not to namespaces", hidden)
	}
	if hidden := m.Hidden(Decks); len(hidden) > 0 {
		t.Errorf("on the decks %v have no key", hidden)
	}
}
