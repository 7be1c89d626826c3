package docker

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/moby/moby/client"
)

func TestImageDigests(t *testing.T) {
	tests := []struct{ name, inspect, digest, config, tags string }{
		{
			"old store, built here", `{"Id":"sha256:c0","RepoTags":["app:1"]}`, "", "sha256:c0", "app:1",
		},
		{
			"old store, pulled", `{"Id":"sha256:c0","RepoTags":["app:1"],"RepoDigests":["app@sha256:d1"]}`,
			"sha256:d1", "sha256:c0", "app:1",
		},
		{
			"containerd store, built here",
			`{"Id":"sha256:d1","RepoTags":["app:1"],"RepoDigests":["app@sha256:d1"],"Descriptor":{"digest":"sha256:d1","annotations":{"config.digest":"sha256:c0"}}}`,
			"sha256:d1", "sha256:c0", "app:1",
		},
		{
			"containerd store, an index a kubelet has named",
			`{"Id":"sha256:e2","RepoTags":["app:1","sha256:c0"],"Descriptor":{"digest":"sha256:e2"}}`,
			"sha256:e2", "sha256:c0", "app:1",
		},
		{
			"containerd store, an index", `{"Id":"sha256:e2","RepoTags":["app:1"],"Descriptor":{"digest":"sha256:e2"}}`,
			"sha256:e2", "", "app:1",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var r client.ImageInspectResult
			if err := json.Unmarshal([]byte(tt.inspect), &r); err != nil {
				t.Fatal(err)
			}
			img := toImage(r)
			if img.Digest != tt.digest || img.Config != tt.config || strings.Join(img.Tags, " ") != tt.tags {
				t.Errorf("got %+v", img)
			}
		})
	}
}
