package decks

import (
	"errors"
	"slices"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/ui/screen"
)

// related is a relation to an object of a kind, written GROUP/KIND.
func related(group, kind, short, name string, how kube.Tie, missing bool) kube.Relation {
	return kube.Relation{Kind: kube.Kind{Group: group, Name: kind, Singular: kind, Short: []string{short}}, Name: name, How: how, Missing: missing}
}

// The way up goes by what Kubernetes keeps pods by, past what an operator made
// that for.
func TestNextOfTheChain(t *testing.T) {
	set, deploy := related("apps", "ReplicaSet", "rs", "web-1", kube.OwnsIt, false), related("apps", "Deployment", "deploy", "web", kube.OwnsIt, false)
	rollout := related("argoproj.io", "Rollout", "ro", "web", kube.OwnsIt, false)
	shop := related("acme.dev", "Shop", "", "shop", kube.OwnsIt, false)
	service, route := related("", "Service", "svc", "web", kube.SelectsIt, false), related("networking.k8s.io", "Ingress", "ing", "web", kube.RoutesTo, false)
	policy := related("networking.k8s.io", "NetworkPolicy", "netpol", "walls", kube.Applies, false)
	for name, c := range map[string]struct{ all, want []kube.Relation }{
		"a pod's":                   {[]kube.Relation{set, deploy, service, route}, []kube.Relation{deploy}},
		"an operator's pod's":       {[]kube.Relation{set, deploy, shop, service}, []kube.Relation{deploy}},
		"its workload's":            {[]kube.Relation{shop, service, route}, []kube.Relation{service}},
		"of a Rollout":              {[]kube.Relation{set, rollout, shop, service}, []kube.Relation{rollout}},
		"nobody in front":           {[]kube.Relation{shop, policy}, []kube.Relation{shop}},
		"a service's":               {[]kube.Relation{route}, []kube.Relation{route}},
		"nothing of that kind":      {[]kube.Relation{policy}, []kube.Relation{}},
		"nothing at all, then none": {nil, nil},
	} {
		if got := next(c.all); !slices.EqualFunc(got, c.want, func(a, b kube.Relation) bool { return a.Name == b.Name && a.Kind.Name == b.Kind.Name }) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// said is what a command says or asks.
func said(t *testing.T, cmd tea.Cmd) (text string, choices []screen.Choice) {
	t.Helper()
	for _, msg := range answers(cmd) {
		switch msg := msg.(type) {
		case screen.Notify:
			text = msg.Text
		case screen.Choose:
			if !msg.Find {
				t.Errorf("%s cannot be filtered", msg.Title)
			}
			text, choices = msg.Title, msg.Choices
		}
	}
	return text, choices
}

func texts(choices []screen.Choice) []string {
	var all []string
	for _, c := range choices {
		all = append(all, c.Text+" | "+c.Note)
	}
	return all
}

// What is offered, what is not there last, and what could not be looked at told.
func TestOfferOfWhatIsRelated(t *testing.T) {
	p := testPart(t, &env.Environment{Docker: fakeImages{}})
	pod := place{name: "web-1", ref: kube.PodRef("shop", "web-1")}
	widget := place{name: "thing", ref: kube.Ref{Group: "acme.dev", Kind: "Widget", Name: "thing"}}
	gone, node := related("apps", "ReplicaSet", "rs", "web-1", kube.OwnsIt, true), related("", "Node", "no", "docker-desktop", kube.RunsOn, false)
	node.Kind.Singular = "node"
	some := &kube.Error{Doing: "looking for what pod shop/web-1 has to do with", Kind: kube.ErrForbidden, Err: errors.Join(errors.New("no services"), errors.New("no ingresses"))}
	for name, c := range map[string]struct {
		msg  relatedCame
		says string
		want []string
	}{
		"what is not there comes last": {relatedCame{to: pod, relations: []kube.Relation{gone, node}}, "What belongs to web-1", []string{"node/docker-desktop | runs it", "rs/web-1 | owns it, but is not there"}},
		"some could not be looked at": {relatedCame{to: pod, relations: []kube.Relation{node}, err: some}, "What belongs to web-1", []string{
			"node/docker-desktop | runs it", "not all could be looked at: no services; no ingresses | ",
		}},
		"nothing, and not all was looked at": {relatedCame{to: pod, relations: []kube.Relation{node}, err: some, up: true}, some.Error(), nil},
		"nothing":                            {relatedCame{to: pod}, "web-1 has to do with nothing else", nil},
		"nobody looks":                       {relatedCame{to: widget}, "twindeck does not look for what belongs to a Widget", nil},
	} {
		text, choices := said(t, p.related(c.msg))
		if text != c.says || !slices.Equal(texts(choices), c.want) {
			t.Errorf("%s: %q, %q", name, text, texts(choices))
		}
	}
}

// From a volume, a network or an image to the containers that use it, from
// there to what they use, and back.
func TestFromAVolumeToItsContainers(t *testing.T) {
	p := testPart(t, &env.Environment{Docker: fakeImages{}})
	p.docker.Containers = []*docker.Container{{ID: "a1", Name: "web", Image: "app:2"}, {ID: "b2", Name: "db", Image: "pg:9"}}
	p.containers.setRows(p.docker.Containers)
	images, volumes, networks := p.left.boards[1].(*engineList[*docker.ImageRow]), p.left.boards[2].(*engineList[*docker.Volume]), p.left.boards[3].(*engineList[*docker.Network])

	p.containers.find("b2")
	if text, _ := said(t, p.relate(false)); text != "What db uses is known once the lists of images, volumes and networks were shown" {
		t.Errorf("before they were: %q", text)
	}
	volumes.setRows([]*docker.Volume{{Name: "data", UsedBy: []string{"db"}}, {Name: "spare"}})
	images.setRows([]*docker.ImageRow{{ID: "sha256:pg", Names: []string{"pg:9"}, UsedBy: []string{"db"}}})
	networks.setRows([]*docker.Network{{ID: "n1", Name: "shop", UsedBy: []string{"db", "web"}}})

	at := func(what, want string, list int) {
		t.Helper()
		if got := p.left.board().selectedID(); p.left.shown != list || got != want {
			t.Errorf("%s: on %q of %s", what, got, p.left.board().noun())
		}
	}
	p.left.show(volumes)
	volumes.find("spare")
	if text, _ := said(t, p.relate(false)); text != "No container uses it" {
		t.Errorf("a volume of nobody: %q", text)
	}
	volumes.find("data")
	text, choices := said(t, p.relate(false))
	if want := []string{"db | uses it"}; text != "What uses it" || !slices.Equal(texts(choices), want) {
		t.Fatalf("%q, %q", text, texts(choices))
	}
	p.Update(choices[0].Then())
	at("from the volume", "b2", 0)

	text, choices = said(t, p.relate(false))
	if want := []string{"pg:9 | used by it, of the images", "data | used by it, of the volumes", "shop | used by it, of the networks"}; text != "What db uses" || !slices.Equal(texts(choices), want) {
		t.Fatalf("%q, %q", text, texts(choices))
	}
	p.Update(choices[2].Then())
	at("from the container", "n1", 3)
	p.goBack()
	at("back", "b2", 0)
	p.goBack()
	at("back again", "data", 2)
	volumes.first()
	if text, _ := said(t, p.relate(false)); text != "Select a row first: a group has nothing of its own" {
		t.Errorf("on a heading: %q", text)
	}
	if text, _ := said(t, p.relate(true)); text != "Who calls it is known of the cluster's rows: = leads there from a container or an image" {
		t.Errorf("up: %q", text)
	}
}

// The way back leads through the cluster that is shown, whatever the namespace;
// through another there is none.
func TestTheWayBackStaysInItsCluster(t *testing.T) {
	p := testPart(t, &env.Environment{Docker: &quiet{}, Kube: &measuringPods{}})
	look := func(cluster, namespace string) {
		p.Update(screen.KubeNews{Snapshot: kube.Snapshot{Version: 1, Context: cluster, Namespace: namespace}})
	}
	look("kind", "")
	p.toPods(place{on: onRight, board: p.pods, name: "web"})
	look("kind", "shop")
	if len(p.trail) != 1 {
		t.Fatal("another namespace takes the way back away")
	}
	look("minikube", "shop")
	if text, _ := said(t, p.goBack()); text != "There is no jump to go back from" {
		t.Errorf("in another cluster: %q", text)
	}
	for range 2 * trailKept {
		p.leave(place{})
	}
	if len(p.trail) != trailKept {
		t.Errorf("%d jumps are kept, want %d", len(p.trail), trailKept)
	}
}
