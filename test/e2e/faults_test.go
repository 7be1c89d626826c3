//go:build linux

package e2e

import (
	"encoding/json"
	"net"
	"strings"
	"testing"
	"time"
)

// Real faults on real servers: the check that stands on top is the cause, it
// is there in time, and where twindeck can mend it, a key does, and the screen
// turns green by itself.

// verdictTime is how long a verdict may take, whatever hangs; a process and
// its start come on top.
const verdictTime = 5*time.Second + time.Second

// verdict is what `check --output json` says.
type verdict struct {
	Status string
	Causes []string // IDs, the one that most wait for first
	Checks []struct{ ID, Status, Summary, Cause string }
}

// verdict runs the checks.
func (w *world) verdict() verdict {
	w.t.Helper()
	r := w.twindeck("check", "--output", "json").within(verdictTime)
	var v verdict
	if err := json.Unmarshal([]byte(r.out), &v); err != nil {
		w.t.Fatalf("not JSON: %v\n%s", err, r.shown())
	}
	return v
}

// blames fails the test unless the check stands on top, and says the text.
func (v verdict) blames(t *testing.T, id, text string) {
	t.Helper()
	if len(v.Causes) == 0 || v.Causes[0] != id {
		t.Errorf("the causes are %v, want %s first\n%s", v.Causes, id, v.shown())
		return
	}
	for _, c := range v.Checks {
		if c.ID == id && !strings.Contains(c.Summary, text) {
			t.Errorf("%s says %q, want %q", id, c.Summary, text)
		}
	}
}

// warns fails the test unless the check warns, and says the text.
func (v verdict) warns(t *testing.T, id, text string) {
	t.Helper()
	for _, c := range v.Checks {
		if c.ID == id && c.Status == "warning" && strings.Contains(c.Summary, text) {
			return
		}
	}
	t.Errorf("no warning of %s that says %q\n%s", id, text, v.shown())
}

// shown is what did not come out fine.
func (v verdict) shown() string {
	var b strings.Builder
	for _, c := range v.Checks {
		if c.Status != "ok" && c.Status != "not applicable" {
			b.WriteString(c.ID + ": " + c.Status + ": " + c.Summary + "\n")
		}
	}
	return b.String()
}

// mends opens Setup, goes to a problem by keys (none: it is on top), and mends
// it by a key.
func (w *world) mends(problem string, keys ...string) *session {
	w.t.Helper()
	s := w.open(medium)
	s.Press("1")
	s.SeeRow(problem)
	s.Press(keys...)
	s.SeeRow("▌", problem)
	s.Press("f")
	s.See("This is what happens", "leave it")
	s.Insist("y", "leave it")
	s.SeeWithin(4*patience, "Mended: ") // an engine or a cluster may be started for it
	s.Gone(problem)
	return s
}

