package checks

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/twindeck/twindeck/env/demo"
)

// The simulated laptop is mended by the same fixes.
func TestDemoIsMended(t *testing.T) {
	for id, fault := range map[string]demo.Fault{"desktop.kubernetes": demo.KubernetesOff, "docker.endpoint": demo.EngineOff} {
		t.Run(id, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := demo.Open(fault, demo.PodsWell)
				s := Summarise(Collect(t.Context(), All(), *e))
				if len(s.Roots) != 1 || s.Roots[0].Check.ID != id || s.Roots[0].Finding.Fix == nil {
					t.Fatalf("the roots are %+v", s.Roots)
				}
				var said []string
				undo, err := s.Roots[0].Finding.Fix.Run(t.Context(), func(line string) { said = append(said, line) })
				if err != nil {
					t.Fatalf("%v after\n%s", err, strings.Join(said, "\n"))
				}
				if err := untilCluster(t.Context(), *e, silently); err != nil {
					t.Fatal(err)
				}
				if s := Summarise(Collect(t.Context(), All(), *e)); s.Status == Fail {
					t.Errorf("afterwards: %s", s.Line())
				}
				if undo == nil {
					return
				}
				if err := undo.Run(t.Context(), silently); err != nil {
					t.Error(err)
				}
				if s := Summarise(Collect(t.Context(), All(), *e)); len(s.Roots) != 1 || s.Roots[0].Check.ID != id {
					t.Errorf("undone: %s", s.Line())
				}
			})
		})
	}
}
