package shell

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/demo"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/link"
	"github.com/twindeck/twindeck/ui/screen"
)

// The best shell that is there, by asking the first that is.
func TestFindShell(t *testing.T) {
	down := &docker.Error{Kind: link.ErrNotRunning, Tried: "running sh", Happened: "it does not run", Do: "start it first"}
	for name, c := range map[string]struct {
		has  []string
		odd  []string // are there, and end with an exit code
		fail error
		want string
		err  error
	}{
		"bash besides sh": {has: []string{"sh", "bash"}, want: "bash"},
		"sh":              {has: []string{"sh"}, want: "sh"},
		"bash alone":      {has: []string{"bash"}, want: "bash"},
		"busybox's":       {has: []string{"/busybox/sh"}, want: "/busybox/sh"},
		"none":            {err: errNoShell},
		"sh that is none": {odd: []string{"sh", "bash"}, has: []string{"ash"}, want: "ash"},
		"none that works": {odd: shells, err: errNoShell},
		"not running":     {has: []string{"sh"}, fail: down, err: link.ErrNotRunning},
	} {
		t.Run(name, func(t *testing.T) {
			exec := func(_ context.Context, command []string, s link.Streams) (int, error) {
				if c.fail != nil {
					return 0, c.fail
				}
				if slices.Contains(c.odd, command[0]) {
					_, _ = s.Out.Write([]byte("exec format error\n"))
					return 126, nil
				}
				here := false
				for _, has := range c.has {
					if here = here || has == command[0]; has == "bash" {
						defer func() { _, _ = s.Out.Write([]byte("/bin/bash\n")) }()
					}
				}
				if !here {
					return 0, link.ErrNoProgram
				}
				return 0, nil
			}
			got, err := findShell(t.Context(), exec)
			if got != c.want || !errors.Is(err, c.err) {
				t.Errorf("findShell = %q, %v; want %q, %v", got, err, c.want, c.err)
			}
		})
	}
}

// How a session ended is told in words that fit a footer.
func TestTold(t *testing.T) {
	far := strings.Repeat("x", 80)
	for name, c := range map[string]struct {
		o    outcome
		want string
		bad  bool
	}{
		"well":    {outcome{}, "The shell in web ended", false},
		"a code":  {outcome{code: 7}, "The shell in web ended with exit code 7", false},
		"killed":  {outcome{code: 137}, "The shell in web ended with exit code 137 (killed)", false},
		"no code": {outcome{err: fmt.Errorf("attaching: %w", link.ErrNoCode)}, "The shell in web ended; its exit code is not known", false},
		"left":    {outcome{err: errLeft}, "Left the shell in web", false},
		"gave up": {outcome{err: errGivenUp}, "Given up: shell in web", false},
		"engine":  {outcome{err: &docker.Error{Kind: link.ErrBroken, Tried: far, Happened: "the connection broke", Do: "see whether it runs"}}, "the connection broke. See whether it runs", true},
		"cluster": {outcome{err: &kube.Error{Kind: link.ErrBroken, Doing: far, Server: far, Err: errors.New(far), Do: "wait"}}, "the connection broke; wait", true},
		"no role": {outcome{err: &kube.Error{Kind: kube.ErrForbidden, Doing: far, Err: errors.New("ada may not"), Do: "ask"}}, "ada may not; ask", true},
		"unknown": {outcome{err: errors.New("odd")}, "odd", true},
	} {
		msg, ok := (&session{command: "docker exec"}).told("shell in web", c.o).(screen.Did)
		got := msg.Text
		if msg.Err != nil {
			got = msg.Err.Error()
		}
		if !ok || got != c.want || (msg.Err != nil) != c.bad || msg.Command != "docker exec" {
			t.Errorf("%s: %+v", name, msg)
		}
	}
	if msg := (&session{}).told("shell", outcome{err: context.Canceled}); msg != nil {
		t.Errorf("the end of the app is told: %v", msg)
	}
}

