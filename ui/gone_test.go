package ui

import (
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
