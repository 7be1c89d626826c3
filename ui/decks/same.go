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
	name     string
	digests  [3]string // empty ones are unknown
	also     []string  // further ones that it was pulled or pushed by
	imported bool      // a node's own digest: it may be of the same image as any other
}

// containerRuns is the image of a container.
func containerRuns(c *docker.Container) runs {
	return runs{{name: c.Image, digests: [3]string{c.ImageDigest, c.ImageID, c.ImageConfig}, also: c.ImageAlso}}
}

// podRuns are the images of a pod's containers, its init containers and
// sidecars included.
func podRuns(p *kube.Pod) runs {
	out := make(runs, 0, len(p.Images)+len(p.Helpers))
	for _, list := range [2][]kube.PodImage{p.Images, p.Helpers} {
		for _, m := range list {
			out = append(out, image{name: m.Image, digests: [3]string{m.Digest}, imported: m.Imported})
		}
	}
	return out
}

// tie compares the images of two rows. Without a digest on both sides nothing
// is claimed; of an imported image nothing but that it is the very same.
func tie(a, b runs) mark {
	best := unrelated
	for _, x := range a {
		for _, y := range b {
			switch {
			case !x.known() || !y.known():
			case x.shares(y):
				return same
			case x.imported || y.imported:
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
	return i.any(o.goesBy) || o.any(i.goesBy)
}

// any reports whether one of the image's digests is such.
func (i image) any(such func(string) bool) bool {
	return slices.ContainsFunc(i.digests[:], func(d string) bool { return d != "" && such(d) })
}

func (i image) goesBy(digest string) bool {
	return slices.Contains(i.digests[:], digest) || slices.Contains(i.also, digest)
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
