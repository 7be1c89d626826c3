package kube

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// discoverable is an API server that says what it serves, group by group; the
// groups of broken are served by another program, which does not answer.
func discoverable(t *testing.T, lists []metav1.APIResourceList, broken ...string) string {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		groups := metav1.APIGroupList{TypeMeta: metav1.TypeMeta{Kind: "APIGroupList", APIVersion: "v1"}}
		for _, l := range lists {
			if path := "/apis/" + l.GroupVersion; r.URL.Path == path || r.URL.Path == "/api/v1" && l.GroupVersion == "v1" {
				_ = json.NewEncoder(w).Encode(l)
				return
			}
			if group, version, ok := strings.Cut(l.GroupVersion, "/"); ok {
				groups.Groups = addVersion(groups.Groups, group, version)
			}
		}
		for _, name := range broken {
			groups.Groups = addVersion(groups.Groups, name, "v1beta1")
		}
		switch r.URL.Path {
		case "/api":
			_ = json.NewEncoder(w).Encode(metav1.APIVersions{TypeMeta: metav1.TypeMeta{Kind: "APIVersions"}, Versions: []string{"v1"}})
		case "/apis":
			_ = json.NewEncoder(w).Encode(groups)
		default:
			http.Error(w, "service unavailable", http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

// addVersion adds a version to a group; the first is the preferred one.
func addVersion(groups []metav1.APIGroup, name, version string) []metav1.APIGroup {
	v := metav1.GroupVersionForDiscovery{GroupVersion: name + "/" + version, Version: version}
	if i := slices.IndexFunc(groups, func(g metav1.APIGroup) bool { return g.Name == name }); i >= 0 {
		groups[i].Versions = append(groups[i].Versions, v)
		return groups
	}
	return append(groups, metav1.APIGroup{Name: name, PreferredVersion: v, Versions: []metav1.GroupVersionForDiscovery{v}})
}

func TestKinds(t *testing.T) {
	t.Parallel()
	all, scale := metav1.Verbs{"get", "list", "watch", "delete"}, metav1.Verbs{"get", "patch", "update"}
	lists := []metav1.APIResourceList{
		{GroupVersion: "v1", APIResources: []metav1.APIResource{
			{Name: "pods", SingularName: "pod", Kind: "Pod", ShortNames: []string{"po"}, Namespaced: true, Verbs: all},
			{Name: "pods/log", Kind: "Pod", Namespaced: true, Verbs: metav1.Verbs{"get"}},
			{Name: "bindings", Kind: "Binding", Namespaced: true, Verbs: metav1.Verbs{"create"}},
			{Name: "nodes", SingularName: "node", Kind: "Node", ShortNames: []string{"no"}, Verbs: all},
			{Name: "events", SingularName: "event", Kind: "Event", ShortNames: []string{"ev"}, Namespaced: true, Verbs: all},
		}},
		{GroupVersion: "events.k8s.io/v1", APIResources: []metav1.APIResource{{Name: "events", Kind: "Event", Namespaced: true, Verbs: all}}},
		{GroupVersion: "acme.dev/v2", APIResources: []metav1.APIResource{
			{Name: "ants", SingularName: "ant", Kind: "Ant", Namespaced: true, Verbs: all},
			{Name: "ants/scale", Kind: "Scale", Group: "autoscaling", Version: "v1", Namespaced: true, Verbs: scale},
			{Name: "bees", SingularName: "bee", Kind: "Bee", Namespaced: true, Verbs: all},
			{Name: "bees/status", Kind: "Bee", Namespaced: true, Verbs: scale},
			{Name: "pods", SingularName: "pod", Kind: "Pod", Namespaced: true, Verbs: all},
			{Name: "pods/scale", Kind: "Scale", Group: "autoscaling", Version: "v1", Namespaced: true, Verbs: metav1.Verbs{"get"}},
		}},
		{GroupVersion: "acme.dev/v1", APIResources: []metav1.APIResource{
			{Name: "ants", SingularName: "ant", Kind: "Ant", Namespaced: true, Verbs: all},
			{Name: "bees", SingularName: "bee", Kind: "Bee", Namespaced: true, Verbs: all},
			{Name: "bees/scale", Kind: "Scale", Group: "autoscaling", Version: "v1", Namespaced: true, Verbs: scale},
		}},
		{GroupVersion: "apps/v1", APIResources: []metav1.APIResource{{Name: "deployments", SingularName: "deployment", Kind: "Deployment", ShortNames: []string{"deploy"}, Namespaced: true, Verbs: all}, {Name: "deployments/scale", Kind: "Scale", Group: "autoscaling", Version: "v1", Namespaced: true, Verbs: scale}}},
	}
	c := openServer(t, discoverable(t, lists, "metrics.k8s.io"), "")
	kinds, err := c.Kinds(deadline(t, callLimit))
	if err != nil {
		t.Fatalf("one broken part hides all others: %v", err)
	}
	var names, scaled []string
	for _, k := range kinds {
		names = append(names, k.Resource+" "+k.Group+"/"+k.Version)
		if k.Scales {
			scaled = append(scaled, k.String())
		}
	}
	if want := []string{"deployments apps/v1", "events /v1", "nodes /v1", "pods /v1", "ants acme.dev/v2", "bees acme.dev/v2", "pods acme.dev/v2"}; !slices.Equal(names, want) {
		t.Errorf("kinds %q, want %q", names, want)
	}
	// Neither what an older version alone has, nor what can only be read.
	if want := []string{"deployments", "ants.acme.dev"}; !slices.Equal(scaled, want) {
		t.Errorf("kinds that scale %q, want %q", scaled, want)
	}
	_, err = c.YAML(deadline(t, callLimit), Ref{Group: "gone.dev", Version: "v1", Kind: "Gone", Namespace: "shop", Name: "x"})
	if !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "has no kind Gone in gone.dev") {
		t.Errorf("an object of a kind that is not there: %v", err)
	}
}

func TestKindsOfAServerThatNeverAnswers(t *testing.T) {
	t.Parallel()
	c := openServer(t, "http://"+hang(t), "")
	took(t, callLimit/2, func() {
		if _, err := c.Kinds(deadline(t, 200*time.Millisecond)); !errors.Is(err, ErrTimeout) {
			t.Errorf("Kinds() = %v", err)
		}
	})
}
