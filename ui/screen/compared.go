package screen

import (
	"fmt"
	"time"

	"github.com/twindeck/twindeck/env/docker"
)

// Compared is how a build stands beside the last one of the same: "1.1s faster
// than the last build, 5 of 7 steps cached". Empty when the engine remembers
// neither.
func Compared(r docker.BuildResult) string {
	if r.Build == nil {
		return ""
	}
	cached := fmt.Sprintf("%d of %d steps cached", r.Build.Cached, r.Build.Steps)
	if r.Before == nil {
		return "the first build the engine remembers, " + cached
	}
	const tenth = 100 * time.Millisecond
	switch by := (r.Before.Took - r.Build.Took).Round(tenth); {
	case by > 0:
		return fmt.Sprintf("%s faster than the last build, %s", by, cached)
	case by < 0:
		return fmt.Sprintf("%s slower than the last build, %s", -by, cached)
	default:
		return "as fast as the last build, " + cached
	}
}
