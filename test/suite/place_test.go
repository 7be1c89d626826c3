package main

import "testing"

func TestChoose(t *testing.T) {
	for name, c := range map[string]struct {
		machine machine
		kind    kind
		refused bool
	}{
		"linux, root":        {machine{system: "linux", root: true}, onFixture, false},
		"linux, root, CI":    {machine{system: "linux", root: true, ci: true}, onFixture, false},
		"linux":              {machine{system: "linux"}, nowhere, false},
		"linux, CI":          {machine{system: "linux", ci: true}, nowhere, true},
		"mac":                {machine{system: "darwin", root: true}, nowhere, false},
		"mac, local":         {machine{system: "darwin", local: true}, onLocal, false},
		"linux, root, local": {machine{system: "linux", root: true, local: true}, onLocal, false},
		"windows":            {machine{system: "windows"}, nowhere, false},
		"windows, local, CI": {machine{system: "windows", local: true, ci: true}, nowhere, true},
	} {
		got := choose(c.machine)
		if got.kind != c.kind || got.refused != c.refused {
			t.Errorf("%s: %+v, want kind %d, refused %v", name, got, c.kind, c.refused)
		}
		if (got.kind == nowhere) != (got.why != "") {
			t.Errorf("%s: a reason is given exactly when the tests are left out: %+v", name, got)
		}
	}
}
