package secret

import "strings"

// maskNamed hides the values that stand behind the name of a secret. It goes
// over the text once: at each sign that may stand between a name and a value
// it looks back for the name and, if that is a secret's, ahead for the end of
// the value.
func maskNamed(text string) string {
	s := scanner{text: text}
	for s.at < len(text) {
		switch c := text[s.at]; {
		case c == '=' || c == ':':
			s.assigned(s.at+1, c)
		case c == '%' && (strings.HasPrefix(text[s.at:], "%3D") || strings.HasPrefix(text[s.at:], "%3d")):
			s.assigned(s.at+3, '%')
		case (c == ' ' || c == '\t') && s.at > 0 && !blank(text[s.at-1]):
			s.flag()
		case c == ',':
			s.listedFlag()
		}
		s.at++
	}
	if s.copied == 0 {
		return text
	}
	s.out.WriteString(text[s.copied:])
	return s.out.String()
}

type scanner struct {
	text    string
	at      int // the sign looked at
	out     strings.Builder
	copied  int    // how much of text is in out
	pending string // what the last "name:" was followed by, as in a pod's env
	until   int    // how far pending holds
}

// name is what stands in front of a sign.
type name struct {
	text    string
	start   int
	quoted  bool
	spaced  bool // blanks between it and the sign
	dashes  int  // in front of it, as a flag has
	opening bool // the first on its line
	lead    byte // the character in front; 0 at the start
	query   bool // a parameter of an address
}

const (
	longestName = 80   // bytes
	longestList = 4096 // bytes
	near        = 200  // bytes from "name: X" to its "value: Y"
)

// before reads the name that ends at end.
func (s *scanner) before(end int) (n name, ok bool) {
	i := end
	for i > s.copied && end-i < 8 && blank(s.text[i-1]) {
		i--
	}
	n.spaced = i < end
	if i > s.copied && (s.text[i-1] == '"' || s.text[i-1] == '\'') {
		n.quoted = true
		for i--; i > s.copied && s.text[i-1] == '\\'; i-- {
		}
	}
	stop := i
	for i > s.copied && stop-i < longestName && inName(s.text[i-1]) {
		i--
	}
	escape := s.escape(i, stop)
	i += escape
	for ; i < stop && s.text[i] == '-'; i++ {
		n.dashes++
	}
	n.text, n.start = s.text[i:stop], i
	n.lead, n.opening = s.leads(i - n.dashes)
	n.query = escape > 1 || n.lead == '?' || n.lead == '&' || n.lead == ';'
	return n, n.text != ""
}

// escape is how much of what looks like a name is the end of a sign in front
// of it: of \n or \u0026 as JSON writes them, of %3F or %26 in an address.
func (s *scanner) escape(start, end int) int {
	word := s.text[start:end]
	switch {
	case start == s.copied || word == "":
	case s.text[start-1] == '\\' && strings.HasPrefix(word, "u0026"):
		return len("u0026")
	case s.text[start-1] == '\\' && strings.IndexByte("nrt", word[0]) >= 0:
		return 1
	case s.text[start-1] == '%' && len(word) > 2 && (word[0] == '2' || word[0] == '3'):
		return 2
	}
	return 0
}

// leads is the character in front of i, and whether only an indent, a list's
// dash or a quotation mark parts it from the start of its line.
func (s *scanner) leads(i int) (lead byte, opening bool) {
	if i > 0 {
		lead = s.text[i-1]
	}
	for j := i - 1; j >= 0 && i-j < longestName; j-- {
		switch s.text[j] {
		case '\n':
			return lead, true
		case ' ', '\t', '-', '"', '\'', '>', '<', '*':
		default:
			return lead, false
		}
	}
	return lead, i < longestName
}

// assigned hides the value at from, if the name in front of the sign asks for it.
func (s *scanner) assigned(from int, sign byte) {
	n, ok := s.before(s.at)
	if !ok || strings.HasPrefix(s.text[from:], "//") {
		return
	}
	if from < len(s.text) && (s.text[from] == '=' || s.text[from] == '>') {
		from++ // := == =>
	}
	switch {
	case strings.EqualFold(n.text, "name"):
		s.pending, s.until = firstWord(s.text[from:min(len(s.text), from+near)]), from+near
		return
	case strings.EqualFold(n.text, "value") && s.pending != "" && s.at < s.until:
		hide := isSecret(s.pending)
		s.pending = ""
		if !hide {
			return
		}
		n.opening = true
	case n.query && sign != ':' && isParameter(n.text):
	case !isSecret(n.text):
		return
	}
	start, end, found := s.value(n, from, sign)
	if found {
		s.hide(start, end)
	}
}

// flag hides the value of --name value.
func (s *scanner) flag() {
	n, ok := s.before(s.at)
	if !ok || n.dashes == 0 || n.quoted || !isSecret(n.text) {
		return
	}
	if start, end, found := s.value(name{spaced: true}, s.at, '='); found && end > start && s.text[start] != '-' {
		s.hide(start, end)
	}
}

// listedFlag hides the value of "--name", "value".
func (s *scanner) listedFlag() {
	n, ok := s.before(s.at)
	if !ok || n.dashes == 0 || !n.quoted || !isSecret(n.text) {
		return
	}
	start, end, found := s.value(name{spaced: true}, s.at+1, '=')
	if found && start > s.at+1 && (s.text[start-1] == '"' || s.text[start-1] == '\'') {
		s.hide(start, end)
	}
}

// hide puts Hidden in the place of text[start:end] and goes on behind it.
func (s *scanner) hide(start, end int) {
	if end <= start || isSwitch(s.text[start:end]) {
		return
	}
	s.out.WriteString(s.text[s.copied:start])
	s.out.WriteString(Hidden)
	s.copied, s.at = end, end-1
}

func blank(c byte) bool { return c == ' ' || c == '\t' }

func inName(c byte) bool {
	return c == '_' || c == '-' || c == '.' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// firstWord is the name that a "name:" is followed by.
func firstWord(text string) string {
	text = strings.TrimLeft(text, " \t\\\"'")
	for i := range len(text) {
		if !inName(text[i]) {
			return text[:i]
		}
	}
	return text
}
