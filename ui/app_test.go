package ui

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
	"weak"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/demo"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/ui/dialog"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
)

func TestFirstFrameNeedsNoAnswer(t *testing.T) {
	a := NewApp(t.Context(), demo.OpenAt(noon), Options{Now: func() time.Time { return noon }})
	a.Update(tea.WindowSizeMsg{Width: 120, Height: 36})
	for _, want := range []string{"twindeck", "Connecting to Docker…", "Connecting to Kubernetes…", "? help"} {
		if frame := ansi.Strip(a.draw()); !strings.Contains(frame, want) {
			t.Errorf("the first frame lacks %q:\n%s", want, frame)
		}
	}
}

func TestEveryFrameFillsTheTerminal(t *testing.T) {
	s := open(t, demo.OpenAt(noon), 120, 36)
	s.settled()
	for _, screens := range []string{"1", "2", "3", "2"} {
		s.press(screens)
		for _, size := range [][2]int{{60, 15}, {61, 17}, {79, 18}, {80, 24}, {99, 30}, {100, 30}, {140, 40}, {250, 70}, {20, 5}, {3, 1}} {
			s.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			lines := strings.Split(s.app.draw(), "\n")
			if len(lines) != size[1] {
				t.Errorf("screen %s at %v has %d lines", screens, size, len(lines))
			}
			for i, l := range lines {
				if w := screen.Width(l); w > size[0] {
					t.Errorf("screen %s at %v: line %d takes %d cells: %q", screens, size, i, w, l)
				}
			}
		}
		s.send(tea.WindowSizeMsg{Width: 120, Height: 36})
	}
}

func TestRemoveAsksAndThenRemoves(t *testing.T) {
	s := open(t, demo.OpenAt(noon), 120, 36)
	s.settled()
	s.typed("/grafana")
	s.press("enter")
	s.see("Containers 1 of 8")
	s.press("x")
	s.see("Remove container grafana?", "its writable layer", "It is running and will be stopped.")

	s.press("y", "enter") // typed ahead: too early
	if s.app.dialogs.Top() == nil {
		t.Fatal("the dialog was answered in its first 400 ms")
	}
	s.wait(dialog.Quiet - time.Millisecond)
	s.press("y")
	if s.app.dialogs.Top() == nil {
		t.Fatal("the dialog was answered after 399 ms")
	}
	s.wait(time.Millisecond)
	s.press("y")
	s.see("remove grafana · done", "No container matches")
	s.press("esc")
	s.see("Containers 7")

	s.press("$")
	s.see("docker stop grafana && docker rm grafana")
}

func TestMarkedRowsAreActedOnTogether(t *testing.T) {
	s := open(t, demo.OpenAt(noon), 120, 36)
	s.settled()
	s.press("space")
	s.see("1 marked", "✓ ● api")
	s.press("esc")
	s.gone("marked")
	s.press("g", "space") // all of my-app
	s.see("4 marked")
	s.press("x")
	s.see("Remove 4 containers?", "my-app-api-1, running", "their writable layers", "4 of them run")
	s.wait(time.Second)
	s.press("y")
	s.see("remove 4 containers · done", "Containers 4")
	s.gone("marked")
	s.press("$")
	s.see("docker stop my-app-api-1 && docker rm my-app-api-1 ; ")
}

func TestJumpToTheSameImageAndBack(t *testing.T) {
	s := open(t, demo.OpenAt(noon), 120, 36)
	s.settled()
	s.press("=")
	s.see("Nothing on the other deck runs this image")
	s.press("j", "j", "=")
	s.see("╭ db-migrate-8vbn5 · Logs")
	s.press("=")
	s.see("╭ my-app-web-1 · Logs")
	s.press("=")
	s.see("╭ my-app-987c6cb7d-7znrw · Logs")
}

func TestRemoveCanBeLeft(t *testing.T) {
	s := open(t, demo.OpenAt(noon), 120, 36)
	s.settled()
	s.press("x")
	s.see("Remove container")
	s.wait(time.Second)
	s.press("esc")
	s.gone("Remove container")
	if n := len(s.app.tasks.all); n != 0 {
		t.Errorf("%d tasks were started", n)
	}
}

// slow is a Docker whose restarts wait for being cancelled.
type slow struct{ env.Docker }

func (slow) Restart(ctx context.Context, _ string) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestTaskIsShownAndCancelled(t *testing.T) {
	e := demo.OpenAt(noon)
	e.Docker = slow{e.Docker}
	s := open(t, e, 120, 36)
	s.settled()
	s.press("r")
	s.see("◐ restart my-app-api-1", "$ docker restart my-app-api-1")
	s.press("q")
	s.see("Leave while this runs?")
	s.wait(time.Second)
	s.press("esc")
	s.press("t")
	s.see("Tasks", "x cancel")
	s.press("x")
	s.see("cancelled")
	s.press("esc")
	s.see("restart my-app-api-1 · cancelled")
	s.press("q")
	s.until("quitting", func(string) bool { return s.quit })
}

