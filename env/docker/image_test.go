package docker

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/moby/moby/client"
)

// Pods may report any digest that an image was pulled or pushed by.
func TestDigestsOfAnImage(t *testing.T) {
	for inspect, want := range map[string]imageDigests{
		`{"Id":"sha256:c0","RepoDigests":["app@sha256:d1","r.example/app@sha256:d1","app@sha256:d2"]}`: {manifest: "sha256:d1", config: "sha256:c0", also: []string{"sha256:d2"}},
		`{"Id":"sha256:d1","RepoDigests":["app@sha256:d1"],"Descriptor":{"digest":"sha256:d1"}}`:       {manifest: "sha256:d1"},
	} {
		var r client.ImageInspectResult
		if err := json.Unmarshal([]byte(inspect), &r); err != nil {
			t.Fatal(err)
		}
		if got := digestsOf(r); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v", inspect, got)
		}
	}
}

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
