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
