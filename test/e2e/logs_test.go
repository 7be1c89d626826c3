//go:build linux

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// counting is a shell program that writes "WORD 1", "WORD 2", … some times a
// second, without an end.
func counting(word string, perSecond int) []string {
	return []string{"sh", "-c", fmt.Sprintf("trap 'exit 0' TERM; n=0; while true; do n=$((n+1)); echo %s $n; sleep %.3f; done", word, 1/float64(perSecond))}
}

// talker runs a pod of the base image with a program.
func (w *world) talker(name string, program ...string) {
	w.t.Helper()
	args := append([]string{"--namespace", w.namespace, "run", name, "--image", base(), "--restart=Never", "--grace-period=1", "--"}, program...)
	w.kubectl(args...)
	w.until("pod/"+name, "jsonpath={.status.phase}", "Running", "Succeeded", "Failed")
}

// finds puts the cursor on a container that runs, by filter.
func (s *session) finds(name string) {
	s.t.Helper()
	s.Press("/", "ctrl+u")
	s.Type(name)
	s.Press("enter")
	s.SeeRow("▌", name, "up")
}

// A container and a pod, marked on both decks: their lines are merged, each with
// its name; what was written before the log was opened, in the order of their
// times. What is followed waits only a moment for a source that is late.
func TestLogsOfContainerAndPodMerged(t *testing.T) {
	w := servers(t)
	one := w.container("e2e-merged", "tick")
	w.pod("merged", "tock")
	s := w.open(medium)
	s.Press("2")
	s.finds(one)
	s.Press("space", "tab")
	s.SeeRow("merged", "Running")
	s.Press("j", "j", "j", "space")
	s.See("1 marked")
	for word, log := range map[string][]string{"tick": {"docker", "logs", one}, "tock": {"kubectl", "-n", w.namespace, "logs", "merged"}} {
		eventually(t, patience, func() bool { return strings.Contains(w.command(log[0], log[1:]...).ok(), word+" 3") }, func() string { return "no " + word + " 3" })
	}
	opened := time.Now().Format(time.DateTime)
	s.Press("l")
	s.See("2 marked", "sources 2", "tick ", "tock ", "docker logs --follow "+one+" (and 1 more)")
	s.Press("T", "z")
	s.See("tick ", "tock ", "times clock")
	s.SeeRow(one[:8], "tick")
	s.SeeRow("merged", "tock")
	s.Press("T")
	s.See("times full")
	saved, err := os.ReadFile(s.saves(w.dir, "merged.log"))
	if err != nil {
		t.Fatal(err)
	}
	last, lines := "", map[string]int{}
	for _, m := range regexp.MustCompile(`(?m)^(\S+ \S+) \[\S+\] (t[io]ck) `).FindAllStringSubmatch(string(saved), -1) {
		if m[1] < opened {
			lines[m[2]]++
			if m[1] < last {
				t.Errorf("%s stands after %s\n%s", m[1], last, saved)
			}
		}
		last = max(last, m[1])
	}
	if lines["tick"] < 2 || lines["tock"] < 2 {
		t.Errorf("of the time before it was opened it has %v\n%s", lines, saved)
	}
}

// The pods of a workload are followed together, and one that is added joins.
func TestLogsOfAScaledWorkload(t *testing.T) {
	w := servers(t)
	w.kubectl("--namespace", w.namespace, "create", "deployment", "crowd", "--image", base(), "--", "sh", "-c", "echo here is $HOSTNAME; "+ticking("beat")[2])
	w.until("deployment/crowd", "jsonpath={.status.readyReplicas}", "1")
	s := w.open(medium)
	s.Press("2", "tab")
	s.SeeRow("deploy/crowd", "1/1")
	s.Press("g", "l")
	s.See("beat ")
	w.kubectl("--namespace", w.namespace, "scale", "deployment", "crowd", "--replicas=3")
	s.See("sources 3")
	s.Press("&")
	s.Type("here is")
	s.Press("enter")
	s.wait(patience, "did not see three pods say that they are here", func(screen string) bool {
		return strings.Count(screen, "here is crowd-") == 3
	})
	s.See("kubectl logs --follow --all-pods --prefix deployment/crowd")
	w.kubectl("--namespace", w.namespace, "scale", "deployment", "crowd", "--replicas=1")
	s.See("sources 1 of 3", "here is crowd-")
}

// manyContainers is a pod with an init container, two of its own, and one that
// has crashed before.
const manyContainers = `apiVersion: v1
kind: Pod
metadata: {name: many}
spec:
  terminationGracePeriodSeconds: 0
  initContainers:
    - {name: prepare, image: %[1]s, command: [sh, -c, "echo prepared"]}
  containers:
    - {name: app, image: %[1]s, command: [sh, -c, "echo app is here; sleep 3600"]}
    - {name: proxy, image: %[1]s, command: [sh, -c, "echo proxy is here; sleep 3600"]}
    - {name: flaky, image: %[1]s, command: [sh, -c, "echo flaky is here; if [ -e /tmp/x/once ]; then sleep 3600; fi; touch /tmp/x/once; echo last words; exit 3"], volumeMounts: [{name: x, mountPath: /tmp/x}]}
  volumes: [{name: x, emptyDir: {}}]
`

