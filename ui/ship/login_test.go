package ship

import (
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/demo"
	envship "github.com/twindeck/twindeck/env/ship"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
)

// Pods that may not pull are offered docker's login by a key, which asks
// first and changes nothing but the plan.
func TestLoginIsOffered(t *testing.T) {
	s := newScene(t, true, demo.RegistryRequired, demo.RegistryPrivate).plan()
	if !slices.Contains(s.part.Footer(), keys.GiveLogin) {
		t.Error("the footer does not name the key")
	}
	cmd, _ := s.part.Key(keys.GiveLogin, tea.KeyPressMsg{})
	ask, ok := cmd().(screen.Ask)
	if !ok || !strings.Contains(ask.Title, "log in to localhost:5000") || !strings.Contains(strings.Join(ask.Body, " "), "the login of ada; the service account default") {
		t.Fatalf("asked %+v", ask)
	}
	if strings.Contains(strings.Join(ask.Body, " "), "not-a-password") {
		t.Error("the question shows the password")
	}
	s.part.Update(s.part.Update(ask.Then())())
	plan := s.part.plan
	if len(plan.Problems) > 0 || len(plan.PullSecrets) != 1 || !strings.Contains(s.part.View(), "pods of service account default get the login of ada") {
		t.Errorf("the plan then: %+v, %+v", plan.Problems, plan.PullSecrets)
	}
	s.run(nil)
	if s.part.past.report == nil {
		t.Errorf("the run ended with %v", s.part.past.failure)
	}
	// The yes was for that plan: after it is started, another asks again.
	s.part.start(*plan)
	s.plan(envship.Deploy, envship.Verify)
	if len(s.part.plan.PullSecrets) > 0 {
		t.Error("a later plan gives the login unasked")
	}
}

func TestNoLoginToOffer(t *testing.T) {
	s := newScene(t, true).plan()
	cmd, _ := s.part.Key(keys.GiveLogin, tea.KeyPressMsg{})
	if note, ok := cmd().(screen.Notify); !ok || !strings.Contains(note.Text, "No pod of this plan lacks a login") {
		t.Errorf("got %+v", cmd())
	}
	if slices.Contains(s.part.Footer(), keys.GiveLogin) {
		t.Error("the footer offers what there is not")
	}
}
