package decks

import (
	"testing"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
)

func TestTie(t *testing.T) {
	c := &docker.Container{Image: "my-app:v2", ImageID: "sha256:id", ImageDigest: "sha256:new"}
	for name, tc := range map[string]struct {
		container *docker.Container
		images    []kube.PodImage
		want      mark
	}{
		"same manifest":                   {c, []kube.PodImage{{Image: "my-app:v2", Digest: "sha256:new"}}, same},
		"same image id":                   {c, []kube.PodImage{{Image: "my-app:v2", Digest: "sha256:id"}}, same},
		"same, another name":              {c, []kube.PodImage{{Image: "localhost:5000/my-app:v2", Digest: "sha256:new"}}, same},
		"older":                           {c, []kube.PodImage{{Image: "my-app:v1", Digest: "sha256:old"}}, stale},
		"same tag, older":                 {c, []kube.PodImage{{Image: "docker.io/library/my-app:v2", Digest: "sha256:old"}}, stale},
		"same name, maybe the same image": {c, []kube.PodImage{{Image: "my-app:v2", Digest: "sha256:config"}}, unrelated},
		"same name, not the same image":   {&docker.Container{Image: "my-app:v2", ImageID: "sha256:id", ImageConfig: "sha256:new"}, []kube.PodImage{{Image: "my-app:v2", Digest: "sha256:old"}}, stale},
		"something else":                  {c, []kube.PodImage{{Image: "redis:7", Digest: "sha256:redis"}}, unrelated},
		"not pulled yet":                  {c, []kube.PodImage{{Image: "my-app:v2"}}, unrelated},
		"second of two":                   {c, []kube.PodImage{{Image: "my-app:v1", Digest: "sha256:old"}, {Image: "my-app:v2", Digest: "sha256:new"}}, same},
		"registry with a port":            {&docker.Container{Image: "localhost:5000/a", ImageID: "sha256:x"}, []kube.PodImage{{Image: "localhost:5000/a:v1", Digest: "sha256:y"}}, stale},
		"another registry":                {&docker.Container{Image: "ghcr.io/x/a:1", ImageID: "sha256:x"}, []kube.PodImage{{Image: "a:1", Digest: "sha256:y"}}, unrelated},
		"built again under its tag":       {&docker.Container{Image: "my-app:dev", ImageID: "sha256:old", ImageDigest: "sha256:old", ImageConfig: "sha256:oldc"}, []kube.PodImage{{Image: "my-app:dev", Digest: "sha256:new"}}, stale},
		"imported, another digest":        {&docker.Container{Image: "my-app:dev", ImageID: "sha256:config", ImageConfig: "sha256:config"}, []kube.PodImage{{Image: "my-app:dev", Digest: "sha256:archive", Imported: true}}, unrelated},
		"imported, another tag":           {c, []kube.PodImage{{Image: "my-app:v1", Digest: "sha256:archive", Imported: true}}, unrelated},
		"imported, the same digest":       {c, []kube.PodImage{{Image: "my-app:v2", Digest: "sha256:new", Imported: true}}, same},
		"pulled under a second digest":    {&docker.Container{Image: "nginx:1.27", ImageID: "sha256:config", ImageConfig: "sha256:config", ImageDigest: "sha256:a", ImageAlso: []string{"sha256:b"}}, []kube.PodImage{{Image: "nginx:1.27", Digest: "sha256:b"}}, same},
		"no digest known":                 {&docker.Container{Image: "my-app:v2"}, []kube.PodImage{{Image: "my-app:v2", Digest: "sha256:new"}}, unrelated},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tie(containerRuns(tc.container), podRuns(&kube.Pod{Images: tc.images})); got != tc.want {
				t.Errorf("got %d, want %d", got, tc.want)
			}
		})
	}
}

// What runs beside or before a pod's main container counts as well, and an
// image goes by each digest that its list names.
func TestTieOfAllImages(t *testing.T) {
	pod := &kube.Pod{
		Images:  []kube.PodImage{{Image: "web:1", Digest: "sha256:web"}},
		Helpers: []kube.PodImage{{Image: "migrate:1", Digest: "sha256:migrate"}},
	}
	row := &docker.ImageRow{ID: "sha256:config", Names: []string{"migrate:1"}, Digest: "sha256:a", Config: "sha256:config", Digests: []string{"migrate@sha256:a", "migrate@sha256:migrate"}}
	for name, got := range map[string]mark{
		"the container": tie(containerRuns(&docker.Container{Image: "migrate:1", ImageID: "sha256:migrate"}), podRuns(pod)),
		"the image":     tie(imageRuns(row), podRuns(pod)),
		"turned round":  tie(podRuns(pod), imageRuns(row)),
	} {
		if got != same {
			t.Errorf("%s: got %d", name, got)
		}
	}
	if got := (podUsers{pods: []*kube.Pod{pod}}).of(row); len(got) != 1 {
		t.Errorf("the image is used by %q", got)
	}
}

func TestRepository(t *testing.T) {
	for image, want := range map[string]string{
		"redis":                             "redis",
		"redis:7":                           "redis",
		"docker.io/library/redis:7":         "redis",
		"redis@sha256:abc":                  "redis",
		"redis:7@sha256:abc":                "redis",
		"localhost:5000/my-app":             "localhost:5000/my-app",
		"localhost:5000/my-app:v1":          "localhost:5000/my-app",
		"ghcr.io/acme/web:v1.4.2-3-g1a2b3c": "ghcr.io/acme/web",
		"":                                  "",
	} {
		if got := repository(image); got != want {
			t.Errorf("repository(%q) = %q, want %q", image, got, want)
		}
	}
}
