package screen

import (
	"path/filepath"
	"testing"

	"github.com/twindeck/twindeck/env/demo"
)

func TestPath(t *testing.T) {
	e := demo.Open()
	c := &Context{Env: e}
	home := e.Host.Home()
	for _, tc := range []struct{ typed, want string }{
		{"", e.Dir},
		{"app.log", filepath.Join(e.Dir, "app.log")},
		{" ../x ", filepath.Join(filepath.Dir(e.Dir), "x")},
		{home, home},
		{"~", home},
		{"~/logs/a", filepath.Join(home, "logs", "a")},
		{"~other", filepath.Join(e.Dir, "~other")},
		{`$'two\nlines'`, filepath.Join(e.Dir, "two\nlines")},
	} {
		if got := c.Path(tc.typed); got != tc.want {
			t.Errorf("%q is %s, want %s", tc.typed, got, tc.want)
		}
	}
}
