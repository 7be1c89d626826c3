package dialog

import (
	"strconv"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/ui/screen"
)

// NewChoice returns a list of which one is chosen.
func NewChoice(ctx *screen.Context, c screen.Choose) *List {
	items := make([]Item, len(c.Choices))
	for i, each := range c.Choices {
		items[i] = Item{ID: strconv.Itoa(i), Text: each.Text, Note: each.Note}
	}
	return NewList(ctx, ListOptions{
		Title: screen.Clean(c.Title),
		Find:  c.Find,
		Empty: func() string { return "There is nothing to choose." },
		Keys:  [][2]string{{"enter", "choose"}, {"esc", "close"}},
		Items: func() []Item { return items },
		OnKey: func(key string, it Item, _ string) (tea.Cmd, bool, bool) {
			if key != "enter" || it.ID == "" {
				return nil, false, false
			}
			i, err := strconv.Atoi(it.ID)
			if err != nil {
				return nil, false, false
			}
			return c.Choices[i].Then, true, true
		},
	})
}
