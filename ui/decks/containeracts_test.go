package decks

import (
	"strings"
	"testing"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
)

// On the heading of a Compose project a key acts on all its containers that it
// has a use for; on that of another group, whose rows do not belong together, on none.
func TestActionsOnAProject(t *testing.T) {
	of := func(project string, kind docker.Kind) []*docker.Container {
		return []*docker.Container{
			{ID: "1", Name: "old", State: "exited", Project: project, Kind: kind},
			{ID: "2", Name: "api", State: "running", Project: project, Kind: kind},
			{ID: "3", Name: "web", State: "running", Project: project, Kind: kind},
		}
	}
	stopped := of("shop", docker.KindApp)[:1]
	for _, tc := range []struct {
		a       keys.Action
		rows    []*docker.Container
		command string // empty: nothing is done
		asks    string
	}{
		{keys.Restart, of("shop", docker.KindApp), "docker restart api ; docker restart web ; docker restart old", ""},
		{keys.StartStop, of("shop", docker.KindApp), "docker stop api ; docker stop web", ""},
		{keys.StartStop, stopped, "docker start old", ""},
		{keys.Kill, of("shop", docker.KindApp), "docker kill api ; docker kill web", "Kill 2 containers?"},
		{keys.Kill, stopped, "", ""},
		{keys.Remove, of("shop", docker.KindApp), "docker stop api && docker rm api ; docker stop web && docker rm web ; docker stop old && docker rm old", "Remove 3 containers?"},
		{keys.Restart, of("", docker.KindApp), "", ""},
		{keys.Restart, of("shop", docker.KindDesktop), "", ""},
	} {
		p := &Part{ctx: &screen.Context{Env: &env.Environment{}}}
		cmd, _ := p.actOnContainers(tc.a, chosen[*docker.Container]{rows: tc.rows, head: &heading{title: "shop"}})
		guard, goes := cmd().(screen.Guard)
		if !goes {
			if tc.command != "" {
				t.Errorf("%s of %d: %+v", tc.a, len(tc.rows), cmd())
			}
			continue
		}
		then := guard.Then()
		ask, asked := then.(screen.Ask)
		if asked {
			then = ask.Then()
		}
		if got := then.(screen.StartTask).Command; got != tc.command || ask.Title != tc.asks {
			t.Errorf("%s of %d: asks %q, runs %q, want %q and %q", tc.a, len(tc.rows), ask.Title, got, tc.asks, tc.command)
		}
		if asked && !strings.Contains(strings.Join(ask.Body, "\n"), "api") && tc.a == keys.Remove {
			t.Errorf("the question does not name them: %q", ask.Body)
		}
	}
}
