package checks_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twindeck/twindeck/checks"
	"github.com/twindeck/twindeck/env/local"
)

// On a sound machine every check is fine or does not apply. The end-to-end
// tests stop and start parts of the fixture, so it is given time to be sound.
func TestFixtureIsHealthy(t *testing.T) {
	if os.Getenv("TWINDECK_FIXTURE") == "" {
		t.Skip("no fixture: TWINDECK_FIXTURE is not set (make fixture, then eval \"$(make -s fixture-env)\")")
	}
	e := local.Open(local.Options{DockerContext: "desktop-linux", Dir: filepath.Join("..", "examples", "hello-node")})
	var wrong []string
	deadline := time.Now().Add(2 * time.Minute)
	for {
		wrong = nil
		for _, r := range checks.Collect(t.Context(), checks.All(), *e) {
			if s := r.Finding.Status; s != checks.OK && s != checks.NotHere {
				wrong = append(wrong, r.Check.ID+" "+string(s)+": "+r.Finding.Summary)
			}
		}
		if len(wrong) == 0 || time.Now().After(deadline) {
			break
		}
	}
	if len(wrong) > 0 {
		t.Errorf("not healthy:\n%s", strings.Join(wrong, "\n"))
	}
}
