package checks

import (
	"fmt"
	"io"
	"strings"
	"unicode"
)

// MarkdownOptions choose how much a report in Markdown tells.
type MarkdownOptions struct {
	// Evidence tells of every check what was looked at, and not only of those
	// that are not well.
	Evidence bool
}

// WriteMarkdown writes the report to be pasted into an issue: the verdict,
// each root cause and each warning with its evidence and what to do, and a
// folded table of all checks. What came from outside can neither break the
// table nor become HTML, a link or a mention.
func (r Report) WriteMarkdown(w io.Writer, o MarkdownOptions) error {
	m := &markdown{}
	m.line("**twindeck check: %s** (%s/%s, %s)", r.Counts.Line(), r.System.OS, r.System.Arch, r.Time.Format("2006-01-02 15:04 MST"))
	byID := map[string]ReportCheck{}
	for _, c := range r.Checks {
		byID[c.ID] = c
	}
	for _, id := range r.Causes {
		m.problem(byID[id])
	}
	for _, c := range r.Checks {
		if c.Status == Warn {
			m.problem(c)
		}
	}
	m.table(r.Checks, o)
	_, err := io.WriteString(w, m.String())
	return err
}

// markdown builds a text in GitHub's dialect.
type markdown struct{ strings.Builder }

func (m *markdown) line(format string, a ...any) { fmt.Fprintf(m, format+"\n", a...) }

func (m *markdown) problem(c ReportCheck) {
	m.line("\n### %s %s\n", c.Status.Glyph(), plain(c.Summary))
	m.line("`%s`: %s. %s", c.ID, c.Title, c.Why)
	if n := len(c.Blocks); n > 0 {
		m.line("Waiting for it: `%s`", strings.Join(c.Blocks, "`, `"))
	}
	var evidence []string
	for _, e := range c.Evidence {
		evidence = append(evidence, e.What+": "+e.Got)
	}
	m.block(evidence)
	if len(c.Steps) > 0 {
		m.line("")
	}
	for i, step := range c.Steps {
		m.line("%d. %s", i+1, plain(step))
	}
	if c.Fix != nil {
		m.line("\ntwindeck can: %s", plain(c.Fix.Title))
		m.block(c.Fix.Changes)
	}
	if c.Link != "" {
		m.line("\nMore: %s", plain(c.Link))
	}
}

// block writes lines as they are, between fences that none of them can close.
func (m *markdown) block(lines []string) {
	if len(lines) == 0 {
		return
	}
	text := lineControls(strings.Join(lines, "\n"))
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	m.line("\n%stext\n%s\n%s", fence, text, fence)
}

func (m *markdown) table(all []ReportCheck, o MarkdownOptions) {
	m.line("\n<details><summary>All %d checks</summary>\n", len(all))
	if o.Evidence {
		m.line("| | check | found | looked at |\n|---|---|---|---|")
	} else {
		m.line("| | check | found |\n|---|---|---|")
	}
	for _, c := range all {
		m.WriteString("| " + c.Status.Glyph() + " " + string(c.Status) + " | `" + c.ID + "` | " + plain(c.Summary) + " |")
		if o.Evidence {
			var seen []string
			for _, e := range c.Evidence {
				seen = append(seen, plain(e.What)+": "+plain(e.Got))
			}
			m.WriteString(" " + strings.Join(seen, "<br>") + " |")
		}
		m.line("")
	}
	m.line("\n</details>")
}

// escapes are the characters Markdown or GitHub would make something of.
// Numbers of characters are used, since a backslash that stands in front of
// one already would take the next away.
var escapes = map[rune]string{
	'&': "&amp;", '<': "&lt;", '>': "&gt;", '|': "&#124;", '`': "&#96;", '*': "&#42;",
	'[': "&#91;", ']': "&#93;", '\\': "&#92;", '~': "&#126;", '$': "&#36;",
	'@': "@&#8203;", '#': "#&#8203;", // no mention, no number of an issue
}

// plain is text from outside on one line, made to be read as it is.
func plain(text string) string {
	var b strings.Builder
	runes := []rune(strings.Join(strings.Fields(lineControls(text)), " "))
	for i, r := range runes {
		safe, special := escapes[r]
		switch {
		case r == '~' && (i == 0 || runes[i-1] == ' ') && i+1 < len(runes) && runes[i+1] == '/':
			b.WriteRune(r) // the home directory; nothing that is left could pair with it
		case special:
			b.WriteString(safe)
		case r == '_' && !(inWord(runes, i-1) && inWord(runes, i+1)):
			b.WriteString("&#95;")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func inWord(runes []rune, i int) bool {
	return i >= 0 && i < len(runes) && (runes[i] == '_' || unicode.IsLetter(runes[i]) || unicode.IsDigit(runes[i]))
}

// lineControls leaves no character that moves a cursor or hides, but line breaks.
func lineControls(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029':
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}
