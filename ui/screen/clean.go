package screen

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// maxMarks is how many combining marks may sit on one character; more would
// climb out of their row in most terminals.
const maxMarks = 2

// Clean makes text from outside (names, logs, YAML, errors) safe to draw on
// one line: no escape sequences, no control or invisible characters, no
// invalid UTF-8, nothing whose width terminals disagree about. A tab becomes
// two spaces, a line break one. It never makes text from nothing: what is
// left out is left out, invalid bytes become U+FFFD.
func Clean(s string) string {
	if plain(s) {
		return s
	}
	s = ansi.Strip(strings.ToValidUTF8(s, "\uFFFD"))
	var b strings.Builder
	b.Grow(len(s))
	marks := maxMarks // a mark at the start has nothing to sit on
	for _, r := range s {
		switch {
		case r == '\t':
			b.WriteString("  ")
			marks = 0
		case r == '\n' || r == '\u2028' || r == '\u2029':
			b.WriteByte(' ')
			marks = 0
		case r >= 0x1F1E6 && r <= 0x1F1FF: // halves of a flag: two in one cell or four in two
			b.WriteByte(byte('A' + r - 0x1F1E6))
			marks = 0
		case dropped(r):
		case unicode.In(r, unicode.Mn, unicode.Me):
			if marks < maxMarks {
				b.WriteRune(r)
				marks++
			}
		default:
			b.WriteRune(r)
			marks = 0
		}
	}
	return b.String()
}

// CleanLines cleans text of several lines. What a carriage return on the same
// line overwrote is left out, as a terminal would show it.
func CleanLines(s string) []string {
	s = strings.TrimSuffix(s, "\n")
	if s == "" {
		return nil
	}
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = CleanLogLine(l)
	}
	return lines
}

// CleanLogLine cleans one line of output; progress bars that redraw
// themselves with carriage returns keep their last state only.
func CleanLogLine(l string) string {
	l = strings.TrimRight(l, "\r")
	if i := strings.LastIndexByte(l, '\r'); i >= 0 {
		l = l[i+1:]
	}
	return Clean(l)
}

// plain reports whether s is printable ASCII, which nearly all of it is.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// dropped reports whether r must not reach a terminal.
func dropped(r rune) bool {
	switch {
	case r == utf8.RuneError:
		return false // the sign that something was wrong stays visible
	case r >= 0xFE00 && r <= 0xFE0F, r >= 0xE0100 && r <= 0xE01EF: // variation selectors change widths
		return true
	case r >= 0x1F3FB && r <= 0x1F3FF: // skin tones join the character before, or not
		return true
	case r >= 0x1160 && r <= 0x11FF, r >= 0xD7B0 && r <= 0xD7FF: // Hangul vowels and tails that join
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Mc) || !unicode.IsGraphic(r)
}
