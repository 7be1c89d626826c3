package screen

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Quote writes a name so that it stays on its line and can be typed: as it is, or
// the way shells write such a word, $'two\nlines', where it holds what cannot be
// seen or is no UTF-8.
func Quote(name string) string {
	if typeable(name) {
		return name
	}
	var b strings.Builder
	b.WriteString("$'")
	for rest := name; rest != ""; {
		r, n := utf8.DecodeRuneInString(rest)
		char := rest[:n]
		rest = rest[n:]
		switch {
		case r == '\\' || r == '\'':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == utf8.RuneError && n == 1, !unicode.IsGraphic(r):
			for _, c := range []byte(char) {
				fmt.Fprintf(&b, `\x%02x`, c)
			}
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('\'')
	return b.String()
}

// typeable reports whether a name is itself when it is typed.
func typeable(name string) bool {
	if strings.TrimSpace(name) != name || strings.HasPrefix(name, "$'") || !utf8.ValidString(name) {
		return false
	}
	return !strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsGraphic(r) })
}

// Unquote reads what Quote wrote, or a name that was typed as it is.
func Unquote(typed string) string {
	inside, ok := strings.CutPrefix(typed, "$'")
	inside, ended := strings.CutSuffix(inside, "'")
	if !ok || !ended {
		return typed
	}
	var b strings.Builder
	for i := 0; i < len(inside); i++ {
		if inside[i] != '\\' || i+1 == len(inside) {
			b.WriteByte(inside[i])
			continue
		}
		i++
		switch c := inside[i]; c {
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		case 'r':
			b.WriteByte('\r')
		case 'x':
			v, err := strconv.ParseUint(inside[i+1:min(i+3, len(inside))], 16, 8)
			if err != nil {
				return typed
			}
			b.WriteByte(byte(v))
			i += 2
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
