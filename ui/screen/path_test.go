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
	for typed, want := range map[string]string{
		"app.log": filepath.Join(e.Dir, "app.log"), " ../x ": filepath.Join(filepath.Dir(e.Dir), "x"), "": e.Dir,
		"~": home, "~/logs/a": filepath.Join(home, "logs", "a"), "~other": filepath.Join(e.Dir, "~other"), home: home,
	} {
		if got := c.Path(typed); got != want {
			t.Errorf("%q is %s, want %s", typed, got, want)
		}
	}
}
