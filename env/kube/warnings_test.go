package kube

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// TestWarnings reads two pages, of which the second has what is newest.
func TestWarnings(t *testing.T) {
	at := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	event := func(name string, after time.Duration) corev1.Event {
		return corev1.Event{
			ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name}, Type: "Warning", Reason: "BackOff", Message: "again",
			InvolvedObject: corev1.ObjectReference{Kind: "Pod", Name: name}, LastTimestamp: metav1.NewTime(at.Add(after)),
		}
	}
	pages := map[string]corev1.EventList{
		"":  {ListMeta: metav1.ListMeta{Continue: "2"}, Items: []corev1.Event{event("a", time.Minute), event("b", 0)}},
		"2": {Items: []corev1.Event{event("c", time.Hour)}},
	}
	var paths []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if q := r.URL.Query(); q.Get("continue") == "" {
			paths = append(paths, r.URL.Path+" "+q.Get("fieldSelector"))
		}
		page := pages[r.URL.Query().Get("continue")]
		page.TypeMeta = metav1.TypeMeta{Kind: "EventList", APIVersion: "v1"}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(page)
	}))
	defer srv.Close()
	c := openServer(t, srv.URL, "")
	for _, namespace := range []string{"", "shop"} {
		got, err := c.Warnings(t.Context(), namespace)
		if err != nil {
			t.Fatal(err)
		}
		var names string
		for _, e := range got {
			names += e.Object + " "
			if e.Namespace != "shop" || e.Reason != "BackOff" {
				t.Errorf("got %+v", e)
			}
		}
		if names != "Pod/c Pod/a Pod/b " {
			t.Errorf("in namespace %q: %s", namespace, names)
		}
	}
	if len(paths) != 2 || paths[0] != "/api/v1/events type=Warning" || paths[1] != "/api/v1/namespaces/shop/events type=Warning" {
		t.Errorf("asked for %q", paths)
	}
}

func TestWarningsOfASilentServer(t *testing.T) {
	c := openServer(t, "http://"+hang(t), "")
	took(t, 2*time.Second, func() {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if _, err := c.Warnings(ctx, ""); !errors.Is(err, ErrTimeout) {
			t.Errorf("error %v", err)
		}
	})
}
