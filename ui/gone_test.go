package ui

import (
	"strings"
	"testing"

	"github.com/twindeck/twindeck/env/demo"
	"github.com/twindeck/twindeck/ui/screen"
)

// Who reads a log is not torn out of it when its row goes away.
func TestWhatIsReadStaysWhenItsRowIsGone(t *testing.T) {
	e := demo.OpenAt(noon)
	s := open(t, e, 120, 36)
	s.settled()
	s.typed("/web-1")
	s.press("enter")
	s.see("Containers 1 of 8")
	s.press("l")
	s.see("$ docker logs --follow my-app-web-1", "GET /health")
	for _, c := range e.Docker.Snapshot().Containers {
		if c.Name == "my-app-web-1" {
			if err := e.Docker.Remove(t.Context(), c.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	s.see("No container matches", "my-app-web-1 gone · Logs", "GET /health", "end of the log: It is gone.", "$ docker logs --follow my-app-web-1")
	s.press("esc")
	s.gone("my-app-web-1 gone")
}

// Rows of another namespace are not gone, they are not looked at.
func TestWhatIsOfAnotherNamespaceIsNotGone(t *testing.T) {
	s := open(t, demo.OpenAt(noon), 120, 36)
	s.settled()
	s.press("tab")
	s.typed("/redis-0")
	s.press("enter")
	s.see("Pods 1 of 16")
	s.press("l")
	s.see("$ kubectl logs --follow redis-0", "follow ●")
	s.typed(":choose a namespace")
	s.press("enter")
	s.see("all namespaces")
	s.typed("kube-system")
	s.press("enter")
	s.see("ns kube-system", "No pod matches")
	s.gone("redis-0 ·")
	if screen := s.plain(); strings.Contains(screen, " gone") {
		t.Errorf("something is said to be gone:\n%s", screen)
	}
}

// What is said of a row stays too, and no error takes its place: not even from
// what was asked before the row went.
func TestWhatIsSaidOfARowStaysWhenItIsGone(t *testing.T) {
	e := demo.OpenAt(noon)
	s := open(t, e, 120, 36)
	s.settled()
	s.typed("/web-1")
	s.press("enter")
	s.see("Containers 1 of 8")
	s.press("i")
	s.see("$ docker inspect my-app-web-1", `"PORT=3000"`)
	var id string
	for _, c := range e.Docker.Snapshot().Containers {
		if c.Name == "my-app-web-1" {
			id = c.ID
		}
	}
	if err := e.Docker.Stop(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	s.see("exited") // from which on what is said of it is asked for again
	if err := e.Docker.Remove(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	s.see("No container matches", "my-app-web-1 gone ·")
	s.send(screen.Tick{})
	s.idle()
	s.see(`"PORT=3000"`)
	if shown := s.plain(); strings.Contains(shown, "cannot be shown") {
		t.Errorf("an error is shown in its place:\n%s", shown)
	}
	s.press("esc")
	s.gone("my-app-web-1 gone")
	s.gone(`"PORT=3000"`)
}

// So does the merged log of marked rows.
func TestTheMergedLogStaysWhenItsRowsAreGone(t *testing.T) {
	e := demo.OpenAt(noon)
	s := open(t, e, 120, 36)
	s.settled()
	s.typed("/my-app")
	s.press("enter")
	s.see("Containers 4 of 8")
	marked := map[string]bool{"my-app-web-1": true, "my-app-api-1": true}
	s.press("g")
	s.press("down", "space", "down", "space") // api and web
	s.see("2 marked")
	s.press("l")
	s.see("2 marked · Logs", "GET /")
	for _, c := range e.Docker.Snapshot().Containers {
		if marked[c.Name] {
			if err := e.Docker.Remove(t.Context(), c.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	s.see(" marked gone · Logs", "GET /")
	s.press("esc")
	s.gone(" marked gone")
}

// Nor are workloads gone when one looks at another namespace.
func TestObjectsOfAnotherNamespaceAreNotGone(t *testing.T) {
	s := open(t, demo.OpenAt(noon), 120, 36)
	s.settled()
	s.press("tab", ":")
	s.typed("deployments")
	s.see("▌Deployments")
	s.press("enter")
	s.see("Deployments 4")
	s.press("i")
	s.see("$ kubectl describe deployment")
	s.typed(":choose a namespace")
	s.press("enter")
	s.see("all namespaces")
	s.typed("kube-system")
	s.press("enter")
	s.see("ns kube-system", "coredns")
	s.idle()
	if shown := s.plain(); strings.Contains(shown, " gone") {
		t.Errorf("something is said to be gone:\n%s", shown)
	}
}
