package kube

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// colony is an API server with a custom kind that has replicas, and one that
// has none. Its ant "one" has a scale, which it keeps as it is sent.
type colony struct {
	mu    sync.Mutex
	scale string
	puts  []string
}

func (c *colony) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	answer := func(v any) { _ = json.NewEncoder(w).Encode(v) }
	all := metav1.Verbs{"get", "list", "update"}
	switch r.URL.Path {
	case "/api":
		answer(metav1.APIVersions{TypeMeta: metav1.TypeMeta{Kind: "APIVersions"}})
	case "/apis":
		answer(metav1.APIGroupList{TypeMeta: metav1.TypeMeta{Kind: "APIGroupList", APIVersion: "v1"}, Groups: addVersion(nil, "acme.dev", "v1")})
	case "/apis/acme.dev/v1":
		answer(metav1.APIResourceList{GroupVersion: "acme.dev/v1", APIResources: []metav1.APIResource{
			{Name: "ants", Kind: "Ant", Namespaced: true, Verbs: all},
			{Name: "ants/scale", Kind: "Scale", Group: "autoscaling", Version: "v1", Namespaced: true, Verbs: all},
			{Name: "bees", Kind: "Bee", Namespaced: true, Verbs: all},
		}})
	case "/apis/acme.dev/v1/namespaces/shop/ants/one/scale":
		if r.Method == http.MethodPut {
			var sent struct {
				Metadata struct{ ResourceVersion string }
				Spec     struct{ Replicas int }
			}
			_ = json.NewDecoder(r.Body).Decode(&sent)
			c.puts = append(c.puts, sent.Metadata.ResourceVersion+" "+strings.Repeat("*", sent.Spec.Replicas))
		}
		_, _ = w.Write([]byte(c.scale))
	default:
		http.NotFound(w, r)
	}
}

func TestScale(t *testing.T) {
	t.Parallel()
	const scale = `{"kind":"Scale","apiVersion":"autoscaling/v1","metadata":{"name":"one","namespace":"shop","resourceVersion":"7"},"spec":{`
	ant := Ref{Group: "acme.dev", Kind: "Ant", Namespace: "shop", Name: "one"}
	for name, c := range map[string]struct {
		ref   Ref
		scale string
		by    int
		now   int
		put   string // resource version and replicas that are sent back
		fails string
	}{
		"one more":                     {ref: ant, scale: scale + `"replicas":2}}`, by: 1, now: 3, put: "7 ***"},
		"one less":                     {ref: ant, scale: scale + `"replicas":2}}`, by: -1, now: 1, put: "7 *"},
		"never less than none":         {ref: ant, scale: scale + `"replicas":2}}`, by: -5, now: 0, put: "7 "},
		"none is left out by a server": {ref: ant, scale: scale + `}}`, by: 1, now: 1, put: "7 *"},
		"a kind without replicas":      {ref: Ref{Group: "acme.dev", Kind: "Bee", Namespace: "shop", Name: "one"}, by: 1, fails: "a Bee has no replicas to set"},
		"an object that is not there":  {ref: Ref{Group: "acme.dev", Kind: "Ant", Namespace: "shop", Name: "two"}, by: 1, fails: "two"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			world := &colony{scale: c.scale}
			srv := httptest.NewServer(world)
			t.Cleanup(srv.Close)
			client := openServer(t, srv.URL, "")
			now, err := client.Scale(deadline(t, callLimit), c.ref, c.by)
			if c.fails != "" {
				if err == nil || !strings.Contains(err.Error(), c.fails) || len(world.puts) > 0 {
					t.Errorf("it ended with %v, and %q were sent", err, world.puts)
				}
				return
			}
			if err != nil || now != c.now || strings.Join(world.puts, ";") != c.put {
				t.Errorf("%d, %v, sent %q; want %d and %q", now, err, world.puts, c.now, c.put)
			}
		})
	}
}

// The owner of a pod names itself to the cluster.
func TestOwnerRef(t *testing.T) {
	t.Parallel()
	for want, owner := range map[string]Owner{
		"apps/Deployment":          {Kind: "Deployment", Name: "web"},
		"batch/Job":                {Kind: "Job", Name: "web"},
		"/ReplicationController":   {Kind: "ReplicationController", Name: "web"},
		"argoproj.io/Rollout":      {Kind: "Rollout", Name: "web", Group: "argoproj.io"},
		"apps.example/StatefulSet": {Kind: "StatefulSet", Name: "web", Group: "apps.example"},
	} {
		if r := owner.Ref("shop"); r.Group+"/"+r.Kind != want || r.Namespace != "shop" || r.Name != "web" {
			t.Errorf("%+v is %+v", owner, r)
		}
	}
}
