//go:build linux

package e2e

import (
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// bareImage has one program, which does nothing: no shell, no tools.
const bareImage = "registry.k8s.io/pause:3.10.1"

// bare runs a container of an image without a shell.
func (w *world) bare(name string) string {
	w.t.Helper()
	name = fmt.Sprintf("%s-%d", name, time.Now().UnixMilli()%1_000_000)
	w.docker("run", "--detach", "--name", name, "--stop-signal", "KILL", bareImage)
	w.t.Cleanup(func() { w.command("docker", "rm", "--force", "--volumes", name) })
	return name
}

// podOf runs a pod of a manifest's containers, and waits until it runs.
func (w *world) podOf(name, annotations, containers string) {
	w.t.Helper()
	file := w.write("work/"+name+".yaml", fmt.Sprintf(
		"apiVersion: v1\nkind: Pod\nmetadata: {name: %s, annotations: {%s}}\nspec:\n  terminationGracePeriodSeconds: 0\n  containers:\n%s", name, annotations, containers))
	w.kubectl("-n", w.namespace, "apply", "-f", file)
	w.until("pod/"+name, "jsonpath={.status.phase}", "Running")
}

// stty puts this machine's stty, which the images lack, into a container.
func (w *world) stty(copyTo func(path string)) {
	w.t.Helper()
	path, err := exec.LookPath("stty")
	if err != nil {
		w.t.Fatal(err)
	}
	copyTo(path)
}

// choose filters the deck in focus until the row of a name is under the cursor.
func (s *session) choose(name string) {
	s.t.Helper()
	s.Press("/", "ctrl+u")
	s.Type(name)
	s.SeeRow("1 of ")
	s.Press("enter")
	s.SeeRow("▌", name)
}

// asOne uses a shell as a person does: its size follows the terminal's, ctrl+c
// reaches what runs in it and not us, and afterwards the decks are whole again.
func (s *session) asOne(row string) {
	s.t.Helper()
	s.Type("until test \"$(stty size)\" = '40 140'; do sleep 0.1; done; echo $((40+1)) columns\n") // it takes its way
	s.See("41 columns")
	s.Resize(100, 30)
	s.Type("until test \"$(stty size)\" = '30 100'; do sleep 0.1; done; echo $((40+3)) columns\n")
	s.See("43 columns")
	s.Type("sh -c 'echo $((40+4)) sleeps; exec sleep 600'\n") // it has the terminal once it says so
	s.See("44 sleeps")
	s.Press("ctrl+c")
	s.Type("echo $((40+2)) and still here\n")
	s.See("42 and still here")
	s.Type("printf '\\033[?1049h\\033[?25l\\033[31m\\033[5;9r'; exit 3\nqqq") // leaves a mess, and typed too much
	s.See("ended with exit code 3", "Containers", row)
	s.Gone("still here")
	s.Press("?")
	s.See("on the decks", "Shell in the container or pod")
	s.Press("esc", "$")
	s.See("Commands", " exec -it ")
	s.Press("esc", "q")
	if code := s.Exits(); code != 0 {
		s.t.Fatalf("q left with exit code %d", code)
	}
}

// opensShell opens a shell in the selected row, and sees that it works.
func (s *session) opensShell() {
	s.t.Helper()
	s.Press("e")
	s.See("ctrl+c gives up")
	s.Type("echo $((40+2)) here\n") // before there is a shell, perhaps: it is kept for it
	s.See("42 here")
}

func TestShellInContainer(t *testing.T) {
	w := servers(t)
	name := w.container("e2e-shell", "tick")
	w.stty(func(path string) { w.docker("cp", "-L", path, name+":/bin/stty") })
	s := w.open(medium)
	s.Press("2")
	s.choose(name)
	s.Press("e")
	s.See("docker exec -it "+name+" sh", "exit or ctrl+d")
	s.Gone("Containers")
	s.asOne(name)
}

// A pod of several containers asks which; the one that the annotation names
// comes first.
func TestShellInPod(t *testing.T) {
	w := servers(t)
	w.podOf("pair", "kubectl.kubernetes.io/default-container: app", `
  - {name: proxy, image: `+base()+`, command: [sleep, "600"]}
  - {name: app, image: `+base()+`, command: [sleep, "600"]}
`)
	w.stty(func(path string) { w.kubectl("-n", w.namespace, "cp", path, "pair:/bin/stty", "-c", "app") })
	w.kubectl("-n", w.namespace, "exec", "pair", "-c", "app", "--", "chmod", "755", "/bin/stty")
	s := w.open(medium)
	s.Press("2", "tab")
	s.choose("pair")
	s.Press("e")
	s.See("which container?", "pair/proxy")
	s.SeeRow("▌", "pair/app")
	s.Press("enter")
	s.See("kubectl exec -it pair -n "+w.namespace, "-c app -- sh")
	s.asOne("pair")
}

// What happens to the container under a shell is told, and the decks are back.
func TestShellOutlived(t *testing.T) {
	w := servers(t)
	name := w.container("e2e-outlived", "tick")
	s := w.open(medium)
	s.Press("2")
	s.choose(name)
	s.opensShell()
	w.docker("kill", name)
	s.See("ended with exit code 137", "killed", "Containers")
	s.SeeRow(name, "exited")

	s.Press("e")
	s.See("it does not run. Start it first")
	s.See("Containers")
	s.Press("q")
	s.Exits()
}

// The engine goes away under a shell: it is said, and the decks are there, grey.
func TestShellWhenEngineStops(t *testing.T) {
	w := onFixture(t)
	name := w.container("e2e-stopped", "tick")
	s := w.open(medium)
	s.Press("2")
	s.choose(name)
	s.opensShell()
	crash(t, "docker")
	s.See("shell in "+name, "the connection", "Containers")
	s.Press("?")
	s.See("on the decks")
	s.Press("esc", "q")
	s.Exits()
}

// The same for the API server.
func TestShellWhenAPIServerStops(t *testing.T) {
	w := onFixture(t)
	w.pod("lasts", "tock")
	w.until("pod/lasts", "jsonpath={.status.phase}", "Running")
	s := w.open(medium)
	s.Press("2", "tab")
	s.choose("lasts")
	s.opensShell()
	start := crash(t, "apiserver")
	s.See("shell in lasts: ", "the connection broke", "Pods")
	start()
	s.wait(comesBack, "still old", gone("no news since"))
	s.Press("q")
	s.Exits()
}

// A server that hangs cannot keep anybody: ctrl+c gives up before the shell is
// there, ctrl+p ctrl+q leaves it afterwards.
func TestShellWhenEngineHangs(t *testing.T) {
	w := onFixture(t)
	name := w.container("e2e-hangs", "tick")
	s := w.open(medium)
	s.Press("2")
	s.choose(name)
	s.opensShell()
	resume := pause(t, "docker")
	s.Press("ctrl+p", "ctrl+q")
	s.SeeWithin(5*time.Second, "Left the shell in "+name, "Containers")
	s.Press("e")
	s.See("Opening a shell")
	s.Press("ctrl+c")
	s.SeeWithin(5*time.Second, "Given up: shell in "+name, "Containers")
	resume()
	s.Press("q")
	s.Exits()
}

// Asked to end in the middle of a shell, it leaves the terminal as it was.
func TestShellWhenAskedToEnd(t *testing.T) {
	w := servers(t)
	name := w.container("e2e-term", "tick")
	s := w.open(medium)
	s.Press("2")
	s.choose(name)
	s.opensShell()
	if err := syscall.Kill(s.term.PID(), syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	s.Exits()
	if raw := s.term.Raw(); strings.LastIndex(raw, "\x1b[?1049l") < strings.LastIndex(raw, "\x1b[?1049h") || strings.LastIndex(raw, "\x1b[?25h") < strings.LastIndex(raw, "\x1b[?25l") {
		t.Errorf("the terminal is not as it was: %q", raw[max(0, len(raw)-400):])
	}
}

// An image without a shell: a debug container of another image is offered,
// sees the processes and files, and is gone afterwards.
func TestDebugContainer(t *testing.T) {
	w := servers(t)
	name := w.bare("e2e-bare")
	s := w.open(medium)
	s.Press("2")
	s.choose(name)
	s.Press("e")
	s.See(name+": its image has no shell", "removed when you leave", "busybox")
	s.Insist("ctrl+u", "busybox")
	s.Type(base())
	s.See("› " + base())
	s.Press("enter")
	s.See("--pid=container:" + name)
	s.Type("ls /proc/1/root/ | tr '\\n' ' '; echo $((40+2)) here\n")
	s.See("pause", "42 here")
	s.Type("exit\n")
	s.See("The debug shell in "+name+" ended", "Containers")
	if left := w.docker("ps", "--all", "--quiet", "--filter", "name="+name+"-debug"); left != "" {
		t.Errorf("left: %s", left)
	}

	s.Press("e")
	s.See("its image has no shell", "› "+base()) // as it was chosen
	s.Insist("esc", "leave it")
	s.SeeRow(name, "up")
	s.Press("q")
	s.Exits()
}

// The same in a pod: an ephemeral container, which is used again.
func TestDebugContainerInPod(t *testing.T) {
	w := servers(t)
	w.set("TWINDECK_DEBUG_IMAGE", base())
	w.podOf("bare", "", "  - {name: app, image: '"+bareImage+"'}\n")
	ephemeral := func() int {
		return len(strings.Fields(w.kubectl("-n", w.namespace, "get", "pod", "bare", "-o", "jsonpath={.spec.ephemeralContainers[*].name}")))
	}
	s := w.open(medium)
	s.Press("2", "tab")
	s.choose("bare")
	for _, word := range []string{"first", "second"} {
		s.Press("e")
		s.See("its image has no shell", "stays in the pod's spec", "› "+base())
		s.Insist("enter", "leave it")
		s.See("kubectl debug -it bare")
		s.Type("ls /proc/1/root/ | tr '\\n' ' '; echo $((40+2)) " + word + "\n")
		s.See("pause", "42 "+word)
		s.Type("exit\n")
		s.See("The debug shell in bare ended", "Pods")
		if n := ephemeral(); n != 1 {
			t.Errorf("the pod has %d debug containers", n)
		}
	}
	s.Press("q")
	s.Exits()
}

// Attaching says first what a key would do. What is left runs on; what only
// writes can only be watched.
func TestAttach(t *testing.T) {
	w := servers(t)
	name := fmt.Sprintf("e2e-attach-%d", time.Now().UnixMilli()%1_000_000)
	w.docker("run", "--detach", "--interactive", "--tty", "--name", name, base(), "sh")
	t.Cleanup(func() { w.command("docker", "rm", "--force", name) })
	w.podOf("talks", "", "  - {name: app, image: '"+base()+"', stdin: true, tty: true, command: [sh]}\n")
	watched := w.container("e2e-watched", "tick")

	s := w.open(medium)
	s.Press("2")
	s.choose(name)
	s.Press("a")
	s.See("Attach to "+name, "ctrl+c may end it", "ctrl+p ctrl+q leaves")
	s.Insist("y", "leave it")
	s.See("docker attach " + name)
	s.Type("echo $((40+2)) attached\n")
	s.See("42 attached")
	s.Press("ctrl+p", "ctrl+q")
	s.See("Left the main process of "+name, "Containers")
	s.SeeRow(name, "up")

	s.choose(watched)
	s.Press("a")
	s.See("you can only watch")
	s.Insist("y", "leave it")
	s.See("docker attach", "tick ")
	s.Press("ctrl+c")
	s.See("Left the main process of "+watched, "Containers")
	s.SeeRow(watched, "up")

	s.Press("tab")
	s.choose("talks")
	s.Press("a")
	s.See("ctrl+c may end it")
	s.Insist("y", "leave it")
	s.See("kubectl attach -it talks")
	s.Type("echo $((40+2)) attached\n")
	s.See("42 attached")
	s.Type("exit 5\n")
	s.See("The main process of talks ended with exit code 5", "Pods")
	s.Press("q")
	s.Exits()
}

// The simulated environment has a shell, too.
func TestShellDemo(t *testing.T) {
	w := nowhere(t)
	s := w.open(medium, "--demo")
	s.Press("2")
	s.choose("grafana")
	s.Press("e")
	s.See("docker exec -it grafana sh")
	s.Type("echo simulated words\n")
	s.See("simulated words")
	s.Press("ctrl+d")
	s.See("The shell in grafana ended", "Containers")
	s.Press("q")
	s.Exits()
}
