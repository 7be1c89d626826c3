//go:build unix

package e2e

import (
	"os"
	"testing"
	"time"

	"github.com/twindeck/twindeck/test/term"
)

// A machine with nothing: the app opens at once, says what is missing and
// what to do, and every screen still works.
func TestNothingAtAll(t *testing.T) {
	w := nowhere(t)
	s := w.open(medium)
	s.See("Setup", "✕", "by hand")
	s.SeeAny("no.sock", "endpoint")
	s.Press("2")
	s.See("Containers", "Pods", "No cluster here")
	s.Press("3")
	s.See("Ship", "Dockerfile")
	s.Press("?")
	s.See("everywhere")
	s.Press("esc", "q")
	if code := s.Exits(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// A kubeconfig that is not YAML takes the pods away and nothing else; mended
// under the open app, the pods are there.
func TestKubeconfigThatIsNotYAML(t *testing.T) {
	w := servers(t)
	name := w.container("e2e-yaml", "tick")
	w.pod("behind", "tock")
	healthy := w.value("KUBECONFIG")
	whole, err := os.ReadFile(healthy)
	if err != nil {
		t.Fatal(err)
	}
	const broken = "apiVersion: v1\nkind: Config\nclusters: not: YAML\n"
	path := w.write("kubeconfig", broken)
	w.set("KUBECONFIG", path)
	t.Cleanup(func() { w.set("KUBECONFIG", healthy) })
	s := w.open(medium)
	s.Press("1")
	s.See("The kubeconfig is broken", "kubeconfig:3", "by hand", "at the line named")
	s.Press("2")
	s.See("No cluster here")
	s.Filter(name)
	s.SeeRow(name, "up")
	same(t, path, broken)

	w.write("kubeconfig", string(whole))
	s.SeeRow("behind", "Running")
	s.Press("q")
	s.Exits()
}

// Servers that accept and never answer must not hold up a key.
func TestServersThatNeverAnswer(t *testing.T) {
	w := nowhere(t)
	w.set("DOCKER_HOST", "tcp://"+silent(t))
	w.kubeconfigAt(silent(t))
	s := w.open(medium)
	s.Press("2")
	s.SeeWithin(5*time.Second, "Containers", "Pods")
	s.Press("1")
	s.SeeWithin(5*time.Second, "Setup")
	s.Press("3")
	s.SeeWithin(5*time.Second, "Ship")
	s.Press("?")
	s.SeeWithin(5*time.Second, "everywhere")
	s.Press("esc", "1")
	s.See("✕")
	s.Press("q")
	s.Exits()
}

// A terminal too small to draw in is told so, and nothing is lost by it.
func TestTinyTerminal(t *testing.T) {
	w := nowhere(t)
	s := w.open(small)
	s.Press("1")
	s.See("Setup")
	s.Press("2")
	s.See("Containers")
	s.Resize(20, 5)
	s.See("more room")
	s.Press("j", "/", "x", "esc", "1", "2")
	s.Resize(medium.Cols, medium.Rows)
	s.See("Containers", "Pods")
	s.Resize(1, 1)
	s.Resize(small.Cols, small.Rows)
	s.See("Containers")
	s.Press("q")
	s.Exits()
}

// Opened in one, it says so too, and the screen is whole once there is room.
func TestOpensInATinyTerminal(t *testing.T) {
	w := nowhere(t)
	s := w.open(term.Size{Cols: 20, Rows: 5})
	s.See("more room", "20×5")
	s.Resize(small.Cols, small.Rows)
	s.See("Setup", "✕")
	s.Resize(20, 5)
	s.See("more room")
	s.Press("q")
	if code := s.Exits(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// The simulated environment says that it is one.
func TestDemo(t *testing.T) {
	t.Parallel() // it waits, and shares nothing
	w := nowhere(t)
	s := w.open(medium, "--demo")
	s.See("DEMO", "simulated")
	s.Press("2")
	s.SeeRow("deploy/my-app", "3/3")
	s.Press("/")
	s.Type("checkout")
	s.See("No container matches")
	s.Press("esc")
	s.SeeRow("● api")
	s.Press("3")
	s.See("Run this plan")
	s.Press("s")
	s.See("running 3/3 of sha256:")
	s.Press("q")
	s.Exits()
}
