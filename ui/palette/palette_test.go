package palette

import (
	"strings"
	"testing"
	"time"

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
