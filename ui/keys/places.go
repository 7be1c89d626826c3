package keys

import (
	"cmp"
	"slices"
)

// At returns the bindings that work at a place: its own first, then those of
// Everywhere, with the keys that it gives no other meaning.
func (m *Map) At(place Place) []Binding {
	var out []Binding
	own := map[string]bool{}
	for _, b := range m.Bindings {
		if b.Place == place && len(b.Keys) > 0 {
			out = append(out, b)
			for _, k := range b.Keys {
				own[k] = true
			}
		}
	}
	if place == Everywhere {
		return out
	}
	for _, b := range m.Bindings {
		if b.Place != Everywhere {
			continue
		}
		if b.Keys = slices.DeleteFunc(slices.Clone(b.Keys), func(k string) bool { return own[k] }); len(b.Keys) > 0 {
			out = append(out, b)
		}
	}
	return out
}

// Hidden returns what holds everywhere and has no key at a place, whose own keys
// mean something else: their names still lead to it.
func (m *Map) Hidden(place Place) []Binding {
	at := m.At(place)
	var out []Binding
	for _, b := range m.Bindings {
		if b.Place == Everywhere && !slices.ContainsFunc(at, func(have Binding) bool { return have.Action == b.Action }) {
			b.Keys = nil
			out = append(out, b)
		}
	}
	return out
}

// AtPlace returns an action's binding at a place, or everywhere.
func (m *Map) AtPlace(place Place, a Action) (b Binding, ok bool) {
	for _, p := range [...]Place{place, Everywhere} {
		for _, b := range m.Bindings {
			if b.Place == p && b.Action == a {
				return b, true
			}
		}
	}
	return Binding{}, false
}

// Label is the key that does something at a place, for words on the screen; ?
// for what no key does there.
func (m *Map) Label(place Place, a Action) string {
	b, _ := m.AtPlace(place, a)
	return cmp.Or(b.Label(), "?")
}

// Label is the binding's first key as help and footer write it; empty for none.
func (b Binding) Label() string {
	if len(b.Keys) == 0 {
		return ""
	}
	return Spell(b.Keys[0])
}

// Spell writes a key for people.
func Spell(key string) string {
	switch key {
	case "up":
		return "↑"
	case "down":
		return "↓"
	case "left":
		return "←"
	case "right":
		return "→"
	}
	return key
}
