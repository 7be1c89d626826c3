// Package keys is the list of everything that can be done with a key: each
// action's name, its default keys and its help. Help, footer and palette all
// read this one table, so they show the binding in force.
package keys

import tea "charm.land/bubbletea/v2"

// Action is something a key does; its value is its name.
type Action string

// Place is where an action's key works.
type Place string

// The places.
const (
	Everywhere Place = "everywhere"
	Decks      Place = "decks"
	Logs       Place = "logs"
	Why        Place = "why"
	Setup      Place = "setup"
	Ship       Place = "ship"
)

// Binding is an action and the keys that do it.
type Binding struct {
	Action Action
	Place  Place
	Keys   []string // as tea.KeyPressMsg.String spells them
	Short  string   // one or two words, for the footer
	Help   string   // a sentence, for help and palette
}

// Map holds the bindings in force.
type Map struct {
	Bindings []Binding // in the order help shows them
}

// Default returns the bindings as shipped.
func Default() *Map { return &Map{Bindings: defaults()} }

// In returns the action the key does at a place; what holds everywhere is
// tried last. The empty action means none.
func (m *Map) In(place Place, msg tea.KeyPressMsg) Action {
	pressed := msg.String()
	for _, p := range [...]Place{place, Everywhere} {
		for _, b := range m.Bindings {
			if b.Place != p {
				continue
			}
			for _, k := range b.Keys {
				if k == pressed {
					return b.Action
				}
			}
		}
	}
	return ""
}
