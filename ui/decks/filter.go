package decks

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/twindeck/twindeck/ui/theme"
)

// onlyBad is the word for rows that are amber or red.
const onlyBad = "is:bad"

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
	label bool   // it is a label that is tested, as "key=value", not a field
	ails  bool   // it is how the row stands that is tested
	begin string // what an ID or address may begin with, in lower case; empty: none is looked at
	test  func(field string) bool
}

// leastID is how many letters of an ID or address find it: fewer stand in too
// many of them by chance.
const leastID = 4

// toggle returns the filter with a word, or without it if it has it.
func (f filter) toggle(word string) filter {
	words := strings.Fields(f.text)
	had := len(words)
	if words = slices.DeleteFunc(words, func(w string) bool { return w == word }); len(words) == had {
		words = append(words, word)
	}
	return parseFilter(strings.Join(words, " "))
}

// sight is what of a row a filter looks at.
type sight struct {
	fields []string // texts
	ids    []string // IDs and addresses, found by their beginning
	labels []string // "key=value"
	level  theme.Level
}

// parseFilter reads words separated by spaces: "web" contains, "!web" does not
// contain, "~wb" has these letters in this order, "re:^web-[0-9]" matches,
// "label=app" has the label, "label=app=web" with this value, "is:bad" needs
// attention. Case does not matter, but in labels. A regular expression that is
// not finished yet is left out and told of in bad; the other words hold.
func parseFilter(text string) filter {
	f := filter{text: text}
	for _, word := range strings.Fields(text) {
		var t term
		if rest, ok := strings.CutPrefix(word, "!"); ok {
			t.not, word = true, rest
		}
		switch {
		case word == onlyBad:
			t.ails = true
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
			if id := strings.TrimPrefix(lower, "sha256:"); len(id) >= leastID {
				t.begin = id
			}
			t.test = func(s string) bool { return containsFold(s, lower) }
		}
		f.terms = append(f.terms, t)
	}
	return f
}

// on reports whether the filter leaves anything out.
func (f filter) on() bool { return len(f.terms) > 0 }

// match reports whether a row passes.
func (f filter) match(s sight) bool {
	for _, t := range f.terms {
		if t.holds(s) == t.not {
			return false
		}
	}
	return true
}

// holds reports whether a word holds, its "!" left aside.
func (t term) holds(s sight) bool {
	switch {
	case t.ails:
		return s.level == theme.Starting || s.level == theme.Attention || s.level == theme.Broken
	case t.label:
		return slices.ContainsFunc(s.labels, t.test)
	}
	return slices.ContainsFunc(s.fields, t.test) || t.begin != "" && slices.ContainsFunc(s.ids, func(id string) bool {
		return len(id) >= len(t.begin) && equalLower(id[:len(t.begin)], t.begin)
	})
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
