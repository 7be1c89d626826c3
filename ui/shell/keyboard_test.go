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
	const (
		p, q           = "\x10", "\x11"
		kittyP, kittyQ = "\x1b[112;5u", "\x1b[113;5u"
		xtermP, xtermQ = "\x1b[27;5;112~", "\x1b[27;5;113~"
		downP, upP     = "\x1b[112;5:1u", "\x1b[112;5:3u"
		ctrlUp, ctrlOn = "\x1b[57442;1:3u", "\x1b[57442;5:1u"
	)
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
		"after escape":                 {typed: []string{"\x1b" + p + q}, want: "\x1b" + p, leaves: errLeft},
		"escape between":               {typed: []string{p + "\x1b" + q}, want: p + "\x1b" + q},
		"kitty":                        {typed: []string{"a" + kittyP + kittyQ + "b"}, want: "a" + kittyP, leaves: errLeft},
		"kitty, key by key":            {typed: []string{kittyP, kittyQ}, want: kittyP, leaves: errLeft},
		"kitty, escape between":        {typed: []string{kittyP, "\x1b", kittyQ}, want: kittyP + "\x1b" + kittyQ},
		"kitty, split":                 {typed: []string{"\x1b", "[11", "2;5", "u\x1b[", "113;5u"}, want: kittyP + "\x1b[", leaves: errLeft},
		"kitty, keys let go":           {typed: []string{ctrlOn + downP, upP, ctrlUp, ctrlOn, "\x1b[113;5:1u"}, want: ctrlOn + downP + upP + ctrlUp + ctrlOn, leaves: errLeft},
		"kitty, locks, other layouts":  {typed: []string{"\x1b[112:80;197u", "\x1b[113:81:113;133:1u"}, want: "\x1b[112:80;197u", leaves: errLeft},
		"kitty, ctrl+shift":            {typed: []string{"\x1b[112;6u", kittyQ}, want: "\x1b[112;6u" + kittyQ},
		"kitty, without ctrl":          {typed: []string{"\x1b[112u", "\x1b[113u", kittyQ}, want: "\x1b[112u\x1b[113u" + kittyQ},
		"kitty, another key between":   {typed: []string{kittyP, "\x1b[97;5u", kittyQ}, want: kittyP + "\x1b[97;5u" + kittyQ},
		"xterm":                        {typed: []string{xtermP + xtermQ}, want: xtermP, leaves: errLeft},
		"xterm, split":                 {typed: []string{xtermP[:4], xtermP[4:], xtermQ[:7], xtermQ[7:]}, want: xtermP + xtermQ[:7], leaves: errLeft},
		"of both kinds":                {typed: []string{p, kittyQ}, want: p, leaves: errLeft},
		"keys that look like it":       {typed: []string{"\x1b[112;5R\x1b[113;5R\x1b[27;5~\x1b[11~\x1bOP\x1b[A"}, want: "\x1b[112;5R\x1b[113;5R\x1b[27;5~\x1b[11~\x1bOP\x1b[A"},
		"no end":                       {typed: []string{"\x1b[" + strings.Repeat("1", 100), "x" + p + q}, want: "\x1b[" + strings.Repeat("1", 100) + "x" + p, leaves: errLeft},
		"held kitty":                   {manner: holdBack, typed: []string{kittyP}, want: ""},
		"held kitty, then another key": {manner: holdBack, typed: []string{kittyP, "a"}, want: kittyP + "a"},
		"held kitty, then escape":      {manner: holdBack, typed: []string{kittyP, "\x1b"}, want: kittyP + "\x1b"},
		"held kitty twice":             {manner: holdBack, typed: []string{kittyP + kittyP, "a"}, want: kittyP + kittyP + "a"},
		"held kitty twice, then leave": {manner: holdBack, typed: []string{kittyP, kittyP, kittyQ}, want: kittyP, leaves: errLeft},
		"held kitty, then leave":       {manner: holdBack, typed: []string{"x" + downP, upP, kittyQ, "y"}, want: "x", leaves: errLeft},
		"held kitty, let go, and on":   {manner: holdBack, typed: []string{downP, upP, "a"}, want: downP + upP + "a"},
		"held kitty, split":            {manner: holdBack, typed: []string{"\x1b[112", ";5u", "\x1b[11", "3;5u"}, want: "", leaves: errLeft},
		"held kitty, split early":      {manner: holdBack, typed: []string{"\x1b", "[112;5u", "\x1b", "[113;5u"}, want: kittyP + "\x1b", leaves: errLeft},
		"escape waits for nothing":     {manner: holdBack, typed: []string{"\x1b"}, want: "\x1b"},
		"alt waits for nothing":        {manner: holdBack, typed: []string{"\x1b[", "1"}, want: "\x1b[1"},
		"held, after escape":           {manner: holdBack, typed: []string{"\x1b" + p, q}, want: "\x1b", leaves: errLeft},
		"held, keys of the program":    {manner: holdBack, typed: []string{"\x1b[A\x1b[1;5", "C\x1b[200~a" + "\x1b[201~"}, want: "\x1b[A\x1b[1;5C\x1b[200~a\x1b[201~"},
		"kitty leaves what is watched": {manner: readOnly, typed: []string{kittyP, kittyQ}, leaves: errLeft},
		"lines: kitty leaves":          {manner: byLines, typed: []string{kittyP + kittyQ}, leaves: errLeft, shows: "[112;5u[113;5"},
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

// FuzzKeyboard: whatever is typed, in whatever pieces, is passed on as it is, as
// long as nobody leaves; what is held back comes with the next key.
func FuzzKeyboard(f *testing.F) {
	f.Add("ls\r\x1b[A\x10a\x1b[112;5u\x1b[112;5:3ub", uint8(3), false)
	f.Add("\x1b\x1b[\x1b[27;5;112~\x10\x1b", uint8(5), true)
	f.Fuzz(func(t *testing.T, typed string, piece uint8, holds bool) {
		ctx, leave := context.WithCancelCause(t.Context())
		defer leave(nil)
		k := &keyboard{leave: leave}
		if k.heard.Store(true); holds {
			k.manner = holdBack
		}
		var got strings.Builder
		all := typed + "\x1b\x1bx" // a key that ends whatever was begun
		for rest := all; rest != ""; {
			n := min(len(rest), int(piece)+1)
			got.Write(k.typed([]byte(rest[:n])))
			rest = rest[n:]
		}
		if context.Cause(ctx) == nil && got.String() != all {
			t.Errorf("of %q came %q", all, got.String())
		}
	})
}
