package ui

import (
	"context"
	"errors"
	"fmt"
	"image/color"
	"io"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/demo"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/link"
	"github.com/twindeck/twindeck/ui/dialog"
	"github.com/twindeck/twindeck/ui/screen"
)

// lostEngine is an engine that was there until a moment ago.
type lostEngine struct{ env.Docker }

func (l lostEngine) Snapshot() docker.Snapshot {
	s := l.Docker.Snapshot()
	s.Version += 1000
	s.Status = link.Status{State: link.Lost, Since: noon, News: noon.Add(-14 * time.Second), Err: errors.New("failed to connect to the docker API at unix:///var/run/docker.sock")}
	return s
}

// noEngine and noCluster are a machine where neither is set up.
type noEngine struct{ env.Docker }

func (noEngine) Snapshot() docker.Snapshot {
	return docker.Snapshot{Status: link.Status{State: link.Absent, Err: errors.New("no Docker endpoint: neither DOCKER_HOST nor a context names one, and /var/run/docker.sock is not there")}}
}

type noCluster struct{ env.Kube }

func (noCluster) Snapshot() kube.Snapshot {
	return kube.Snapshot{Status: link.Status{State: link.Absent, Err: errors.New("no kubeconfig: ~/.kube/config is not there and KUBECONFIG is not set")}}
}

// The simulated logs go on as its clock does, which other parts move: on these
// pictures they stand still.
type steadyEngine struct{ env.Docker }

type steadyCluster struct{ env.Kube }

func (steadyEngine) Logs(ctx context.Context, _ string, o docker.LogOptions) (io.ReadCloser, error) {
	return steadyLog(ctx, o.Follow)
}

func (steadyCluster) Logs(ctx context.Context, _, _ string, o kube.LogOptions) (io.ReadCloser, error) {
	return steadyLog(ctx, o.Follow)
}

// nothingNew is a log that is followed and stands still.
type nothingNew struct{ ctx context.Context }

func (n nothingNew) Read([]byte) (int, error) {
	<-n.ctx.Done()
	return 0, io.EOF
}

func (nothingNew) Close() error { return nil }

func steadyLog(ctx context.Context, follow bool) (io.ReadCloser, error) {
	if follow {
		return io.NopCloser(nothingNew{ctx}), nil
	}
	var b strings.Builder
	for i := range 60 {
		at := noon.Add(time.Duration(i-60) * time.Second).Format(time.RFC3339Nano)
		fmt.Fprintf(&b, "%s GET /v1/orders/%d 200 %dms\n%s GET /health 200 1ms\n", at, 100+i*7%90, 3+i*5%40, at)
	}
	fmt.Fprintf(&b, "%s GET /v1/orders/199 200 3ms, the last of them\n", noon.Format(time.RFC3339Nano))
	return io.NopCloser(strings.NewReader(b.String())), nil
}

func steady(e *env.Environment) *env.Environment {
	e.Docker, e.Kube = steadyEngine{e.Docker}, steadyCluster{e.Kube}
	return e
}

func healthy() *env.Environment { return steady(demo.OpenAt(noon)) }

// doneAtOnce is a task that changes nothing on the screen but the tasks.
var doneAtOnce = screen.StartTask{
	Name: "restart web", Command: "docker restart web",
	Run: func(context.Context, func(string)) error { return nil },
}

// endOfLog is in the last line of the log, and in no other.
const endOfLog = "last of them"

// still waits for the decks with their log read to its end.
func (s *stage) still() {
	s.t.Helper()
	s.settled()
	s.see(endOfLog)
}

// scene is what people see, reached as they would.
type scene struct {
	name  string
	env   func() *env.Environment
	reach func(s *stage)
}