func TestFaults(t *testing.T) {
	for name, f := range map[string]struct {
		breaks func(t *testing.T, w *world)
		blames string // ID of the check on top
		says   string // in its summary
		mends  bool   // a key does
	}{
		"engine stopped": {
			func(t *testing.T, _ *world) { stop(t, "docker") },
			"docker.endpoint", "is not running", false,
		},
		"engine hangs": {
			func(t *testing.T, _ *world) { pause(t, "docker") },
			"docker.engine", "does not answer", false,
		},
		"variable names a missing context": {
			func(_ *testing.T, w *world) { w.set("DOCKER_CONTEXT", "gone") },
			"docker.context", `"gone" does not exist`, false,
		},
		"missing context": {
			func(_ *testing.T, w *world) {
				w.ownDockerConfig(func(c string) string { return strings.Replace(c, "desktop-linux", "gone", 1) })
			},
			"docker.context", `"gone" does not exist`, true,
		},
		"broken config.json with a backup": {
			func(_ *testing.T, w *world) {
				w.ownDockerConfig(func(c string) string {
					w.write("docker-config/config.json.bak", c)
					return strings.Replace(c, `"auths"`, `auths`, 1)
				})
			},
			"docker.config", "config.json is broken", true,
		},
		"credential helper missing": {
			func(_ *testing.T, w *world) { w.helper("nowhere") },
			"registry.helper", "docker-credential-nowhere is not on PATH", true,
		},
		"credential helper hangs": {
			func(_ *testing.T, w *world) {
				w.program("docker-credential-slow", "exec sleep 60")
				w.helper("slow")
			},
			"registry.helper.answers", "docker-credential-slow", false,
		},
		"wrong registry password": {
			func(t *testing.T, w *world) {
				auth := variable(t, "TWINDECK_FIXTURE_REGISTRY_AUTH")
				w.set("TWINDECK_REGISTRY", auth)
				w.loggedIn(auth, "ada:not the password")
			},
			"registry.login", "does not accept docker's login: ada at localhost:5051", false,
		},
		"variable leads to no engine": {
			func(_ *testing.T, w *world) { w.set("DOCKER_HOST", "unix:///nowhere/docker.sock") },
			"docker.endpoint", "is not there", true,
		},
		"API server stopped": {
			func(t *testing.T, _ *world) { stop(t, "apiserver") },
			"kube.server", "Nothing answers", false,
		},
		"API server hangs": {
			func(t *testing.T, _ *world) { pause(t, "apiserver") },
			"kube.server", "does not answer", false,
		},
		"kubeconfig of another cluster": {
			func(t *testing.T, w *world) { w.kubeconfigWith("certificate-authority-data", otherAuthority(t)) },
			"kube.certificate", "belongs to another or a reset cluster", false,
		},
		"expired client certificate": {
			func(t *testing.T, w *world) {
				cert, key := expired(t)
				w.kubeconfigWith("client-certificate-data", cert)
				w.kubeconfigWith("client-key-data", key)
			},
			"kube.client-certificate", "expired", false,
		},
		"missing kube context": {
			func(_ *testing.T, w *world) {
				w.ownKubeconfig(func(c string) string {
					return strings.Replace(c, "current-context: docker-desktop", "current-context: gone", 1)
				})
			},
			"kube.context", "No Kubernetes context", true,
		},
		"kubelet stopped": {
			func(t *testing.T, w *world) {
				// The next test finds the node ready again, which comes after the kubelet's start.
				t.Cleanup(func() { w.kubectl("wait", "--for=condition=Ready", "--timeout=120s", "node/docker-desktop") })
				stop(t, "kubelet")
				w.kubectl("wait", "--for=condition=Ready=Unknown", "--timeout=120s", "node/docker-desktop")
			},
			"kube.nodes", "docker-desktop", false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := onFixture(t)
			f.breaks(t, w)
			w.verdict().blames(t, f.blames, f.says)
			if f.mends {
				w.mends(f.says)
			}
		})
	}
}

// The engine is started again by the key, through Docker Desktop's own
// command, for which a stand-in starts the real engine.
func TestFixStartsTheEngine(t *testing.T) {
	w := onFixture(t)
	w.desktop(`{"KubernetesEnabled": true}`)
	stop(t, "docker")
	s := w.mends("not running")
	s.See("All is well")
	s.Press("q")
	s.Exits()
}

// Kubernetes is turned on by the key: Desktop stops, its settings change,
// and it starts, with the real API server. The undo turns it off again.
func TestFixTurnsKubernetesOn(t *testing.T) {
	w := onFixture(t)
	settings := w.desktop("{\n  \"KubernetesEnabled\": false,\n  \"Theme\": \"dark\"\n}\n")
	stop(t, "apiserver")
	w.verdict().blames(t, "desktop.kubernetes", "Kubernetes is off in Docker Desktop")

	s := w.mends("Kubernetes is off in Docker Desktop")
	same(t, settings, "{\n  \"KubernetesEnabled\": true,\n  \"Theme\": \"dark\"\n}\n")
	s.See("All is well")

	s.Press("u")
	s.See("leave it")
	s.Insist("y", "leave it")
	s.SeeWithin(4*patience, "undo: ", "done in")
	s.SeeRow("✕", "Kubernetes is off in Docker Desktop")
	same(t, settings, "{\n  \"KubernetesEnabled\": false,\n  \"Theme\": \"dark\"\n}\n")
	s.Press("q")
	s.Exits()
}

