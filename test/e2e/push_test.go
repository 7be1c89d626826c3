//go:build linux

package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

// through is a project with a big layer, and a line to the open registry.
func through(t *testing.T) (*world, *relay) {
	t.Helper()
	w := onFixture(t)
	r := newRelay(t, registry(t))
	w.heavy(w.own("heavy"))
	w.set("TWINDECK_REGISTRY", r.at)
	return w, r
}

// A line that breaks twice in the middle of a layer: the push goes on, what has
// arrived is not sent again, and the registry is asked what it has.
func TestPushOverABreakingLine(t *testing.T) {
	w, r := through(t)
	const cut = 1 << 20
	r.big = func(n int) (int64, <-chan struct{}) {
		if n < 2 {
			return cut, r.small
		}
		return 0, nil
	}
	w.twindeck("ship").exits(0).says(
		"connection lost, layers already there are skipped: again (2 of 5)", "again (3 of 5)",
		"Layer already exists", "verified: the registry has it", "running 1/1 of sha256:",
	)
	r.once(t)
	if r.bigs != 3 {
		t.Errorf("the big layer was begun %d times, want 3", r.bigs)
	}
}

// On the screen the same: it says that it tries again while it does.
func TestPushOverABreakingLineByKeys(t *testing.T) {
	w, r := through(t)
	seen := make(chan struct{})
	r.big = func(n int) (int64, <-chan struct{}) {
		if n == 0 {
			return 1 << 20, r.small
		}
		return 0, seen
	}
	s := w.open(medium)
	s.Press("2")
	s.See("No pods in namespace")
	s.Press("p")
	s.See("Run this plan", "build → deliver  ")
	s.Gone("planning")
	s.Press("s")
	s.See("connection lost, layers already there are skipped: again (2 of 5)", "Layer already exists")
	close(seen)
	s.See("● pushed ", "verified")
	r.once(t)
	s.Press("q")
	s.Exits()
}

// A line that never holds is given up, and the cluster is as it was. Once it
// holds, the second ship sends only what is missing.
func TestPushGivesUpAndCompletesLater(t *testing.T) {
	t.Parallel() // it waits, and shares nothing
	w, r := through(t)
	r.big = func(int) (int64, <-chan struct{}) { return 1 << 20, r.small }
	w.twindeck("ship").exits(1).says("(5 of 5)", "broke off", "it was tried 5 times", "push again", "unchanged")
	w.holds()

	r.big = nil
	before := r.whole()
	w.twindeck("ship").exits(0).says("Layer already exists", "verified: the registry has it", "running 1/1")
	r.once(t)
	if before == 0 {
		t.Error("nothing had arrived before: the test shows nothing")
	}
}

// A second repository of the same registry gets its layers from the first:
// not a byte of them is sent.
func TestPushMountsWhatAnotherRepositoryHas(t *testing.T) {
	w, r := through(t)
	w.twindeck("build").ok()
	w.twindeck("push").exits(0).says("Pushed")
	sent := r.uploaded()
	second := w.own("second")
	w.twindeck("build", "--name", second).ok()
	w.twindeck("push", "--name", second).exits(0).says("Mounted from "+w.own("heavy"), "verified: the registry has it")
	if more := r.uploaded() - sent; more > bigSize/10 {
		t.Errorf("%d bytes were sent for layers that were there", more)
	}
}

// What a registry refuses is said with what to do; what it cannot take for a
// while is tried again.
func TestRegistryRefuses(t *testing.T) {
	errorBody := func(code, message string) string {
		return fmt.Sprintf(`{"errors":[{"code":%q,"message":%q}]}`, code, message)
	}
	for _, c := range []struct {
		name   string
		code   int
		body   string
		relent bool // once the push is tried again
		says   []string
	}{
		{"another's repository", 403, errorBody("DENIED", "requested access to the resource is denied"), false, []string{"refused", "docker login 127.0.0.1", "unchanged"}},
		{"full", 507, errorBody("UNKNOWN", "quota exceeded: 10 GiB of 10 GiB in use"), false, []string{"no room left", "remove images"}},
		{"full, as Harbor says it", 403, errorBody("DENIED", "adding 3.0 MiB of storage resource will exceed the configured upper limit of 1.0 GiB: quota"), false, []string{"no room left"}},
		{"no such repository", 404, errorBody("NAME_UNKNOWN", "The repository with name 'heavy' does not exist in the registry with id '123456789012'"), false, []string{"has no repository 127.0.0.1", "make it there"}},
		{"too many requests, for a while", 429, errorBody("TOOMANYREQUESTS", "Rate exceeded"), true, []string{"the registry cannot take it now", "again (2 of 5)"}},
		{"a fault of its own, for a while", 503, "", true, []string{"the registry cannot take it now", "again (2 of 5)"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, r := through(t)
			w.twindeck("build").ok()
			var relents atomic.Bool
			r.refuse = func(q *http.Request) (int, string) {
				upload := q.Method == http.MethodPost && strings.HasSuffix(q.URL.Path, "/blobs/uploads/")
				if !upload || relents.Load() {
					return 0, ""
				}
				return c.code, c.body
			}
			if !c.relent {
				w.twindeck("push").exits(1).says(c.says...)
				return
			}
			s := w.typed("push")
			s.See(c.says...)
			relents.Store(true)
			s.See("verified: the registry has it")
			if code := s.Exits(); code != 0 {
				t.Errorf("exit code %d, want 0", code)
			}
		})
	}
}

