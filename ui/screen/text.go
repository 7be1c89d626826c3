package screen

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Width is how many cells s takes; escape sequences take none.
func Width(s string) int {
	if plain(s) {
		return len(s)
	}
	return ansi.StringWidth(s)
}

// Cut shortens s to at most width cells, with … where something is missing.
func Cut(s string, width int) string {
	if width <= 0 {
		return ""
	}
	if Width(s) <= width {
		return s
	}
	return ansi.Truncate(s, width, "…")
}

// CutMiddle shortens s to at most width cells, with … in place of a part of its
// middle: for names whose ends tell them apart.
func CutMiddle(s string, width int) string {
	w := Width(s)
	if w <= width || width < 8 {
		return Cut(s, width)
	}
	tail := min(width/3, 8)
	return Cut(s, width-tail) + slice(s, w-tail, w)
}

// Fit cuts or pads s to exactly width cells, text at the left.
func Fit(s string, width int) string {
	s = Cut(s, width)
	return s + Blank(width-Width(s))
}

// FitRight cuts or pads s to exactly width cells, text at the right.
func FitRight(s string, width int) string {
	s = Cut(s, width)
	return Blank(width-Width(s)) + s
}

// Between puts left and right at the two ends of width cells; right gives way
// when there is no room for both.
func Between(left, right string, width int) string {
	if Width(left)+1+Width(right) > width {
		return Fit(left, width)
	}
	return left + Blank(width-Width(left)-Width(right)) + right
}

// Center puts s in the middle of width cells.
func Center(s string, width int) string {
	s = Cut(s, width)
	return Fit(Blank((width-Width(s))/2)+s, width)
}

// Blank is n spaces; none for n below one.
func Blank(n int) string {
	if n <= 0 {
		return ""
	}
	return strings.Repeat(" ", n)
}

// Block fits text to exactly width by height cells.
func Block(lines []string, width, height int) []string {
	out := make([]string, height)
	for i := range out {
		if i < len(lines) {
			out[i] = Fit(lines[i], width)
		} else {
			out[i] = Blank(width)
		}
	}
	return out
}

// WrapText breaks plain text into lines of at most width cells, at spaces where
// there are any.
func WrapText(s string, width int) []string {
	if width < 1 {
		return nil
	}
	return strings.Split(ansi.Wrap(s, width, ""), "\n")
}

// WrapWords breaks plain text into lines of at most width cells at spaces
// alone, so that the options of a command stay whole; a longer word is broken
// where the line ends.
func WrapWords(s string, width int) []string {
	if width < 1 {
		return nil
	}
	lines, line := []string{}, ""
	for word := range strings.SplitSeq(s, " ") {
		for i, part := range HardWrap(word, width) {
			switch {
			case line == "":
				line = part
			case i == 0 && Width(line)+1+Width(part) <= width:
				line += " " + part
			default:
				lines, line = append(lines, line), part
			}
		}
	}
	return append(lines, line)
}

func plainText(s string) string { return ansi.Strip(s) }

// slice returns the cells of s from left up to right.
func slice(s string, left, right int) string { return ansi.Cut(s, left, right) }

// HardWrap breaks plain text into rows of at most width cells, wherever that is.
func HardWrap(s string, width int) []string {
	if width < 1 || Width(s) <= width {
		return []string{s}
	}
	return strings.Split(ansi.Hardwrap(s, width, true), "\n")
}