// A cluster that is only starting is waited for.
func TestFixWaitsForTheCluster(t *testing.T) {
	w := onFixture(t)
	w.desktop(`{"KubernetesEnabled": true}`)
	start := stop(t, "apiserver")
	s := w.open(medium)
	s.Press("1")
	s.SeeRow("✕", "Nothing answers")
	s.Press("f")
	s.See("leave it")
	s.Insist("y", "leave it")
	s.See("waiting for Kubernetes")
	beside(t, start) // the notice may come before it says that all is up, and does not stay
	s.SeeWithin(comesBack, "Mended: ")
	s.See("All is well")
	s.Press("q")
	s.Exits()
}

// The kubeconfig of a cluster that was reset meanwhile: Docker Desktop writes
// its entries anew once the old ones are out of the way; other entries stay.
func TestFixRenewsTheKubeconfig(t *testing.T) {
	w := onFixture(t)
	w.desktop(`{"KubernetesEnabled": true}`)
	w.kubeconfigWith("certificate-authority-data", otherAuthority(t))
	w.kubectl("config", "set-cluster", "elsewhere", "--server=https://127.0.0.1:1")
	w.verdict().blames(t, "kube.certificate", "belongs to another or a reset cluster")

	s := w.mends("belongs to another or a reset cluster")
	s.See("All is well")
	s.Press("q")
	s.Exits()
}

// An engine whose socket one may not open is told from one that is not there.
func TestSocketWithoutPermission(t *testing.T) {
	w := onFixture(t)
	w.asNobody()
	w.verdict().blames(t, "docker.permission", "may not")
}

// A port that the Compose file publishes and another container holds: the key
// stops that container, and its undo starts it again.
func TestFixFreesAPort(t *testing.T) {
	w := onFixture(t)
	w.tiny("faulty")
	_, port, _ := net.SplitHostPort(refuses(t)) // nobody listens there
	w.write("faulty/compose.yaml", "services:\n  web:\n    build: .\n    ports: [\""+port+":80\"]\n")
	name := w.container("e2e-holds", "tick", "--publish", port+":80")

	s := w.mends("publishes what is taken: port "+port+" (container "+name+")", "j") // below: Compose is not installed
	if state := w.docker("inspect", "--format", "{{.State.Status}}", name); strings.TrimSpace(state) != "exited" {
		t.Errorf("the container is %s", state)
	}
	s.Press("u")
	s.See("docker start "+name, "leave it")
	s.Insist("y", "leave it")
	s.SeeRow("▲", "port "+port)
	if state := w.docker("inspect", "--format", "{{.State.Status}}", name); strings.TrimSpace(state) != "running" {
		t.Errorf("after the undo the container is %s", state)
	}
}

// A full disk: the key frees what nothing uses, and says before what that is.
func TestFixPrunesAFullDisk(t *testing.T) {
	w := onFixture(t)
	w.engineOnASmallDisk(600 << 20)
	w.tiny("faulty")
	w.write("faulty/Dockerfile", "FROM scratch\nCOPY blob /\n")
	w.write("faulty/blob", strings.Repeat("x", 120<<20))
	w.twindeck("build").ok()
	// Without the image only the build cache holds it.
	w.docker("image", "rm", "--force", strings.TrimSpace(w.docker("images", "--quiet")))
	w.verdict().blames(t, "docker.disk", "The disk is full")

	s := w.open(medium)
	s.Press("1")
	s.SeeRow("✕", "The disk is full")
	s.Press("f")
	s.See("build cache", "Lost:", "leave it")
	s.Insist("y", "leave it")
	s.See("Done, and not mended yet: The disk is full") // the disk itself is as small as ever
	if left := w.docker("system", "df", "--format", "{{.Type}} {{.Size}}"); !strings.Contains(left, "Build Cache 0B") {
		t.Errorf("it left\n%s", left)
	}
}
