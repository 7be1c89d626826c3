package screen

import (
	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/project"
	"github.com/twindeck/twindeck/ui/keys"
)

// DockerNews tells every part that containers, or the link to the engine,
// changed. The app sends it, at most 30 times a second.
type DockerNews struct{ Snapshot docker.Snapshot }

// KubeNews is the same for pods and the cluster.
type KubeNews struct{ Snapshot kube.Snapshot }

// Facts is what the header shows: asked for when a link comes up, and zero
// before. Parts read it from Context; the app sends FactsChanged when it changed.
type Facts struct {
	Project  project.Project
	Endpoint docker.Endpoint
	Engine   docker.Version
	Cluster  kube.Version
	Context  kube.Context
}

// FactsChanged tells every part that Context.Facts changed.
type FactsChanged struct{}

// Tick is sent once a second, for ages.
type Tick struct{}

// Guard asks the app to go on with something that changes a target. A target
// that is not known to be local must be unlocked first, by typing its name.
type Guard struct {
	Target Target
	Does   string  // what was asked for: "delete pod web-1"
	Then   tea.Cmd // sent at once, or when unlocked
}

// Target is where an action goes, taken when its key was pressed.
type Target struct {
	Name  string // of the context, as it must be typed
	Where string // host or server
	Local bool
}

// Known reports whether it is known where the target leads. Until then it can
// neither be trusted nor unlocked.
func (t Target) Known() bool { return t.Name != "" && t.Where != "" }

// Placed is a Part whose focused area may have keys of its own.
type Placed interface{ Place() keys.Place }

// Limited is a Part that has no use for some actions with what it shows now:
// the palette leaves them out.
type Limited interface{ Cannot(a keys.Action) bool }

// Commander is a Part that can name the command which shows the same as what
// it shows now; the footer teaches it while nothing runs.
type Commander interface{ Command() string }
