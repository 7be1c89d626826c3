package palette

import (
	"testing"

	"github.com/twindeck/twindeck/ui/keys"
)

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
