package secret

import (
	"encoding/base64"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// shortest is how long base64 must be to be looked into.
const shortest = 16

// maskEncoded hides base64 of text that has a secret in it: a kubeconfig's
// client-key-data, a Secret's .dockerconfigjson, user:password.
func maskEncoded(text string) string {
	var b strings.Builder
	copied := 0
	for at := 0; at < len(text); at++ {
		start := at
		for at < len(text) && inBase64(text[at]) {
			at++
		}
		if at-start >= shortest && holdsSecret(text[start:at]) {
			b.WriteString(text[copied:start])
			b.WriteString(Hidden)
			for at < len(text) && text[at] == '=' {
				at++
			}
			copied = at
		}
	}
	if copied == 0 {
		return text
	}
	b.WriteString(text[copied:])
	return b.String()
}

func inBase64(c byte) bool { return c == '+' || c == '/' || c != '.' && inName(c) }

// pair is user:password, as it is encoded for a registry or a header.
var pair = regexp.MustCompile(`^[\w.@$|+-]{1,80}:[^/\s].*$`)

func holdsSecret(code string) bool {
	plain, ok := decode(code)
	return ok && (pair.MatchString(plain) && !strings.HasPrefix(plain, "sha256:") || mask(plain, false) != plain)
}

// decode reads base64 of either alphabet; false if no text comes out.
func decode(code string) (string, bool) {
	code = strings.NewReplacer("-", "+", "_", "/").Replace(code)
	if len(code)%4 == 1 {
		code = code[:len(code)-1] // cut in the middle
	}
	data, err := base64.RawStdEncoding.DecodeString(code)
	if err != nil || !utf8.Valid(data) {
		return "", false
	}
	text := string(data)
	for _, r := range text {
		if !unicode.IsPrint(r) && !unicode.IsSpace(r) {
			return "", false
		}
	}
	return text, true
}
