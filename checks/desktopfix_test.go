package checks

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/host"
	"github.com/twindeck/twindeck/env/host/hosttest"
	"github.com/twindeck/twindeck/env/kube"
)

// mend runs the checks and the fix of one; what it said is one line each.
func mend(t *testing.T, l *laptop, id string) (said string, undo *Undo, err error) {
	t.Helper()
	f := findingOf(t, l, id).Fix
	if f == nil {
		t.Fatalf("%s has no fix", id)
	}
	var lines []string
	undo, err = f.Run(t.Context(), func(s string) { lines = append(lines, s) })
	return strings.Join(lines, "\n"), undo, err
}

func findingOf(t *testing.T, l *laptop, id string) Finding {
	t.Helper()
	for _, r := range Collect(t.Context(), All(), l.environment()) {
		if r.Check.ID == id {
			return r.Finding
		}
	}
	t.Fatalf("there is no check %s", id)
	return Finding{}
}

// booting is what the API server says while the cluster comes up.
var booting = []kube.Readyz{
	{Parts: []kube.ReadyzPart{{Name: "ping", OK: true}, {Name: "etcd"}, {Name: "poststarthook/rbac/bootstrap-roles"}}},
	{Parts: []kube.ReadyzPart{{Name: "ping", OK: true}, {Name: "etcd", OK: true}, {Name: "poststarthook/rbac/bootstrap-roles"}}},
}

func TestTurnsKubernetesOn(t *testing.T) {
	laptops := map[string]func(*testing.T) *laptop{"mac": mac, "windows": windows, "linux": linuxDesktop}
	for name, make := range laptops {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := make(t)
				kubernetesOff(t, l)
				path := l.settings()
				before := l.host.Files[path]
				// What Desktop knew and had not written yet; the fix must keep it.
				l.desktop.rewrite = func(s string) string { return strings.Replace(s, "{", "{\n  \"LastLogin\": 7,", 1) }
				l.desktop.boots = booting

				f := findingOf(t, l, "desktop.kubernetes")
				if f.Fix == nil || f.Fix.Restarts == "" || len(f.Fix.Edits) != 1 || !strings.Contains(f.Fix.Edits[0].Diff(), "true") {
					t.Fatalf("there is nothing to be shown: %+v", f.Fix)
				}
				said, undo, err := mend(t, l, "desktop.kubernetes")
				if err != nil {
					t.Fatalf("%v after\n%s", err, said)
				}
				for _, want := range []string{
					"stopping Docker Desktop", "wrote " + path, "starting Docker Desktop", "waiting for the engine",
					"not ready: etcd, poststarthook/rbac/bootstrap-roles", "not ready: poststarthook/rbac/bootstrap-roles",
				} {
					if !strings.Contains(said, want) {
						t.Errorf("it did not say %q, but\n%s", want, said)
					}
				}
				now := l.host.Files[path]
				if !strings.Contains(now, `"LastLogin": 7`) || !strings.Contains(now, `"KubernetesEnabled": true`) {
					t.Errorf("the settings are %s", now)
				}
				if s := statusOf(t, l, "desktop.kubernetes"); s != OK {
					t.Errorf("afterwards it is %s", s)
				}
				if err := undo.Run(t.Context(), silently); err != nil {
					t.Error(err)
				}
				if now := l.host.Files[path]; !strings.Contains(now, `"KubernetesEnabled": false`) || l.docker.down != nil || before == now {
					t.Errorf("undone, the settings are %s, the engine says %v", now, l.docker.down)
				}
			})
		})
	}
}

func TestTurnsKubernetesOnInOldSettings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := mac(t)
		const folder = "/Users/ada/Library/Group Containers/group.com.docker/"
		delete(l.host.Files, folder+"settings-store.json")
		l.host.Files[folder+"settings.json"] = "{\n  \"cpus\": 4,\n  \"kubernetesEnabled\": false,\n  \"memoryMiB\": 8192\n}"
		l.kube.down = kube.ErrUnreachable
		if said, _, err := mend(t, l, "desktop.kubernetes"); err != nil {
			t.Errorf("%v after\n%s", err, said)
		}
		if got := l.host.Files[folder+"settings.json"]; got != "{\n  \"cpus\": 4,\n  \"kubernetesEnabled\": true,\n  \"memoryMiB\": 8192\n}" {
			t.Errorf("the settings are %s", got)
		}
	})
}

