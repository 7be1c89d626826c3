package ui

import (
	"context"
	"fmt"
	"image/color"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"github.com/twindeck/twindeck/ui/dialog"
	"github.com/twindeck/twindeck/ui/screen"
)

// kind opens the list of a kind on the right deck by its name.
func (s *stage) kind(name, heading string) {
	s.t.Helper()
	s.still()
	s.press("tab", ":")
	s.typed(name)
	s.see("▌" + heading)
	s.press("enter")
	s.see(heading+" ", "· v pods")
}

// full waits until all that was asked for is there.
func (s *stage) full() {
	s.t.Helper()
	s.until("lists and texts", func(screen string) bool {
		return s.told() && !strings.Contains(screen, "Listing ") && !strings.Contains(screen, "│ …  ")
	})
}

// lists are the decks' other lists, and the tabs of their rows.
var lists = []scene{
	{"images", healthy, func(s *stage) {
		s.still()
		s.press("v")
		s.see("Images 11", "1.5G", "CREATED BY")
	}},
	{"volumes", healthy, func(s *stage) {
		s.still()
		s.press("v", "v")
		s.see("Volumes 6", "205M", "Mountpoint")
	}},
	{"networks", healthy, func(s *stage) {
		s.still()
		s.press("v", "v", "v")
		s.see("Networks 6", "172.20.0.0/16", `"Driver"`)
	}},
	{"deployments", healthy, func(s *stage) { s.kind("deploy", "Deployments") }},
	{"services", healthy, func(s *stage) {
		s.kind("svc", "Services")
		s.see("kubectl logs --follow checkout", endOfLog)
	}},
	{"events", healthy, func(s *stage) { s.kind("ev", "Events") }},
	{"nodes", healthy, func(s *stage) { s.kind("no", "Nodes") }},
	{"custom kinds", healthy, func(s *stage) { s.kind("crd", "CustomResourceDefinitions") }},
	{"marked", healthy, func(s *stage) {
		s.still()
		s.press("space", "j", "space", "tab", "j", "j", "j", "j", "space", "l")
		s.see("3 marked", "sources 3", endOfLog)
	}},
}

// tabs are those of rows.
var tabs = []scene{
	{"inspect", healthy, func(s *stage) {
		s.still()
		s.press("i")
		s.see("NODE_ENV=development")
	}},
	{"top", healthy, func(s *stage) {
		s.still()
		s.press("[", "[")
		s.see("PID")
	}},
	{"environment", healthy, func(s *stage) {
		s.still()
		s.press("]", "]")
		s.see("NODE_ENV")
	}},
	{"use", healthy, func(s *stage) {
		s.still()
		s.press("]", "]", "]")
		s.see("docker stats", "Processes:")
	}},
	{"events of a pod", healthy, func(s *stage) {
		s.still()
		s.press("tab", "/")
		s.typed("thumbs")
		s.press("enter", "]", "]", "]")
		s.see("Events", "Failed")
	}},
}

// dialogs are what asks and offers.
var dialogs = []scene{
	{"contexts", healthy, func(s *stage) {
		s.still()
		s.press("c")
		s.see("Where to work", "build-server")
	}},
	{"related", healthy, func(s *stage) {
		s.still()
		s.press("tab", "j", "j", "j", "j", "L")
		s.see("What belongs to")
	}},
	{"since", healthy, func(s *stage) {
		s.still()
		s.press("l", "s")
		s.see("Since when?")
	}},
	{"only", healthy, func(s *stage) {
		s.still()
		s.press("l", "&")
		s.typed("orders/199")
		s.press("enter")
		s.see("1 lines", endOfLog)
	}},
	{"containers of a pod", healthy, func(s *stage) {
		s.still()
		s.press("tab", "/")
		s.typed("my-app-6f58")
		s.press("enter", "l", "C")
		s.see("Which containers?")
	}},
	{"save", healthy, func(s *stage) {
		s.still()
		s.press("l", ">")
		s.see("save to: my-app-api-1-2026")
	}},
	{"delete an object", healthy, func(s *stage) {
		s.kind("secret", "Secrets")
		s.full()
		s.press("x")
		s.see("Delete")
	}},
	{"remove images", healthy, func(s *stage) {
		s.still()
		s.press("v")
		s.see("Images 11", "1.5G", "CREATED BY")
		s.press("space", "space", "x")
		s.see("Remove 2 images?")
	}},
	{"debug", healthy, func(s *stage) {
		s.still()
		s.press("n")
		s.see("all namespaces", "kube-system  ")
		s.typed("kube-sys")
		s.press("enter")
		s.see("ns kube-system", "coredns")
		s.press("tab", "/")
		s.typed("coredns")
		s.press("enter", "j", "F")
		s.see("Copy files · coredns")
		s.wait(dialog.Quiet)
		s.typed("etc")
		s.press("enter")
		s.see("Copy through a debug container?", "busybox")
	}},
	{"copy refused", healthy, func(s *stage) {
		s.still()
		s.press("j", "F")
		s.see("Copy files · my-app-")
		s.wait(dialog.Quiet)
		s.press("enter")
		s.see("a whole file system is not copied", "Copy files · my-app-")
	}},
	{"delete pods", healthy, func(s *stage) {
		s.still()
		s.press("tab", "j", "j", "j", "j", "space", "j", "space", "x")
		s.see("Delete 2 pods")
	}},
	{"kill", healthy, func(s *stage) {
		s.still()
		s.press("K")
		s.see("Kill")
	}},
	{"remove volume", healthy, func(s *stage) {
		s.still()
		s.press("v", "v")
		s.see("Volumes 6", "205M", "Mountpoint")
		s.press("x")
		s.see("Remove volume")
	}},
	{"leave", healthy, func(s *stage) {
		s.still()
		s.send(screen.StartTask{Name: "push web", Command: "docker push web", Run: func(ctx context.Context, _ func(string)) error {
			<-ctx.Done()
			return ctx.Err()
		}})
		s.press("q")
		s.see("Leave")
	}},
}

// TestListsAndDialogs compares the decks' other lists, the tabs of rows and the
// dialogs with what was found good, as TestScreens does for the main screens.
func TestListsAndDialogs(t *testing.T) {
	t.Parallel()
	for _, group := range [][]scene{lists, tabs, dialogs} {
		for _, sc := range group {
			t.Run(sc.name, func(t *testing.T) {
				t.Parallel()
				s := open(t, sc.env(), 120, 36)
				sc.reach(s)
				s.full()
				s.send(tea.BackgroundColorMsg{Color: color.Black})
				for _, size := range [][2]int{{80, 24}, {120, 36}, {200, 50}} {
					s.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
					name := fmt.Sprintf("%dx%d", size[0], size[1])
					t.Run(name, func(t *testing.T) { golden.RequireEqual(t, trimEnds(ansi.Strip(s.app.draw()))) })
					t.Run(name+"-dark", func(t *testing.T) { golden.RequireEqual(t, s.app.draw()) })
				}
			})
		}
	}
}
