package docker

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/containerd/platforms"
	"github.com/moby/moby/api/types/image"
	"github.com/moby/moby/client"
)

// ImageRow is a row of the list of images. Values are immutable once handed
// out; so are those of Volume and Network.
type ImageRow struct {
	ID      string   // sha256:…
	Names   []string // repository:tag, sorted; none: dangling, unless Digests has one
	Digests []string // repository@sha256:…
	// Digest and Config are what pods may report for the image: see
	// Container.ImageDigest and ImageConfig. Empty where the list does not tell.
	Digest, Config string
	Size           int64 // bytes on disk, those shared with other images included
	Created        time.Time
	Platforms      []string // whose content is in the store: linux/arm64; empty: the engine does not tell
	UsedBy         []string // names of containers, stopped ones included, sorted
	Project        string   // Compose project that built it; empty if none
	Labels         []string // "key=value", sorted
}

// Name is what to call the image: its first name, else its first name with a
// digest, else its short ID.
func (i *ImageRow) Name() string {
	switch {
	case len(i.Names) > 0:
		return i.Names[0]
	case len(i.Digests) > 0:
		return i.Digests[0]
	}
	return shortDigest(i.ID)
}

// Dangling reports whether no name leads to the image any more.
func (i *ImageRow) Dangling() bool { return len(i.Names) == 0 && len(i.Digests) == 0 }

// Images lists the images, each once whatever names and platforms it has:
// those with a name by name, then the others, newest first.
func (c *Client) Images(ctx context.Context) ([]*ImageRow, error) {
	return ask(ctx, c, workTime, "listing images", func(ctx context.Context, cn *conn) ([]*ImageRow, error) {
		found, err := cn.api.ImageList(ctx, client.ImageListOptions{Manifests: true})
		if err != nil {
			return nil, err
		}
		used, err := findUsers(ctx, cn)
		if err != nil {
			return nil, err
		}
		rows := make([]*ImageRow, 0, len(found.Items))
		for _, s := range found.Items {
			rows = append(rows, toImageRow(s, used))
		}
		slices.SortFunc(rows, func(a, b *ImageRow) int {
			switch an, bn := a.Dangling(), b.Dangling(); {
			case an && bn:
				return cmp.Or(b.Created.Compare(a.Created), strings.Compare(a.ID, b.ID))
			case an:
				return 1
			case bn:
				return -1
			}
			return cmp.Or(byName(a.Name(), b.Name()), strings.Compare(a.ID, b.ID))
		})
		return rows, nil
	})
}

func toImageRow(s image.Summary, used users) *ImageRow {
	row := &ImageRow{
		ID:      s.ID,
		Names:   slices.DeleteFunc(slices.Clone(s.RepoTags), unnamed),
		Digests: slices.DeleteFunc(slices.Clone(s.RepoDigests), unnamed),
		Size:    s.Size,
		Created: time.Unix(s.Created, 0),
		UsedBy:  used.images[s.ID],
		Project: s.Labels[projectLabel],
		Labels:  labels(s.Labels),
	}
	slices.SortFunc(row.Names, byName)
	slices.Sort(row.Digests)
	like := client.ImageInspectResult{}
	like.ID, like.Descriptor, like.RepoTags, like.RepoDigests = s.ID, s.Descriptor, s.RepoTags, row.Digests
	row.Digest, row.Config = manifestDigest(like), configDigest(like)
	for _, m := range s.Manifests {
		if m.Kind == image.ManifestKindImage && m.Available && m.ImageData != nil {
			row.Platforms = append(row.Platforms, platforms.Format(platforms.Normalize(m.ImageData.Platform)))
		}
	}
	slices.Sort(row.Platforms)
	row.Platforms = slices.Compact(row.Platforms)
	return row
}

// unnamed tells what is no name: what the engine writes where there is none,
// and the name a kubelet gives.
func unnamed(name string) bool { return strings.HasPrefix(name, "<none>") || isDigest(name) }
