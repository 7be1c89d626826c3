//go:build unix

package e2e

import (
	"strings"
	"testing"
)

// The plan on the Ship screen is for the engine in force: when another is
// chosen there, it is made anew, and the build goes where it says.
func TestThePlanFollowsTheEngine(t *testing.T) {
	w := onFixture(t)
	w.tiny("follower")
	s := w.open(medium)
	s.Press("2")
	s.See("No pods in namespace")
	s.Press("b")
	s.See("Run this plan", "with the engine of desktop-linux")
	s.Press("c")
	s.See("Where to work", "separate")
	s.Type("separate")
	s.Press("enter")
	s.See("Run this plan", "with the engine of separate", "follower   build  ")
	s.Gone("planning")
	s.Press("s")
	s.See("● built ")
	has := func(engine string) bool {
		return strings.Contains(w.docker("--context", engine, "images", "--format", "{{.Repository}}"), "follower")
	}
	t.Cleanup(func() {
		for _, image := range strings.Fields(w.docker("--context", "separate", "images", "--quiet", "follower")) {
			w.command("docker", "--context", "separate", "rmi", "--force", image)
		}
	})
	if has("desktop-linux") || !has("separate") {
		t.Errorf("the former engine has the image: %v, the one in force: %v", has("desktop-linux"), has("separate"))
	}
}
