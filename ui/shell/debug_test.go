package shell

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/demo"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/ui/screen"
)

// The image that was chosen is offered the next time, on both sides; none is not.
func TestDebugImageIsKept(t *testing.T) {
	ctx := &screen.Context{Env: demo.Open(), Life: t.Context(), Work: &sync.WaitGroup{}}
	offered := func(p Place) screen.Form {
		form, ok := offerDebug(ctx, p).(screen.Form)
		if !ok {
			t.Fatal("no form is offered")
		}
		return form
	}
	web := func() Place { return OfContainer(ctx, screen.Origin{}, &docker.Container{ID: "1", Name: "web"}) }
	first := offered(web())
	if got := first.Fields[0].Value; got != DefaultImage {
		t.Errorf("at first it offers %q", got)
	}
	first.Then([]string{"  "})
	if got := offered(web()).Fields[0].Value; got != DefaultImage {
		t.Errorf("after an empty line it offers %q", got)
	}
	chosen := first.Then([]string{" alpine:3 "})().(tea.BatchMsg)[0]().(screen.DebugWith)
	ctx.DebugImage = chosen.Image // as the app does
	for _, p := range []Place{web(), OfPod(ctx, screen.Origin{}, &kube.Pod{Name: "api", Namespace: "shop"})} {
		if got := offered(p).Fields[0].Value; got != "alpine:3" {
			t.Errorf("%s: it offers %q", p.Name, got)
		}
	}
}

// levels is a cluster whose namespaces have Pod Security levels of their names.
type levels struct{ env.Kube }

func (levels) DebugProfile(_ context.Context, namespace string) kube.Profile {
	return kube.Profile(namespace)
}

// The command names the profile that the namespace asks for.
func TestDebugCommandNamesTheProfile(t *testing.T) {
	e := demo.Open()
	e.Kube = levels{e.Kube}
	ctx := &screen.Context{Env: e, Life: t.Context(), Work: &sync.WaitGroup{}}
	for ns, want := range map[string]string{
		"general":    "--target=app -- sh",
		"baseline":   "--target=app --profile=baseline -- sh",
		"restricted": "--target=app --profile=restricted -- sh",
	} {
		p := OfPod(ctx, screen.Origin{}, &kube.Pod{Name: "api", Namespace: ns, Images: []kube.PodImage{{Container: "app"}}})
		if got := p.debugCommand(ctx, "busybox"); !strings.HasSuffix(got, want) {
			t.Errorf("%s: %s, want %s", ns, got, want)
		}
	}
}

// sharing is a cluster whose pods share their processes; nothing is to be made in it.
type sharing struct {
	env.Kube
	t *testing.T
}

var errShares = errors.New("the pod has hostPID: true")

func (sharing) TargetRoot(context.Context, string, string) (string, error) { return "", errShares }

func (s sharing) Debug(context.Context, string, string, string, string, func(string)) (string, error) {
	s.t.Error("a debug container was made")
	return "twindeck-debug-1", nil
}

// Where process 1 is not the target's, nothing is copied through a debug
// container, and a shell in one is not sent to the files of process 1.
func TestDebugContainerWhereProcessesAreShared(t *testing.T) {
	e := demo.Open()
	e.Kube = sharing{e.Kube, t}
	ctx := &screen.Context{Env: e, Life: t.Context(), Work: &sync.WaitGroup{}}
	for shares, want := range map[string]string{
		"":                      "The files of app are under /proc/1/root.",
		"hostPID":               "The pod has hostPID: the files of app are under /proc/PID/root",
		"shareProcessNamespace": "The pod has shareProcessNamespace: the files of app are under /proc/PID/root",
	} {
		p := OfPod(ctx, screen.Origin{}, &kube.Pod{Name: "api", Namespace: "shop", Shares: shares, Images: []kube.PodImage{{Container: "app"}}})
		if form, ok := offerDebug(ctx, p).(screen.Form); !ok || !strings.HasPrefix(form.Body[len(form.Body)-1], want) {
			t.Errorf("%q: it says %q", shares, form.Body)
		}
		if _, err := p.debugBox(t.Context(), "busybox", func(string) {}); !errors.Is(err, errShares) {
			t.Errorf("%q: the copy goes on: %v", shares, err)
		}
	}
}
