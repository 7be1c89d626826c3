package main

import (
	"encoding/xml"
	"errors"
	"image/color"
	"io"
	"strings"
	"testing"

	"github.com/twindeck/twindeck/test/term"
)

// row makes a row of cells, one a character.
func row(text string, style term.Cell) []term.Cell {
	var out []term.Cell
	for _, r := range text {
		c := style
		c.Text, c.Width = string(r), 1
		out = append(out, c)
	}
	return out
}

func draw(rows ...[]term.Cell) string { return svg(rows, "a <title>") }

func TestSVGIsXML(t *testing.T) {
	red := color.RGBA{255, 0, 0, 255}
	out := draw(
		row("a<b & c", term.Cell{Bold: true, Fg: red}),
		row("╭─╮▌● x", term.Cell{Reverse: true}),
	)
	for d := xml.NewDecoder(strings.NewReader(out)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("not XML: %v\n%s", err, out)
		}
	}
}

func TestSVGDraws(t *testing.T) {
	for name, c := range map[string]struct {
		row  []term.Cell
		want string
	}{
		"a word keeps its length":   {row("pods", term.Cell{}), `textLength="33.6" lengthAdjust="spacingAndGlyphs" fill="#d6d9e0">pods<`},
		"one space stays in a run":  {row("a b", term.Cell{}), `>a b<`},
		"two spaces end it":         {row("a  b", term.Cell{}), `x="25.2"`},
		"a glyph has its own cell":  {row("x●", term.Cell{}), `x="12.6" y="13.4" text-anchor="middle" fill="#d6d9e0">●<`},
		"a line is a path":          {row("╭", term.Cell{}), `d="M4.2 18v-5q0 -4 4.2 -4"`},
		"a block is a rectangle":    {row("▌", term.Cell{}), `width="4.2" height="18" fill="#d6d9e0"`},
		"bold":                      {row("b", term.Cell{Bold: true}), `font-weight="bold"`},
		"colour":                    {row("b", term.Cell{Fg: color.RGBA{1, 2, 3, 255}}), `fill="#010203"`},
		"reverse swaps the colours": {row("b", term.Cell{Reverse: true}), `<rect x="0" y="0" width="8.4" height="18" fill="#d6d9e0"/>`},
		"text is escaped":           {row("<", term.Cell{}), `&lt;<`},
	} {
		if out := draw(c.row); !strings.Contains(out, c.want) {
			t.Errorf("%s: no %s in\n%s", name, c.want, out)
		}
	}
}

func TestRunEndsAtAnotherLook(t *testing.T) {
	cells := append(row("ab", term.Cell{}), row("cd", term.Cell{Bold: true})...)
	if out := draw(cells); !strings.Contains(out, ">ab<") || !strings.Contains(out, ">cd<") {
		t.Errorf("two looks, one run:\n%s", out)
	}
}

func TestNum(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 8.4: "8.4", 18: "18", 100: "100", 12.55: "12.6"} {
		if got := num(v); got != want {
			t.Errorf("num(%v) = %s, want %s", v, got, want)
		}
	}
}
