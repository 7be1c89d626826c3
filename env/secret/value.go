package secret

import (
	"regexp"
	"strings"
)

// strict names have their value hidden also where no blank follows the colon;
// token:latest may be an image.
var strict = regexp.MustCompile(`(?i:password|passwd|passphrase|authorization|cookie)$|[A-Z]|^x-`)

// sentence is how a value begins that goes on with an explanation: "failed to
// fetch oauth token: unexpected status from …".
var sentence = regexp.MustCompile(`^(?:[a-z]{1,15}|[A-Z][a-z]{1,14}|[A-Z]{2,7})[,.:;]?[ \t]`)

// told are names that sentences end with before a colon.
var told = map[string]bool{"token": true, "credential": true, "credentials": true, "secret": true, "auth": true}

// block is YAML's sign for a text of several lines.
var block = regexp.MustCompile(`^[|>][0-9+-]{0,3}[ \t]*\r?(?:\n|$)`)

// blockInJSON is the same with a line break as JSON writes it.
var blockInJSON = regexp.MustCompile(`^[|>][0-9+-]{0,3}[ \t]*\\n`)

// look is how far ahead a value is read to tell what it is; no further, for
// the time taken to grow with the text and no faster.
const look = 200 // bytes

// value finds where the value of n begins and ends. The sign is '=', ':', or
// '%' for an = that an address writes %3D.
func (s *scanner) value(n name, from int, sign byte) (start, end int, found bool) {
	start = from
	for start < len(s.text) && blank(s.text[start]) {
		start++
	}
	spaced := start > from
	rest := s.text[start:]
	ahead := rest[:min(len(rest), look)]
	switch {
	case rest == "", strings.IndexByte("\r\n,)}]", rest[0]) >= 0:
		return 0, 0, false // no value
	case sign != ':' && spaced && !n.spaced:
		return 0, 0, false // NAME= and then something else
	case rest[0] == '{', rest[0] == '<' && strings.IndexByte(ahead, '>') > 0:
		return 0, 0, false // an object, whose names are looked at; <set to the key …>
	case rest[0] == '[':
		return s.list(start)
	case sign == ':' && blockInJSON.MatchString(ahead):
		return start, s.quoteEnd(start, 0, '"'), true
	case sign == ':' && block.MatchString(ahead):
		start = s.lineEnd(start)
		end = s.blockEnd(n.start, start)
		return start, end, end > start
	}
	if open := strings.TrimLeft(ahead, `\`); open != "" && (open[0] == '"' || open[0] == '\'') {
		escapes := len(ahead) - len(open)
		start += escapes + 1
		return start, s.quoteEnd(start, escapes, open[0]), true
	}
	if sign == ':' && s.says(n, ahead, spaced) {
		return 0, 0, false
	}
	if !n.quoted && (n.lead == '"' || n.lead == '\'') { // "NAME=value with blanks", 'Cookie: a=b'
		return start, s.quoteEnd(start, s.escapesBefore(n.start-n.dashes-1), n.lead), true
	}
	return start, s.bareEnd(n, start, sign), true
}

// says reports whether what follows a colon is no value: part of an image's
// name, a word of JSON, an explanation.
func (s *scanner) says(n name, ahead string, spaced bool) bool {
	switch {
	case n.lead == '/': // of a path
		return true
	case !spaced && !n.quoted:
		return !strict.MatchString(n.text)
	case n.quoted && (strings.HasPrefix(ahead, "null") || strings.HasPrefix(ahead, "true") || strings.HasPrefix(ahead, "false")):
		return true
	default:
		return !n.opening && told[n.text] && sentence.MatchString(ahead)
	}
}

// list is what stands between square brackets, or the rest of the line.
func (s *scanner) list(start int) (from, end int, found bool) {
	rest := s.text[start:min(len(s.text), start+longestList)]
	if end := strings.IndexByte(rest, ']'); end > 0 {
		return start + 1, start + end, end > 1
	}
	return start + 1, s.lineEnd(start), true
}

// bareEnd is where a value without quotation marks ends.
func (s *scanner) bareEnd(n name, start int, sign byte) int {
	end := start
	for stops := s.stops(n, start, sign); end < len(s.text) && strings.IndexByte(stops, s.text[end]) < 0; end++ {
		if s.text[end] == '\\' && (end+1 < len(s.text) && strings.IndexByte(`nrt"'`, s.text[end+1]) >= 0 || strings.HasPrefix(s.text[end:], `\u0026`)) {
			break // a sign, as JSON writes it
		}
	}
	for end > start && blank(s.text[end-1]) {
		end--
	}
	return end
}

// stops are the characters that end a value without quotation marks.
func (s *scanner) stops(n name, start int, sign byte) string {
	const line = "\r\n\""
	inBraces := n.lead == '[' || n.lead == '{' || n.start > 1 && s.text[n.start-2:n.start] == ", " ||
		!blank(s.text[start-1]) // name:value name:value, as Go prints them
	switch {
	case sign == '%':
		return line + "'% \t,;&"
	case sign == '=' && n.spaced && n.opening:
		return line // a line of a configuration file
	case sign == '=' && (n.query || n.lead == ','):
		return line + "' \t,;&"
	case sign == '=':
		return line + "' \t"
	case n.quoted, inBraces: // JSON, and lists in YAML's or Go's own notation
		return line + " ,}]"
	default:
		return line
	}
}

// escapesBefore counts the backslashes in front of i.
func (s *scanner) escapesBefore(i int) int {
	n := 0
	for n < i && s.text[i-n-1] == '\\' {
		n++
	}
	return n
}

// quoteEnd is where a quoted value ends: before the mark that opened it, with
// as many backslashes, or at the end of the line.
func (s *scanner) quoteEnd(start, escapes int, mark byte) int {
	for i := start; i < len(s.text); i++ {
		switch s.text[i] {
		case '\n', '\r':
			return i
		case '\\':
			j := i
			for j < len(s.text) && s.text[j] == '\\' {
				j++
			}
			if j < len(s.text) && s.text[j] == mark && j-i == escapes {
				return i
			}
			i = j // what is escaped ends nothing
		case mark:
			return i
		}
	}
	return len(s.text)
}

// blockEnd is where a YAML block ends that belongs to the key at key and
// begins after the line that ends at from.
func (s *scanner) blockEnd(key, from int) int {
	margin := max(0, key-longestName)
	indent := s.indent(margin + strings.LastIndexByte(s.text[margin:key], '\n') + 1)
	end := from
	for end < len(s.text) {
		next := s.lineEnd(end + 1)
		line := s.text[min(end+1, len(s.text)):next]
		if strings.TrimSpace(line) != "" && s.indent(end+1) <= indent {
			break
		}
		end = next
	}
	return end
}

func (s *scanner) indent(from int) int {
	n := 0
	for from+n < len(s.text) && s.text[from+n] == ' ' {
		n++
	}
	return n
}

func (s *scanner) lineEnd(from int) int {
	if from >= len(s.text) {
		return len(s.text)
	}
	if i := strings.IndexByte(s.text[from:], '\n'); i >= 0 {
		return from + i
	}
	return len(s.text)
}
