package decks

import (
	"strings"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
)

// mark ties a row to the one selected on the other deck.
type mark int

const (
	unrelated mark = iota
	same           // ◀ runs the very same image
	stale          // ≠ the same repository, but another digest: older or newer code
)

// tie compares the image of a container with those of a pod. Without a digest
// on both sides nothing is claimed.
func tie(c *docker.Container, p *kube.Pod) mark {
	best := unrelated
	for _, i := range p.Images {
		if i.Digest == "" {
			continue
		}
		if i.Digest == c.ImageDigest || i.Digest == c.ImageID || i.Digest == c.ImageConfig {
			return same
		}
		if (c.ImageDigest != "" || c.ImageID != "") && c.Image != "" && repository(c.Image) == repository(i.Image) {
			best = stale
		}
	}
	return best
}

// repository is an image name without tag, digest, and what Docker Hub's names
// leave out: "docker.io/library/redis:7" and "redis@sha256:…" are both "redis".
func repository(image string) string {
	image, _, _ = strings.Cut(image, "@")
	if colon := strings.LastIndexByte(image, ':'); colon > strings.LastIndexByte(image, '/') {
		image = image[:colon]
	}
	image = strings.TrimPrefix(image, "docker.io/")
	return strings.TrimPrefix(image, "library/")
}
