package detail

import (
	"errors"
	"slices"
	"testing"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/demo"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

// subjectsOf are rows of the simulated environment, one of each kind.
func subjectsOf(t *testing.T, e *env.Environment) map[string]Subject {
	t.Helper()
	images, err := e.Docker.Images(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	volumes, err := e.Docker.Volumes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	networks, err := e.Docker.Networks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	containers, err := e.Docker.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	kinds, err := e.Kube.Kinds(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	deployments := kinds[slices.IndexFunc(kinds, func(k kube.Kind) bool { return k.Name == "Deployment" })]
	var pod *kube.Pod
	for _, p := range e.Kube.Snapshot().Pods {
		if p.Owner.Name == "my-app" {
			pod = p
		}
	}
	return map[string]Subject{
		"image": Image(images[0]), "volume": Volume(volumes[0]), "network": Network(networks[0]), "container": Container(&containers[0]),
		"pod": Pod(pod), "deployment": Object(deployments, &kube.Object{UID: "1", Namespace: "default", Name: "my-app"}),
	}
}

// What a tab shows is read where its row is of. When another engine or cluster
// is chosen while it is open, the next reading says so, and shows nothing of
// the other, which may have things of the same names.
func TestTabsAreReadWhereTheirRowIsOf(t *testing.T) {
	moves := map[string]struct {
		of   []string
		to   func(e *env.Environment) error
		says error
	}{
		"another engine": {
			[]string{"image", "volume", "network", "container"},
			func(e *env.Environment) error { return e.Docker.SetContext("default") }, docker.ErrElsewhere,
		},
		"another cluster": {
			[]string{"pod", "deployment"},
			func(e *env.Environment) error { return e.Kube.SetContext("k3d-dev") }, kube.ErrElsewhere,
		},
	}
	for name, move := range moves {
		e := demo.OpenAt(noon)
		ctx := screen.NewContext(t.Context(), e, theme.New(true), keys.Default(), e.Host.Now)
		subjects := subjectsOf(t, e)
		engine, err := e.Docker.Endpoint()
		if err != nil {
			t.Fatal(err)
		}
		cluster, err := e.Kube.Context()
		if err != nil {
			t.Fatal(err)
		}
		read := func(what string) map[Tab]error {
			errs := map[Tab]error{}
			for _, tab := range subjects[what].tabs {
				d := New(ctx)
				d.SetSize(80, 20)
				d.subject, d.tab = subjects[what].Of(screen.Origin{Engine: engine, Cluster: cluster}), tab.name
				if cmd := d.load(); cmd != nil {
					d.Update(cmd())
					errs[tab.name] = d.err
				}
			}
			return errs
		}
		for _, what := range move.of {
			for tab, err := range read(what) {
				if err != nil {
					t.Errorf("%s of the %s: %v", tab, what, err)
				}
			}
		}
		if err := move.to(e); err != nil {
			t.Fatal(err)
		}
		for _, what := range move.of {
			errs := read(what)
			for tab, err := range errs {
				if !errors.Is(err, move.says) {
					t.Errorf("%s: %s of the %s is read all the same: %v", name, tab, what, err)
				}
			}
			if len(errs) == 0 {
				t.Errorf("no tab of the %s is read", what)
			}
		}
	}
}

// A row of the same name on another engine is another subject: nothing of the
// former's text stays.
func TestTheSameNameElsewhereIsAnotherSubject(t *testing.T) {
	d, _ := newDetail(t)
	here := screen.Origin{Engine: docker.Endpoint{Context: "desktop-linux", Host: "unix:///var/run/docker.sock"}}
	there := screen.Origin{Engine: docker.Endpoint{Context: "server", Host: "ssh://server"}}
	d.Show(Volume(&docker.Volume{Name: "data"}).Of(here))
	d.text, d.loaded = text{"of here"}, true
	if turn := d.turn; d.Show(Volume(&docker.Volume{Name: "data"}).Of(here)) == nil || d.turn != turn || d.text == nil {
		t.Error("a row that changed is taken for another")
	}
	if turn := d.turn; d.Show(Volume(&docker.Volume{Name: "data"}).Of(there)) == nil || d.turn == turn || d.text != nil {
		t.Errorf("the text of another engine's volume stays: %q", d.text)
	}
}
