package ui

import (
	"testing"

	"github.com/twindeck/twindeck/env/demo"
	"github.com/twindeck/twindeck/ui/screen"
)

// What was unlocked is one target, not all that are called so: engines and
// clusters have names of their own, and a name may lead elsewhere later.
func TestOneTargetIsUnlocked(t *testing.T) {
	a := &App{unlocked: map[screen.Target]bool{}}
	far := screen.Target{Name: "default", Where: "tcp://build:2376"}
	a.Update(unlocked{target: far})
	then := screen.Send(nil)
	if a.guard(screen.Guard{Target: far, Then: then}) == nil {
		t.Error("what was unlocked is locked")
	}
	for _, other := range []screen.Target{{Name: "default", Where: "https://prod:6443"}, {Name: "other", Where: far.Where}} {
		if !a.locked(other) {
			t.Errorf("%+v is unlocked with it", other)
		}
	}
}

// Marks are of rows of one place, and do not go along to another.
func TestMarksStayInTheirNamespace(t *testing.T) {
	e := demo.OpenAt(noon)
	s := open(t, e, 120, 36)
	s.settled()
	s.press("tab")
	s.show("deployments", "Deployments 4")
	s.press("space", "space")
	s.see("2 marked")
	s.press("v", "v")
	s.show("deployments", "Deployments 4")
	s.see("2 marked") // it was looked elsewhere, and nothing changed
	e.Kube.SetNamespace("kube-system")
	s.see("ns kube-system")
	s.gone("marked")
}