func TestTurningKubernetesOnThatGoesWrong(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(*laptop)
		err   string
		undo  bool
	}{
		{
			name: "Desktop does not stop", err: "exit code 1: it is busy",
			spoil: func(l *laptop) { l.desktop.refuses = map[string]string{"stop": "it is busy"} },
		},
		{
			name: "the file may not be touched", err: "could not be edited",
			spoil: func(l *laptop) {
				l.desktop.rewrite = func(s string) string {
					l.host.Broken = map[string]error{l.settings(): errors.New("permission denied")}
					return s
				}
			},
		},
		{
			name: "Desktop left a broken file", err: "could not be edited",
			spoil: func(l *laptop) { l.desktop.rewrite = func(string) string { return "{" } },
		},
		{
			name: "Desktop does not start", err: "no space left", undo: true,
			spoil: func(l *laptop) { l.desktop.refuses = map[string]string{"start": "no space left"} },
		},
		{
			name: "Desktop writes its own settings over it", err: "put KubernetesEnabled back to false", undo: true,
			spoil: func(l *laptop) { l.desktop.forgets = true },
		},
		{
			name: "the cluster never comes up", err: "not ready: etcd", undo: true,
			spoil: func(l *laptop) { l.kube.readyz = kube.Readyz{Parts: []kube.ReadyzPart{{Name: "etcd"}}} },
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := linuxDesktop(t)
				kubernetesOff(t, l)
				tt.spoil(l)
				said, undo, err := mend(t, l, "desktop.kubernetes")
				if err == nil || !strings.Contains(err.Error(), tt.err) || (undo != nil) != tt.undo {
					t.Errorf("%v, undo %v, after\n%s", err, undo, said)
				}
			})
		})
	}
}

func TestTurningKubernetesOnThatIsCancelled(t *testing.T) {
	l := linuxDesktop(t)
	kubernetesOff(t, l)
	fix := findingOf(t, l, "desktop.kubernetes").Fix
	ctx, cancel := context.WithCancel(t.Context())
	undo, err := fix.Run(ctx, func(line string) {
		if strings.HasPrefix(line, "wrote ") {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "start it again") || undo == nil {
		t.Errorf("%v, undo %v", err, undo)
	}
}

func TestNoFixWhereDesktopCannotBeStopped(t *testing.T) {
	l := windows(t)
	kubernetesOff(t, l)
	delete(l.host.Files, `C:\Program Files\Docker\cli-plugins\docker-desktop.exe`)
	f := findingOf(t, l, "desktop.kubernetes")
	if f.Fix != nil || !strings.Contains(strings.Join(f.Steps, "\n"), "Enable Kubernetes") {
		t.Errorf("%+v", f)
	}
}

// The context docker-desktop comes into the kubeconfig only with the cluster.
func TestWaitsForTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := mac(t)
		l.kube.contextErr, l.kube.named = kube.ErrNoContext, time.Now().Add(5*time.Second)
		var said []string
		if err := untilCluster(t.Context(), l.environment(), func(s string) { said = append(said, s) }); err != nil {
			t.Error(err)
		}
		if len(said) != 1 || !strings.Contains(said[0], "names no cluster yet") {
			t.Errorf("it said %q", said)
		}
	})
}

func TestFixWaitsForABootingCluster(t *testing.T) {
	for _, id := range []string{"kube.ready", "kube.server"} {
		synctest.Test(t, func(t *testing.T) {
			l := mac(t)
			if id == "kube.server" {
				l.kube.away = awayFor(0, 10*time.Second, kube.ErrUnreachable)
			}
			l.kube.boots = slices.Concat(booting[:1], booting) // the first one is for the check
			said, undo, err := mend(t, l, id)
			if err != nil || undo != nil || !strings.Contains(said, "not ready: poststarthook/rbac/bootstrap-roles") {
				t.Errorf("%s: %v, undo %v, said\n%s", id, err, undo, said)
			}
		})
	}
}

func TestRestartsDesktop(t *testing.T) {
	behind := func(l *laptop) { l.docker.info.SystemTime = now.Add(-time.Hour) }
	t.Run("by its command", func(t *testing.T) {
		l := mac(t)
		behind(l)
		if said, _, err := mend(t, l, "docker.clock"); err != nil || statusOf(t, l, "docker.clock") != OK {
			t.Errorf("%v after\n%s", err, said)
		}
		if !ran(l, "docker desktop restart --timeout 120") {
			t.Errorf("ran %v", l.host.Ran())
		}
	})
	t.Run("by quitting and opening it", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			l := mac(t)
			behind(l)
			delete(l.host.Files, "/Applications/Docker.app/Contents/Resources/cli-plugins/docker-desktop")
			l.host.Programs["/usr/bin/osascript"] = func(context.Context, host.Command) (host.Result, error) {
				l.docker.away = awayFor(4*time.Second, time.Hour, docker.ErrUnreachable)
				return host.Result{}, nil
			}
			l.host.Programs["/usr/bin/open"] = func(context.Context, host.Command) (host.Result, error) {
				if l.docker.away.now() == nil {
					t.Error("it was opened before it had quit")
				}
				l.docker.away.until = time.Now().Add(20 * time.Second)
				l.docker.info.SystemTime = now
				return host.Result{}, nil
			}
			if said, _, err := mend(t, l, "docker.clock"); err != nil || statusOf(t, l, "docker.clock") != OK {
				t.Errorf("%v after\n%s", err, said)
			}
		})
	})
	t.Run("not where nothing can", func(t *testing.T) {
		l := windows(t)
		behind(l)
		delete(l.host.Files, `C:\Program Files\Docker\cli-plugins\docker-desktop.exe`)
		if f := findingOf(t, l, "docker.clock"); f.Fix != nil || len(f.Steps) == 0 {
			t.Errorf("%+v", f)
		}
	})
}