// screens are the main ones.
var screens = []scene{
	{"decks", healthy, func(s *stage) { s.still() }},
	{"pods", healthy, func(s *stage) {
		s.still()
		s.press("tab", "j", "j", "j", "j")
		s.see("kubectl logs --follow my-app-6f58b9d4c8-cpzzd", endOfLog)
	}},
	{"logs", healthy, func(s *stage) {
		s.still()
		s.press("l", "T", "/")
		s.typed("orders")
		s.press("enter")
		s.see("/orders", "of 61")
	}},
	{"describe", healthy, func(s *stage) {
		s.still()
		s.press("tab", "i")
		s.see("Describe", "Namespace:")
	}},
	{"zoom", healthy, func(s *stage) {
		s.still()
		s.press("tab", "y", "z")
		s.see("apiVersion: v1", "kind: Pod")
	}},
	{"filter", healthy, func(s *stage) {
		s.still()
		s.press("tab", "/")
		s.typed("my-app !6f58")
		s.see("Pods 3 of 16", "kubectl logs", endOfLog)
	}},
	{"system", healthy, func(s *stage) {
		s.still()
		s.press(".")
		s.see("containers of pods")
	}},
	{"folded", healthy, func(s *stage) {
		s.still()
		s.press("Z")
		s.see("▸ my-app", "sources 4", endOfLog)
	}},
	{"sorted", healthy, func(s *stage) {
		s.still()
		s.press("<", "R", "tab", "<")
		s.see("AGE↓", "AGE↑", "NAMESPACE", endOfLog)
	}},
	{"wide deck", healthy, func(s *stage) {
		s.still()
		s.press("z")
		s.see("Pods 16 ⇥", "PORTS", "IMAGE", endOfLog)
	}},
	{"deck alone", healthy, func(s *stage) {
		s.still()
		s.press("tab", "z", "z")
		s.see("Containers 8 ⇥", "NODE")
		s.until("what pods use", func(screen string) bool { return strings.Contains(screen, "65M") })
	}},
	{"unhealthy", healthy, func(s *stage) {
		s.still()
		s.press("ctrl+z", "tab", "ctrl+z")
		s.see("Containers 2 of 8", "Pods 2 of 16", endOfLog)
	}},
	{"help", healthy, func(s *stage) {
		s.still()
		s.press("?")
		s.see("Keys")
	}},
	{"palette", healthy, func(s *stage) {
		s.still()
		s.press(":")
		s.typed("res")
		s.see("What do you want to do?")
	}},
	{"remove", healthy, func(s *stage) {
		s.still()
		s.press("x")
		s.see("its writable layer")
	}},
	{"remove image", healthy, func(s *stage) {
		s.still()
		s.press("v")
		s.see("used by containers")
		s.press("j", "j", "j")
		s.see("CREATED")
		s.press("x")
		s.see("Remove image")
	}},
	{"attach", healthy, func(s *stage) {
		s.still()
		s.press("a")
		s.see("you can only watch")
	}},
	{"copy files", healthy, func(s *stage) {
		s.still()
		s.press("j", "j", "F")
		s.see("Copy files · my-app-web-1", endOfLog)
	}},
	{"browse", healthy, func(s *stage) {
		s.still()
		s.press("j", "j", "F")
		s.see("Copy files", endOfLog)
		s.wait(dialog.Quiet)
		s.press("ctrl+o")
		s.see("take this folder")
	}},
	{"namespaces", healthy, func(s *stage) {
		s.still()
		s.press("n")
		s.see("all namespaces", "kube-system  ")
	}},
	{"unlock", func() *env.Environment { return steady(demo.OpenAt(noon, demo.ContextNotLocal)) }, func(s *stage) {
		s.still()
		s.until("the context's name", func(string) bool { return s.app.ctx.Facts.Context.Name != "" })
		s.press("tab")
		s.see(endOfLog)
		s.press("x")
		s.see("This is not your machine")
	}},
	{"explain", healthy, func(s *stage) {
		s.still()
		s.press(":")
		s.typed("pasted error")
		s.press("enter")
		s.see("Explain an error")
		s.send(tea.PasteMsg{Content: "The push refers to repository [ghcr.io/ada/app]\r5f70bf18a086: Preparing\rdenied: permission_denied: write_package"})
		s.see("docker login ghcr.io")
	}},
	{"explain several", healthy, func(s *stage) {
		s.still()
		s.press("E")
		s.send(tea.PasteMsg{Content: "web-1  0/1  CrashLoopBackOff\n    Reason:       OOMKilled\n0/1 nodes are available: 1 Insufficient cpu.\nBind for 0.0.0.0:8080 failed: port is already allocated"})
		s.see("publish=8080")
	}},
	{"explain unknown", healthy, func(s *stage) {
		s.still()
		s.press("E")
		s.typed("all is well")
		s.see("not known")
	}},
	{"tasks", healthy, func(s *stage) {
		s.still()
		s.send(doneAtOnce)
		s.see("restart web · done")
		s.press("t")
		s.see("Tasks")
	}},
	{"commands", healthy, func(s *stage) {
		s.still()
		s.send(doneAtOnce)
		s.see("restart web · done")
		s.press("$")
		s.see("docker restart web")
	}},
	{"why pull", healthy, func(s *stage) {
		s.still()
		s.press("tab", "/")
		s.typed("thumbs")
		s.press("enter", "W")
		s.see("Cannot pull", "ghcr.io said", "key f")
	}},
	{"why crash", healthy, func(s *stage) {
		s.still()
		s.press("tab", "/")
		s.typed("checkout")
		s.press("enter", "W")
		s.see("Crashes: exit code 1", "it says")
	}},
	{"why container", healthy, func(s *stage) {
		s.still()
		s.press("/")
		s.typed("worker")
		s.press("enter", "W")
		s.see("exit code 1", "The name queue does not resolve")
	}},
	{"why unhealthy", healthy, func(s *stage) {
		s.still()
		s.press("/")
		s.typed("search")
		s.press("enter", "W", "z")
		s.see("its health check fails", "last lines of search")
	}},
	{"why well", healthy, func(s *stage) {
		s.still()
		s.press("W")
		s.see("Nothing is wrong")
	}},
	{"why fix", healthy, func(s *stage) {
		s.still()
		s.press("tab", "/")
		s.typed("thumbs")
		s.press("enter", "W")
		s.see("key f")
		s.press("f")
		s.see("This is what happens:", "secret default/twindeck-ghcr-io")
	}},
	{"lost", func() *env.Environment {
		e := healthy()
		e.Docker = lostEngine{e.Docker}
		return e
	}, func(s *stage) {
		s.see("no news since", "Pods 16", endOfLog)
	}},
	{"absent", func() *env.Environment {
		e := healthy()
		e.Docker, e.Kube = noEngine{e.Docker}, noCluster{e.Kube}
		return e
	}, func(s *stage) {
		s.see("No Docker here", "No cluster here", "my-app")
	}},
	{"small", healthy, func(s *stage) {
		s.send(tea.WindowSizeMsg{Width: 20, Height: 5})
	}},
}

