package ui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/demo"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/link"
	"github.com/twindeck/twindeck/ui/dialog"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
)

// herding is a cluster with two custom kinds: herds have replicas, stones have
// none. No column of a herd tells how many it wants.
type herding struct {
	env.Kube
	mu     sync.Mutex
	wants  int
	scaled []string
	pods   []*kube.Pod // beside those of the cluster
	later  []kube.Kind // that were defined since the start
	told   chan bool   // Kinds answers after that; nil: at once
}

func custom(resource, name string, scales bool) kube.Kind {
	return kube.Kind{
		Group: "acme.dev", Version: "v1", Resource: resource, Name: name, Singular: strings.ToLower(name), Namespaced: true,
		Verbs: []string{"get", "list", "watch", "delete"}, Scales: scales,
	}
}

func (h *herding) Kinds(ctx context.Context) ([]kube.Kind, error) {
	all, err := h.Kube.Kinds(ctx)
	if h.told != nil {
		<-h.told
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return append(append(all, custom("herds", "Herd", true), custom("stones", "Stone", false)), h.later...), err
}

func (h *herding) Snapshot() kube.Snapshot {
	s := h.Kube.Snapshot()
	s.Pods = append(slices.Clone(s.Pods), h.pods...)
	return s
}

func (h *herding) Follow(ctx context.Context, k kube.Kind, namespace string, show func(kube.Objects)) error {
	if k.Group != "acme.dev" {
		return h.Kube.Follow(ctx, k, namespace, show)
	}
	at, err := h.Context()
	if err != nil {
		return err
	}
	show(kube.Objects{
		Version: 1, Kind: k, Context: at.Name, Namespace: namespace, Synced: true, Status: link.Status{State: link.Live, News: noon},
		Columns: []kube.Column{{Name: "NAME"}, {Name: "READY", Number: true}},
		Rows:    []*kube.Object{{UID: k.Name, Namespace: "default", Name: "northern", Cells: []string{"northern", "1"}, Phase: kube.PhaseReady}},
	})
	<-ctx.Done()
	return ctx.Err()
}

func (h *herding) Replicas(ctx context.Context, ref kube.Ref) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if ref.Kind != "Herd" {
		return 0, errors.New("a " + ref.Kind + " has no replicas to set")
	}
	return h.wants, h.here(ctx)
}

func (h *herding) Scale(ctx context.Context, ref kube.Ref, by int) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.here(ctx); err != nil {
		return 0, err
	}
	h.wants += by
	h.scaled = append(h.scaled, ref.String())
	return h.wants, nil
}

// here reports as an error that something is not bound to the cluster in force.
func (h *herding) here(ctx context.Context) error {
	at, err := h.Context()
	if to, bound := kube.AimedAt(ctx); err == nil && (!bound || to.Name != at.Name) {
		return kube.ErrElsewhere
	}
	return err
}

// show opens a list by its name.
func (s *stage) show(word string, sees ...string) {
	s.t.Helper()
	s.press(":")
	s.see("What do you want to do?")
	s.typed(word)
	s.press("enter")
	s.gone("What do you want to do?")
	s.see(sees...)
}

func openHerds(t *testing.T) (*stage, *herding) {
	t.Helper()
	e := demo.OpenAt(noon)
	h := &herding{Kube: e.Kube, wants: 3}
	e.Kube = h
	s := open(t, e, 120, 36)
	s.settled()
	s.idle()
	s.press(":")
	s.typed("herds")
	s.see("acme.dev") // the cluster has told its kinds
	s.press("esc")
	return s, h
}

// A custom kind that the server scales is scaled by the same keys as a
// Deployment, and the command names how many it then has, which no column says.
func TestACustomKindIsScaled(t *testing.T) {
	s, h := openHerds(t)
	s.show("herds", "Herds 1", "northern")
	s.press("+")
	s.see("scale herds.acme.dev/northern to 4 · done")
	s.press("-")
	s.see("scale herds.acme.dev/northern to 3 · done")
	for i, n := range []string{"4", "3"} {
		want := "kubectl scale herds.acme.dev/northern --replicas=" + n + " -n default --context docker-desktop"
		if got := s.app.tasks.all[i].command; got != want {
			t.Errorf("it teaches %q, want %q", got, want)
		}
	}
	if want := []string{"herd/northern (default)", "herd/northern (default)"}; !slices.Equal(h.scaled, want) {
		t.Errorf("scaled %q, want %q", h.scaled, want)
	}
}

