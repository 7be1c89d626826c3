package screen

import (
	"testing"
	"time"

	"github.com/twindeck/twindeck/env/docker"
)

func TestCompared(t *testing.T) {
	past := func(took time.Duration) *docker.PastBuild { return &docker.PastBuild{Took: took, Steps: 7, Cached: 5} }
	for _, tt := range []struct {
		build, before *docker.PastBuild
		want          string
	}{
		{nil, nil, ""},
		{past(time.Second), nil, "the first build the engine remembers, 5 of 7 steps cached"},
		{past(3200 * time.Millisecond), past(4300 * time.Millisecond), "1.1s faster than the last build, 5 of 7 steps cached"},
		{past(65 * time.Second), past(4 * time.Second), "1m1s slower than the last build, 5 of 7 steps cached"},
		{past(1010 * time.Millisecond), past(time.Second), "as fast as the last build, 5 of 7 steps cached"},
	} {
		if got := Compared(docker.BuildResult{Build: tt.build, Before: tt.before}); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}
