package project

import (
	"strings"
	"testing"
)

func TestNextVersion(t *testing.T) {
	for _, c := range []struct{ newest, patch, minor, major string }{
		{"", "v0.0.1", "v0.1.0", "v1.0.0"},
		{"v1.4.2", "v1.4.3", "v1.5.0", "v2.0.0"},
		{"1.4.2", "1.4.3", "1.5.0", "2.0.0"},
		{"v0.9.0", "v0.9.1", "v0.10.0", "v1.0.0"},
		{"v1.4.3-rc.1", "v1.4.3", "v1.5.0", "v2.0.0"},
		{"v1.5.0-rc.1", "v1.5.0", "v1.5.0", "v2.0.0"},
		{"v2.0.0-rc.1", "v2.0.0", "v2.0.0", "v2.0.0"},
	} {
		r := pickReleases([]GitTag{{Name: c.newest}, {Name: "nightly"}, {Name: "v1"}}, nil)
		for part, want := range map[string]string{Patch: c.patch, Minor: c.minor, Major: c.major} {
			if got, err := r.Version(part); err != nil || got != want {
				t.Errorf("after %q the next %s is %q, %v; want %s", c.newest, part, got, err, want)
			}
		}
	}
}

func TestNamedVersion(t *testing.T) {
	r := Releases{Prefix: "api/", Tags: []GitTag{{Name: "api/v1.2.3", Version: "v1.2.3"}}}
	for asked, want := range map[string]string{
		"v2.0.0": "v2.0.0", "2.0.0": "2.0.0", "v2.0.0-rc.1": "v2.0.0-rc.1", "api/v2.0.0": "v2.0.0",
	} {
		if got, err := r.Version(asked); err != nil || got != want {
			t.Errorf("%s: %s, %v", asked, got, err)
		}
	}
	for asked, says := range map[string]string{
		"newest": "use patch, minor, major", "v1.2": "use patch", "web/v1.2.3": "use patch", "v01.2.3": "use patch", "v1.2.3+linux": "leave out +linux",
	} {
		if got, err := r.Version(asked); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %s, %v", asked, got, err)
		}
	}
}

// The newest version is the greatest, whatever the order of the tags; a folder
// of a monorepo has those with its name before them.
func TestReleasesOfAFolder(t *testing.T) {
	tags := []GitTag{{Name: "v1.10.0"}, {Name: "v1.9.0"}, {Name: "v2.0.0-rc.1"}, {Name: "api/v3.0.0"}, {Name: "services/web/v0.4.0"}, {Name: "v7"}}
	for _, c := range []struct {
		below, base, name string
		prefix, newest    string
	}{
		{"", "shop", "shop", "", "v2.0.0-rc.1"},
		{"", "shop", "api", "", "v2.0.0-rc.1"},
		{"api/", "api", "api", "api/", "v3.0.0"},
		{"services/api/", "api", "api", "api/", "v3.0.0"},
		{"services/web/", "web", "web", "services/web/", "v0.4.0"},
		{"services/backend/", "backend", "api", "api/", "v3.0.0"},
		{"services/other/", "other", "other", "", "v2.0.0-rc.1"},
	} {
		r := pickReleases(tags, []string{c.below, c.base + "/", c.name + "/"})
		if r.Prefix != c.prefix || r.Newest() != c.newest {
			t.Errorf("%s: prefix %q, newest %s", c.below, r.Prefix, r.Newest())
		}
	}
}