// counting is a cluster whose workloads want a number of their own.
type counting struct {
	env.Kube
	wants int
}

func (c *counting) Replicas(context.Context, kube.Ref) (int, error) { return c.wants, nil }

func (c *counting) Scale(_ context.Context, _ kube.Ref, by int) (int, error) {
	c.wants += by
	return c.wants, nil
}

// How many a workload is scaled to is said by what it wants, not by the pods on
// the screen: some end, some come with a rollout.
func TestScaleNamesWhatTheClusterWants(t *testing.T) {
	for where, filter := range map[string]string{"pod": "redis", "deployment": "my-app"} {
		t.Run(where, func(t *testing.T) {
			e := demo.OpenAt(noon)
			e.Kube = &counting{e.Kube, 7}
			s := open(t, e, 120, 36)
			s.settled()
			s.press("tab")
			if where == "deployment" {
				s.show("deployments", "Deployments 4")
			}
			s.press("/")
			s.typed(filter)
			s.press("enter", "-")
			s.see("to 6 · done")
			s.press("-")
			s.see("to 5 · done")
		})
	}
}

// To take the last replica away is asked for: its pods end, and with them the row
// on which + would bring it back. The question says the way.
func TestScaleToNothingAsks(t *testing.T) {
	e := demo.OpenAt(noon)
	c := &counting{e.Kube, 1}
	e.Kube = c
	s := open(t, e, 120, 36)
	s.settled()
	s.press("tab", "/")
	s.typed("my-app-987")
	s.press("enter", "-")
	s.see("Scale deploy/my-app to 0?", "Lost: all its pods", "The way back: :deploy, then +.")
	s.wait(dialog.Quiet)
	s.press("y")
	s.see("scale deploy/my-app to 0 · done")
	s.press("-")
	s.see("deploy/my-app has 0 replicas already")
}

// How many there are to be can be typed.
func TestScaleToANumber(t *testing.T) {
	e := demo.OpenAt(noon)
	c := &counting{e.Kube, 3}
	e.Kube = c
	s := open(t, e, 120, 36)
	s.settled()
	s.press("tab", "/")
	s.typed("my-app-987")
	s.press("enter", "#")
	s.see("Scale deploy/my-app", "It is to have 3 now.")
	s.wait(dialog.Quiet)
	s.press("1", "2", "enter")
	s.see("scale deploy/my-app to 12 · done")
	s.press("#")
	s.see("It is to have 12 now.")
	s.wait(dialog.Quiet)
	s.press("x", "enter")
	s.see("A number from 0 on")
	s.press("#")
	s.see("It is to have 12 now.")
	s.wait(dialog.Quiet)
	s.press("0", "enter")
	s.see("Scale deploy/my-app to 0?")
	if c.wants != 12 {
		t.Errorf("it has %d before the answer", c.wants)
	}
}

// A kind that is defined while twindeck runs is found by its name.
func TestAKindThatCameLaterIsFound(t *testing.T) {
	s, h := openHerds(t)
	h.mu.Lock()
	h.later = append(h.later, custom("latecomers", "Latecomer", false))
	h.mu.Unlock()
	s.press(":")
	s.typed("latecomers")
	s.see("acme.dev")
	s.press("enter")
	s.see("Latecomers 1", "northern")
}

