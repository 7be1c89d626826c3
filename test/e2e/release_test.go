//go:build linux

package e2e

import (
	"strings"
	"testing"
)

// A release has the version that follows the newest git tag; git is told of,
// and touched only when that is asked for.
func TestRelease(t *testing.T) {
	w := onFixture(t)
	w.tiny(w.own("released"))
	w.set("DOCKER_CONTEXT", "separate")
	w.forgetsOwn()
	w.set("TWINDECK_REGISTRY", registry(t))
	for name, value := range map[string]string{"GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.com"} {
		w.set(name, value)
	}
	w.git("tag", "v1.4.2")
	w.git("tag", "v1.4.3-rc.1")
	image := registry(t) + "/" + w.own("released") + ":"
	commit := strings.TrimSpace(w.git("rev-parse", "HEAD"))[:12]

	w.twindeck("ship", "--release", "patch").exits(0).says(
		image+"v1.4.3", "v1.4.3, after v1.4.3-rc.1", "verified: the registry has it", "running 1/1",
		"git tag -a v1.4.3 -m v1.4.3 "+commit+" && git push origin v1.4.3")
	if tags := w.git("tag", "--list", "v1.4.3"); tags != "" {
		t.Errorf("git was touched: %s", tags)
	}

	// The same again is the same image, and no fault.
	w.twindeck("push", "--release", "v1.4.3").exits(0).says("verified: the registry has it")

	// What is not committed, and what would replace it, is refused.
	w.replace("Dockerfile", "echo made", "echo made anew")
	w.twindeck("ship", "--release", "v1.4.3").exits(1).says("changes that are not committed", "--allow-dirty")
	w.commit("anew")
	w.twindeck("build", "--release", "v1.4.3").exits(0)
	w.twindeck("push", "--release", "v1.4.3").exits(1).says(image+"v1.4.3 is in the registry already", "--overwrite")
	w.twindeck("push", "--release", "v1.4.3", "--overwrite").exits(0).says("is overwritten", "verified: the registry has it")

	w.twindeck("ship", "--release", "minor", "--git-tag").exits(0).says(image+"v1.5.0", "git push origin v1.5.0")
	if kind := strings.TrimSpace(w.git("cat-file", "-t", "v1.5.0")); kind != "tag" {
		t.Errorf("v1.5.0 is a %s in git, want an annotated tag", kind)
	}
	w.commit("more")
	w.twindeck("build", "--release", "v1.5.0").exits(1).says("git has the tag v1.5.0 already", "such as v1.5.1")
}

// On the screen a key offers the tags, each with the whole reference.
func TestReleaseByKeys(t *testing.T) {
	w := onFixture(t)
	w.tiny(w.own("chosen"))
	w.set("DOCKER_CONTEXT", "separate")
	w.forgetsOwn()
	w.set("TWINDECK_REGISTRY", registry(t))
	w.git("tag", "v0.9.1")
	w.commit("more")
	image := registry(t) + "/" + w.own("chosen") + ":"
	s := w.open(medium)
	s.Press("3")
	s.See("Run this plan", image+"v0.9.1-1-g", "v version")
	s.Press("v")
	s.SeeRow("next patch", image+"v0.9.2", "after v0.9.1")
	s.SeeRow("next minor", image+"v0.10.0")
	s.SeeRow("next major", image+"v1.0.0")
	s.Press("down", "down", "enter")
	s.SeeRow("release", "v0.10.0, after v0.9.1")
	s.SeeRow("image", image+"v0.10.0")
	s.Gone("planning")
	s.Press("s")
	s.SeeWithin(4*patience, "running 1/1 of sha256:", "git tag -a v0.10.0 -m v0.10.0")
	w.runningImages(w.own("chosen"), 1)
	s.Press("q")
	s.Exits()
}
