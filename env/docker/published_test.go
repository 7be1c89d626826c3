package docker

import (
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moby/moby/api/pkg/authconfig"
)

func TestPublished(t *testing.T) {
	for _, c := range []struct {
		name string
		code int
		text string
		kind error
		says string
	}{
		{"there", 200, "", nil, ""},
		{"no such tag", 404, "manifest unknown: manifest unknown", ErrNotFound, ""},
		{"no such repository", 500, "name unknown: repository name not known to registry", ErrNotFound, "no such image"},
		{"not logged in", 401, "unauthorized: authentication required", ErrDenied, "docker login r.example:5000"},
		{"not yours", 403, "denied: requested access to the resource is denied", ErrDenied, "may not do that"},
		{"nobody there", 500, "dial tcp 1.2.3.4:5000: connect: connection refused", ErrUnreachable, "cannot reach the registry r.example:5000"},
		{"unheard of", 500, "the moon is full", nil, "asking r.example:5000 for r.example:5000/app:1: the moon is full"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t)
			write(t, filepath.Join(filepath.Dir(f.path), "config.json"), `{"auths":{"r.example:5000":{"auth":"YWRhOnB3"}}}`)
			f.handle["GET /distribution/r.example:5000/app:1/json"] = func(w http.ResponseWriter, r *http.Request) {
				if auth, err := authconfig.Decode(r.Header.Get("X-Registry-Auth")); err != nil || auth.Username != "ada" {
					t.Errorf("asked with %+v, %v", auth, err)
				}
				if c.code != http.StatusOK {
					fail(w, c.code, c.text)
					return
				}
				answer(w, map[string]any{"Descriptor": map[string]any{"digest": someDigest}})
			}
			got, err := Open(f.options()).Published(t.Context(), "r.example:5000/app:1")
			switch {
			case c.code == http.StatusOK:
				if err != nil || got != someDigest {
					t.Errorf("got %s, %v", got, err)
				}
			case err == nil, c.kind != nil && !errors.Is(err, c.kind), !strings.Contains(err.Error(), c.says):
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}