// Its name and enter may be typed before the cluster has told its kinds: the list
// opens then, unless another key took that back.
func TestAKindIsTypedAhead(t *testing.T) {
	const asked = "What do you want to do?"
	for name, c := range map[string]struct {
		word string
		more string // key that is pressed while the cluster is asked
		sees string
	}{
		"it is there":     {word: "herds", sees: "Herds 1"},
		"it is not there": {word: "flocks", sees: asked},
		"typed on":        {word: "herd", more: "s", sees: asked},
		"moved":           {word: "herds", more: "down", sees: asked},
		"closed":          {word: "herds", more: "esc", sees: "Pods 16"},
	} {
		t.Run(name, func(t *testing.T) {
			e := demo.OpenAt(noon)
			h := &herding{Kube: e.Kube, told: make(chan bool)}
			e.Kube = h
			s := open(t, e, 120, 36)
			s.settled()
			s.press(":")
			s.typed(c.word)
			s.see("Nothing of that name")
			s.press("enter")
			s.see("Nothing of that name yet: asking the cluster…")
			if c.more != "" {
				s.press(c.more)
			}
			close(h.told)
			part := s.app.offerers()[0]
			s.until("the kinds", func(string) bool { return !part.Learning() })
			if c.sees != "Herds 1" {
				s.send(screen.OffersCame{}) // what the part sends, at once
			}
			s.see(c.sees)
			if text := s.plain(); c.sees != asked && strings.Contains(text, asked) || strings.Contains(text, "yet:") || c.sees != "Herds 1" && strings.Contains(text, "Herds 1") {
				t.Errorf("it shows\n%s", text)
			}
		})
	}
}

// Also before it is known which cluster that is.
func TestAKindIsTypedBeforeTheFirstNews(t *testing.T) {
	e := demo.OpenAt(noon)
	e.Kube = &herding{Kube: e.Kube}
	s := open(t, e, 120, 36)
	s.press(":")
	s.typed("herds")
	s.press("enter")
	s.see("Herds 1", "northern")
	s.gone("What do you want to do?")
}

// Of a kind without replicas nothing offers to scale it.
func TestAKindWithoutReplicasOffersNone(t *testing.T) {
	s, h := openHerds(t)
	offered := func() bool {
		s.press(":")
		s.typed("replica")
		s.see("What do you want to do?")
		defer s.press("esc")
		return strings.Contains(s.plain(), "One replica more")
	}
	for _, list := range []struct {
		word, title string
		scales      bool
	}{
		{"deployments", "Deployments 4", true},
		{"statefulsets", "StatefulSets 1", true},
		{"daemonsets", "DaemonSets 1", false},
		{"herds", "Herds 1", true},
		{"stones", "Stones 1", false},
		{"configmaps", "ConfigMaps", false},
	} {
		s.show(list.word, list.title)
		footer := slices.Contains(s.app.current().Footer(), keys.ScaleUp)
		if got := offered(); got != list.scales || footer != list.scales {
			t.Errorf("%s: the palette offers to scale: %v, the footer: %v; want %v", list.word, got, footer, list.scales)
		}
	}
	s.show("stones", "Stones 1")
	s.press("+")
	s.see("A Stone has no replicas to scale")
	if len(h.scaled) > 0 {
		t.Errorf("%q were scaled", h.scaled)
	}
}

// On a pod the keys scale what keeps it, also if that is of a custom kind;
// whether it can be, the cluster says.
func TestThePodsOfACustomKindAreScaled(t *testing.T) {
	s, h := openHerds(t)
	for _, kind := range []string{"Herd", "Stone"} {
		h.pods = append(h.pods, &kube.Pod{
			UID: kind, Namespace: "default", Name: "a-" + strings.ToLower(kind) + "-0", Owner: kube.Owner{Kind: kind, Name: "northern", Group: "acme.dev"},
			Status: "Running", Phase: kube.PhaseReady, Created: noon,
		})
	}
	s.send(screen.KubeNews{Snapshot: func() kube.Snapshot { n := h.Snapshot(); n.Version += 1000; return n }()})
	pick := func(filter, pod string) {
		s.press("esc", "/")
		s.typed(filter)
		s.press("enter")
		s.see("╭ " + pod)
	}
	s.press("tab")
	pick("a-herd", "a-herd-0")
	s.press("+")
	s.see("scale herd.acme.dev/northern to 4 · done")
	pick("a-stone", "a-stone-0")
	s.press("+")
	s.see("a Stone has no replicas to set")
	if want := []string{"herd/northern (default)"}; !slices.Equal(h.scaled, want) {
		t.Errorf("scaled %q, want %q", h.scaled, want)
	}
}
