package decks

import (
	"slices"
	"strings"
	"testing"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
)

func TestFilter(t *testing.T) {
	names := []string{"web-1", "web-2", "Worker", "old-db", "grüße", "my.app"}
	for _, c := range []struct {
		text string
		want []string
	}{
		{"", names},
		{"web", []string{"web-1", "web-2"}},
		{"WEB", []string{"web-1", "web-2"}},
		{"w k", []string{"Worker"}},
		{"!web", []string{"Worker", "old-db", "grüße", "my.app"}},
		{"web !2", []string{"web-1"}},
		{"~wkr", []string{"Worker"}},
		{"!~wb", []string{"Worker", "old-db", "grüße", "my.app"}},
		{"re:^w.*[0-9]$", []string{"web-1", "web-2"}},
		{"re:WEB", []string{"web-1", "web-2"}},
		{".", []string{"my.app"}},
		{"GRÜSSE", nil},
		{"GRÜ", []string{"grüße"}},
		{"nothing-like-it", nil},
	} {
		t.Run(c.text, func(t *testing.T) {
			f := parseFilter(c.text)
			if f.bad != nil {
				t.Fatal(f.bad)
			}
			var got []string
			for _, n := range names {
				if f.match(sight{fields: []string{n, "Running"}}) {
					got = append(got, n)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%q lets %q through, want %q", c.text, got, c.want)
			}
		})
	}
}

func TestFilterLooksAtEveryField(t *testing.T) {
	f := parseFilter("web running")
	if !f.match(sight{fields: []string{"web-1", "Running"}}) || f.match(sight{fields: []string{"web-1", "Exited"}}) {
		t.Error("words may match different fields, and each must match one")
	}
	f = parseFilter("!running")
	if f.match(sight{fields: []string{"web-1", "Running"}}) {
		t.Error("a word with ! must match no field at all")
	}
}

func TestFilterHalfTyped(t *testing.T) {
	f := parseFilter("web re:(")
	if f.bad == nil || !strings.Contains(f.bad.Error(), "re:(") {
		t.Errorf("error %v does not name the expression", f.bad)
	}
	if !f.match(sight{fields: []string{"web-1"}}) || f.match(sight{fields: []string{"db"}}) {
		t.Error("the other words still hold")
	}
}

func FuzzFilter(f *testing.F) {
	for _, s := range []string{"", "web", "!web ~x re:a.b", "re:(", "!", "~", "re:", "\xff ~\xff"} {
		f.Add(s, "web-1")
	}
	f.Fuzz(func(t *testing.T, text, name string) {
		shown := parseFilter(text).match(sight{fields: []string{name}})
		// A plain word lets nothing through that does not contain it.
		for _, w := range strings.Fields(text) {
			if strings.ContainsAny(w[:1], "!~") || strings.HasPrefix(w, "re:") {
				continue
			}
			if shown && !strings.Contains(strings.ToLower(name), strings.ToLower(w)) {
				t.Fatalf("%q shows %q", text, name)
			}
		}
	})
}

// rowsThat are the names of the rows that a filter lets through.
func rowsThat[T any](k *kind[T], text string, rows ...T) string {
	d := newDeck(k, testScene())
	d.setFilter(parseFilter(text))
	d.setRows(rows)
	var names []string
	for _, r := range d.passed() {
		names = append(names, d.nameOf(r))
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// A filter finds what a row says, and IDs and addresses by their beginning:
// within an ID any two letters stand by chance.
func TestFilterFindsWhatRowsSay(t *testing.T) {
	web := &docker.Container{
		ID: "db3f" + strings.Repeat("0ab1", 15), Name: "shop-frontend-1", Project: "shop", Service: "frontend", Image: "nginx:1.29", State: "running",
		Ports: []docker.Port{{HostIP: "0.0.0.0", Host: 8080, Container: 80, Proto: "tcp"}, {HostIP: "::", Host: 8080, Container: 80, Proto: "tcp"}, {Container: 443, Proto: "tcp"}},
	}
	old := &docker.Container{ID: "aaaa" + strings.Repeat("db", 30), Name: "old", Image: "mysql:8", State: "exited", ExitCode: 1}
	for text, want := range map[string]string{
		"up": "shop-frontend-1", "!up": "old", "frontend": "shop-frontend-1", "8080": "shop-frontend-1", "8080→80": "shop-frontend-1", "443": "",
		"mysql": "old", "exited": "old", "db3f": "shop-frontend-1", "DB3F0ab1": "shop-frontend-1", "db": "", "3f0ab1": "", "!db3f": "old",
		"is:bad": "old", "!is:bad": "shop-frontend-1", "is:bad mysql": "old", "is:bad nginx": "",
	} {
		if got := rowsThat(containerKind(), text, web, old); got != want {
			t.Errorf("%q lets containers %q through, want %q", text, got, want)
		}
	}
	one, two := testPod("default", "api", "api-1"), testPod("default", "web", "web-1")
	one.Node, one.IP, one.Status, one.Phase = "worker-a", "10.1.0.24", "CrashLoopBackOff", kube.PhaseWarning
	one.Images = []kube.PodImage{{Image: "api:2"}, {Image: "envoy:1.30"}}
	two.Node, two.IP = "worker-b", "10.1.0.31"
	for text, want := range map[string]string{
		"worker-b": "web-1", "10.1.0.24": "api-1", "10.1": "api-1 web-1", "0.31": "", "envoy": "api-1", "crashloop": "api-1", "is:bad": "api-1", "24": "",
	} {
		if got := rowsThat(podKind(func() bool { return false }), text, one, two); got != want {
			t.Errorf("%q lets pods %q through, want %q", text, got, want)
		}
	}
	image := &docker.ImageRow{ID: "sha256:beef" + strings.Repeat("0ab1", 15), Names: []string{"app:1"}, Digests: []string{"ghcr.io/app@sha256:cafe" + strings.Repeat("0ab1", 15)}}
	for text, want := range map[string]string{"app": "app:1", "beef": "app:1", "sha256:beef": "app:1", "cafe0": "app:1", "ab": "", "0ab1": "", "ghcr": ""} {
		if got := rowsThat(imageKind(), text, image); got != want {
			t.Errorf("%q lets the image through as %q, want %q", text, got, want)
		}
	}
}
