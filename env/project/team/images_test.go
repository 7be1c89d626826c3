package team

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

const soundImages = `version: 1
images:
  - name: web
    context: web
    args: {NODE: 22, EMPTY: ""}
    needs: base
  - {name: base, dockerfile: docker/base.Dockerfile, target: run, platforms: [linux/amd64, linux/arm/v7]}
`

func TestBuilds(t *testing.T) {
	all, err := Builds(path, []byte(soundImages))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, b := range all {
		got = append(got, fmt.Sprintf("%d %s %s %s %q %v %v %v", b.Line, b.Name, b.Context, b.Dockerfile, b.Target, b.Args, b.Platforms, b.Needs))
	}
	want := []string{
		`3 web web Dockerfile "" map[EMPTY: NODE:22] [] [base]`,
		`7 base . docker/base.Dockerfile "run" map[] [linux/amd64 linux/arm/v7] []`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	// The same file is sound for the team's checks, with or without some.
	if f, err := Parse(path, []byte(soundImages), nil); err != nil || len(f.Checks) > 0 {
		t.Errorf("%+v, %v", f, err)
	}
	if f, err := Parse(path, []byte(soundImages+"checks:\n  - {id: a, port: 80}\n"), nil); err != nil || len(f.Checks) != 1 {
		t.Errorf("%+v, %v", f, err)
	}
}

func TestBuildsSayWhatIsWrong(t *testing.T) {
	for text, want := range map[string][]string{
		"images: web":                             {`1: images is no list`},
		"images: []":                              {`1: images is empty`},
		"images:\n  - web":                        {`2: an image is no mapping; write "name: …"`},
		"images:\n  - context: web":               {`2: an image has no name`},
		"images:\n  - name: Web App":              {`2: "Web App" is no name of an image`},
		"images:\n  - name: ghcr.io/acme/web:1":   {`is no name of an image; use small letters, digits and dashes, without registry and tag`},
		"images:\n  - {name: a}\n  - {name: a}":   {`3: the name "a" is taken by the image in line 2`},
		"images:\n  - {name: a, needs: [b]}":      {`2: a needs "b", which is no image of this file`},
		"images:\n  - name: a\n    context: /src": {`3: context is "/src"; write it relative`},
		"images:\n  - name: a\n    contxt: b\n    args: [A=1]\n    platforms: [arm]": {
			`3: unknown field "contxt"; write "context"`, `4: args is no mapping; write "args: {NAME: value}"`, `5: "arm" is no platform`,
		},
		"images:\n  - name: a\n    args: {1A: x, B: [c]}": {`3: "1A" is no name of a build argument`, `3: B is no text`},
		"images:\n  - name: a\n   x: y":                   {"is not YAML"},
	} {
		_, err := Builds(path, []byte(text+"\n"))
		var broken *Error
		if !errors.As(err, &broken) {
			t.Errorf("%q: %v is no *Error", text, err)
			continue
		}
		for _, part := range want {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%q: no %q in\n%v", text, part, err)
			}
		}
	}
}

// TestBuildsOfABrokenFile: what is wrong elsewhere is none of the images.
func TestBuildsOfABrokenFile(t *testing.T) {
	for _, text := range []string{"", "version: 1\n", "checks: 3\n", "version: 1\nchecks:\n\t- x\n", "- a\n"} {
		if all, err := Builds(path, []byte(text)); err != nil || len(all) > 0 {
			t.Errorf("%q: %v, %v", text, all, err)
		}
	}
}

func FuzzBuilds(f *testing.F) {
	f.Add(soundImages)
	f.Add("images: [{name: a, args: {A: &x 1, B: *x}}]")
	f.Fuzz(func(t *testing.T, text string) {
		all, err := Builds(path, []byte(text))
		if err != nil && len(all) > 0 {
			t.Errorf("images of a broken file: %v", all)
		}
		for _, b := range all {
			if !imageShape.MatchString(b.Name) || b.Context == "" || b.Dockerfile == "" || b.Line < 1 {
				t.Errorf("%+v", b)
			}
		}
	})
}
