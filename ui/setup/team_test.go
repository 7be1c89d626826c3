package setup

import (
	"strings"
	"testing"

	"github.com/twindeck/twindeck/checks"
	"github.com/twindeck/twindeck/env/demo"
	"github.com/twindeck/twindeck/env/project/team"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
)

// TestTeamChecks agrees to a team's commands with the key that mends, and sees
// the file's changes with the next run.
func TestTeamChecks(t *testing.T) {
	e := demo.OpenAt(noon, demo.PodsWell)
	write := func(checks string) {
		t.Helper()
		if _, err := e.Host.Replace(e.Dir+"/"+team.Name, []byte("version: 1\nchecks:\n"+checks), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("  - {id: docker, tool: docker, version: '>=29'}\n")
	p := partOver(t, true, checks.All(), e)
	p.anew = checks.Catalogue
	settle(p, p.Init())
	if got := p.summary.Line(); !strings.HasPrefix(got, "1 warning · 1 check waits · ") {
		t.Fatalf("before: %s", got)
	}
	if view := p.View(); !strings.Contains(view, "want to run commands") {
		t.Errorf("the list does not say it:\n%s", view)
	}

	p.open = "team.docker"
	ask := find[screen.Ask](t, settle(p, press(p, keys.Fix)))
	if body := strings.Join(ask.Body, "\n"); !ask.ReadFirst || !strings.Contains(body, "  team.docker: docker --version\n") {
		t.Errorf("it asks, to be read first %v:\n%s", ask.ReadFirst, body)
	}
	task := find[screen.StartTask](t, settle(p, ask.Then))
	if err := task.Run(t.Context(), func(string) {}); err != nil {
		t.Fatal(err)
	}
	settle(p, p.Update(task.Done(nil)))
	if r := p.result("team.docker"); r == nil || r.Finding.Status != checks.OK || p.summary.Status != checks.OK {
		t.Fatalf("after: %+v, %s", r, p.summary.Line())
	}

	write("  - {id: port, port: 3000}\n")
	settle(p, press(p, keys.Refresh))
	if p.open != "" || p.result("team.docker") != nil || p.result("team.port") == nil {
		t.Errorf("the file changed, and %q is open, of %d checks", p.open, len(p.list))
	}
}