func TestLeavingWhileATaskRuns(t *testing.T) {
	e := demo.OpenAt(noon)
	e.Docker = slow{e.Docker}
	s := open(t, e, 120, 36)
	s.settled()
	s.press("r")
	s.see("◐ restart")
	s.press("ctrl+c")
	s.see("Leave while this runs?")
	s.press("ctrl+c")
	s.until("quitting", func(string) bool { return s.quit })
}

func TestTasksReport(t *testing.T) {
	s := open(t, demo.OpenAt(noon), 120, 36)
	s.settled()
	proceed := make(chan struct{})
	s.send(screen.StartTask{Name: "long work", Command: "do it", Run: func(_ context.Context, say func(string)) error {
		say("step 3 of 7 \x1b[31m")
		<-proceed
		return errors.New("the disk\nis full")
	}})
	s.see("◐ long work: step 3 of 7")
	close(proceed)
	s.see("✕ long work: the disk is full")
}

// A task that ended is remembered, but not what it carried.
func TestEndedTasksLetGo(t *testing.T) {
	s := open(t, demo.OpenAt(noon), 120, 36)
	s.settled()
	held := func() weak.Pointer[[]byte] {
		much := make([]byte, 1<<20)
		s.send(screen.StartTask{
			Name: "carry", Run: func(context.Context, func(string)) error { much[0]++; return nil },
			Done: func(error) tea.Msg { return screen.Notify{Text: fmt.Sprintf("carried %d", len(much))} },
		})
		return weak.Make(&much)
	}()
	s.see("carried 1048576")
	runtime.GC()
	if held.Value() != nil {
		t.Error("what the task carried is still in memory")
	}
	if n := len(s.app.tasks.all); n != 1 {
		t.Errorf("%d tasks are remembered", n)
	}
}

// The image that a person chose for debug containers is known to all parts.
func TestDebugImageIsRemembered(t *testing.T) {
	a := NewApp(t.Context(), demo.OpenAt(noon), Options{})
	a.Update(screen.DebugWith{Image: "alpine:3"})
	if got := a.ctx.DebugImage; got != "alpine:3" {
		t.Errorf("it is %q", got)
	}
}

// A failed task says what to do: in its own words, else by what is known of
// them; the list of tasks keeps them.
func TestFailedTaskAdvises(t *testing.T) {
	s := open(t, demo.OpenAt(noon), 120, 36)
	s.settled()
	fails := func(name string, err error) {
		s.send(screen.StartTask{Name: name, Run: func(context.Context, func(string)) error { return err }})
	}
	fails("start web", errors.New("Bind for 0.0.0.0:8080 failed: port is already allocated"))
	s.see("✕ start web: Another container or program uses port 8080. docker ps --filter publish=8080 names the container")
	fails("list pods", &kube.Error{Doing: "listing pods", Err: errors.New("connection refused on localhost:6443"), Do: "turn it on"})
	s.see("✕ list pods: listing pods: connection refused on localhost:6443; turn it on")
	s.press("t")
	s.see("Bind for 0.0.0.0:8080 failed")
}

func TestTargetNotLocal(t *testing.T) {
	e := demo.OpenAt(noon, demo.ContextNotLocal)
	s := open(t, e, 120, 36)
	s.settled()
	s.see("ns all")
	name := s.app.ctx.Facts.Context.Name
	if name == "" || s.app.ctx.Facts.Context.Local {
		t.Fatalf("the environment's context is %+v", s.app.ctx.Facts.Context)
	}
	s.press("tab", "x")
	s.see("This is not your machine", "type "+name)
	s.wait(time.Second)
	s.typed("no" + name)
	s.press("enter")
	s.see("that is not its name")
	for range len("no" + name) {
		s.press("backspace")
	}
	s.typed(name)
	s.press("enter")
	s.see("Delete pod")
	s.wait(time.Second)
	s.press("n")
	s.press("x")
	s.see("Delete pod") // unlocked for the session
}

// An action is found by its sentence, and by the word that the footer has for it.
func TestPaletteFindsTheFootersWords(t *testing.T) {
	for typed, want := range map[string]string{
		"scale": "One replica more", "zoom": "Zoom: give the deck the whole width", "unhealthy": "Show only what is unhealthy", "shell": "Shell in the container or pod", "who calls": "From a pod to its workload",
	} {
		s := open(t, demo.OpenAt(noon), 120, 36)
		s.settled()
		s.press("tab", ":")
		s.typed(typed)
		s.see("▌" + want)
	}
}

