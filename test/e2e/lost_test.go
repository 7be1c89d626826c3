//go:build unix

package e2e

import (
	"testing"
	"time"
)

// comesBack is how soon what came back must be live again on the screen. The
// promise is 2 s from its first answer; starting it takes part of this.
const comesBack = 30 * time.Second

// The engine goes away under the open app and comes back: the last news stays,
// marked as old, and then it is live again by itself.
func TestEngineStopsAndStarts(t *testing.T) {
	w := onFixture(t)
	name := w.container("e2e-lost", "tick")
	s := w.open(medium)
	s.Press("2")
	s.Filter(name)
	s.SeeRow(name, "up")
	s.Gone("no news since")

	start := stop(t, "docker")
	s.See("no news since", name)
	s.Press("tab", "tab", "?") // keys still answer
	s.SeeWithin(5*time.Second, "on the decks")
	s.Press("esc")
	start()
	s.wait(comesBack, "still old", gone("no news since"))
	s.Press("q")
	s.Exits()
}

// The same for the API server; what changed meanwhile is seen afterwards.
func TestAPIServerStopsAndStarts(t *testing.T) {
	w := onFixture(t)
	w.pod("survivor", "tock")
	s := w.open(medium)
	s.Press("2")
	s.SeeRow("survivor", "Running")

	start := stop(t, "apiserver")
	s.See("no news since", "survivor")
	start()
	s.wait(comesBack, "still old", gone("no news since"))
	w.pod("latecomer", "tock")
	s.SeeRow("latecomer", "Running")
	s.Press("q")
	s.Exits()
}

// An API server that accepts and never answers is found out, and a key still
// answers at once.
func TestAPIServerHangs(t *testing.T) {
	w := onFixture(t)
	w.pod("survivor", "tock")
	s := w.open(medium)
	s.Press("2")
	s.SeeRow("survivor", "Running")

	resume := pause(t, "apiserver")
	s.Press("tab", "i") // asks the server that does not answer
	s.Press("1")
	s.SeeWithin(2*time.Second, "Setup")
	s.Press("r")
	s.See("✕")
	resume()
	s.Press("r")
	s.wait(comesBack, "still broken", gone("✕"))
	s.Press("q")
	s.Exits()
}

func gone(text string) func(screen string) bool {
	return func(screen string) bool { return !hasAll(screen, []string{text}) }
}
