package decks

import (
	"slices"
	"testing"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
)

func TestWhatCanBeCopied(t *testing.T) {
	o := &objects{now: kube.Objects{Columns: []kube.Column{{Name: "NAME"}, {Name: "CLUSTER-IP"}, {Name: "AGE", Age: true}, {Name: "READY", Number: true}, {Name: "SELECTOR"}}}}
	for what, got := range map[string][]copyable{
		"localhost:8080": containerCopies(&docker.Container{Name: "web", Ports: []docker.Port{{HostIP: "0.0.0.0", Host: 8080, Container: 80}, {Container: 9000}}}),
		"[::1]:8080":     containerCopies(&docker.Container{Ports: []docker.Port{{HostIP: "::1", Host: 8080, Container: 80}}}),
		"sha256:1":       podCopies(&kube.Pod{Name: "web-1", Images: []kube.PodImage{{Image: "app:1", Digest: "sha256:1"}}}),
		"app@sha256:2":   imageCopies(&docker.ImageRow{ID: "sha256:1", Digests: []string{"app@sha256:2"}}),
		"/var/lib/v":     volumeCopies(&docker.Volume{Name: "v", Mountpoint: "/var/lib/v"}),
		"172.20.0.0/16":  networkCopies(&docker.Network{Subnets: []string{"172.20.0.0/16"}}),
		"10.96.0.1":      o.copiesOf(&kube.Object{Name: "web", Cells: []string{"web", "10.96.0.1", "2026-11-20T12:00:00Z", "3", "<none>"}}),
	} {
		if !slices.ContainsFunc(got, func(c copyable) bool { return c.text == what }) {
			t.Errorf("%s is not among %v", what, got)
		}
		if slices.ContainsFunc(got, func(c copyable) bool { return c.text == "<none>" || c.text == "3" }) {
			t.Errorf("of no use: %v", got)
		}
	}
}
