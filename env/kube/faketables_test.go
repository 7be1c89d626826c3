package kube

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// widgets is the kind that fakeTables serves.
func widgets() Kind {
	return Kind{Group: "shop.dev", Version: "v1", Resource: "widgets", Name: "Widget", Namespaced: true, Verbs: []string{"list", "watch"}}
}

// fakeTables is an API server that prints one kind as tables.
type fakeTables struct {
	mu     sync.Mutex
	cells  map[string][]any // of each object, by name; nil: nothing of the kind
	refuse func(watching bool, q map[string][]string) (code int, reason, message string)
	old    bool // cannot stream lists
	plain  bool // cannot print tables
	seen   []string
	news   chan string // JSON of what a running watch gets
	srv    *httptest.Server
}

func newFakeTables(t *testing.T) *fakeTables {
	t.Helper()
	f := &fakeTables{cells: map[string][]any{"one": {"one", "True", 7, "5m"}}, news: make(chan string, 100)}
	f.srv = httptest.NewServer(f)
	t.Cleanup(func() { f.srv.CloseClientConnections(); f.srv.Close() })
	return f
}

func (f *fakeTables) set(do func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	do()
}

func (f *fakeTables) queries() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return strings.Join(f.seen, "\n")
}

func (f *fakeTables) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/apis/shop.dev/v1/namespaces/shop/widgets" {
		http.NotFound(w, r)
		return
	}
	q := r.URL.Query()
	watching := q.Get("watch") == "true"
	f.mu.Lock()
	f.seen = append(f.seen, r.URL.RawQuery)
	refuse, old, plain := f.refuse, f.old, f.plain
	rows := []any{}
	for name, cells := range f.cells {
		rows = append(rows, fakeRow(name, cells))
	}
	f.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	fail := func(code int, reason, message string) {
		w.WriteHeader(code)
		_ = json.NewEncoder(w).Encode(map[string]any{"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "reason": reason, "message": message})
	}
	if refuse != nil {
		if code, reason, message := refuse(watching, q); code != 0 {
			fail(code, reason, message)
			return
		}
	}
	switch {
	case plain && !watching:
		_ = json.NewEncoder(w).Encode(map[string]any{"kind": "WidgetList", "items": []any{}})
	case old && watching && q.Has("sendInitialEvents"):
		fail(422, "Invalid", "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled")
	case watching:
		f.watch(w, r, q.Has("sendInitialEvents"), rows)
	default:
		_ = json.NewEncoder(w).Encode(fakeTable(rows...))
	}
}

func (f *fakeTables) watch(w http.ResponseWriter, r *http.Request, initial bool, rows []any) {
	send := func(line string) {
		_, _ = fmt.Fprintln(w, line)
		w.(http.Flusher).Flush()
	}
	w.WriteHeader(http.StatusOK)
	w.(http.Flusher).Flush()
	if initial {
		for _, row := range rows {
			send(event("ADDED", fakeTable(row)))
		}
		end := fakeRow("", []any{"", "", 0, "<unknown>"})
		end["object"].(map[string]any)["metadata"].(map[string]any)["annotations"] = map[string]string{"k8s.io/initial-events-end": "true"}
		send(event("BOOKMARK", fakeTable(end)))
	}
	for {
		select {
		case line := <-f.news:
			if line == "" {
				return
			}
			send(line)
		case <-r.Context().Done():
			return
		}
	}
}

func event(kind string, object any) string {
	text, err := json.Marshal(map[string]any{"type": kind, "object": object})
	if err != nil {
		panic(err) // of what the test itself wrote
	}
	return string(text)
}

func fakeRow(name string, cells []any) map[string]any {
	return map[string]any{"cells": cells, "object": map[string]any{"metadata": map[string]any{
		"uid": "uid-" + name, "namespace": "shop", "name": name, "creationTimestamp": "2026-01-02T03:04:05Z",
		"labels":        map[string]string{"b": "2", "a": name},
		"managedFields": []any{map[string]any{"manager": "kubectl"}},
	}}}
}

func fakeTable(rows ...any) map[string]any {
	column := func(name, kind string, priority int) map[string]any {
		return map[string]any{"name": name, "type": kind, "priority": priority}
	}
	return map[string]any{
		"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": map[string]string{"resourceVersion": "7"},
		"columnDefinitions": []any{column("Name", "string", 0), column("Ready", "string", 0), column("Size", "integer", 1), column("Age", "date", 0)},
		"rows":              rows,
	}
}