func ran(l *laptop, line string) bool {
	for _, c := range l.host.Ran() {
		if c.Path+" "+strings.Join(c.Args, " ") == line {
			return true
		}
	}
	return false
}

// `docker desktop start` is known to end with an error after a start that went
// well, and to hang: the engine is asked, not the command.
func testStartThatClaimsToFail(t *testing.T) {
	l := linuxDesktop(t)
	l.desktop.stop(l)
	l.desktop.refuses, l.desktop.comesUp = map[string]string{"start": "timed out waiting for Docker Desktop"}, true
	if said, _, err := mend(t, l, "docker.engine"); err != nil {
		t.Errorf("%v after\n%s", err, said)
	}
	if !ran(l, "docker desktop start --timeout 120") {
		t.Errorf("it was started without a limit: %v", l.host.Ran())
	}
}

// An engine that Resource Saver had put to sleep answers with an error first.
func testEngineThatWakesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := mac(t)
		l.docker.away = awayFor(0, 2*time.Second, errors.New("request returned 500 Internal Server Error for API route and version /_ping"))
		if f := findingOf(t, l, "docker.engine"); f.Status != OK {
			t.Errorf("%s: %s %v", f.Status, f.Summary, f.Evidence)
		}
		l.docker.down = errors.New("500 Internal Server Error")
		if f := findingOf(t, l, "docker.engine"); f.Status != Fail || f.Fix == nil {
			t.Errorf("one that does not wake up: %+v", f)
		}
		l = linux(t)
		l.docker.down = errors.New("500 Internal Server Error")
		began := time.Now()
		if f := findingOf(t, l, "docker.engine"); f.Status != Fail || time.Since(began) > time.Second {
			t.Errorf("a plain engine does not sleep: %+v after %s", f, time.Since(began))
		}
	})
}

func TestFixGoesOnWithoutTheVariable(t *testing.T) {
	tests := []struct {
		id, name string
		on       func(*testing.T) *laptop
		spoil    func(*laptop)
	}{
		{"docker.engine", "DOCKER_HOST", linux, func(l *laptop) {
			l.docker.endpoint = docker.Endpoint{Host: "tcp://127.0.0.1:1", Context: "default", Source: "DOCKER_HOST", Local: true}
			l.docker.down = docker.ErrUnreachable
		}},
		{"docker.host-variable", "DOCKER_HOST", mac, func(l *laptop) { l.docker.down = docker.ErrUnreachable }},
		{"docker.context", "DOCKER_CONTEXT", mac, func(l *laptop) {
			l.docker.endpointErr = &docker.ContextError{Name: "old", Source: "DOCKER_CONTEXT", Known: []string{"default"}}
		}},
		{"kube.config", "KUBECONFIG", mac, func(l *laptop) {
			l.kube.contextErr = kube.ErrNoConfig
			l.kube.config = kube.Config{Source: "KUBECONFIG", Err: kube.ErrNoConfig}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.id, func(t *testing.T) {
			l := tt.on(t)
			tt.spoil(l)
			l.host.Env[tt.name] = "tcp://127.0.0.1:1"
			_, undo, err := mend(t, l, tt.id)
			if v, set := l.host.Getenv(tt.name); err != nil || set {
				t.Errorf("%v, it is still %q", err, v)
			}
			if err := undo.Run(t.Context(), silently); err != nil || l.host.Env[tt.name] != "tcp://127.0.0.1:1" {
				t.Errorf("undone it is %q, %v", l.host.Env[tt.name], err)
			}
		})
	}
}

func TestUnsetForGood(t *testing.T) {
	tests := []struct{ system, shell, now, later string }{
		{"darwin", "/bin/zsh", "unset DOCKER_HOST", "~/.zshrc"},
		{"darwin", "", "unset DOCKER_HOST", "~/.zshrc"},
		{"linux", "/usr/bin/bash", "unset DOCKER_HOST", "~/.bashrc"},
		{"linux", "/usr/bin/fish", "set -e DOCKER_HOST", "config.fish"},
		{"linux", "", "unset DOCKER_HOST", "~/.profile"},
		{"windows", "", "Remove-Item Env:DOCKER_HOST", "SetEnvironmentVariable"},
	}
	for _, tt := range tests {
		steps := unsetForGood(&hosttest.Host{System: tt.system, Env: map[string]string{"SHELL": tt.shell}}, "DOCKER_HOST")
		if len(steps) != 2 || !strings.Contains(steps[0], tt.now) || !strings.Contains(steps[1], tt.later) {
			t.Errorf("%s %s: %q", tt.system, tt.shell, steps)
		}
	}
}