// The container that kubectl would take comes first, those that nobody means last.
func TestLikelyContainers(t *testing.T) {
	var got []string
	for _, c := range likely([]kube.PodContainer{
		{Name: "setup", Role: kube.RoleInit},
		{Name: "mesh", Role: kube.RoleSidecar},
		{Name: "proxy"},
		{Name: "app", Default: true},
		{Name: "log"},
		{Name: "debugger", Role: kube.RoleEphemeral},
	}) {
		got = append(got, c.Name)
	}
	if got := strings.Join(got, " "); got != "app proxy log mesh debugger setup" {
		t.Errorf("they are offered as %s", got)
	}
}

func TestCommandsTaught(t *testing.T) {
	for want, got := range map[string]string{
		"docker cp web:/app ./out":                   copyCommand("docker cp", true, "web:/app", "./out", ""),
		"docker cp './my files' web:/app":            copyCommand("docker cp", false, "web:/app", "./my files", ""),
		`kubectl cp 'ns/p:/it'\''s' here -c app`:     copyCommand("kubectl cp", true, "ns/p:/it's", "here", " -c app"),
		"kubectl cp ns/p:/日本.txt /tmp/日本.txt -c app": copyCommand("kubectl cp", true, "ns/p:/日本.txt", "/tmp/日本.txt", " -c app"),
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestMeter(t *testing.T) {
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	var said []string
	m := meter(40<<20, func() time.Time { return now }, func(s string) { said = append(said, s) })
	m(1 << 20)
	now = now.Add(4 * time.Second)
	m(12 << 20)
	if got := strings.Join(said, " | "); got != "1M of 40M | 12M of 40M · 3M/s" {
		t.Errorf("it said %q", got)
	}
}

// housed is a cluster whose pods have these containers; it counts who asks.
type housed struct {
	env.Kube
	has   []kube.PodContainer
	asked int
}

func (h *housed) PodContainers(context.Context, string, string) ([]kube.PodContainer, error) {
	h.asked++
	return h.has, nil
}

// Whoever can be meant is asked for; where nobody else can be, nothing is asked,
// neither a person nor the cluster.
func TestWhichContainer(t *testing.T) {
	app := kube.PodContainer{Name: "app", Default: true, State: "running"}
	for name, c := range map[string]struct {
		pod  kube.Pod
		has  []kube.PodContainer
		want string
	}{
		"one":         {pod: kube.Pod{}},
		"two":         {pod: kube.Pod{Images: []kube.PodImage{{Container: "app"}, {Container: "log"}}}, has: []kube.PodContainer{app, {Name: "log"}}, want: "web/app web/log"},
		"and sidecar": {pod: kube.Pod{Beside: true}, has: []kube.PodContainer{{Name: "mesh", Role: kube.RoleSidecar, State: "running"}, app}, want: "web/app web/mesh"},
		"an init one": {pod: kube.Pod{Beside: true}, has: []kube.PodContainer{{Name: "setup", Role: kube.RoleInit, State: "running"}, {Name: "app", Default: true}}, want: "web/app web/setup"},
	} {
		e := demo.Open()
		h := &housed{Kube: e.Kube, has: c.has}
		e.Kube = h
		ctx := &screen.Context{Env: e, Life: t.Context(), Work: &sync.WaitGroup{}}
		if c.pod.Name, c.pod.Namespace = "web", "shop"; c.pod.Images == nil {
			c.pod.Images = []kube.PodImage{{Container: "app"}}
		}
		taken := OfPod(ctx, screen.Origin{}, &c.pod).choose(ctx, "Shell in", func(p Place) tea.Cmd { return screen.Send(p.Name) })()
		if c.want == "" {
			if taken != "web" || h.asked != 0 {
				t.Errorf("%s: %v, the cluster was asked %d times", name, taken, h.asked)
			}
			continue
		}
		var offered []string
		if asks, ok := taken.(screen.Choose); ok {
			for _, one := range asks.Choices {
				offered = append(offered, one.Text)
			}
		}
		if got := strings.Join(offered, " "); got != c.want || h.asked != 1 {
			t.Errorf("%s: offered are %q, want %q; the cluster was asked %d times", name, got, c.want, h.asked)
		}
	}
}
