package decks

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/demo"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
)

// runsImage is a pod that runs an image of a digest.
func runsImage(namespace, name, image, digest string) *kube.Pod {
	p := testPod(namespace, "web", name)
	p.Images = []kube.PodImage{{Image: image, Digest: digest}}
	return p
}

func TestPodsThatRunAnImage(t *testing.T) {
	app := &docker.ImageRow{ID: "sha256:id", Names: []string{"app:2"}, Digest: "sha256:manifest", Config: "sha256:config"}
	base := &docker.ImageRow{ID: "sha256:base", Names: []string{"base:1"}}
	one, two := runsImage("shop", "web-1", "app:2", "sha256:manifest"), runsImage("pay", "web-2", "localhost:5000/app:2", "sha256:config")
	done := runsImage("shop", "once", "app:2", "sha256:id")
	done.Phase = kube.PhaseDone
	both := runsImage("shop", "both", "app:2", "sha256:id")
	both.Images = append(both.Images, kube.PodImage{Image: "base:1", Digest: "sha256:base"})
	var many []*kube.Pod
	for i := range 7 {
		many = append(many, runsImage("shop", fmt.Sprintf("web-%d", i), "app:2", "sha256:id"))
	}
	const shares, pull = "one store", "The cluster has it from this engine: without it they start again only if they can pull."
	for name, c := range map[string]struct {
		users  podUsers
		images []*docker.ImageRow
		want   []string
	}{
		"nobody":                              {podUsers{shares: shares}, []*docker.ImageRow{app}, nil},
		"by any of its digests":               {podUsers{pods: []*kube.Pod{one, two}, shares: shares}, []*docker.ImageRow{app}, []string{"2 pods run it on dev: pay/web-2, shop/web-1.", pull}},
		"one":                                 {podUsers{pods: []*kube.Pod{one}, shares: shares}, []*docker.ImageRow{app}, []string{"1 pod runs it on dev: shop/web-1.", pull}},
		"an older image of the same name":     {podUsers{pods: []*kube.Pod{runsImage("shop", "old", "app:2", "sha256:older")}, shares: shares}, []*docker.ImageRow{app}, nil},
		"what has not started yet":            {podUsers{pods: []*kube.Pod{runsImage("shop", "new", "app:2", "")}, shares: shares}, []*docker.ImageRow{app}, nil},
		"what is done does not start again":   {podUsers{pods: []*kube.Pod{done}, shares: shares}, []*docker.ImageRow{app}, nil},
		"more than fit a sentence":            {podUsers{pods: many, shares: shares}, []*docker.ImageRow{app}, []string{"7 pods run it on dev: shop/web-0, shop/web-1, shop/web-2, shop/web-3, and 3 more.", pull}},
		"a pod that runs two of them is one":  {podUsers{pods: []*kube.Pod{both}, shares: shares}, []*docker.ImageRow{app, base}, []string{"1 pod runs them on dev: shop/both.", "The cluster has them from this engine: without them they start again only if they can pull."}},
		"nobody knows whose images they are":  {podUsers{pods: []*kube.Pod{one}}, []*docker.ImageRow{app}, []string{"1 pod runs it on dev: shop/web-1.", "If the cluster has it from this engine, they start again only if they can pull."}},
		"only some namespaces can be seen":    {podUsers{pods: []*kube.Pod{one}, shares: shares, partly: true}, []*docker.ImageRow{app}, []string{"1 pod runs it on dev: shop/web-1.", pull, "Whether pods of other namespaces run it could not be asked."}},
		"none is seen, and there may be some": {podUsers{shares: shares, partly: true}, []*docker.ImageRow{app}, []string{"Whether pods of other namespaces run it could not be asked."}},
		"no cluster":                          {podUsers{partly: true}, []*docker.ImageRow{app}, nil},
	} {
		c.users.cluster = "dev"
		if got := c.users.warn(c.images); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n%q\nwant\n%q", name, got, c.want)
		}
	}
}

// oneNamespace is a cluster whose user may not list the pods of all namespaces.
type oneNamespace struct{ env.Kube }

func (o oneNamespace) Pods(ctx context.Context, namespace string) ([]*kube.Pod, error) {
	if namespace == "" {
		return nil, kube.ErrForbidden
	}
	return o.Kube.Pods(ctx, namespace)
}

// Whatever namespace is watched, pods of all are found; a cluster whose nodes
// have images of their own loses none.
func TestFindingThePodsThatRunAnImage(t *testing.T) {
	coredns := "2 pods run it on dev: kube-system/coredns-7d764666f9-2xkqb, kube-system/coredns-7d764666f9-m5h8d."
	for name, c := range map[string]struct {
		faults []demo.Fault
		narrow bool
		want   string // the first line
	}{
		"one store for both":           {want: coredns},
		"nodes with their own":         {faults: []demo.Fault{demo.RegistryRequired}},
		"all namespaces are not shown": {narrow: true, want: "Whether pods of other namespaces run it could not be asked."},
	} {
		e := demo.OpenAt(noon, c.faults...)
		all, err := e.Kube.Pods(t.Context(), "kube-system")
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(all, func(p *kube.Pod) bool { return p.Owner.Name == "coredns" })
		image := &docker.ImageRow{ID: all[i].Images[0].Digest}
		watched, err := e.Kube.Pods(t.Context(), "default")
		if err != nil {
			t.Fatal(err)
		}
		if c.narrow {
			e.Kube = oneNamespace{e.Kube}
		}
		got := podUsers{pods: watched, cluster: "dev", partly: true}.find(t.Context(), e).warn([]*docker.ImageRow{image})
		if first := append(got, "")[0]; first != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
