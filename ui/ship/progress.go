package ship

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/docker"
	envship "github.com/twindeck/twindeck/env/ship"
	"github.com/twindeck/twindeck/ui/screen"
)

// progress says in a few words how far a run is, for the footer.
type progress struct {
	say    func(string)
	said   string
	layers map[string]docker.LayerProgress
	at     time.Time // when layers were last said; they move often
}

func newProgress(say func(string)) *progress {
	return &progress{say: say, layers: map[string]docker.LayerProgress{}}
}

// tell is called for each event, by one goroutine at a time.
func (p *progress) tell(ev envship.Event) {
	text := ""
	switch ev.Kind {
	case envship.BuildStepped:
		if ev.Step.Finished.IsZero() {
			text = screen.Clean(join("build", ev.ImageName, ev.Step.Name))
		}
	case envship.LayerMoved:
		id := ev.ImageName + ev.Layer.Node + ev.Layer.ID
		p.layers[id] = merge(p.layers[id], *ev.Layer)
		if ev.Time.Sub(p.at) < frame {
			return
		}
		p.at = ev.Time
		done, total := sum(p.layers)
		text = fmt.Sprintf("push %s of %s", screen.Bytes(done), screen.Bytes(total))
		if ev.Layer.Node != "" {
			text = fmt.Sprintf("load %s, %s, %s", screen.Clean(ev.Layer.Node), ev.Text, screen.Bytes(done))
		}
	case envship.PushRetried:
		text = fmt.Sprintf("push again (%d of %d)", ev.Retry.Number, ev.Retry.Of)
	case envship.ObjectApplied:
		text = "apply " + strings.ToLower(ev.Applied.Ref.Kind) + "/" + ev.Applied.Ref.Name
	case envship.RolloutMoved:
		text = fmt.Sprintf("rollout %s %d/%d", ev.Rollout.Ref.Name, ev.Rollout.Ready, ev.Rollout.Desired)
	}
	if text != "" && text != p.said {
		p.said = text
		p.say(text)
	}
}

// join are the words that are there, with spaces between.
func join(words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " ")
}

func sum(layers map[string]docker.LayerProgress) (done, total int64) {
	for _, l := range layers {
		done, total = done+l.Done, total+l.Total
	}
	return done, total
}
