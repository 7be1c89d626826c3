// Package secret hides passwords, tokens and keys in what is shown or
// reported: environment variables, JSON, YAML, logs and command lines.
package secret

import (
	"regexp"
	"strings"
	"unicode"
)

// Hidden stands in the place of a secret.
const Hidden = "********"

// words are the parts of a name that make its value a secret; a name is cut
// at underscores, dashes, dots and changes from lower to upper case.
var words = map[string]bool{
	"password": true, "passwd": true, "passphrase": true, "pass": true, "pwd": true, "pw": true,
	"secret": true, "token": true, "credential": true, "credentials": true, "creds": true,
	"apikey": true, "auth": true, "authorization": true, "bearer": true, "jwt": true,
	"identitytoken": true, "registrytoken": true, "accesskey": true, "secretkey": true, "privatekey": true,
}

// keyWords make a secret of a following "key": API_KEY, but not PUBLIC_KEY.
var keyWords = map[string]bool{
	"api": true, "private": true, "access": true, "secret": true, "encryption": true,
	"signing": true, "master": true, "ssh": true, "service": true, "account": true, "license": true,
}

// plainEnds are last parts of names that speak of a secret without holding
// it: TOKEN_FILE, secretName.
var plainEnds = map[string]bool{
	"file": true, "path": true, "dir": true, "name": true, "ref": true, "sock": true, "type": true,
	"seconds": true, "ttl": true, "expiry": true, "enabled": true, "method": true, "mode": true,
	"url": true, "uri": true, "endpoint": true, "length": true, "store": true, "helper": true, "helpers": true, "version": true, "id": true, "count": true,
}

// Is reports whether a variable or key of that name usually holds a secret.
func Is(name string) bool {
	parts := split(name)
	if len(parts) == 0 || plainEnds[parts[len(parts)-1]] && len(parts) > 1 {
		return false
	}
	for i, p := range parts {
		if words[p] || p == "key" && i > 0 && keyWords[parts[i-1]] {
			return true
		}
	}
	return false
}

func split(name string) []string {
	var parts []string
	var part strings.Builder
	flush := func() {
		if part.Len() > 0 {
			parts = append(parts, strings.ToLower(part.String()))
			part.Reset()
		}
	}
	lower := false
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
			lower = false
			continue
		case unicode.IsUpper(r) && lower:
			flush()
		}
		lower = !unicode.IsUpper(r)
		part.WriteRune(r)
	}
	flush()
	return parts
}

// MaskEnv returns the value of the environment variable name, hidden if the
// name or the look of the value says that it is a secret.
func MaskEnv(name, value string) string {
	if value != "" && Is(name) {
		return Hidden
	}
	return shapes(value)
}

// Mask hides the secrets it recognises in text of any kind: by the name in
// front of a value (NAME=value, "name": "value", name: value, --name value)
// and by the look of the value (private keys, bearer tokens, passwords in
// addresses). Everything else stays as it was, line by line.
func Mask(text string) string {
	text = shapes(text)
	for _, rule := range named {
		text = rule.ReplaceAllStringFunc(text, func(match string) string {
			m := rule.FindStringSubmatch(match)
			if !Is(m[2]) || strings.HasPrefix(m[4], Hidden) {
				return match
			}
			return m[1] + m[2] + m[3] + Hidden + m[5]
		})
	}
	return text
}

// named rules have five groups: what leads, name, what stands between, value,
// what follows.
var named = []*regexp.Regexp{
	// A name and a value on two lines, as in a pod's env.
	regexp.MustCompile(`()([\w.-]+)("?[ \t]*,?[ \t]*\r?\n[ \t]*"?value"?:[ \t]*"?)((?:[^"\\\r\n]|\\.)+)("?)`),
	// "NAME=value with blanks", as in JSON.
	regexp.MustCompile(`(")([A-Za-z][\w.-]*)(=)((?:[^"\\\r\n]|\\.)+)(")`),
	// NAME="value with blanks", as in a shell.
	regexp.MustCompile(`()([A-Za-z][\w.-]*)(=\\?["'])((?:[^"'\\\r\n]|\\.)+)()`),
	// NAME=value.
	regexp.MustCompile(`()([A-Za-z][\w.-]*)(=)([^"'\s\\,;&]+)()`),
	// "name": "value".
	regexp.MustCompile(`(")([A-Za-z][\w.-]*)("[ \t]*:[ \t]*")((?:[^"\\\r\n]|\\.)+)(")`),
	// name: value, a line of its own.
	regexp.MustCompile(`(?m)^([ \t]*(?:- )?)([A-Za-z][\w.-]*)([ \t]*:[ \t]+)([^\s{\[<][^\r\n]*)()`),
	// name: value, in the middle of a line.
	regexp.MustCompile(`()([A-Za-z][\w.-]*)(:[ \t]+)([^\s"{\[<][^"\r\n]*)()`),
	// --name value.
	regexp.MustCompile(`()(--?[A-Za-z][\w-]*)([ \t]+)([^\s"'-][^\s"']*)()`),
}

// shapes hides what looks like a secret, whatever its name.
func shapes(text string) string {
	for _, s := range shape {
		text = s.find.ReplaceAllString(text, s.put)
	}
	return text
}

var shape = []struct {
	find *regexp.Regexp
	put  string
}{
	{regexp.MustCompile(`(-----BEGIN [A-Z ]*PRIVATE KEY-----)[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)`), "${1}" + Hidden + "${2}"},
	{regexp.MustCompile(`(\b[A-Za-z][A-Za-z0-9+.-]*://[^\s:/@"']*:)[^\s/@"']+@`), "${1}" + Hidden + "@"},
	{regexp.MustCompile(`((?i:\b(?:basic|bearer))[ \t]+)[A-Za-z0-9+/=._~-]{8,}`), "${1}" + Hidden},
	{regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*`), Hidden},
	{regexp.MustCompile(`\b(?:ghp|gho|ghu|ghs|ghr|github_pat|glpat|dckr_pat|xox[abp])[_-][A-Za-z0-9_-]{10,}`), Hidden},
	{regexp.MustCompile(`\b(?:AKIA|ASIA)[A-Z0-9]{16}\b`), Hidden},
}
