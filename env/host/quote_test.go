package host

import "testing"

func TestQuote(t *testing.T) {
	for word, want := range map[string]string{
		"web:1.2":           "web:1.2",
		"Größe":             "Größe",
		"id=npm,src=./a_b":  "id=npm,src=./a_b",
		"":                  "''",
		"two words":         "'two words'",
		"it's":              `'it'\''s'`,
		"$HOME":             "'$HOME'",
		"index[linux/a]:k=": "'index[linux/a]:k='",
	} {
		if got := Quote(word); got != want {
			t.Errorf("%q: got %s, want %s", word, got, want)
		}
	}
}
