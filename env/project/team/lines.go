package team

import (
	"regexp"
	"strconv"
	"strings"
)

// bare is what a word may consist of that is written without quotes.
var bare = regexp.MustCompile(`^[A-Za-z0-9_./:=@%+,-]+$`)

// Lines are what the check runs, for a person to judge: nothing is left out,
// and nothing looks like something else. Letters beyond ASCII are written as
// escapes, because some look like ASCII's. Nil if it runs nothing.
func (c Check) Lines() []string {
	switch {
	case c.Kind == Command:
		return []string{words(c.Command)}
	case c.Kind == Tool && c.Range != nil:
		return []string{words(append([]string{c.Of}, c.Args...))}
	case c.Kind == Shell:
		var lines []string
		for l := range strings.SplitSeq(strings.TrimRight(c.Of, "\n"), "\n") {
			lines = append(lines, ascii(l))
		}
		return lines
	}
	return nil
}

func words(all []string) string {
	shown := make([]string, len(all))
	for i, w := range all {
		if shown[i] = w; !bare.MatchString(w) {
			shown[i] = strconv.QuoteToASCII(w)
		}
	}
	return strings.Join(shown, " ")
}

func ascii(line string) string {
	line = strings.ReplaceAll(line, "\t", "  ")
	if strings.IndexFunc(line, func(r rune) bool { return r < ' ' || r > '~' }) >= 0 {
		return strconv.QuoteToASCII(line)
	}
	return line
}

// Commands are the lines of all checks that run something, each with its ID.
func (f File) Commands() []string {
	var all []string
	for _, c := range f.Checks {
		head := c.ID
		if len(c.Systems) > 0 {
			head += " [" + strings.Join(c.Systems, ", ") + "]"
		}
		head += ": "
		if c.Kind == Shell {
			head += "(shell) "
		}
		for _, l := range c.Lines() {
			all = append(all, head+l)
			head = "│ "
		}
	}
	return all
}
