package term

import (
	"image/color"

	uv "github.com/charmbracelet/ultraviolet"
)

// Cell is one place of the screen, as drawn.
type Cell struct {
	Text    string      // one character; "" behind a wide one
	Width   int         // cells it takes
	Fg, Bg  color.Color // nil: the terminal's own
	Bold    bool
	Faint   bool
	Italic  bool
	Under   bool
	Reverse bool
	Strike  bool
}

// Cells returns the screen's cells, row by row.
func (t *Terminal) Cells() [][]Cell {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.cells()
}

// cells reads the screen. t.mu is held.
func (t *Terminal) cells() [][]Cell {
	rows := make([][]Cell, t.size.Rows)
	for y := range rows {
		rows[y] = make([]Cell, t.size.Cols)
		for x := range rows[y] {
			rows[y][x] = cell(t.emu.CellAt(x, y))
		}
	}
	return rows
}

func cell(c *uv.Cell) Cell {
	if c == nil {
		return Cell{Text: " ", Width: 1}
	}
	has := func(attr uint8) bool { return c.Style.Attrs&attr != 0 }
	return Cell{
		Text:    c.Content,
		Width:   c.Width,
		Fg:      c.Style.Fg,
		Bg:      c.Style.Bg,
		Bold:    has(uv.AttrBold),
		Faint:   has(uv.AttrFaint),
		Italic:  has(uv.AttrItalic),
		Under:   c.Style.Underline != 0,
		Reverse: has(uv.AttrReverse),
		Strike:  has(uv.AttrStrikethrough),
	}
}
