package ui

import (
	"testing"

	"github.com/twindeck/twindeck/env/demo"
)

// A key that a list has no use for says why, in amber: nothing was done, and
// nothing failed. The keyboard stays where it is.
func TestKeysThatCannotSayWhy(t *testing.T) {
	s := open(t, demo.OpenAt(noon), 140, 40)
	s.settled()
	says := func(key, why string) {
		t.Helper()
		s.press(key)
		s.see("▲ " + why)
		if s.app.place() != "decks" {
			t.Fatalf("after %s the keyboard is at %s", key, s.app.place())
		}
	}
	s.press("v", "v")
	s.see("Volumes 6", "Mountpoint")
	for key, why := range map[string]string{
		"e": "A volume has no shell", "a": "A volume has no process to attach to", "F": "A volume has no files to copy",
		"r": "A volume cannot be restarted", "P": "A volume cannot be paused", "K": "A volume cannot be killed",
		"U": "A volume is not pulled from a registry", "l": "A volume writes no logs", "W": "Select a container, a pod or a workload first",
	} {
		says(key, why)
	}
	s.press("tab")
	says("U", "A pod is not pulled from a registry")
	says("S", "A pod cannot be stopped: scale its workload, or delete it")
	s.show("ingresses", "Ingresses ", "Describe")
	says("l", "An Ingress writes no logs")
	says("e", "An Ingress has no shell")
	says("+", "An Ingress has no replicas to scale")
}

// A service has the logs of the pods it selects; a workload without pods says
// that it has none.
func TestLogsOfAService(t *testing.T) {
	s := open(t, demo.OpenAt(noon), 140, 40)
	s.settled()
	s.press("tab")
	s.show("svc", "Services 5")
	s.typed("/my-app")
	s.press("enter", "l")
	s.see("╭ my-app · Logs", "7znrw", "clfgs", "GET /health")
	s.press("q", "esc")
	s.typed("/kubernetes")
	s.press("enter", "l")
	s.see("▲ Service kubernetes has no pods, and so no logs")
}
