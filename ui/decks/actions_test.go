package decks

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
)

// takes is something that takes a while, and fails with err; it ends with its context.
func takes(d time.Duration, err error) func(context.Context, func(string)) error {
	return func(ctx context.Context, _ func(string)) error {
		select {
		case <-time.After(d):
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Containers that take their time to end are stopped side by side, but not all
// at once; what failed is told in their order.
func TestJobsAreDoneSideBySide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var jobs []job
		for n := range 3 * sideBySide {
			var err error
			if n%sideBySide == 0 {
				err = fmt.Errorf("no %d", n)
			}
			jobs = append(jobs, job{does: "stop", run: takes(time.Duration(100-n)*time.Second, err)})
		}
		began, said := time.Now(), ""
		err := runAll(t.Context(), jobs, func(s string) { said = s })
		if took := time.Since(began); took < 200*time.Second || took > 300*time.Second {
			t.Errorf("24 jobs of about 90 s took %s: not 8 at once", took)
		}
		if err == nil || err.Error() != "no 0\nno 8\nno 16" {
			t.Errorf("failed: %v", err)
		}
		if said != "24 of 24" {
			t.Errorf("the last that was said: %q", said)
		}
	})
}

// Each job has a limit of its own; what was cancelled says how far it came.
func TestLimitOfAJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hangs := []job{{does: "stop web", run: takes(time.Hour, nil)}, {does: "stop api", run: takes(time.Second, nil)}}
		err := runAll(t.Context(), hangs, func(string) {})
		if !errors.Is(err, context.DeadlineExceeded) || !strings.HasPrefix(err.Error(), "stop web: given up after 2m") || strings.Contains(err.Error(), "api") {
			t.Errorf("what hung: %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		err = runAll(ctx, hangs, func(string) {})
		if err == nil || strings.Contains(err.Error(), "given up") {
			t.Errorf("what was cancelled: %v", err)
		}
		many := make([]job, 2*sideBySide)
		for i := range many {
			many[i] = job{does: "stop", run: takes(time.Hour, nil)}
		}
		ctx, cancel = context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err = runAll(ctx, many, func(string) {}); err == nil || !strings.Contains(err.Error(), "0 of 16 were done") {
			t.Errorf("what was cancelled before its turn: %v", err)
		}
	})
}

// slowRegistry pulls for an hour.
type slowRegistry struct{ env.Docker }

func (slowRegistry) Pull(ctx context.Context, ref string, news func(docker.LayerProgress)) (docker.PullResult, error) {
	news(docker.LayerProgress{ID: "1", Done: 1 << 20, Total: 1 << 30})
	return docker.PullResult{Reference: ref}, takes(time.Hour, nil)(ctx, nil)
}

func TestAPullTakesAsLongAsItTakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &Part{ctx: &screen.Context{Env: &env.Environment{Docker: slowRegistry{}}}}
		rows := []*docker.Container{{Name: "a", Image: "app:1"}, {Name: "b", Image: "app:2"}}
		cmd, _ := p.actOnContainers(keys.Pull, chosen[*docker.Container]{rows: rows})
		task := cmd().(screen.Guard).Then().(screen.StartTask)
		said := ""
		if err := task.Run(t.Context(), func(s string) { said += s + "\n" }); err != nil || task.Limit != screen.NoLimit {
			t.Errorf("a pull of an hour, within %s: %v", task.Limit, err)
		}
		if want := "0 of 2, pull app:1: 1M of 1.0G"; !strings.Contains(said, want) {
			t.Errorf("it said\n%swithout %q", said, want)
		}
	})
}
