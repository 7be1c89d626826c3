package logs

import (
	"regexp"
	"strings"
	"unicode"
)

// matcher finds a text in lines. The zero matcher matches everything.
type matcher struct {
	text   string // as it was typed
	negate bool   // of a filter: what does not have it
	needle string // looked for byte by byte; lower case when fold
	fold   bool   // capitals do not matter
	re     *regexp.Regexp
	err    error // why the pattern cannot be used
}

// parseMatcher reads a search: words, or re: and a regular expression. Capitals
// matter once there is one. Of a filter, a ! before it takes the opposite.
func parseMatcher(text string, filter bool) matcher {
	m := matcher{text: text}
	if rest, ok := strings.CutPrefix(text, "!"); ok && filter {
		m.negate, text = true, rest
	}
	pattern, ok := strings.CutPrefix(text, "re:")
	if !ok {
		m.fold = text == strings.ToLower(text)
		m.needle = text
		if !m.fold || ascii(text) {
			return m
		}
		pattern = regexp.QuoteMeta(text)
	}
	if pattern == "" {
		return m
	}
	if !capitals(pattern) {
		pattern = "(?i)" + pattern
	}
	m.needle = ""
	m.re, m.err = regexp.Compile(pattern)
	return m
}

// capitals reports whether a pattern has a capital letter that is no class (\S).
func capitals(pattern string) bool {
	escaped := false
	for _, r := range pattern {
		if unicode.IsUpper(r) && !escaped {
			return true
		}
		escaped = r == '\\' && !escaped
	}
	return false
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// empty tells that there is nothing to look for.
func (m *matcher) empty() bool { return m.needle == "" && m.re == nil }

// has reports whether a text has it.
func (m *matcher) has(s string) bool {
	if m.re != nil {
		return m.re.MatchString(s)
	}
	_, _, ok := m.find(s, 0)
	return ok
}

// find is the first place of the needle at or after from; ok is false if there
// is none.
func (m *matcher) find(s string, from int) (start, end int, ok bool) {
	switch {
	case m.needle == "":
		return 0, 0, false
	case m.fold:
		start = indexFold(s[from:], m.needle)
	default:
		start = strings.Index(s[from:], m.needle)
	}
	if start < 0 {
		return 0, 0, false
	}
	return from + start, from + start + len(m.needle), true
}

// indexFold is strings.Index for a needle of lower-case ASCII, where capitals do
// not matter.
func indexFold(s, needle string) int {
	first := needle[0]
	for i := 0; i+len(needle) <= len(s); i++ {
		if lower(s[i]) != first {
			continue
		}
		j := 1
		for j < len(needle) && lower(s[i+j]) == needle[j] {
			j++
		}
		if j == len(needle) {
			return i
		}
	}
	return -1
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// hits are all places in a text, none of them empty.
func (m *matcher) hits(s string) (out [][2]int) {
	if m.negate {
		return nil
	}
	if m.re != nil {
		for _, at := range m.re.FindAllStringIndex(s, -1) {
			if at[0] < at[1] { // a pattern may match nothing at all
				out = append(out, [2]int{at[0], at[1]})
			}
		}
		return out
	}
	for from := 0; from <= len(s); {
		start, end, ok := m.find(s, from)
		if !ok {
			break
		}
		out = append(out, [2]int{start, end})
		from = end
	}
	return out
}

// matches reports whether a line has it, as it was written or as it is shown.
func (m *matcher) matches(e entry, f form) bool {
	if m.empty() {
		return true
	}
	ok := m.has(e.text)
	if !ok && f != formRaw && e.kind == written && strings.HasPrefix(strings.TrimLeft(e.text, " \t"), "{") {
		ok = m.has(show(e, f).text)
	}
	return ok != m.negate
}
