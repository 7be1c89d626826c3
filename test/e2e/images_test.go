//go:build unix

package e2e

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
)

// images are what one ship says of a project's images: which were built, which
// were there already, and how it ended.
type images struct {
	shipped
	built, kept []string
}

// shipImages ships, and reads from the events what became of each image.
func (w *world) shipImages(args ...string) images {
	w.t.Helper()
	out := w.twindeck(append([]string{"ship", "--output", "json"}, args...)...).ok()
	got := images{shipped: shippedIn(w.t, out)}
	for line := range strings.Lines(out) {
		var e struct{ Kind, ImageName string }
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			w.t.Fatalf("%v in %s", err, line)
		}
		switch e.Kind {
		case "built":
			got.built = append(got.built, e.ImageName)
		case "kept":
			got.kept = append(got.kept, e.ImageName)
		}
	}
	slices.Sort(got.built)
	slices.Sort(got.kept)
	return got
}

// verified fails the test unless every workload runs what was shipped.
func (i images) verified(t *testing.T, workloads int) {
	t.Helper()
	if len(i.Report.Workloads) != workloads {
		t.Errorf("workloads %+v, want %d", i.Report.Workloads, workloads)
	}
	for _, work := range i.Report.Workloads {
		if !work.Verified || work.Ready != work.Desired {
			t.Errorf("%+v is not verified", work)
		}
	}
}

// shapes are the two ways in which engine and cluster stand to each other.
var shapes = map[string]func(w *world){
	"shared store": func(*world) {},
	"registry": func(w *world) {
		w.set("DOCKER_CONTEXT", "separate")
		w.set("TWINDECK_REGISTRY", registry(w.t))
	},
}

// A project of several images is shipped whole, and then only what changed: the
// image that was touched is built, the pods of the others stay.
func TestShipSeveralImages(t *testing.T) {
	for _, shape := range slices.Sorted(maps.Keys(shapes)) {
		t.Run(shape, func(t *testing.T) {
			w := onFixture(t)
			shapes[shape](w)
			w.example("shop")
			w.replace("web/server.js", "The shop's page", "The page of "+w.namespace) // images of its own, whoever shipped before
			w.replace("api/main.go", "The shop's API", "The API of "+w.namespace)

			first := w.shipImages()
			first.verified(t, 2)
			if !slices.Equal(first.built, []string{"shop-api", "shop-web"}) {
				t.Errorf("built %v, want both", first.built)
			}
			api, web := w.podNames("shop-api"), w.podDigests("shop-web")
			if len(api) != 2 || len(web) != 2 {
				t.Fatalf("pods of the api %v, images of the web %v, want two each", api, web)
			}

			w.replace("web/server.js", "to sell", "to give away")
			second := w.shipImages()
			second.verified(t, 2)
			if !slices.Equal(second.built, []string{"shop-web"}) || !slices.Equal(second.kept, []string{"shop-api"}) {
				t.Errorf("built %v and kept %v after a change in web/", second.built, second.kept)
			}
			if now := w.podNames("shop-api"); !slices.Equal(now, api) {
				t.Errorf("the pods of the api turned over: %v, were %v", now, api)
			}
			if now := w.podDigests("shop-web"); len(now) != 2 || now[0] == web[0] {
				t.Errorf("the pods of the web run %v, ran %v", now, web)
			}

			w.commit("what was shipped") // is the same content
			third := w.shipImages()
			third.verified(t, 2)
			if len(third.built) > 0 || len(third.kept) != 2 {
				t.Errorf("built %v and kept %v after a commit", third.built, third.kept)
			}
			w.twindeck("build", "shop-api", "--dry-run").exits(0).says("shop-api:dev-", "unchanged", "left out")
		})
	}
}