func TestNamespaces(t *testing.T) {
	s := open(t, demo.OpenAt(noon), 120, 36)
	s.settled()
	s.press("n")
	s.see("Namespace", "all namespaces", "kube-system")
	s.typed("kube-sys")
	s.press("enter")
	s.see("ns kube-system", "coredns")
	s.press("n", "0")
	s.see("ns all", "Pods 16")
	s.press("n")
	s.typed("kube-sys")
	s.press("enter", "tab", "/")
	s.typed("checkout")
	s.press("enter")
	s.see("No pod matches", "Only namespace kube-system is looked at.", "0 all namespaces")
	s.press("0")
	s.see("ns all", "▲ checkout-")
}

func TestContextsAreChosen(t *testing.T) {
	s := open(t, demo.OpenAt(noon), 120, 36)
	s.settled()
	s.press("c")
	s.see("Where to work", "colima", "▌● desktop-linux", "build-server", "not on this machine")
	s.typed("k3d")
	s.press("enter")
	s.see("go to cluster k3d", "k3d-")
	s.press("c")
	s.see("Where to work", "▌● desktop-linux")
	s.typed("colima")
	s.press("enter")
	s.see("Docker does not answer", "colima")
}

// What is typed before the files are read is the chooser's, not the deck's.
func TestContextsAreTypedAhead(t *testing.T) {
	s := open(t, demo.OpenAt(noon), 120, 36)
	s.settled()
	s.press("c", "r", "S") // restart and stop, on a deck
	s.see("Where to work", "› rS")
	s.press("esc", "c", "k", "3", "d", "enter")
	s.see("ns default", "k3d-dev")
	s.press("esc")
	if n := len(s.app.tasks.all); n != 1 {
		t.Errorf("there are %d tasks, not only the one that goes to the cluster", n)
	}
}

// On the Ship screen as well: the plan is for where one works now.
func TestThePlanFollowsTheContext(t *testing.T) {
	s := open(t, demo.OpenAt(noon), 120, 36)
	s.settled()
	s.press("3")
	s.see("Run this plan", "with the engine of desktop-linux", "namespace default of docker-desktop")
	s.press("c")
	s.see("Where to work", "k3d-dev")
	s.typed("k3d")
	s.press("enter")
	s.see("namespace default of k3d-dev")
	s.gone("of docker-desktop")
	s.press("c")
	s.see("Where to work", "build-server")
	s.typed("build-server")
	s.press("enter")
	s.see("with the engine of build-server", "of k3d-dev")
	s.gone("of desktop-linux")
}

func TestAnyKindIsOpenedByName(t *testing.T) {
	s := open(t, demo.OpenAt(noon), 120, 36)
	s.settled()
	for word, title := range map[string]string{
		"svc": "Services 5", "deploy": "Deployments ", "volumes": "Volumes ", "Ingress": "Ingresses ", "pods": "Pods 16",
	} {
		s.press(":")
		s.see("What do you want to do?")
		s.typed(word)
		s.press("enter")
		s.see(title)
		s.gone("What do you want to do?")
	}
}

// Enter on a workload or a service shows its pods, by a filter that can be seen; esc
// leads back to its row, and from a list that was opened by name to the one before.
func TestEnterShowsThePods(t *testing.T) {
	s := open(t, demo.OpenAt(noon), 140, 40)
	s.settled()
	s.press("tab", "/")
	s.typed("redis")
	s.press("enter")
	s.see("/redis")
	for _, list := range []struct{ word, title, row string }{{"deploy", "Deployments 4", "my-app"}, {"svc", "Services 5", "my-app"}} {
		s.show(list.word, list.title)
		s.typed("/" + list.row)
		s.press("enter")
		s.see("/"+list.row, "╭ "+list.row+" ·")
		s.press("enter")
		s.see("Pods 3 of 16", "/default label=app=my-app", "▌  ● my-app-")
		if s.app.place() != keys.Decks {
			t.Fatalf("the keyboard is at %s", s.app.place())
		}
		s.press("esc")
		s.see(list.title[:len(list.title)-2], "/"+list.row, "╭ "+list.row+" ·")
		s.press("esc", "esc")
		s.see("Pods ", "of 16", "/redis")
	}
	s.show("cm", "ConfigMaps ")
	s.press("enter")
	s.until("the detail", func(string) bool { return s.app.place() == keys.Logs })
}

