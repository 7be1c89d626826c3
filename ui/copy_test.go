package ui

import (
	"testing"

	"github.com/twindeck/twindeck/env/demo"
)

// What a row is called and made of can be copied, and the command that shows it.
func TestCopyFromADeck(t *testing.T) {
	s := open(t, demo.OpenAt(noon), 120, 36)
	s.settled()
	s.press("Y")
	s.see("▌my-app-api-1", "image's digest", "docker logs --follow my-app-api-1")
	s.press("enter")
	s.see("● Copied the name")
	s.press("tab")
	s.show("svc", "Services 5")
	s.press("Y")
	s.see("10.96.71.9", "CLUSTER-IP", "namespace")
}
