//go:build linux

package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// Why says of each unhealthy row what is the matter, in words, with what to do.

// why opens the card of a row that a filter finds on the deck in focus.
func (s *session) why(row string) {
	s.t.Helper()
	s.Filter(row)
	s.SeeRow("▌", row) // the filter itself says its name too
	s.Press("W")
	s.See("Why")
}

// A wrong image: the registry's own words, that the engine does not have it
// either, and what to do.
func TestWhyOfAWrongImage(t *testing.T) {
	w := onFixture(t)
	registry := variable(t, "TWINDECK_FIXTURE_REGISTRY")
	w.apply(w.faulty(registry+"/gone:1", ""))
	w.until("pod/faulty", waitingFor, "ErrImagePull", "ImagePullBackOff")
	s := w.open(medium)
	s.Press("2", "tab")
	s.why("faulty")
	s.See("Cannot pull "+registry+"/gone:1: the registry has no such image",
		registry+" said", "gone:1: not found", "local engine", "does not have the image", "node docker-desktop", "twindeck ship")
	s.Press("esc")
	s.See("W why") // the row offers it
}

// podCards are pods in each state that has a card of its own.
var podCards = map[string]struct {
	more, look, state string
	says              []string
}{
	"out of memory": {
		`command: [tail, /dev/zero]
      resources: {limits: {memory: 32Mi}}`, restarts, "1+",
		[]string{"used more memory than its limit of 32Mi", "32Mi, reached", "exit code 137 (killed), OOMKilled", "memory: 64Mi"},
	},
	"a probe that fails": {
		`command: [sh, -c, "while true; do sleep 1; done"]
      readinessProbe: {httpGet: {path: /healthz, port: 8080}, periodSeconds: 1}`, "jsonpath={.status.containerStatuses[0].started}", "true",
		[]string{"nothing listens where its probe asks", "GET :8080/healthz every 1s", "connection refused", "0.0.0.0"},
	},
	"a command that is not there": {
		"command: [no-such-program]", endedAs, "StartError ContainerCannotRun",
		[]string{"its command is not in the image", "the runtime said", "no-such-program", "docker run --rm --entrypoint ls"},
	},
	"its own error": {
		`command: [sh, -c, "echo starting; echo 'panic: PAYMENT_URL is not set'; exit 3"]`, restarts, "1+",
		[]string{"Crashes: exit code 3", "it says", "panic: PAYMENT_URL is not set", "last lines of container main"},
	},
	"a name that does not resolve": {
		`command: [sh, -c, "echo 'dial tcp: lookup queue: no such host'; exit 1"]`, restarts, "1+",
		[]string{"The name queue does not resolve", "kubectl get pods -n kube-system"},
	},
}

// All are there before the first is looked at, as in TestPodFaults.
func TestWhyOfPods(t *testing.T) {
	worlds := map[string]*world{}
	for name, f := range podCards {
		worlds[name] = onFixture(t)
		worlds[name].apply(worlds[name].faulty("", f.more))
	}
	for name, f := range podCards {
		t.Run(name, func(t *testing.T) {
			w := worlds[name].in(t)
			w.until("pod/faulty", f.look, strings.Fields(f.state)...)
			s := w.open(medium)
			s.Press("2", "tab")
			s.why("faulty")
			s.Press("z")
			s.See(f.says...)
		})
	}
}

// A pod that is well says so, with how it ended before.
func TestWhyOfAWellPod(t *testing.T) {
	w := onFixture(t)
	w.apply(w.faulty("", `command: [sh, -c, "test -e /keep/again && while true; do sleep 1; done; touch /keep/again; exit 4"]
      volumeMounts: [{name: keep, mountPath: /keep}]
  volumes: [{name: keep, emptyDir: {}}]`))
	w.until("pod/faulty", restarts, "1")
	w.kubectl("-n", w.namespace, "wait", "--for=condition=Ready", "--timeout=60s", "pod/faulty")
	s := w.open(medium)
	s.Press("2", "tab")
	s.why("faulty")
	s.See("Nothing is wrong: it is up and ready", "restarted 1 time", "last end", "exit code 4")
}