// A kind and a namespace open that kind there; enter on a namespace goes into it.
func TestListsOfANamespace(t *testing.T) {
	s := open(t, demo.OpenAt(noon), 120, 36)
	s.settled()
	s.press(":")
	s.typed("po kube-system")
	s.see("▌Pods in kube-system")
	s.press("enter")
	s.see("ns kube-system", "coredns", "Pods ")
	s.press(":")
	s.typed("deploy all")
	s.press("enter")
	s.see("ns all", "Deployments ")
	s.press(":")
	s.typed("namespaces")
	s.see("▌Namespaces")
	s.press("enter")
	s.see("Namespaces ", "kube-system")
	s.press("/")
	s.typed("kube-sys")
	s.press("enter", "enter")
	s.see("ns kube-system", "coredns", "Pods ")
	s.press("{")
	s.see("Namespaces ", "ns kube-system")
}

func TestAWorkloadHasTheLogsOfItsPods(t *testing.T) {
	s := open(t, demo.OpenAt(noon), 140, 40)
	s.settled()
	s.press(":")
	s.typed("deploy")
	s.press("enter")
	s.see("Deployments ")
	s.typed("/my-app")
	s.press("enter", "l")
	s.see("╭ my-app · Logs", "7znrw", "clfgs", "GET /health")
}

func TestFromPodToIngressAndBack(t *testing.T) {
	s := open(t, demo.OpenAt(noon), 140, 40)
	s.settled()
	s.press("tab")
	s.typed("/my-app-987")
	s.press("enter")
	for _, title := range []string{"Deployments ", "Services ", "Ingresses "} {
		s.press("}")
		s.see(title, "╭ my-app ·")
	}
	s.press("}")
	s.see("Nothing owns, selects or routes to my-app")
	for _, title := range []string{"Services ", "Deployments ", "Pods "} {
		s.press("{")
		s.see(title)
	}
	s.see("╭ my-app-987c6cb7d-7znrw ·")
	s.press("L")
	s.see("What belongs to my-app-987c6cb7d-7znrw", "owns it", "selects it", "in its environment", "runs it")
}

func TestPaletteRunsWhatItFinds(t *testing.T) {
	s := open(t, demo.OpenAt(noon), 120, 36)
	s.settled()
	s.press(":")
	s.see("What do you want to do?")
	s.typed("hide system")
	s.press("enter")
	s.see("containers of pods")
}

func TestKeysOfShipOnTheDecks(t *testing.T) {
	s := open(t, demo.OpenAt(noon), 120, 36)
	s.settled()
	s.press("b")
	s.until("the ship screen", func(string) bool { return s.app.place() == keys.Ship })
}

func TestQuitAtOnceWhenNothingRuns(t *testing.T) {
	for _, key := range []string{"q", "ctrl+c"} {
		s := open(t, demo.OpenAt(noon), 20, 5)
		s.press(key)
		s.until("quitting", func(string) bool { return s.quit })
	}
}

// q in the detail goes back to the decks, and leaves from there; by its name,
// leaving leaves from anywhere.
func TestQuitInTheDetailGoesBack(t *testing.T) {
	s := open(t, demo.OpenAt(noon), 120, 36)
	s.settled()
	for _, keys := range [][]string{{"l"}, {"i"}, {"W"}, {"l", "z"}} {
		s.press(keys...)
		s.press("q")
		s.see("Containers 8", "s ship")
		if s.quit || s.app.place() != "decks" {
			t.Fatalf("%q and q: quit %t, the keyboard is at %s", keys, s.quit, s.app.place())
		}
	}
	s.press("l", ":")
	s.typed("q")
	s.see("▌Leave")
	s.press("enter")
	s.until("quitting", func(string) bool { return s.quit })
}

// hostile has pods whose names try to get out of their cells.
type hostile struct{ env.Kube }

func (h hostile) Snapshot() kube.Snapshot {
	s := h.Kube.Snapshot()
	s.Version += 1000
	for _, name := range []string{"\x1b[2J\x1b[Hgone", "a\r\n\tb", "漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字", "\xff\xfe", "\u202egpj.exe", strings.Repeat("long-", 200)} {
		s.Pods = append(s.Pods, &kube.Pod{UID: name, Namespace: "default", Name: name, Status: name, Owner: kube.Owner{Kind: name, Name: name}})
	}
	return s
}

func TestNamesStayInTheirCells(t *testing.T) {
	e := demo.OpenAt(noon)
	e.Kube = hostile{e.Kube}
	s := open(t, e, 120, 36)
	s.see("Pods 22")
	s.press("tab", "G")
	for range 22 {
		s.press("k")
		for i, l := range strings.Split(s.app.draw(), "\n") {
			if w := screen.Width(l); w != 120 {
				t.Fatalf("line %d takes %d cells: %q", i, w, l)
			}
		}
	}
	if strings.Contains(s.app.draw(), "\x1b[2J") || strings.Contains(s.app.draw(), "\u202e") {
		t.Error("an escape sequence of a name reached the screen")
	}
}
