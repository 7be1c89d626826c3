package docker

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/moby/moby/client"
)

// Image looks an image up by reference or ID; ErrNotFound if the engine has
// none.
func (c *Client) Image(ctx context.Context, ref string) (Image, error) {
	return ask(ctx, c, workTime, "looking for the image "+ref, func(ctx context.Context, cn *conn) (Image, error) {
		r, err := cn.api.ImageInspect(ctx, ref)
		if err != nil {
			return Image{}, err
		}
		return toImage(r), nil
	})
}

// Tag gives an image one more name.
func (c *Client) Tag(ctx context.Context, image, ref string) error {
	return c.act(ctx, answerTime, "tagging "+image+" as "+ref, func(ctx context.Context, cn *conn) error {
		_, err := cn.api.ImageTag(ctx, client.ImageTagOptions{Source: image, Target: ref})
		return err
	})
}

func toImage(r client.ImageInspectResult) Image {
	img := Image{
		ID:      r.ID,
		Digest:  manifestDigest(r),
		Config:  configDigest(r),
		Tags:    slices.DeleteFunc(slices.Clone(r.RepoTags), isDigest),
		Digests: r.RepoDigests,
		Arch:    r.Architecture,
		OS:      r.Os,
		Size:    r.Size,
	}
	img.Created, _ = time.Parse(time.RFC3339Nano, r.Created)
	if r.Config != nil {
		img.User = r.Config.User
		for port := range r.Config.ExposedPorts {
			img.Ports = append(img.Ports, port)
		}
		slices.Sort(img.Ports)
	}
	return img
}

// Which digest pods report as their imageID depends on how the image reached
// the node. Seen with containerd 2.4 under a kubelet 1.36 and engine 29.6:
//
//   - Pulled from a registry: repository@digest of what the tag points to, a
//     manifest or an index: Image.Digest. In containerd's store the engine's
//     ID of the image is the same digest, and a push keeps it.
//   - Not pulled, because node and engine share their store: the digest of the
//     image's configuration, with no repository before it: Image.Config. That
//     holds for manifests and indexes alike, so two builds that differ only in
//     their attestation report the same.
//
// In the old store the ID is the configuration's digest, and there is no
// manifest digest before the image was pulled or pushed.

// manifestDigest is the digest a registry knows the image by: that of its
// target in containerd's store, else of the manifest it was pulled or pushed
// as.
func manifestDigest(r client.ImageInspectResult) string {
	if r.Descriptor != nil {
		return r.Descriptor.Digest.String()
	}
	for _, d := range r.RepoDigests {
		if _, digest, ok := strings.Cut(d, "@"); ok {
			return digest
		}
	}
	return ""
}

// configDigest is the digest of an image's configuration. The old store names
// images by it; in containerd's store BuildKit leaves it with what it built,
// and a kubelet that shares the store adds it as one more name.
func configDigest(r client.ImageInspectResult) string {
	if r.Descriptor == nil {
		return r.ID
	}
	if d := r.Descriptor.Annotations["config.digest"]; d != "" {
		return d
	}
	if i := slices.IndexFunc(r.RepoTags, isDigest); i >= 0 {
		return r.RepoTags[i]
	}
	return ""
}

// digestsOf are the digests that pods may report for an image.
func digestsOf(r client.ImageInspectResult) imageDigests {
	found := imageDigests{manifest: manifestDigest(r), config: configDigest(r)}
	for _, d := range r.RepoDigests {
		if _, digest, ok := strings.Cut(d, "@"); ok && digest != found.manifest && !slices.Contains(found.also, digest) {
			found.also = append(found.also, digest)
		}
	}
	return found
}

// isDigest tells the name a kubelet gives an image from a tag.
func isDigest(tag string) bool { return strings.HasPrefix(tag, "sha256:") }

// imageDigests are the digests pods may report for an image.
type imageDigests struct {
	manifest, config string
	also             []string // further ones that it was pulled or pushed by
}

// learned puts into a row what was asked of its image.
func (c *Container) learned(known imageDigests) {
	c.ImageDigest, c.ImageConfig, c.ImageAlso = known.manifest, known.config, known.also
}

// digests remembers the digests of images by their ID. Its zero value is
// ready for use.
type digests struct {
	mu sync.Mutex
	of map[string]imageDigests
}

// clear forgets all: a push or pull gives images of the old store a digest.
func (d *digests) clear() {
	d.mu.Lock()
	defer d.mu.Unlock()
	clear(d.of)
}

// digest returns the digests of an image; empty where the engine knows none.
func (c *Client) digest(ctx context.Context, cn *conn, imageID string) (imageDigests, error) {
	d := &c.digests
	d.mu.Lock()
	known, ok := d.of[imageID]
	d.mu.Unlock()
	if ok || imageID == "" {
		return known, nil
	}
	found, err := askAt(ctx, cn, workTime, "looking for the image "+imageID, func(ctx context.Context, cn *conn) (imageDigests, error) {
		r, err := cn.api.ImageInspect(ctx, imageID)
		if err != nil {
			return imageDigests{}, err
		}
		return digestsOf(r), nil
	})
	if err != nil && !errors.Is(err, ErrNotFound) {
		return imageDigests{}, err
	}
	if found.config == "" {
		return found, nil // a kubelet may add it any time, and no event tells
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.of == nil {
		d.of = map[string]imageDigests{}
	}
	d.of[imageID] = found
	return found, nil
}
