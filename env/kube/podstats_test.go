package kube

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// kubelets is an API server that asks kubelets for what their pods use.
func kubelets(t *testing.T, answers map[string]http.HandlerFunc) (server string, asked *atomic.Int32) {
	t.Helper()
	asked = &atomic.Int32{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		node, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/api/v1/nodes/"), "/")
		if rest != "proxy/stats/summary" || answers[node] == nil {
			http.NotFound(w, r)
			return
		}
		answers[node](w, r)
	}))
	t.Cleanup(func() { srv.CloseClientConnections(); srv.Close() })
	return srv.URL, asked
}

func uses(pods string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, `{"node":{},"pods":[`+pods+`]}`) }
}

func silent(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func forbidden(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusForbidden)
	_, _ = fmt.Fprintf(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403,"message":"User \"ada\" cannot get resource \"nodes/proxy\" (%s)"}`, r.URL.Path)
}

func TestPodStats(t *testing.T) {
	t.Parallel()
	pods := func(on ...string) (all []*Pod) {
		for i, node := range on {
			all = append(all, &Pod{UID: fmt.Sprint("uid-", i), Namespace: "shop", Name: fmt.Sprint("web-", i), Node: node})
		}
		return all
	}
	const web0 = `{"podRef":{"name":"web-0","namespace":"shop","uid":"a static pod's own"},"cpu":{"usageNanoCores":250000000},"memory":{"usageBytes":9,"workingSetBytes":4096}}`
	const other = `{"podRef":{"name":"other","namespace":"shop","uid":"x"},"cpu":{"usageNanoCores":1},"memory":{"workingSetBytes":1}}`
	const started = `{"podRef":{"name":"web-1","namespace":"shop","uid":"uid-1"}}`
	for name, tc := range map[string]struct {
		answers map[string]http.HandlerFunc
		pods    []*Pod
		want    map[string]Stat
		kind    error
		says    string
		asks    int32
		within  time.Duration
	}{
		"each node once, those of the pods only": {
			answers: map[string]http.HandlerFunc{"a": uses(web0 + "," + other), "b": uses(started), "c": silent},
			pods:    append(pods("a", "b"), pods("a")[0], &Pod{UID: "pending"}),
			want:    map[string]Stat{"uid-0": {CPU: 0.25, Memory: 4096}}, asks: 2,
		},
		"a kubelet that never answers hides nothing of the others": {
			answers: map[string]http.HandlerFunc{"a": uses(web0), "b": silent}, pods: pods("a", "b"),
			want: map[string]Stat{"uid-0": {CPU: 0.25, Memory: 4096}}, kind: ErrTimeout, says: "the kubelet of node b", asks: 2, within: statLimit + 2*time.Second,
		},
		"what is forbidden is said once": {
			answers: map[string]http.HandlerFunc{"a": forbidden, "b": forbidden}, pods: pods("a", "b"),
			want: map[string]Stat{}, kind: ErrForbidden, says: `cannot get resource "nodes/proxy"`, asks: 2,
		},
		"nonsense": {
			answers: map[string]http.HandlerFunc{"a": func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, "<html>") }}, pods: pods("a"),
			want: map[string]Stat{}, says: "reading its answer", asks: 1,
		},
		"no pods": {want: map[string]Stat{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, asked := kubelets(t, tc.answers)
			c := openServer(t, server, "")
			limit := tc.within
			if limit == 0 {
				limit = 2 * time.Second
			}
			took(t, limit, func() {
				got, err := c.PodStats(t.Context(), tc.pods)
				if (err != nil) != (tc.says != "") || tc.kind != nil && !errors.Is(err, tc.kind) || err != nil && strings.Count(err.Error(), tc.says) != 1 {
					t.Errorf("PodStats() = %v", err)
				}
				if !maps.Equal(got, tc.want) {
					t.Errorf("figures %+v, want %+v", got, tc.want)
				}
			})
			if n := asked.Load(); n != tc.asks {
				t.Errorf("%d kubelets were asked, want %d", n, tc.asks)
			}
		})
	}
}
