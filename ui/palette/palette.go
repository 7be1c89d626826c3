// Package palette shows what can be done: every action by name, to find and
// run, and the help for a place. Both read the key bindings in force.
package palette

import (
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/ui/dialog"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

// Chosen asks the app to act as if the action's key had been pressed.
type Chosen struct{ Action keys.Action }

// offered begins the ID of an offer; its number follows.
const offered = "\x00"

// Palette is the list of what can be done.
type Palette struct {
	*dialog.List
	entered bool // enter was pressed when what it meant was not there yet
}

// Key gives a key to the list. One after enter takes that back.
func (p *Palette) Key(msg tea.KeyPressMsg) (tea.Cmd, bool) {
	p.entered = false
	return p.List.Key(msg)
}

// Paste types what was pasted.
func (p *Palette) Paste(msg tea.PasteMsg) {
	p.entered = false
	p.List.Paste(msg)
}

// Entered says that enter waits for offers that are still to come.
func (p *Palette) Entered() bool { return p.entered }

// New returns the palette for a place: every action, but for what cannot be
// done with what is shown, and what is offered besides, which may become more
// while there is something to learn.
func New(ctx *screen.Context, place keys.Place, cannot func(keys.Action) bool, offers func() []screen.Offer, learning func() bool) *Palette {
	p := &Palette{}
	actions := make([]dialog.Item, 0, len(ctx.Keys.Bindings))
	for _, b := range append(ctx.Keys.At(place), ctx.Keys.Hidden(place)...) {
		if cannot(b.Action) {
			continue
		}
		actions = append(actions, dialog.Item{ID: string(b.Action), Text: b.Help, Note: spellAll(b), Also: b.Short})
	}
	items := func() []dialog.Item {
		all := slices.Clip(actions)
		for i, o := range offers() {
			if i == 0 {
				all = append(all, dialog.Item{Header: true, Text: "lists"})
			}
			all = append(all, offerItem(i, o))
		}
		return all
	}
	p.List = dialog.NewList(ctx, dialog.ListOptions{
		Title: "What do you want to do?",
		Empty: func() string {
			if p.entered && learning() {
				return "Nothing of that name yet: asking the cluster…"
			}
			return "Nothing of that name"
		},
		Keys:  [][2]string{{"↑↓", "choose"}, {"enter", "do it"}, {"esc", "close"}},
		Find:  true,
		Items: items,
		Exact: func(typed string) (dialog.Item, bool) {
			if i := slices.IndexFunc(actions, func(it dialog.Item) bool { return slices.Contains(words[keys.Action(it.ID)], strings.ToLower(typed)) }); i >= 0 {
				return actions[i], true
			}
			return exactOffer(offers(), typed)
		},
		OnKey: func(key string, it dialog.Item, _ string) (tea.Cmd, bool, bool) {
			if key != "enter" {
				return nil, false, false
			}
			if it.ID == "" {
				p.entered = learning()
				return nil, false, true
			}
			if n, ok := strings.CutPrefix(it.ID, offered); ok {
				return chosenOffer(offers(), n), true, true
			}
			return screen.Send(Chosen{keys.Action(it.ID)}), true, true
		},
	})
	return p
}

// words are what people type who come from other tools, and mean one action.
var words = map[keys.Action][]string{
	keys.Contexts:   {"ctx", "context", "contexts"},
	keys.Namespaces: {"ns", "namespace"},
	keys.Quit:       {"q", "q!", "quit", "exit"},
}

func offerItem(i int, o screen.Offer) dialog.Item {
	return dialog.Item{ID: offered + strconv.Itoa(i), Text: o.Text, Note: o.Note}
}

// exactOffer is the offer that is called so: "pods", or "po kube-system" for a
// kind in a namespace.
func exactOffer(offers []screen.Offer, typed string) (dialog.Item, bool) {
	called := func(word string) int {
		return slices.IndexFunc(offers, func(o screen.Offer) bool {
			return slices.ContainsFunc(o.Words, func(w string) bool { return w != "" && strings.EqualFold(w, word) })
		})
	}
	if i := called(typed); i >= 0 {
		return offerItem(i, offers[i]), true
	}
	parts := strings.Fields(typed)
	if len(parts) != 2 {
		return dialog.Item{}, false
	}
	i := called(parts[0])
	if i < 0 || offers[i].In == nil || slices.ContainsFunc(offers, func(o screen.Offer) bool { return begins(o, parts[0]+parts[1]) }) {
		return dialog.Item{}, false
	}
	it := offerItem(i, offers[i])
	it.ID += offered + parts[1]
	it.Text += " in " + parts[1]
	if parts[1] == everywhere {
		it.Text = offers[i].Text + " in all namespaces"
	}
	return it, true
}

// everywhere is typed for all namespaces.
const everywhere = "all"

// begins says that a longer name begins like that: "service acc" is on its way
// to service accounts.
func begins(o screen.Offer, word string) bool {
	return strings.HasPrefix(strings.ToLower(strings.ReplaceAll(o.Text, " ", "")), strings.ToLower(word))
}

// chosenOffer is what choosing an offer does, by what follows in its item's ID.
func chosenOffer(offers []screen.Offer, id string) tea.Cmd {
	n, namespace, in := strings.Cut(id, offered)
	i, err := strconv.Atoi(n)
	switch {
	case err != nil || i >= len(offers):
		return nil
	case in && namespace == everywhere:
		return offers[i].In("")
	case in:
		return offers[i].In(namespace)
	}
	return offers[i].Then
}

// Help returns the help for a place: its own keys and what its signs mean, then
// the keys of everywhere.
func Help(ctx *screen.Context, place keys.Place) dialog.Dialog {
	th := ctx.Theme
	bindings := ctx.Keys.At(place)
	keyWidth := 0
	for _, b := range bindings {
		keyWidth = max(keyWidth, screen.Width(spellAll(b)))
	}
	var lines []string
	last := keys.Place("")
	for _, b := range bindings {
		if b.Place != last {
			if last != "" {
				lines = append(lines, legend(th, last, keyWidth)...)
				lines = append(lines, "")
			}
			lines = append(lines, th.Faint.Render(placeNames[b.Place]))
			last = b.Place
		}
		lines = append(lines, th.Key.Render(screen.FitRight(spellAll(b), keyWidth))+"  "+th.Text.Render(b.Help))
	}
	return dialog.NewText(ctx, "Keys", lines)
}

// signs are what a place's screen writes beside its rows, and what that means.
var signs = map[keys.Place][][2]string{
	keys.Decks: {
		{"◀", "Runs the very same image as the selected row of the other deck"},
		{"≠", "Another build of the same name"},
	},
}

// legend says what the signs of a place mean; nothing for one without any.
func legend(th *theme.Theme, of keys.Place, signWidth int) []string {
	var lines []string
	for _, s := range signs[of] {
		lines = append(lines, th.Key.Render(screen.FitRight(s[0], signWidth))+"  "+th.Text.Render(s[1]))
	}
	if lines == nil {
		return nil
	}
	return append([]string{"", th.Faint.Render("signs " + placeNames[of])}, lines...)
}

func spellAll(b keys.Binding) string {
	out := make([]string, len(b.Keys))
	for i, k := range b.Keys {
		out[i] = keys.Spell(k)
	}
	return strings.Join(out, " ")
}

// placeNames says in help where keys work.
var placeNames = map[keys.Place]string{
	keys.Decks:      "on the decks",
	keys.Logs:       "in the detail",
	keys.Why:        "on the Why card",
	keys.Setup:      "on the set-up screen",
	keys.Ship:       "on the ship screen",
	keys.Everywhere: "everywhere",
}
