package ui

import (
	"strings"
	"testing"

	"github.com/twindeck/twindeck/env/demo"
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
