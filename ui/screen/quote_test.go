package screen

import "testing"

func TestQuote(t *testing.T) {
	for name, want := range map[string]string{
		"":               "",
		"plain.txt":      "plain.txt",
		"with space":     "with space",
		"日本 ünï👍":        "日本 ünï👍",
		`back\slash`:     `back\slash`,
		"two\nlines":     `$'two\nlines'`,
		"tab\tcr\r":      `$'tab\tcr\r'`,
		"it's\n":         `$'it\'s\n'`,
		"a\\n\n":         `$'a\\n\n'`,
		"\x1b[2J":        `$'\x1b[2J'`,
		"\xff\xfe":       `$'\xff\xfe'`,
		"\u202ebackward": `$'\xe2\x80\xaebackward'`,
		" blanks ":       `$' blanks '`,
		"$'x'":           `$'$\'x\''`,
	} {
		got := Quote(name)
		if got != want || Unquote(got) != name || Clean(got) != got && name == got {
			t.Errorf("Quote(%q) = %s, and back %q; want %s", name, got, Unquote(got), want)
		}
	}
	for _, typed := range []string{"$'", "$'open", `$'\x'`, `$'\xzz'`, "plain"} {
		if got := Unquote(typed); got != typed {
			t.Errorf("Unquote(%s) = %q", typed, got)
		}
	}
}

// FuzzQuote: whatever a name holds, it is typed on one line, and is the same name.
func FuzzQuote(f *testing.F) {
	f.Add("two\nlines")
	f.Add("$'\\x0a'")
	f.Add("\xff'\\")
	f.Fuzz(func(t *testing.T, name string) {
		typed := Quote(name)
		if back := Unquote(typed); back != name {
			t.Errorf("%q is typed %q, which is %q", name, typed, back)
		}
		if !typeable(typed) && typed[:2] != "$'" {
			t.Errorf("%q is typed %q", name, typed)
		}
		for _, r := range typed {
			if r < ' ' || r == 0x7f {
				t.Errorf("%q is typed %q", name, typed)
			}
		}
	})
}
