package theme

import (
	"testing"

	"charm.land/lipgloss/v2"
	uv "github.com/charmbracelet/ultraviolet"
)

// A style looks on the screen as Lip Gloss draws it.
func TestStyleLooksAsLipGlossDrawsIt(t *testing.T) {
	red := lipgloss.NewStyle().Foreground(lipgloss.Color("#f85149"))
	ground := lipgloss.NewStyle().Background(lipgloss.Color("#1b2b40")).Bold(true)
	for name, c := range map[string]struct {
		ours   Style
		theirs lipgloss.Style
	}{
		"none":                {Style{}, lipgloss.NewStyle()},
		"colour":              {NewStyle(red), red},
		"bold":                {NewStyle(red).Bold(), red.Bold(true)},
		"underlined":          {NewStyle(red).Underline(), red.Underline(true)},
		"on a ground":         {NewStyle(red).Over(NewStyle(ground)), red.Inherit(ground)},
		"nothing on a ground": {Style{}.Over(NewStyle(ground)), ground},
		"a ground on nothing": {NewStyle(ground).Over(Style{}), ground},
	} {
		for _, text := range []string{" ", "word", "two words", "日本 ◐ é", "a\nlonger", "a\tb", "100%"} {
			got, want := cells(c.ours.Render(text)), cells(c.theirs.Render(text))
			for i := range want {
				if !got[i].Equal(&want[i]) {
					t.Errorf("%s: cell %d of %q is %+v, not %+v", name, i, text, got[i], want[i])
				}
			}
		}
		if got := c.ours.Render(""); got != "" {
			t.Errorf("%s: nothing is drawn as %q", name, got)
		}
	}
}

// cells is what a text of two lines at most shows.
func cells(text string) (all []uv.Cell) {
	b := uv.NewScreenBuffer(20, 2)
	uv.NewStyledString(text).Draw(b, b.Bounds())
	for _, l := range b.Lines {
		all = append(all, l...)
	}
	return all
}
