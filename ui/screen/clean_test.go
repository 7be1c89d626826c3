package screen

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
)

func TestClean(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "my-app-7d9f", "my-app-7d9f"},
		{"empty", "", ""},
		{"colour", "\x1b[31mred\x1b[0m", "red"},
		{"cursor and clear", "a\x1b[2J\x1b[Hb", "ab"},
		{"title", "a\x1b]0;owned\x07b", "ab"},
		{"hyperlink", "\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"},
		{"device control", "a\x1bPq#0\x1b\\b", "ab"},
		{"c1 as utf-8", "a\u009b31mb", "a31mb"},
		{"c1 as a byte", "a\x9b31mb", "a\uFFFD31mb"},
		{"bell, backspace", "a\x07\x08b", "ab"},
		{"tab, newline", "a\tb\nc", "a  b c"},
		{"carriage return", "a\rb", "ab"},
		{"invalid", "a\xff\xfeb", "a\uFFFDb"},
		{"bidi override", "a\u202eb\u2066c", "abc"},
		{"zero width", "a\u200bb\ufeffc\u00add", "abcd"},
		{"joined emoji", "👩\u200d💻", "👩💻"},
		{"skin tone", "👍🏽", "👍"},
		{"variation selector", "❤\ufe0f", "❤"},
		{"flag", "🇩🇪", "DE"},
		{"wide", "漢字", "漢字"},
		{"accents", "e\u0301", "e\u0301"},
		{"tower of accents", "e" + strings.Repeat("\u0301", 50), "e\u0301\u0301"},
		{"accent alone", "\u0301x", "x"},
		{"private use", "a\ue0a0b", "ab"},
		{"line separator", "a\u2028b", "a b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Clean(c.in); got != c.want {
				t.Errorf("Clean(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestCleanLines(t *testing.T) {
	got := CleanLines("one\r\n10%\r50%\r100%\r\n\x1b[1mthree\x1b[m\n")
	if d := cmp.Diff([]string{"one", "100%", "three"}, got); d != "" {
		t.Error(d)
	}
	if CleanLines("") != nil {
		t.Error("no text has no lines")
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"", "web", "\x1b[31mx", "\x1b]8;;", "漢字\xff", "🇩🇪👩\u200d💻", "\u009b", "a\u0301\u0301\u0301\u0301", "한\u1161"} {
		f.Add(s, 5)
	}
	f.Fuzz(func(t *testing.T, s string, width int) {
		got := Clean(s)
		if !utf8.ValidString(got) {
			t.Fatalf("invalid UTF-8: %q", got)
		}
		for _, r := range got {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
				t.Fatalf("%U left in %q", r, got)
			}
		}
		if again := Clean(got); again != got {
			t.Fatalf("not settled: %q, then %q", got, again)
		}
		if w, wc := ansi.StringWidth(got), ansi.StringWidthWc(got); w != wc {
			t.Fatalf("terminals disagree on the width of %q: %d or %d", got, w, wc)
		}
		width %= 200
		if width < 0 {
			width = -width
		}
		for _, fit := range []string{Fit(got, width), FitRight(got, width), Center(got, width)} {
			if w := Width(fit); w != width {
				t.Fatalf("%q takes %d cells, not %d", fit, w, width)
			}
		}
		if w := Width(Cut(got, width)); w > width {
			t.Fatalf("%q is cut to %d cells, not %d", got, w, width)
		}
	})
}
