package desktop

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twindeck/twindeck/env/host"
	"github.com/twindeck/twindeck/env/host/hosttest"
)

func actions(d *Desktop) map[Action]func(context.Context) error {
	return map[Action]func(context.Context) error{Start: d.Start, Stop: d.Stop, Restart: d.Restart}
}

func TestActByItsOwnCommandWithATimeout(t *testing.T) {
	for _, a := range []Action{Start, Stop, Restart} {
		h := withPlugin(hosttest.Prints(""))
		if err := actions(New(h))[a](t.Context()); err != nil {
			t.Error(err)
		}
		if got, want := lines(h.Ran()), "docker desktop "+string(a)+" --timeout 120"; got != want {
			t.Errorf("ran %s, want %s", got, want)
		}
	}
}

func TestActByTheSystemWhenThatFails(t *testing.T) {
	for _, a := range []Action{Start, Stop, Restart} {
		h := withPlugin(hosttest.Exits(1, "", "boom"))
		h.Programs["/usr/bin/systemctl"] = hosttest.Prints("")
		if err := actions(New(h))[a](t.Context()); err != nil {
			t.Error(err)
		}
		if got, want := lines(h.Ran()), "docker desktop "+string(a)+" --timeout 120; systemctl --user "+string(a)+" docker-desktop"; got != want {
			t.Errorf("ran %s, want %s", got, want)
		}
	}
}

func TestActThatFails(t *testing.T) {
	t.Run("all ways", func(t *testing.T) {
		err := New(withPlugin(hosttest.Exits(1, "", "boom"))).Start(t.Context())
		if err == nil || !strings.Contains(err.Error(), "docker desktop start --timeout 120: exit code 1: boom") ||
			!strings.Contains(err.Error(), "systemctl") {
			t.Error(err)
		}
	})
	t.Run("not installed", func(t *testing.T) {
		for a, do := range actions(New(&hosttest.Host{})) {
			if err := do(t.Context()); err == nil || !strings.Contains(err.Error(), "not installed") {
				t.Errorf("%s: %v", a, err)
			}
		}
	})
	t.Run("no command for it", func(t *testing.T) {
		h := &hosttest.Host{System: "windows", Files: map[string]string{`C:\Program Files\Docker\Docker\Docker Desktop.exe`: ""}}
		if err := New(h).Stop(t.Context()); !errors.Is(err, ErrNoCommand) || len(h.Ran()) != 0 {
			t.Errorf("%v after %s", err, lines(h.Ran()))
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		h := withPlugin(func(context.Context, host.Command) (host.Result, error) {
			cancel()
			return host.Result{Code: -1}, context.Canceled
		})
		if err := New(h).Start(ctx); !errors.Is(err, context.Canceled) || len(h.Ran()) != 1 {
			t.Errorf("%v after %s", err, lines(h.Ran()))
		}
	})
}

// `docker desktop start` is known to hang, its own --timeout notwithstanding.
func TestActThatHangsIsLeftAfterAWhile(t *testing.T) {
	h := withPlugin(func(ctx context.Context, _ host.Command) (host.Result, error) {
		until, limited := ctx.Deadline()
		if !limited || time.Until(until) > actLimit+actGrace {
			t.Errorf("it may run until %v, limited %v", until, limited)
		}
		return host.Result{Code: -1}, context.DeadlineExceeded
	})
	h.Programs["/usr/bin/systemctl"] = hosttest.Prints("")
	if err := New(h).Start(t.Context()); err != nil || len(h.Ran()) != 2 {
		t.Errorf("%v after %s", err, lines(h.Ran()))
	}
}

func TestCommands(t *testing.T) {
	mac := &hosttest.Host{System: "darwin", Files: map[string]string{"/Applications/Docker.app/x": ""}}
	windows := &hosttest.Host{System: "windows", Files: map[string]string{`C:\Program Files\Docker\Docker\Docker Desktop.exe`: ""}}
	linux := &hosttest.Host{Files: map[string]string{"/opt/docker-desktop/x": ""}}
	tests := []struct {
		on   *hosttest.Host
		do   Action
		want string
	}{
		{mac, Start, "open -a Docker"},
		{mac, Stop, `osascript -e 'quit app "Docker"'`},
		{mac, Restart, ""},
		{windows, Start, `cmd /c start "" "C:\Program Files\Docker\Docker\Docker Desktop.exe"`},
		{windows, Stop, ""},
		{windows, Restart, ""},
		{linux, Start, "systemctl --user start docker-desktop"},
		{linux, Stop, "systemctl --user stop docker-desktop"},
		{linux, Restart, "systemctl --user restart docker-desktop"},
		{withPlugin(nil), Stop, "docker desktop stop --timeout 120; systemctl --user stop docker-desktop"},
	}
	for _, tt := range tests {
		if got := strings.Join(New(tt.on).Commands(t.Context(), tt.do), "; "); got != tt.want {
			t.Errorf("%s on %s: %s, want %s", tt.do, tt.on.OS(), got, tt.want)
		}
	}
}

// The help texts as 4.37 and a later version print them.
const (
	firstHelp = `
Usage:  docker desktop COMMAND

Docker Desktop

Options:
  -h, --help   Print help

Commands:
  engine      Commands to list and switch containers engines (Windows only)
  restart     Restart Docker Desktop
  start       Start Docker Desktop
  status      Display whether Docker Desktop is running or stopped
  stop        Stop Docker Desktop
  version     Show the Docker Desktop CLI plugin version information

Run 'docker desktop COMMAND --help' for more information on a command.
`
	laterHelp = `Usage:  docker desktop COMMAND

Control Docker Desktop from the CLI

Management Commands:
  engine      Commands to list and switch containers engines (Windows only)
  kubernetes  Manage Kubernetes settings

Commands:
  diagnose    Diagnose Docker Desktop and upload diagnostics
  logs        Print log entries for Docker Desktop
  start*      Start Docker Desktop
`
	kubernetesHelp = "Usage:  docker desktop kubernetes COMMAND\n\nManage Kubernetes settings\n\nCommands:\n" +
		"  images         List the images used by Docker Desktop Kubernetes\n  reset-cluster  Reset the cluster\n" +
		"  status         Get the status of the Kubernetes cluster\n"
)

// prints is a docker command that prints these texts.
func prints(texts map[string]string) hosttest.Program {
	return func(_ context.Context, c host.Command) (host.Result, error) {
		text, known := texts[strings.Join(c.Args, " ")]
		if !known {
			return host.Result{Code: 1, Stderr: "unknown command"}, nil
		}
		return host.Result{Stdout: text}, nil
	}
}

func TestOffers(t *testing.T) {
	first := New(withPlugin(prints(map[string]string{"desktop --help": firstHelp})))
	later := New(withPlugin(prints(map[string]string{
		"desktop --help": strings.ReplaceAll(laterHelp, "\n", "\r\n"), "desktop kubernetes --help": kubernetesHelp,
	})))
	tests := []struct {
		on    *Desktop
		words string
		want  bool
	}{
		{first, "stop", true},
		{first, "engine", true},
		{first, "kubernetes", false},
		{first, "kubernetes status", false},
		{first, "Run", false},
		{first, "-h,", false},
		{later, "engine", true},
		{later, "start", true},
		{later, "kubernetes status", true},
		{later, "kubernetes enable", false},
		{New(&hosttest.Host{}), "stop", false},
	}
	for _, tt := range tests {
		if got := tt.on.Offers(t.Context(), strings.Fields(tt.words)...); got != tt.want {
			t.Errorf("offers %s: %v, want %v", tt.words, got, tt.want)
		}
	}
}

func TestHelpThatHangsIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if New(withPlugin(hosttest.Hangs())).Offers(t.Context(), "stop") {
			t.Error("a command that hangs offers something")
		}
	})
}

