package docker

import (
	"path/filepath"
	"testing"

	buildkit "github.com/moby/buildkit/client"
	"github.com/tonistiigi/fsutil"
)

func TestNamedContexts(t *testing.T) {
	o := buildkit.SolveOpt{FrontendAttrs: map[string]string{}, LocalMounts: map[string]fsutil.FS{}}
	dir := t.TempDir()
	if err := addContexts(&o, map[string]string{"base": "docker-image://shop-base:dev-1", "src": "https://github.com/acme/src.git", "lib": dir}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"base": "docker-image://shop-base:dev-1", "src": "https://github.com/acme/src.git", "lib": "local:lib"} {
		if got := o.FrontendAttrs["context:"+name]; got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if len(o.LocalMounts) != 1 || o.LocalMounts["lib"] == nil {
		t.Errorf("folders sent along: %v", o.LocalMounts)
	}
	if err := addContexts(&o, map[string]string{"lib": filepath.Join(dir, "gone")}); err == nil {
		t.Error("a folder that is not there is taken")
	}
}
