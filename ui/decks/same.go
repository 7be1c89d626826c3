package decks

import (
	"slices"
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

// runs are the images that a row runs, or is.
type runs []image

// image is what is known of one: an engine and a node may know the same image
// by different digests (manifest, index, configuration).
type image struct {
	name    string
	digests [3]string // empty ones are unknown
}

// containerRuns is the image of a container.
func containerRuns(c *docker.Container) runs {
	return runs{{c.Image, [3]string{c.ImageDigest, c.ImageID, c.ImageConfig}}}
}

// podRuns are the images of a pod's containers.
func podRuns(p *kube.Pod) runs {
	out := make(runs, len(p.Images))
	for i, m := range p.Images {
		out[i] = image{m.Image, [3]string{m.Digest}}
	}
	return out
}

// tie compares the images of two rows. Without a digest on both sides nothing
// is claimed.
func tie(a, b runs) mark {
	best := unrelated
	for _, x := range a {
		for _, y := range b {
			switch {
			case !x.known() || !y.known():
			case x.shares(y):
				return same
			case x.name != "" && repository(x.name) == repository(y.name) && (x.name != y.name || x.whole() || y.whole()):
				best = stale
			}
		}
	}
	return best
}

// whole says that the configuration's digest is known too. Without it the other
// side may call the same image, under the same name, by that.
func (i image) whole() bool { return i.digests[2] != "" }

func (i image) known() bool { return i.digests != [3]string{} }

func (i image) shares(o image) bool {
	return slices.ContainsFunc(i.digests[:], func(d string) bool { return d != "" && slices.Contains(o.digests[:], d) })
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
