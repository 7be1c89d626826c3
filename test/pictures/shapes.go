package main

import (
	"fmt"
	"strings"

	"github.com/twindeck/twindeck/test/term"
)

// lines are the box-drawing characters as SVG paths in a cell of 8.4 by 18:
// fonts leave gaps between them, paths join.
var lines = map[string]string{
	"─": "M0 9h8.4",
	"│": "M4.2 0v18",
	"╭": "M4.2 18v-5q0 -4 4.2 -4",
	"╮": "M4.2 18v-5q0 -4 -4.2 -4",
	"╰": "M4.2 0v5q0 4 4.2 4",
	"╯": "M4.2 0v5q0 4 -4.2 4",
	"┌": "M4.2 18v-9h4.2",
	"┐": "M4.2 18v-9h-4.2",
	"└": "M4.2 0v9h4.2",
	"┘": "M4.2 0v9h-4.2",
	"├": "M4.2 0v18M4.2 9h4.2",
	"┤": "M4.2 0v18M4.2 9h-4.2",
	"┬": "M0 9h8.4M4.2 9v9",
	"┴": "M0 9h8.4M4.2 9v-9",
	"┼": "M0 9h8.4M4.2 0v18",
}

// block is a filled part of a cell, in fractions of it.
type block struct{ x, y, width, height, opacity float64 }

// blocks are the block characters.
var blocks = map[string]block{
	"█": {0, 0, 1, 1, 1},
	"▓": {0, .2, 1, .6, 1},
	"▒": {0, .2, 1, .6, .5},
	"░": {0, .2, 1, .6, .25},
	"▌": {0, 0, .5, 1, 1},
	"▐": {.5, 0, .5, 1, 1},
	"▀": {0, 0, 1, .5, 1},
	"▄": {0, .5, 1, .5, 1},
	"▎": {0, 0, .25, 1, 1},
	"▏": {0, 0, .125, 1, 1},
}

// shape draws a cell that is a line or a block; false: it is neither.
func shape(b *strings.Builder, c term.Cell, left, top float64) bool {
	fg, _ := colours(c)
	opacity := 1.0
	if c.Faint {
		opacity = .6
	}
	if path, ok := lines[c.Text]; ok {
		fmt.Fprintf(b, `<path transform="translate(%s %s)" d="%s" fill="none" stroke="%s"%s/>`+"\n",
			num(left), num(top), path, fg, faint(opacity))
		return true
	}
	if k, ok := blocks[c.Text]; ok {
		fmt.Fprintf(b, `<rect x="%s" y="%s" width="%s" height="%s" fill="%s"%s/>`+"\n",
			num(left+k.x*cellWidth), num(top+k.y*cellHeight), num(k.width*cellWidth), num(k.height*cellHeight), fg, faint(opacity*k.opacity))
		return true
	}
	return false
}

func faint(opacity float64) string {
	if opacity == 1 {
		return ""
	}
	return fmt.Sprintf(` opacity="%.2f"`, opacity)
}
