package main

import (
	"fmt"
	"html"
	"image/color"
	"strings"

	"github.com/twindeck/twindeck/test/term"
)

// The grid, in SVG units: every cell has one place, whatever font is found.
const (
	cellWidth  = 8.4
	cellHeight = 18.0
	fontSize   = 14
	baseline   = 13.4 // of a cell's text, from its top
	margin     = 14.0
	titleBar   = 30.0
)

// Colours where the program left the terminal its own.
var (
	background = color.RGBA{0x16, 0x18, 0x1d, 0xff}
	foreground = color.RGBA{0xd6, 0xd9, 0xe0, 0xff}
)

// look is what sets a run of text apart from the next.
type look struct {
	fill         string
	bold, italic bool
	under        bool
	strike       bool
	faint        bool
}

// svg draws a screen in a window frame with a title.
func svg(cells [][]term.Cell, title string) string {
	width := 2*margin + cellWidth*float64(len(cells[0]))
	height := titleBar + margin + cellHeight*float64(len(cells))
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %s %s" width="%s" height="%s" role="img" aria-label="%s">`+"\n",
		num(width), num(height), num(width), num(height), html.EscapeString(title))
	fmt.Fprintf(&b, `<style>text{font:%dpx ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace;white-space:pre}</style>`+"\n", fontSize)
	fmt.Fprintf(&b, `<rect x=".5" y=".5" width="%s" height="%s" rx="9" fill="%s" stroke="#8b919c"/>`+"\n", num(width-1), num(height-1), hex(background))
	fmt.Fprintf(&b, `<text x="%s" y="19.5" text-anchor="middle" fill="#8b919c">%s</text>`+"\n", num(width/2), html.EscapeString(title))
	fmt.Fprintf(&b, `<g transform="translate(%s %s)">`+"\n", num(margin), num(titleBar))
	for y, row := range cells {
		backgrounds(&b, row, float64(y)*cellHeight)
	}
	for y, row := range cells {
		text(&b, row, float64(y)*cellHeight)
	}
	b.WriteString("</g>\n</svg>\n")
	return b.String()
}

// backgrounds draws one rectangle for each stretch of a row with one colour.
func backgrounds(b *strings.Builder, row []term.Cell, top float64) {
	for x := 0; x < len(row); {
		_, bg := colours(row[x])
		end := x + 1
		for end < len(row) {
			if _, next := colours(row[end]); next != bg {
				break
			}
			end++
		}
		if bg != hex(background) {
			fmt.Fprintf(b, `<rect x="%s" y="%s" width="%s" height="%s" fill="%s"/>`+"\n",
				num(float64(x)*cellWidth), num(top), num(float64(end-x)*cellWidth), num(cellHeight), bg)
		}
		x = end
	}
}

// text draws a row's characters: words as runs held to the grid by their
// length, lines and blocks as shapes so that they join, and every other
// character in the middle of its own cells.
func text(b *strings.Builder, row []term.Cell, top float64) {
	for x := 0; x < len(row); {
		c := row[x]
		left := float64(x) * cellWidth
		switch {
		case c.Text == "" || c.Text == " ":
			x++
		case shape(b, c, left, top):
			x++
		case !plain(c):
			width := float64(max(c.Width, 1)) * cellWidth
			fmt.Fprintf(b, `<text x="%s" y="%s" text-anchor="middle"%s>%s</text>`+"\n",
				num(left+width/2), num(top+baseline), lookOf(c).attributes(), html.EscapeString(c.Text))
			x += max(c.Width, 1)
		default:
			end := runEnd(row, x)
			var word strings.Builder
			for _, c := range row[x:end] {
				word.WriteString(c.Text)
			}
			fmt.Fprintf(b, `<text x="%s" y="%s" textLength="%s" lengthAdjust="spacingAndGlyphs"%s>%s</text>`+"\n",
				num(left), num(top+baseline), num(float64(end-x)*cellWidth), lookOf(c).attributes(), html.EscapeString(word.String()))
			x = end
		}
	}
}

// runEnd returns where the run that starts at x ends: at another look, another
// kind of character, or two spaces.
func runEnd(row []term.Cell, x int) int {
	end := x + 1
	for end < len(row) && (plain(row[end]) && lookOf(row[end]) == lookOf(row[x]) || row[end].Text == " ") {
		if row[end].Text == " " && (end+1 == len(row) || !plain(row[end+1])) {
			break
		}
		end++
	}
	return end
}

// plain says that any monospaced font has the character, one cell wide.
func plain(c term.Cell) bool {
	return len(c.Text) == 1 && c.Text[0] > ' ' && c.Text[0] < 0x7f
}

func lookOf(c term.Cell) look {
	fg, _ := colours(c)
	return look{fill: fg, bold: c.Bold, italic: c.Italic, under: c.Under, strike: c.Strike, faint: c.Faint}
}

func (l look) attributes() string {
	var b strings.Builder
	fmt.Fprintf(&b, ` fill="%s"`, l.fill)
	if l.bold {
		b.WriteString(` font-weight="bold"`)
	}
	if l.italic {
		b.WriteString(` font-style="italic"`)
	}
	if l.faint {
		b.WriteString(` opacity=".6"`)
	}
	switch {
	case l.under:
		b.WriteString(` text-decoration="underline"`)
	case l.strike:
		b.WriteString(` text-decoration="line-through"`)
	}
	return b.String()
}

// colours are a cell's colours as they appear, reversed or not.
func colours(c term.Cell) (fg, bg string) {
	fg, bg = hex(foreground), hex(background)
	if c.Fg != nil {
		fg = hex(c.Fg)
	}
	if c.Bg != nil {
		bg = hex(c.Bg)
	}
	if c.Reverse {
		fg, bg = bg, fg
	}
	return fg, bg
}

func hex(c color.Color) string {
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}

// num writes a coordinate without needless digits.
func num(v float64) string {
	return strings.TrimSuffix(strings.TrimSuffix(fmt.Sprintf("%.1f", v), "0"), ".")
}