// All containers of a pod, the init container and one that is added later to
// debug included; and the instance before the one that runs.
func TestLogsOfAllContainersAndPreviousInstance(t *testing.T) {
	w := servers(t)
	w.applied(fmt.Sprintf(manyContainers, base()))
	w.until("pod/many", "jsonpath={.status.containerStatuses[1].restartCount}", "1")
	s := w.open(medium)
	s.Press("2", "tab")
	s.SeeRow("many", "3/3")
	s.Press("l")
	s.See("app is here")
	s.Press("C")
	s.See("Which containers?", "prepare", "init, Completed", "flaky")
	s.Press("enter")
	s.See("sources 3 of 4") // the init container's log has ended
	s.SeeRow("prepare", "prepared")
	s.SeeRow("app", "app is here")
	s.SeeRow("proxy", "proxy is here")
	s.SeeRow("flaky", "flaky is here")

	w.kubectl("--namespace", w.namespace, "debug", "many", "--image", base(), "--container", "debugger", "--target", "app", "--", "sh", "-c", "echo debugger is here; sleep 3600")
	s.SeeRow("debugger", "debugger is here")

	s.Press("C")
	s.See("ephemeral")
	s.Press("G", "k", "enter") // flaky, the last but one
	s.Gone("proxy is here")
	s.See("flaky is here")
	s.Gone("last words")
	s.Press("p")
	s.See("previous instance", "last words", "end of the log", "--previous")
	s.Press("C")
	s.See("Which containers?")
	s.Press("g", "j", "j", "enter") // app, which was never restarted
	s.See("There is no previous instance")
}

// numbers are the lines "WORD n" of a saved log.
func numbers(t *testing.T, path, word string) (all []int) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		var n int
		if _, err := fmt.Sscanf(line, word+" %d", &n); err == nil {
			all = append(all, n)
		}
	}
	return all
}

// once fails the test unless the numbers are each one more than the one before.
func once(t *testing.T, all []int, least int) {
	t.Helper()
	if len(all) < least {
		t.Errorf("%d lines, want %d at least", len(all), least)
	}
	for i := 1; i < len(all); i++ {
		if all[i] != all[i-1]+1 {
			t.Errorf("after line %d comes %d", all[i-1], all[i])
		}
	}
}

// saves saves the log with the key for it, and returns where.
func (s *session) saves(dir, name string) string {
	s.t.Helper()
	s.Press(">")
	s.See("save to:")
	s.Press("ctrl+u")
	s.Type(name)
	s.Press("enter")
	s.See("Saved ", name)
	return filepath.Join(dir, name)
}

// The connection breaks again and again in the middle of a log that is written
// all the time: it is said, it comes back by itself, and every line is there
// once, in order.
func TestLogsThroughABrokenConnection(t *testing.T) {
	w := servers(t)
	name := fmt.Sprintf("e2e-count-%d", time.Now().UnixMilli()%1_000_000)
	w.docker(append([]string{"run", "--detach", "--name", name, base()}, counting("number", 3)...)...)
	t.Cleanup(func() { w.command("docker", "rm", "--force", name) })
	w.talker("counter", counting("figure", 3)...)

	for _, c := range []struct {
		word string
		wire func(t *testing.T, w *world) *wire
		open func(s *session)
	}{
		{"number", engineWire, func(s *session) {
			s.Press("2")
			s.finds(name)
		}},
		{"figure", clusterWire, func(s *session) {
			s.Press("2", "tab")
			s.SeeRow("counter", "Running")
		}},
	} {
		t.Run(c.word, func(t *testing.T) {
			own := w.in(t)
			line := c.wire(t, own)
			s := own.open(medium)
			c.open(s)
			s.Press("l", "z")
			s.See(c.word + " ")
			for range 3 {
				line.cut()
				s.See("connection lost", "reconnecting…")
				line.mend()
				s.See("again there")
				s.Press("ctrl+l") // out of sight: the next break says so anew
				s.See("cleared", c.word+" ")
			}
			s.Press("D")
			s.Gone("cleared")
			once(t, numbers(t, s.saves(own.dir, c.word+".log"), c.word), 5)
		})
	}
}

// figure is a line of counting that is whole.
var figure = regexp.MustCompile(`figure (\d+)\s`)

