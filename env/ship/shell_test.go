package ship

import "testing"

func TestQuoted(t *testing.T) {
	for word, want := range map[string]string{
		"web:1.2":           "web:1.2",
		"id=npm,src=./a_b":  "id=npm,src=./a_b",
		"":                  "''",
		"two words":         "'two words'",
		"it's":              `'it'\''s'`,
		"$HOME":             "'$HOME'",
		"index[linux/a]:k=": "'index[linux/a]:k='",
	} {
		if got := quoted(word); got != want {
			t.Errorf("%q: got %s, want %s", word, got, want)
		}
	}
}