// family puts a monorepo into the world in which one image is made of another,
// and both run in one pod.
func (w *world) family() {
	w.t.Helper()
	w.dir = w.home + "/family"
	w.write("family/base/Dockerfile", "FROM "+base()+"\nCOPY greeting /greeting\nCMD [\"sleep\", \"3600\"]\n")
	w.write("family/base/greeting", "hello from "+w.namespace+"\n")
	w.write("family/teller/Dockerfile", "FROM base\nRUN cat /greeting > /told\nCMD [\"sh\", \"-c\", \"cat /told; sleep 3600\"]\n")
	manifest := strings.ReplaceAll(tinyDeployment, "NAME", "teller") + "        - name: beside\n          image: ghcr.io/acme/base:1\n"
	w.write("family/k8s/deployment.yaml", manifest)
	w.git("init", "-q")
	w.commit("first")
}

// An image made of another of the project is built after it, from just the one
// that was built, and again when that changes. A pod with both is verified for both.
func TestImagesMadeOfEachOther(t *testing.T) {
	for _, shape := range slices.Sorted(maps.Keys(shapes)) {
		t.Run(shape, func(t *testing.T) {
			w := onFixture(t)
			shapes[shape](w)
			w.family()
			first := w.shipImages()
			first.verified(t, 1)
			if digests := first.Report.Workloads[0].Digests; !slices.Equal(first.built, []string{"base", "teller"}) || len(digests) != 2 {
				t.Errorf("built %v, the pod reports %v", first.built, digests)
			}
			w.tells("hello from " + w.namespace)

			w.write("family/base/greeting", "good day from "+w.namespace+"\n")
			second := w.shipImages()
			second.verified(t, 1)
			if !slices.Equal(second.built, []string{"base", "teller"}) {
				t.Errorf("built %v after a change in the base", second.built)
			}
			w.tells("good day from " + w.namespace)

			w.write("family/teller/Dockerfile", "FROM base\nRUN exit 3\n")
			w.twindeck("ship").exits(1).says("build of teller failed", "teller/Dockerfile:2", "unchanged")
			w.tells("good day from " + w.namespace)

			w.write("family/base/Dockerfile", "FROM teller\n")
			w.twindeck("ship").exits(1).says("images need each other in a circle: base → teller → base", "base/Dockerfile")
		})
	}
}

// The Ship screen has a row for each image.
func TestShipSeveralImagesByKeys(t *testing.T) {
	w := onFixture(t)
	w.family()
	s := w.open(medium)
	s.Press("3")
	s.See("Run this plan")
	s.SeeRow("base:dev-", "to build")
	s.SeeRow("teller:dev-", "to build, after base")
	s.Press("s")
	s.SeeWithin(4*patience, "2 of 2 images built", "running 1/1 of teller:dev-", "base:dev-", "verified")

	w.write("family/teller/Dockerfile", "FROM base\nCMD [\"sleep\", \"1800\"]\n")
	s.Press("s")
	s.SeeRow("base:dev-", "unchanged")
	s.SeeRow("teller:dev-", "to build")
	s.Gone("planning")
	s.Press("s")
	s.SeeWithin(4*patience, "1 of 1 images built, 1 unchanged", "running 1/1 of")
	s.Press("q")
	s.Exits()
}

// tells fails the test unless the newest pod of the family says so.
func (w *world) tells(text string) {
	w.t.Helper()
	names := w.podNames("teller")
	if len(names) != 1 {
		w.t.Fatalf("pods %v, want one", names)
	}
	if out := w.kubectl("-n", w.namespace, "logs", names[0], "-c", "main"); !strings.Contains(out, text) {
		w.t.Errorf("the pod says %q, want %q", out, text)
	}
}

// podNames are the pods of an app, those left out that are on their way out.
func (w *world) podNames(app string) []string {
	w.t.Helper()
	var list struct {
		Items []struct {
			Metadata struct{ Name, DeletionTimestamp string }
		}
	}
	out := w.kubectl("-n", w.namespace, "get", "pods", "-l", "app="+app, "-o", "json")
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		w.t.Fatalf("reading what kubectl says: %v\n%s", err, out)
	}
	var names []string
	for _, p := range list.Items {
		if p.Metadata.DeletionTimestamp == "" {
			names = append(names, p.Metadata.Name)
		}
	}
	slices.Sort(names)
	return names
}
