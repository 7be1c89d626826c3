package ui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/demo"
	"github.com/twindeck/twindeck/ui/screen"
)

// aboutWeb opens the demo with web alone on the deck, and shows a tab of it.
func aboutWeb(t *testing.T, key string, sees ...string) (*env.Environment, *stage) {
	t.Helper()
	e := demo.OpenAt(noon)
	s := open(t, e, 120, 36)
	s.settled()
	s.typed("/web-1")
	s.press("enter")
	s.see("Containers 1 of 8")
	s.press(key)
	s.see(sees...)
	return e, s
}

// container is the ID of a container of the demo's Compose project.
func container(t *testing.T, e *env.Environment, name string) string {
	t.Helper()
	for _, c := range e.Docker.Snapshot().Containers {
		if c.Name == "my-app-"+name+"-1" {
			return c.ID
		}
	}
	t.Fatalf("there is no %s", name)
	return ""
}

// Who reads a log is not torn out of it when its row goes away.
func TestWhatIsReadStaysWhenItsRowIsGone(t *testing.T) {
	e, s := aboutWeb(t, "l", "$ docker logs --follow my-app-web-1", "GET /health")
	if err := e.Docker.Remove(t.Context(), container(t, e, "web")); err != nil {
		t.Fatal(err)
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
// what was asked before the row went. Its tabs are where they are drawn.
func TestWhatIsSaidOfARowStaysWhenItIsGone(t *testing.T) {
	e, s := aboutWeb(t, "i", "$ docker inspect my-app-web-1", `"PORT=3000"`)
	id := container(t, e, "web")
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
	for y, line := range strings.Split(s.plain(), "\n") {
		if before, _, ok := strings.Cut(line, "Logs  "); ok && strings.Contains(before, " gone · ") {
			s.send(tea.MouseClickMsg{X: ansi.StringWidth(before), Y: y, Button: tea.MouseLeft})
		}
	}
	s.gone(`"PORT=3000"`)
	s.see("$ docker logs --follow my-app-web-1")
	s.press("esc")
	s.gone("my-app-web-1 gone")
}

// Nothing is left of it once nobody reads it.
func TestWhatWasSaidOfARowGoesInTheEnd(t *testing.T) {
	e, s := aboutWeb(t, "i", `"PORT=3000"`)
	if err := e.Docker.Remove(t.Context(), container(t, e, "web")); err != nil {
		t.Fatal(err)
	}
	s.see("my-app-web-1 gone ·", `"PORT=3000"`)
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
	s.press("g", "down", "space", "down", "space") // api and web
	s.see("2 marked")
	s.press("l")
	s.see("2 marked · Logs", "GET /")
	for _, name := range []string{"api", "web"} {
		if err := e.Docker.Remove(t.Context(), container(t, e, name)); err != nil {
			t.Fatal(err)
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
