package term

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// named are the keys that are no character of their own, as an xterm sends them.
var named = map[string]string{
	"enter":     "\r",
	"esc":       "\x1b",
	"tab":       "\t",
	"shift+tab": "\x1b[Z",
	"space":     " ",
	"backspace": "\x7f",
	"delete":    "\x1b[3~",
	"up":        "\x1b[A",
	"down":      "\x1b[B",
	"right":     "\x1b[C",
	"left":      "\x1b[D",
	"home":      "\x1b[H",
	"end":       "\x1b[F",
	"pgup":      "\x1b[5~",
	"pgdown":    "\x1b[6~",
}

// sequence returns the bytes that a terminal sends for a key.
func sequence(key string) (string, error) {
	if s, ok := named[key]; ok {
		return s, nil
	}
	if utf8.RuneCountInString(key) == 1 {
		return key, nil
	}
	if c, ok := strings.CutPrefix(key, "ctrl+"); ok && len(c) == 1 && c[0] >= 'a' && c[0] <= 'z' {
		return string(c[0] - 'a' + 1), nil
	}
	return "", fmt.Errorf("no key is called %q", key)
}
