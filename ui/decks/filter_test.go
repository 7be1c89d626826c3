package decks

import (
	"slices"
	"strings"
	"testing"
)

func TestFilter(t *testing.T) {
	names := []string{"web-1", "web-2", "Worker", "old-db", "grüße", "my.app"}
	for _, c := range []struct {
		text string
		want []string
	}{
		{"", names},
		{"web", []string{"web-1", "web-2"}},
		{"WEB", []string{"web-1", "web-2"}},
		{"w k", []string{"Worker"}},
		{"!web", []string{"Worker", "old-db", "grüße", "my.app"}},
		{"web !2", []string{"web-1"}},
		{"~wkr", []string{"Worker"}},
		{"!~wb", []string{"Worker", "old-db", "grüße", "my.app"}},
		{"re:^w.*[0-9]$", []string{"web-1", "web-2"}},
		{"re:WEB", []string{"web-1", "web-2"}},
		{".", []string{"my.app"}},
		{"GRÜSSE", nil},
		{"GRÜ", []string{"grüße"}},
		{"nothing-like-it", nil},
	} {
		t.Run(c.text, func(t *testing.T) {
			f := parseFilter(c.text)
			if f.bad != nil {
				t.Fatal(f.bad)
			}
			var got []string
			for _, n := range names {
				if f.match([]string{n, "Running"}, nil) {
					got = append(got, n)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%q lets %q through, want %q", c.text, got, c.want)
			}
		})
	}
}

func TestFilterLooksAtEveryField(t *testing.T) {
	f := parseFilter("web running")
	if !f.match([]string{"web-1", "Running"}, nil) || f.match([]string{"web-1", "Exited"}, nil) {
		t.Error("words may match different fields, and each must match one")
	}
	f = parseFilter("!running")
	if f.match([]string{"web-1", "Running"}, nil) {
		t.Error("a word with ! must match no field at all")
	}
}

func TestFilterHalfTyped(t *testing.T) {
	f := parseFilter("web re:(")
	if f.bad == nil || !strings.Contains(f.bad.Error(), "re:(") {
		t.Errorf("error %v does not name the expression", f.bad)
	}
	if !f.match([]string{"web-1"}, nil) || f.match([]string{"db"}, nil) {
		t.Error("the other words still hold")
	}
}

func FuzzFilter(f *testing.F) {
	for _, s := range []string{"", "web", "!web ~x re:a.b", "re:(", "!", "~", "re:", "\xff ~\xff"} {
		f.Add(s, "web-1")
	}
	f.Fuzz(func(t *testing.T, text, name string) {
		shown := parseFilter(text).match([]string{name}, nil)
		// A plain word lets nothing through that does not contain it.
		for _, w := range strings.Fields(text) {
			if strings.ContainsAny(w[:1], "!~") || strings.HasPrefix(w, "re:") {
				continue
			}
			if shown && !strings.Contains(strings.ToLower(name), strings.ToLower(w)) {
				t.Fatalf("%q shows %q", text, name)
			}
		}
	})
}
