package checks_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twindeck/twindeck/checks"
	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/local"
)

func onFixture(t *testing.T) *env.Environment {
	t.Helper()
	if os.Getenv("TWINDECK_FIXTURE") == "" {
		t.Skip("no fixture: TWINDECK_FIXTURE is not set (make fixture, then eval \"$(make -s fixture-env)\")")
	}
	return local.Open(local.Options{DockerContext: "desktop-linux", Dir: filepath.Join("..", "examples", "hello-node")})
}

// On a sound machine every check is fine or does not apply. The end-to-end
// tests stop and start parts of the fixture, so it is given time to be sound.
func TestFixtureIsHealthy(t *testing.T) {
	e := onFixture(t)
	var wrong []string
	deadline := time.Now().Add(2 * time.Minute)
	for {
		wrong = nil
		for _, r := range checks.Collect(t.Context(), checks.All(), *e) {
			if s := r.Finding.Status; s != checks.OK && s != checks.NotHere {
				wrong = append(wrong, r.Check.ID+" "+string(s)+": "+r.Finding.Summary)
			}
		}
		if len(wrong) == 0 || time.Now().After(deadline) {
			break
		}
	}
	if len(wrong) > 0 {
		t.Errorf("not healthy:\n%s", strings.Join(wrong, "\n"))
	}
}

// What a real engine says of a start that failed is read, in its words of today.
func TestFixtureWhyOfAFailedStart(t *testing.T) {
	e := onFixture(t)
	l, err := net.Listen("tcp4", "0.0.0.0:0") //nolint:gosec,noctx // a port taken from all sides
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	folder := t.TempDir()
	gone := fmt.Sprintf("why-gone-%d", time.Now().UnixNano())
	docker := func(args ...string) string {
		out, err := exec.CommandContext(t.Context(), "docker", args...).Output()
		if err != nil && args[0] != "start" {
			t.Fatalf("docker %v: %v", args, err)
		}
		return strings.TrimSpace(string(out))
	}
	for name, tc := range map[string]struct {
		flags      []string
		head, does string
	}{
		"port":    {[]string{"--publish", port + ":80"}, "Does not start: port " + port + " is taken", "Or publish another port"},
		"mount":   {[]string{"--volume", folder + ":/etc/passwd"}, "Does not start: what it mounts at /etc/passwd is not there, or is a folder", "is a file where a file is meant"},
		"network": {[]string{"--network", gone}, "Does not start: network " + gone + " not found", "docker network create " + gone},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "network" {
				docker("network", "create", gone)
			}
			id := docker(append(append([]string{"create"}, tc.flags...), "twindeck.local/base:1", "sleep", "60")...)
			t.Cleanup(func() { _ = exec.Command("docker", "rm", "--force", id).Run() }) //nolint:noctx // the test's own is over
			if name == "network" {
				docker("network", "rm", gone)
			}
			docker("start", id)
			w, err := checks.WhyContainer(t.Context(), *e, id)
			if err != nil || !strings.HasPrefix(w.Head, tc.head) || !strings.Contains(strings.Join(w.Steps, "\n"), tc.does) {
				t.Errorf("%q, %q, %+v, %v", w.Head, w.Steps, w.Facts, err)
			}
		})
	}
}