// The API server itself goes away, with its connections, and comes back.
func TestLogsThroughARestartOfTheAPIServer(t *testing.T) {
	w := onFixture(t)
	w.talker("counter", counting("figure", 1)...)
	s := w.open(medium)
	s.Press("2", "tab")
	s.SeeRow("counter", "Running")
	s.Press("l", "z")
	s.See("figure 5")
	start := stop(t, "apiserver")
	s.See("connection lost", "reconnecting…")
	start()
	var now int
	var said result
	eventually(t, comesBack, func() bool { // it answers before it knows of logs
		said = w.command("kubectl", "--namespace", w.namespace, "logs", "counter", "--tail=1")
		_, err := fmt.Sscanf(said.out, "figure %d", &now)
		return err == nil
	}, func() string { return "no log by kubectl: " + said.shown() })
	s.wait(comesBack, fmt.Sprintf("no figure since %d", now), func(screen string) bool {
		return slices.ContainsFunc(figure.FindAllStringSubmatch(screen, -1), func(m []string) bool {
			n, err := strconv.Atoi(m[1])
			return err == nil && n >= now
		})
	})
	path := s.saves(w.dir, "figures.log")
	once(t, numbers(t, path, "figure"), 10)
	// By now the note may have left the screen, above all that was caught up.
	saved, err := os.ReadFile(path)
	if _, after, lost := strings.Cut(string(saved), "connection lost"); err != nil || !lost || !strings.Contains(after, "again there") {
		t.Errorf("it is not said that it is there again: %v\n%s", err, saved)
	}
}

// speaking is a container that has written these lines.
func (w *world) speaking(name string, lines ...string) string {
	w.t.Helper()
	name = fmt.Sprintf("%s-%d", name, time.Now().UnixMilli()%1_000_000)
	script := "printf '%s\\n' \"$@\"; sleep 3600"
	w.docker(append([]string{"run", "--detach", "--name", name, base(), "sh", "-c", script, "sh"}, lines...)...)
	w.t.Cleanup(func() { w.command("docker", "rm", "--force", name) })
	return name
}

// openLog opens the log of a container.
func (w *world) openLog(name string) *session {
	w.t.Helper()
	s := w.open(medium)
	s.Press("2")
	s.finds(name)
	s.Press("l")
	return s
}

// Search with hits, only what matches, JSON on demand, since, and a copy in a
// file that is never overwritten unasked.
func TestLogsAreSearchedAndSaved(t *testing.T) {
	w := servers(t)
	name := w.speaking("e2e-words",
		"plain INFO one", `{"level":"error","msg":"no such table","table":"orders","ms":12}`, "level=warn msg=\"two of them\"",
		"\x1b[31mERROR\x1b[0m in red \x1b]0;owned\x07", "INFO three", "INFO four")
	s := w.openLog(name)
	s.See("ERROR no such table table=orders ms=12", "ERROR in red", "INFO four")
	s.Gone("owned")

	s.Press("/")
	s.Type("info")
	s.Press("enter")
	s.See("/info 3 of 3")
	s.Press("N")
	s.See("/info 2 of 3")
	s.Press("esc", "&")
	s.Type("!re:INFO|warn")
	s.Press("enter")
	s.See("2 lines", "no such table", "ERROR in red")
	s.Gone("INFO four", "two of them")
	s.Press("esc", "J")
	s.See(`"table": "orders",`, "json pretty")
	s.Press("J")
	s.See(`{"level":"error","msg":"no such table"`)
	s.Press("J")

	path := s.saves(w.dir, "words.log")
	saved, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := "plain INFO one\n{\"level\":\"error\",\"msg\":\"no such table\""; !strings.HasPrefix(string(saved), want) || strings.Count(string(saved), "\n") != 6 {
		t.Errorf("saved is\n%s", saved)
	}
	s.Press(">", "ctrl+u")
	s.Type("words.log")
	s.Press("enter")
	s.See("Replace the file?", "words.log")
	s.Insist("esc", "Replace the file?")

	s.Press("s")
	s.See("Since when?", "the last minute")
	s.Press("G", "enter")
	s.See("since all", "plain INFO one")
	w.docker("stop", "--time", "0", name)
	s.See("end of the log")
	w.docker("start", name)
	s.See("started again")
	s.wait(patience, "did not see both runs", func(screen string) bool { return strings.Count(screen, "INFO four") == 2 })
}

// A pod that has not started says why, and its log begins by itself.
func TestLogsBeginByThemselves(t *testing.T) {
	t.Parallel() // it waits, and shares nothing
	w := servers(t)
	w.applied(fmt.Sprintf(`apiVersion: v1
kind: Pod
metadata: {name: late}
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - {name: app, image: %s, command: [sh, -c, "echo here at last; sleep 3600"], envFrom: [{configMapRef: {name: settings}}]}
`, base()))
	s := w.open(medium)
	s.Press("2", "tab")
	s.SeeRow("late", "CreateContainerC")
	s.Press("l")
	s.See("The container has not started", "begins here by itself")
	w.kubectl("--namespace", w.namespace, "create", "configmap", "settings", "--from-literal=a=b")
	s.See("here at last")
}