// A token that ends in the middle of a push. Where the login is still good the
// push completes; where the helper has a new one, that is taken; else the
// command that logs in is said, and no password.
func TestTokenExpiresInMidPush(t *testing.T) {
	for name, c := range map[string]struct {
		passwords string // what the helper gives, call by call
		after     string // the password that is taken once the token has ended
		exit      int
		says      []string
	}{
		"the login is still good":    {"ada-one", "ada-one", 0, []string{"verified: the registry has it"}},
		"the helper has a new login": {"ada-one ada-two", "ada-two", 0, []string{"the login ran out, layers already there are skipped: again (2 of 5)", "verified: the registry has it"}},
		"there is no new login":      {"ada-one", "ada-two", 1, []string{"the login ran out", "docker login "}},
		"the new login is wrong too": {"ada-one ada-three", "ada-two", 1, []string{"the login ran out", "docker login "}},
	} {
		t.Run(name, func(t *testing.T) {
			w, r := through(t)
			w.helperOf(strings.Fields(c.passwords)...)
			accepted, ended := "ada-one", make(chan struct{})
			r.login = func(user, password string) bool { return user == "ada" && password == accepted }
			r.big = func(n int) (int64, <-chan struct{}) {
				if n == 0 {
					return 0, ended
				}
				return 0, nil
			}
			w.twindeck("build").ok()
			s := w.typed("push")
			s.See("Pushing") // the big layer is on its way, and waits
			r.expire()
			r.mu.Lock()
			accepted = c.after
			r.mu.Unlock()
			close(ended)
			s.See(c.says...)
			if code := s.Exits(); code != c.exit {
				t.Errorf("exit code %d, want %d", code, c.exit)
			}
			out := s.Screen()
			for _, password := range []string{"ada-one", "ada-two", "ada-three"} {
				if strings.Contains(out, password) {
					t.Errorf("it shows the password %s:\n%s", password, out)
				}
			}
		})
	}
}

// helperOf gives this world a credential helper that gives one password after
// the other, the last for good.
func (w *world) helperOf(passwords ...string) {
	w.t.Helper()
	w.write("passwords", strings.Join(passwords, "\n")+"\n")
	w.program("docker-credential-turns", `[ "$1" = get ] || exit 0
printf '{"ServerURL":"x","Username":"ada","Secret":"%s"}' "$(head -n 1 "$HOME/passwords")"
[ "$(wc -l < "$HOME/passwords")" = 1 ] || sed -i 1d "$HOME/passwords"`)
	w.ownDockerConfig(func(c string) string { return strings.Replace(c, "{", "{\n\t\"credsStore\": \"turns\",", 1) })
}

// A registry that asks for a password, with and without one.
func TestPushToARegistryWithAPassword(t *testing.T) {
	w := onFixture(t)
	auth := variable(t, "TWINDECK_FIXTURE_REGISTRY_AUTH")
	w.heavy(w.own("locked"))
	w.set("TWINDECK_REGISTRY", auth)
	w.twindeck("build").ok()
	w.twindeck("push").exits(1).says("docker login " + auth)
	w.loggedIn(auth, variable(t, "TWINDECK_FIXTURE_REGISTRY_USER")+":"+variable(t, "TWINDECK_FIXTURE_REGISTRY_PASSWORD"))
	w.twindeck("push").exits(0).says("verified: the registry has it")
}

// The engine is killed while a layer is on its way. The card says so, and that
// the cluster is as it was; when the engine is back, the second ship completes.
func TestEngineEndsInMidPush(t *testing.T) {
	w, r := through(t)
	begun, gone := make(chan struct{}), make(chan struct{})
	r.big = func(n int) (int64, <-chan struct{}) {
		if n == 0 {
			close(begun)
			return 0, gone
		}
		return 0, nil
	}
	s := w.open(medium)
	s.Press("3")
	s.See("Run this plan")
	s.Press("s")
	<-begun
	start := stop(t, "docker-separate")
	close(gone)
	s.See("deliver failed", "the engine", "push again", "unchanged: nothing was applied")
	w.holds()
	start()
	s.Press("s") // makes a new plan
	s.See("Run this plan")
	s.Gone("planning")
	s.Press("s")
	s.SeeWithin(4*patience, "running 1/1 of sha256:")
	r.once(t)
	s.Press("q")
	s.Exits()
}
