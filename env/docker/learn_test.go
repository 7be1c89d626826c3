package docker

import (
	"testing"
	"time"
)

// A kubelet gives an image its name when a pod uses it; no event tells.
func TestAnImageIsNamedLater(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	about := func(tags ...string) map[string]any {
		return map[string]any{"Id": "sha256:app:1", "RepoTags": tags, "Descriptor": map[string]any{"digest": "sha256:feed"}}
	}
	f.images["sha256:app:1"] = about("app:1")
	f.put("a1", "web", "app:1", "running", "Up 3 minutes", "", nil)
	c := Open(f.options())
	run(t, c)
	s := until(t, c, "the row with the digest it has", 5*time.Second, func(s Snapshot) bool {
		return live(1)(s) && s.Containers[0].ImageDigest == "sha256:feed"
	})
	if got := s.Containers[0].ImageConfig; got != "" {
		t.Errorf("the configuration is %s before anybody named it", got)
	}
	f.mu.Lock()
	f.images["sha256:app:1"] = about("app:1", "sha256:c0ffee")
	f.mu.Unlock()
	until(t, c, "the configuration's digest", 2*learnEvery, func(s Snapshot) bool {
		return s.Containers[0].ImageConfig == "sha256:c0ffee"
	})
}
