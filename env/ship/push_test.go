package ship_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/ship"
)

const there = "localhost:5000/web:" + tag

// apart is a world whose cluster gets its images through localhost:5000.
func apart(t *testing.T) (*engine, *cluster, func(ship.Options) ship.Plan) {
	t.Helper()
	e, c, p := world(t)
	return e, c, func(o ship.Options) ship.Plan {
		o.Registry = "localhost:5000"
		return ship.NewPlan(t.Context(), e, c, p, o)
	}
}

func trouble(kind error, happened string) error {
	return &docker.Error{Kind: kind, Tried: "pushing " + there, Happened: happened, Do: "mend it"}
}

// pushes are how often an image was pushed.
func (e *engine) pushes() int {
	return len(slices.DeleteFunc(slices.Clone(e.did), func(d string) bool { return !strings.HasPrefix(d, "push ") }))
}

// A push that broke off is tried again, a bounded number of times, and said.
func TestPushIsTriedAgain(t *testing.T) {
	broke, denied := trouble(docker.ErrCutOff, "reset by peer"), trouble(docker.ErrDenied, "the token has expired")
	for _, c := range []struct {
		name   string
		errs   []error
		pushes int
		waited time.Duration
		says   []string // of each retry
		fails  string
	}{
		{"at once well", nil, 1, 0, nil, ""},
		{"broke off twice", []error{broke, broke}, 3, 3 * time.Second, []string{
			"connection lost, layers already there are skipped: again (2 of 5)", "connection lost, layers already there are skipped: again (3 of 5)",
		}, ""},
		{"breaks off always", []error{broke, broke, broke, broke, broke, broke}, 5, 15 * time.Second, []string{"(2 of 5)", "(3 of 5)", "(4 of 5)", "(5 of 5)"}, "reset by peer; it was tried 5 times"},
		{"login ran out", []error{denied}, 2, 0, []string{"the login ran out"}, ""},
		{"login is over", []error{denied, denied}, 2, 0, []string{"the login ran out"}, "the token has expired"},
		{"full", []error{trouble(docker.ErrRefused, "no room left")}, 1, 0, nil, "no room left"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e, cl, plan := apart(t)
				e.pushErrs = c.errs
				began := time.Now()
				_, events, err := record(t.Context(), e, cl, plan(ship.Options{Stages: []ship.Stage{ship.Deliver, ship.Build}}))
				if (err == nil) != (c.fails == "") || err != nil && !strings.Contains(err.Error(), c.fails) {
					t.Errorf("ended with %v", err)
				}
				if e.pushes() != c.pushes || time.Since(began) != c.waited {
					t.Errorf("pushed %d times within %s", e.pushes(), time.Since(began))
				}
				var said []string
				for _, ev := range events {
					if ev.Kind == ship.PushRetried {
						said = append(said, ev.Text)
					}
				}
				if len(said) != len(c.says) {
					t.Fatalf("said %q", said)
				}
				for i, text := range c.says {
					if !strings.Contains(said[i], text) {
						t.Errorf("said %q, not %q", said[i], text)
					}
				}
			})
		})
	}
}

// A push that waits to be tried again ends at once when it is cancelled.
func TestPushIsCancelledWhileItWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, c, plan := apart(t)
		e.pushErr = trouble(docker.ErrCutOff, "reset by peer")
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		began := time.Now()
		_, _, err := record(ctx, e, c, plan(ship.Options{}))
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 1500*time.Millisecond || len(c.did) > 0 {
			t.Errorf("ended with %v after %s, having done %v", err, time.Since(began), c.did)
		}
	})
}

// What the registry says counts, not what the push says.
func TestPushIsVerified(t *testing.T) {
	for _, c := range []struct {
		name     string
		arrange  func(*engine)
		verified bool
		note     string
		fails    string
	}{
		{"arrived", func(*engine) {}, true, "", ""},
		{"not there", func(e *engine) { e.lost = true }, false, "", "it has no " + there},
		{"another one", func(e *engine) { e.lost, e.registry[there] = true, oldDigest }, false, "", "says that " + there + " is " + oldDigest},
		{"it does not tell", func(e *engine) { e.askErr = trouble(docker.ErrDenied, "no") }, false, "does not say what it has", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, cl, plan := apart(t)
			c.arrange(e)
			_, events, err := record(t.Context(), e, cl, plan(ship.Options{}))
			if c.fails != "" {
				if err == nil || !strings.Contains(err.Error(), c.fails) || len(cl.did) > 0 {
					t.Errorf("ended with %v, and did %v", err, cl.did)
				}
				return
			}
			i := slices.IndexFunc(events, func(ev ship.Event) bool { return ev.Kind == ship.PushDone })
			if err != nil || i < 0 || events[i].Pushed.Verified != c.verified || !strings.Contains(events[i].Pushed.Unverified, c.note) {
				t.Errorf("ended with %v, pushed %+v", err, events[max(i, 0)].Pushed)
			}
		})
	}
}

func TestRegistryNamesAreChecked(t *testing.T) {
	e, c, p := world(t)
	for registry, want := range map[string]string{
		"docker.io/ada":               "",
		"ada":                         "",
		"docker.io":                   "official images",
		"docker.io/ada/team":          "docker.io/USER/NAME",
		"ghcr.io/Acme":                "use ghcr.io/acme/web",
		"europe-docker.pkg.dev/acme":  "europe-docker.pkg.dev/PROJECT/REPOSITORY",
		"https://ghcr.io/acme":        "use ghcr.io/acme",
		"localhost:5000/":             "",
		"registry.example.com:99/a/b": "",
	} {
		got := problems(ship.NewPlan(t.Context(), e, c, p, ship.Options{Registry: registry}))
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %s", registry, fmt.Sprintf("%q", got))
		}
	}
}