// Containers: how they ended, in words, with what the engine and the check say.
func TestWhyOfContainers(t *testing.T) {
	for name, c := range map[string]struct {
		flags []string
		run   []string
		until string // of docker inspect
		is    string
		row   string // what the deck calls it
		says  []string
	}{
		"crashes": {
			nil,
			[]string{"sh", "-c", "echo starting; echo 'fatal: cannot open the database'; exit 4"},
			"{{.State.Status}}", "exited", "exited 4",
			[]string{"Crashes: exit code 4", "fatal: cannot open the database", "docker logs --tail 50"},
		},
		"command not found": {
			nil,
			[]string{"sh", "-c", "no-such-program"},
			"{{.State.ExitCode}}", "127", "exited 127",
			[]string{"its command is not in the image", "exit code 127 (command not found)", "docker run --rm --entrypoint ls"},
		},
		"out of memory": {
			[]string{"--memory", "32m", "--memory-swap", "32m"},
			[]string{"tail", "/dev/zero"},
			"{{.State.OOMKilled}}", "true", "OOM killed",
			[]string{"used more memory than its limit of 32Mi", "32Mi, reached", "docker update --memory 64m"},
		},
		"killed": {
			[]string{"--restart", "always"},
			[]string{"sh", "-c", "exit 137"},
			"{{.State.Status}} {{.RestartCount}}", "restarting 3+", "restart",
			[]string{"exit code 137", "restart policy always"},
		},
		"unhealthy": {
			[]string{"--health-cmd", "echo no database yet; exit 1", "--health-interval", "1s", "--health-retries", "2"},
			[]string{"sh", "-c", "trap 'exit 0' TERM; while true; do sleep 1; done"},
			"{{.State.Health.Status}}", "unhealthy", "unhealthy",
			[]string{"its health check fails: no database yet", "echo no database yet; exit 1 every 1s", "docker exec"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := onFixture(t)
			box := w.ailing(c.flags, c.run...)
			w.inspects(box, c.until, c.is)
			s := w.open(medium)
			s.Press("2")
			s.why(box)
			s.SeeRow(box, c.row)
			s.Press("z")
			s.See(c.says...)
		})
	}
}

// A port that another container has: who, and the key stops it.
func TestWhyFreesAPort(t *testing.T) {
	w := onFixture(t)
	holder := w.container("e2e-holder", "tick", "--publish", "127.0.0.1:28471:80")
	late := w.named("e2e-late")
	w.command("docker", "run", "--detach", "--name", late, "--publish", "127.0.0.1:28471:80", base(), "sh").exits(125).says("28471")
	s := w.open(medium)
	s.Press("2")
	s.why(late)
	s.SeeRow(late, "not started")
	s.See("Does not start: port 28471 is taken by container "+holder, "docker stop "+holder, "key f")
	s.Press("f")
	s.See("This is what happens:", "docker stop "+holder)
	s.Insist("y", "This is what happens:")
	s.See("fix: ", "done in")
	w.inspects(holder, "{{.State.Status}}", "exited")
	s.Press("u")
	s.See("docker start " + holder)
	s.Insist("y", "It was changed by")
	w.inspects(holder, "{{.State.Status}}", "running")
}

// named is a container's name of this test alone; it goes away with the test.
func (w *world) named(name string) string {
	name = fmt.Sprintf("%s-%d", name, time.Now().UnixMilli()%1_000_000)
	w.t.Cleanup(func() { w.command("docker", "rm", "--force", "--volumes", name) })
	return name
}

// ailing runs a container of the base image that will do badly.
func (w *world) ailing(flags []string, command ...string) string {
	w.t.Helper()
	name := w.named("e2e-ailing")
	w.docker(slices.Concat([]string{"run", "--detach", "--name", name}, flags, []string{base()}, command)...)
	return name
}

// inspects waits until docker inspect tells of a container what is wanted, word
// for word as in until.
func (w *world) inspects(name, format, want string) {
	w.t.Helper()
	var got string
	eventually(w.t, patience, func() bool {
		got = strings.TrimSpace(w.docker("inspect", "--format", format, name))
		return slices.EqualFunc(strings.Fields(got), strings.Fields(want), meets)
	}, func() string { return fmt.Sprintf("%s: %s is %q, waited for %q", name, format, got, want) })
}
