package screen

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Width is how many cells s takes; escape sequences take none.
func Width(s string) int {
	if n, ok := easyWidth(s); ok {
		return n
	}
	return ansi.StringWidth(s)
}

// easyWidth counts what nearly all lines are made of: printable ASCII, colours,
// and the signs of frames and states, each of which takes one cell whatever
// stands beside it. ok is false for anything else.
func easyWidth(s string) (width int, ok bool) {
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c >= 0x20 && c <= 0x7e:
			width++
			i++
		case c == 0x1b && i+1 < len(s) && s[i+1] == '[':
			for i += 2; i < len(s) && s[i] >= 0x20 && s[i] <= 0x3f; i++ {
			}
			if i == len(s) || s[i] < 0x40 || s[i] > 0x7e {
				return 0, false
			}
			i++
		case c == 0xe2 && i+2 < len(s) && easySign(s[i+1], s[i+2]):
			width++
			i += 3
		default:
			return 0, false
		}
	}
	return width, true
}

// easySign reports whether a rune that begins with the byte E2 is one of
// U+2500 to U+257F (frames), … ● ○ or ▌.
func easySign(second, third byte) bool {
	switch second {
	case 0x94, 0x95:
		return third >= 0x80 && third <= 0xbf
	case 0x80:
		return third == 0xa6
	case 0x97:
		return third == 0x8f || third == 0x8b
	case 0x96:
		return third == 0x8c
	}
	return false
}

// Cut shortens s to at most width cells, with … where something is missing.
func Cut(s string, width int) string {
	if width <= 0 {
		return ""
	}
	if plain(s) {
		if len(s) <= width {
			return s
		}
		return s[:width-1] + "…"
	}
	s = enough(s, width)
	if Width(s) <= width {
		return s
	}
	return ansi.Truncate(s, width, "…")
}

// cellBytes is more than the bytes that one cell of clean text can take: a
// character and the marks on it.
const cellBytes = 64

// enough is as much of the beginning of clean text as fills more than width
// cells: a megabyte on a line is not to be measured in each frame. Styled text
// is left whole.
func enough(s string, width int) string {
	n := cellBytes * (width + 1)
	if len(s) <= n || strings.IndexByte(s[:n], '\x1b') >= 0 {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// ending is as much of the end.
func ending(s string, width int) string {
	from := len(s) - cellBytes*(width+1)
	if from <= 0 || strings.IndexByte(s, '\x1b') >= 0 {
		return s
	}
	for from < len(s) && !utf8.RuneStart(s[from]) {
		from++
	}
	return s[from:]
}

// CutMiddle shortens s to at most width cells, with … in place of a part of its
// middle: for names whose ends tell them apart.
func CutMiddle(s string, width int) string {
	if width < 8 || Width(enough(s, width)) <= width {
		return Cut(s, width)
	}
	tail := min(width/3, 8)
	end := ending(s, width)
	w := Width(end)
	return Cut(s, width-tail) + slice(end, w-tail, w)
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
	if plain(s) {
		rows := make([]string, 0, len(s)/width+1)
		for ; len(s) > width; s = s[width:] {
			rows = append(rows, s[:width])
		}
		return append(rows, s)
	}
	return strings.Split(ansi.Hardwrap(s, width, true), "\n")
}
