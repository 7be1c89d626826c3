package kube

import (
	"regexp"
	"strings"
)

// dumped is where the API server begins to write out what it refuses: the whole
// value of a field, or below the message how a spec differs from the one there is.
var dumped = regexp.MustCompile(`(Invalid value: )(?:\w+\.)?\w*\{|(\n)(?:@@ -|[\s\x{a0}]+&?\w+\.\w+\{)`)

// withoutDumps is a refusal without the objects that the server writes into it:
// nobody reads them, and the variables of containers stand there in clear.
func withoutDumps(text string) string {
	var b strings.Builder
	for {
		at := dumped.FindStringSubmatchIndex(text)
		switch {
		case at == nil:
			return b.String() + text
		case at[4] >= 0: // a difference has texts of several lines in it: where it ends is not sure
			return b.String() + text[:at[4]]
		}
		b.WriteString(text[:at[3]] + "{…}")
		text = behindBraces(text[at[1]-1:])
	}
}

// behindBraces is what follows the braces that a text begins with; nothing where
// they do not end.
func behindBraces(text string) string {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth == 0 {
				return text[i+1:]
			}
		}
	}
	return ""
}
