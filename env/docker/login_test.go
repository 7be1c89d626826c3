package docker

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

func TestLogin(t *testing.T) {
	f := newFake(t)
	write(t, filepath.Join(filepath.Dir(f.path), "config.json"), `{"auths":{"ghcr.io":{"auth":"YWRhOmdlaGVpbQ=="},"https://index.docker.io/v1/":{"auth":"aHViOmdlaGVpbQ=="}}}`)
	c := Open(f.options())
	for image, want := range map[string]string{
		"ghcr.io/acme/web:1": `{"auths":{"ghcr.io":{"auth":"YWRhOmdlaGVpbQ=="}}}`,
		"redis:8":            `{"auths":{"https://index.docker.io/v1/":{"auth":"aHViOmdlaGVpbQ=="}}}`,
		"quay.io/x/y":        "",
	} {
		l, err := c.Login(t.Context(), image)
		if err != nil {
			t.Fatal(err)
		}
		config, err := l.PullSecret()
		if err != nil || string(config) != want || l.Empty() != (want == "") {
			t.Errorf("%s: %s, %v", image, config, err)
		}
		if shown := fmt.Sprintf("%v %+v %#v %s", l, l, l, l); strings.Contains(shown, "geheim") {
			t.Errorf("the password is shown: %s", shown)
		}
	}
}
