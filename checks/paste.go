package checks

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"github.com/twindeck/twindeck/env/secret"
)

const (
	longestPaste = 1 << 20 // bytes of a text that are looked at: its last
	longestEcho  = 600     // characters of a line that are told back
	oneMessage   = 2000    // bytes up to which a text may be one message broken into lines
	narrowest    = 20      // characters a line that was broken has at least
	ragged       = 12      // characters by which lines broken at words differ
	nearby       = 4096    // bytes around a line in which names are looked for
)

// paste is an error text made ready to be searched: no terminal escapes, valid
// UTF-8, each blank a single space, each line without those at its ends.
type paste struct {
	text  string
	low   string // text with A to Z in lower case: the same bytes at the same places
	whole string // of a squeezed text: its words, one blank between
}

func newPaste(text string) *paste {
	if cut := len(text) - longestPaste; cut > 0 {
		text = text[cut:]
	}
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(text, "\uFFFD"))
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = strings.Join(strings.Fields(strings.Map(typed, ansi.Strip(l))), " ")
	}
	text = strings.Join(lines, "\n")
	return &paste{text: text, low: lower(text)}
}

// typed turns characters that chats and word processors put in back into those
// that programs print, and leaves out what would not be seen.
func typed(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case r == '‘' || r == '’':
		return '\''
	case r == '“' || r == '”':
		return '"'
	case r == utf8.RuneError || unicode.IsGraphic(r):
		return r
	}
	return -1
}

// lower leaves every byte where it is, which strings.ToLower does not.
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// broken reports whether the text looks like one message that a terminal broke
// into lines: all but the last about as long as its width.
func (p *paste) broken() bool {
	lines := strings.Split(strings.Trim(p.text, "\n"), "\n")
	if len(lines) < 2 || len(p.text) > oneMessage {
		return false
	}
	least, most := longestPaste, 0
	for _, l := range lines[:len(lines)-1] {
		n := utf8.RuneCountInString(l)
		least, most = min(least, n), max(most, n)
	}
	return most >= narrowest && most-least <= ragged && utf8.RuneCountInString(lines[len(lines)-1]) <= most
}

// squeezed is the text without any blank, on one line: what a narrow terminal
// broke in two is whole again.
func (p *paste) squeezed() *paste {
	whole := strings.Join(strings.Fields(p.text), " ")
	text := strings.ReplaceAll(whole, " ", "")
	return &paste{text: text, low: lower(text), whole: whole}
}

// says reports whether any of the words stands in the text; true for none.
func (p *paste) says(words []string) bool {
	for _, w := range words {
		if strings.Contains(p.low, w) {
			return true
		}
	}
	return len(words) == 0
}

// lines yields the lines that hold the pieces of pattern between its stars in
// that order, each by where it begins. It reads the text once.
func (p *paste) lines(pattern string) iter.Seq[int] {
	first, rest, _ := strings.Cut(pattern, "*")
	return func(yield func(int) bool) {
		for from := 0; from <= len(p.low); {
			i := strings.Index(p.low[from:], first)
			if i < 0 {
				return
			}
			i += from
			start, end := p.around(i)
			if shows(p.low[min(i+len(first), end):end], rest) && !yield(start) {
				return
			}
			from = end + 1
		}
	}
}

// around returns where the line begins and ends that i is in.
func (p *paste) around(i int) (start, end int) {
	start = strings.LastIndexByte(p.low[:i], '\n') + 1
	if n := strings.IndexByte(p.low[i:], '\n'); n >= 0 {
		return start, i + n
	}
	return start, len(p.low)
}

// shows reports whether the pieces of pattern between its stars stand in text,
// in that order.
func shows(text, pattern string) bool {
	for piece := range strings.SplitSeq(pattern, "*") {
		at := strings.Index(text, piece)
		if at < 0 {
			return false
		}
		text = text[at+len(piece):]
	}
	return true
}

// tell fills a symptom with what the text names around the line at start.
func (p *paste) tell(s Symptom, start int) Explanation {
	_, end := p.around(start)
	line := p.text[start:end]
	near := p.text[max(0, start-nearby):min(len(p.text), end+nearby)]
	if p.whole != "" {
		line, near = p.whole, p.whole
	}

	// A name on the line before may say that this line is a secret.
	before := p.text[strings.LastIndexByte(p.text[:max(0, start-1)], '\n')+1 : start]
	echo := secret.Mask(before + line)
	if i := strings.LastIndexByte(echo, '\n'); before != "" && i >= 0 {
		echo = echo[i+1:]
	}
	return Explanation{Symptom: s.filled(line, near), Line: shorten(echo, longestEcho)}
}

// shorten cuts text to so many characters.
func shorten(text string, characters int) string {
	n := 0
	for i := range text {
		if n == characters {
			return text[:i] + "…"
		}
		n++
	}
	return text
}
