package decks

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// filter is what a person typed to see fewer rows: words that must all hold.
// The zero filter lets everything through.
type filter struct {
	text   string
	terms  []term
	labels bool  // a term looks at labels
	bad    error // a regular expression that is not finished yet
}

// term is one word of a filter. It holds for a row when one of the row's
// fields satisfies it, or, negated, when none does.
type term struct {
	not   bool
	label bool // it is a label that is tested, as "key=value", not a field
	test  func(field string) bool
}

// parseFilter reads words separated by spaces: "web" contains, "!web" does not
// contain, "~wb" has these letters in this order, "re:^web-[0-9]" matches,
// "label=app" has the label, "label=app=web" with this value. Case does not
// matter, but in labels. A regular expression that is not finished yet is left
// out and told of in bad; the other words hold.
func parseFilter(text string) filter {
	f := filter{text: text}
	for _, word := range strings.Fields(text) {
		var t term
		if rest, ok := strings.CutPrefix(word, "!"); ok {
			t.not, word = true, rest
		}
		switch {
		case strings.HasPrefix(word, "label="):
			want := word[len("label="):]
			f.labels, t.label = true, true
			t.test = func(s string) bool { return s == want || strings.HasPrefix(s, want+"=") }
		case strings.HasPrefix(word, "re:"):
			re, err := regexp.Compile("(?i)" + word[len("re:"):])
			if err != nil {
				f.bad = fmt.Errorf("%s: %w", word, err)
				continue
			}
			t.test = re.MatchString
		case strings.HasPrefix(word, "~"):
			letters := strings.ToLower(word[1:])
			t.test = func(s string) bool { return inOrder(strings.ToLower(s), letters) }
		default:
			lower := strings.ToLower(word)
			t.test = func(s string) bool { return containsFold(s, lower) }
		}
		f.terms = append(f.terms, t)
	}
	return f
}

// on reports whether the filter leaves anything out.
func (f filter) on() bool { return len(f.terms) > 0 }

// match reports whether a row with these fields and labels passes.
func (f filter) match(fields, labels []string) bool {
	for _, t := range f.terms {
		in := fields
		if t.label {
			in = labels
		}
		if slices.ContainsFunc(in, t.test) == t.not {
			return false
		}
	}
	return true
}

// containsFold reports whether s contains lower (already lower case) in any
// case, without making a copy of s when it is ASCII.
func containsFold(s, lower string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return strings.Contains(strings.ToLower(s), lower)
		}
	}
	for i := 0; i+len(lower) <= len(s); i++ {
		if equalLower(s[i:i+len(lower)], lower) {
			return true
		}
	}
	return false
}

func equalLower(s, lower string) bool {
	for i := range len(s) {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// inOrder reports whether the letters occur in s in this order.
func inOrder(s, letters string) bool {
	for _, want := range letters {
		i := strings.IndexRune(s, want)
		if i < 0 {
			return false
		}
		s = s[i+utf8.RuneLen(want):]
	}
	return true
}
