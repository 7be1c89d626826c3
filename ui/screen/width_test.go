package screen

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// Whatever is counted the short way takes as many cells as it does the long way.
func TestEasyWidth(t *testing.T) {
	pieces := []string{
		"a", "~", " ", "web-1", "\x1b[m", "\x1b[38;2;48;54;61m", "\x1b[1;4m", "│", "╭", "─", "╯", "┼", "…", "●", "○", "▌",
		// None of these is easy, alone or beside what is.
		"\x1b", "\x1b[", "\x1b[3", "\x1b]0;title\x07", "\x7f", "\t", "é", "e\u0301", "\u200d", "\ufe0f", "漢", "👍", "◐", "\xe2", "\xe2\x94", "\xff",
	}
	easy := 0
	for range 20_000 {
		var b strings.Builder
		for range rand.IntN(6) {
			b.WriteString(pieces[rand.IntN(len(pieces))])
		}
		s := b.String()
		got, ok := easyWidth(s)
		if !ok {
			continue
		}
		easy++
		if want := ansi.StringWidth(s); got != want {
			t.Errorf("%q: %d cells, want %d", s, got, want)
		}
	}
	if easy < 2000 {
		t.Errorf("only %d texts were easy", easy)
	}
}
