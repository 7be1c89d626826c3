package host

import (
	"regexp"
	"strings"
)

// plainWord is what a shell takes as it is written.
var plainWord = regexp.MustCompile(`^[\pL\pN_@%+=:,./-]+$`)

// Quote is a word as one types it into a POSIX shell.
func Quote(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
