package shell

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
)

// What is typed reaches the program, or leaves it; as the manner has it.
func TestKeyboard(t *testing.T) {
	const p, q = "\x10", "\x11"
	for name, c := range map[string]struct {
		manner manner
		early  bool     // before the program reads
		typed  []string // in pieces, as they come
		want   string
		leaves error
		shows  string // byLines
	}{
		"plain":                        {typed: []string{"ls -l\r"}, want: "ls -l\r"},
		"keys of the program":          {typed: []string{"\x03\x1a\x04\x1b[A"}, want: "\x03\x1a\x04\x1b[A"},
		"ctrl+c before it reads":       {early: true, typed: []string{"ls\x03"}, want: "ls", leaves: errGivenUp},
		"typed ahead":                  {early: true, typed: []string{"ls\r"}, want: "ls\r"},
		"leave":                        {typed: []string{"a" + p + q + "b"}, want: "a" + p, leaves: errLeft},
		"leave, key by key":            {typed: []string{p, q}, want: p, leaves: errLeft},
		"not quite":                    {typed: []string{p + "a" + q}, want: p + "a" + q},
		"held":                         {manner: holdBack, typed: []string{p}, want: ""},
		"held, then another key":       {manner: holdBack, typed: []string{p, "a"}, want: p + "a"},
		"held twice":                   {manner: holdBack, typed: []string{p, p, "a"}, want: p + p + "a"},
		"held, then leave":             {manner: holdBack, typed: []string{"x" + p, q, "y"}, want: "x", leaves: errLeft},
		"ctrl+c is the main process's": {manner: holdBack, typed: []string{"\x03"}, want: "\x03"},
		"nothing is passed on":         {manner: readOnly, typed: []string{"rm\r"}, want: ""},
		"ctrl+c leaves what is watched": {
			manner: readOnly, typed: []string{"\x03"}, leaves: errLeft,
		},
		"q leaves what is watched":      {manner: readOnly, early: true, typed: []string{"q"}, leaves: errLeft},
		"a line":                        {manner: byLines, typed: []string{"he", "llo\r"}, want: "hello\n", shows: "hello\r\n"},
		"a line taken back":             {manner: byLines, typed: []string{"hé\x7fi\r"}, want: "hi\n", shows: "hé\b \bi\r\n"},
		"a whole line taken back":       {manner: byLines, typed: []string{"ab\x15c\r"}, want: "c\n", shows: "ab\b \b\b \bc\r\n"},
		"nothing to take back":          {manner: byLines, typed: []string{"\x7f\r"}, want: "\n", shows: "\r\n"},
		"lines: ctrl+c leaves":          {manner: byLines, typed: []string{"a\x03"}, leaves: errLeft, shows: "a"},
		"lines: leave":                  {manner: byLines, typed: []string{p + q}, leaves: errLeft},
		"lines: nothing is left behind": {manner: byLines, typed: []string{"\x1b[A\r"}, want: "[A\n", shows: "[A\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, leave := context.WithCancelCause(t.Context())
			defer leave(nil)
			var shown strings.Builder
			_, to := io.Pipe()
			k := &keyboard{manner: c.manner, to: to, leave: leave, echo: &shown}
			k.heard.Store(!c.early)
			got := ""
			for _, keys := range c.typed {
				got += string(k.typed([]byte(keys)))
			}
			if got != c.want || shown.String() != c.shows {
				t.Errorf("passed on %q, want %q; shown %q, want %q", got, c.want, shown.String(), c.shows)
			}
			if cause := context.Cause(ctx); !errors.Is(cause, c.leaves) {
				t.Errorf("left with %v, want %v", cause, c.leaves)
			}
		})
	}
}
