package screen

import (
	"strings"
	"testing"

	"github.com/twindeck/twindeck/ui/theme"
)

// A box over wide characters cuts none into a row that is too long.
func TestOverWideCharacters(t *testing.T) {
	for _, base := range []string{strings.Repeat("漢", 20), "x" + strings.Repeat("漢", 19) + "y", strings.Repeat("ab漢", 10)} {
		for wide := 1; wide <= 40; wide++ {
			got := Over(base+"\n"+base, []string{strings.Repeat("#", wide)}, 40, 2, theme.Style{})
			for row := range strings.SplitSeq(got, "\n") {
				if Width(row) != 40 {
					t.Errorf("a box of %d over %q: %q takes %d cells", wide, base, row, Width(row))
				}
			}
		}
	}
}