// TestScreens compares what people see with what was last looked at and found
// good. Update with: go test ./ui -run TestScreens -update
func TestScreens(t *testing.T) {
	t.Parallel()
	for _, sc := range screens {
		t.Run(sc.name, func(t *testing.T) {
			t.Parallel()
			s := open(t, sc.env(), 120, 36)
			sc.reach(s)
			s.idle()
			sizes := [][2]int{{80, 24}, {120, 36}, {200, 50}}
			if strings.HasPrefix(sc.name, "why") {
				sizes = [][2]int{{80, 24}, {100, 30}, {140, 40}}
			}
			if sc.name == "small" {
				sizes = [][2]int{{20, 5}, {59, 40}}
			}
			for _, size := range sizes {
				s.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
				name := fmt.Sprintf("%dx%d", size[0], size[1])
				t.Run(name, func(t *testing.T) { golden.RequireEqual(t, trimEnds(ansi.Strip(s.app.draw()))) })
				for mode, background := range map[string]color.Color{"dark": color.Black, "light": color.White} {
					s.send(tea.BackgroundColorMsg{Color: background})
					t.Run(name+"-"+mode, func(t *testing.T) { golden.RequireEqual(t, s.app.draw()) })
				}
			}
		})
	}
}

// trimEnds leaves out the blanks at the ends of lines.
func trimEnds(frame string) string {
	lines := strings.Split(frame, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(lines, "\n") + "\n"
}
