package decks

import (
	"strings"
	"testing"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
)

// Of an image with several names one can be taken off; to remove all of it is the
// last choice, and asks as before.
func TestRemoveOneNameOfAnImage(t *testing.T) {
	p := &Part{ctx: &screen.Context{Env: &env.Environment{}}}
	row := &docker.ImageRow{ID: "sha256:1", Names: []string{"app:1", "app:latest"}}
	cmd, _ := p.actOnImages(keys.Remove, chosen[*docker.ImageRow]{rows: []*docker.ImageRow{row}})
	choose := cmd().(screen.Choose)
	if len(choose.Choices) != 3 {
		t.Fatalf("offered: %+v", choose.Choices)
	}
	ask := choose.Choices[1].Then().(screen.Guard).Then().(screen.Ask)
	if got := ask.Then().(screen.StartTask).Command; got != "docker rmi app:latest" || !strings.Contains(strings.Join(ask.Body, " "), "Kept: the image, as app:1.") {
		t.Errorf("one name: %q after %q", got, ask.Body)
	}
	ask = choose.Choices[2].Then().(listed).take()().(screen.Guard).Then().(screen.Ask)
	if got := ask.Then().(screen.StartTask).Command; got != "docker rmi app:1 app:latest" || !strings.Contains(strings.Join(ask.Body, " "), "All its names go") {
		t.Errorf("all of it: %q after %q", got, ask.Body)
	}
	row.Names = row.Names[:1]
	cmd, _ = p.actOnImages(keys.Remove, chosen[*docker.ImageRow]{rows: []*docker.ImageRow{row}})
	if _, asks := cmd().(screen.Guard); !asks {
		t.Errorf("with one name: %+v", cmd())
	}
}