func TestKubernetesStatus(t *testing.T) {
	help := map[string]string{"desktop --help": laterHelp, "desktop kubernetes --help": kubernetesHelp}
	for out, want := range map[string]string{
		`{"Status":"starting","Nodes":1}`: "starting",
		`{"state":"running"}`:             "running",
		"Kubernetes is\n running\n":       "Kubernetes is running",
		`{"nodes":1}`:                     `{"nodes":1}`,
	} {
		help["desktop kubernetes status --format json"] = out
		if got, err := New(withPlugin(prints(help))).KubernetesStatus(t.Context()); got != want || err != nil {
			t.Errorf("%s is %q, %v; want %q", out, got, err, want)
		}
	}
	help["desktop kubernetes status --format json"] = " \n"
	if got, err := New(withPlugin(prints(help))).KubernetesStatus(t.Context()); err == nil {
		t.Errorf("of nothing it made %q", got)
	}
	delete(help, "desktop kubernetes status --format json")
	if _, err := New(withPlugin(prints(help))).KubernetesStatus(t.Context()); err == nil || !strings.Contains(err.Error(), "exit code 1: unknown command") {
		t.Error(err)
	}
	if _, err := New(withPlugin(prints(map[string]string{"desktop --help": firstHelp}))).KubernetesStatus(t.Context()); !errors.Is(err, ErrNoCommand) {
		t.Error(err)
	}
}
