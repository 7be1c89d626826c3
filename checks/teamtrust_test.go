package checks

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/twindeck/twindeck/env/host"
	"github.com/twindeck/twindeck/env/host/hosttest"
	"github.com/twindeck/twindeck/env/project/team"
)

// A cloned repository must not be able to run anything on this machine before
// the person has seen what it is and agreed to it.

// hostile asks for everything that can be run, in every way.
const hostile = `  - {id: tool, tool: node, version: ">=1"}
  - {id: path, tool: ./gradlew, version: "8", args: [-x, $(touch hacked)]}
  - {id: command, command: [lint, a b, $(touch hacked)]}
  - {id: own, command: [./evil.sh]}
  - {id: shell, shell: "touch hacked", level: warning}
  - {id: found, tool: lint}
  - {id: file, file: $(touch hacked)}
  - {id: env, env: STAGE}
  - {id: host, host: db.internal}
  - {id: then, port: 3000, needs: team.command}
`

// executing are the checks of it that run something, fine what else is fine.
var executing = []string{"team.tool", "team.path", "team.command", "team.own", "team.shell"}

// commands writes what was run, in an order of its own: checks run at once.
func commands(ran []host.Command) []string {
	var all []string
	for _, c := range ran {
		all = append(all, fmt.Sprintf("%s %q in %s", c.Path, c.Args, c.Dir))
	}
	slices.Sort(all)
	return all
}

// hostileOn is a laptop with that file, and what is run without it.
func hostileOn(t *testing.T, make func(*testing.T) *laptop) (l *laptop, before []string) {
	t.Helper()
	l = make(t)
	furnish(l)
	l.host.Programs[host.Join(l.host, l.project.Dir, "evil.sh")] = hosttest.Prints("")
	Collect(t.Context(), Catalogue(l.environment()), l.environment())
	before = commands(l.host.Ran())
	fresh := make(t)
	furnish(fresh)
	fresh.host.Programs = l.host.Programs
	teamOn(fresh, hostile)
	return fresh, before
}

// leftOf removes from all what is in some, each once.
func leftOf(all, some []string) []string {
	all = slices.Clone(all)
	for _, s := range some {
		if i := slices.Index(all, s); i >= 0 {
			all = slices.Delete(all, i, i+1)
		}
	}
	return all
}

func TestUntrustedFileRunsNothing(t *testing.T) {
	for name, make := range laptops() {
		t.Run(name, func(t *testing.T) {
			l, before := hostileOn(t, make)
			got := outcome(t, l)
			if ran := commands(l.host.Ran()); !slices.Equal(ran, before) {
				t.Fatalf("it ran %q", leftOf(ran, before))
			}
			for _, id := range append(slices.Clone(executing), "team.then") {
				if r := got[id]; r.Finding.Status != Blocked || r.Cause != teamTrustID {
					t.Errorf("%s is %s by %q: %s", id, r.Finding.Status, r.Cause, r.Finding.Summary)
				}
			}
			if r := got["team.found"]; r.Finding.Status != OK {
				t.Errorf("looking a program up: %s: %s", r.Finding.Status, r.Finding.Summary)
			}
		})
	}
}

func TestUntrustedFileIsAWarningThatShowsEverything(t *testing.T) {
	l, _ := hostileOn(t, mac)
	results := Collect(t.Context(), Catalogue(l.environment()), l.environment())
	s := Summarise(results)
	i := slices.IndexFunc(s.Warnings, func(r Result) bool { return r.Check.ID == teamTrustID })
	if i < 0 {
		t.Fatalf("no warning: %s", s.Line())
	}
	r := s.Warnings[i]
	if len(r.Blocks) != len(executing)+1 {
		t.Errorf("%v wait for it", r.Blocks)
	}
	changes := strings.Join(r.Finding.Fix.Changes, "\n")
	want := `team.tool: node --version
team.path: ./gradlew -x "$(touch hacked)"
team.command: lint "a b" "$(touch hacked)"
team.own: ./evil.sh
team.shell: (shell) touch hacked
these run in ` + l.project.Dir
	if !strings.HasPrefix(changes, want) {
		t.Errorf("it shows\n%s\nwant\n%s", changes, want)
	}
	if steps := strings.Join(r.Finding.Steps, "\n"); !strings.Contains(steps, "twindeck trust") {
		t.Errorf("by hand: %s", steps)
	}
}

func TestTrustedFileRunsExactlyWhatItShowed(t *testing.T) {
	shells := map[string]string{
		"mac": `sh ["-c" "touch hacked"]`, "linux": `sh ["-c" "touch hacked"]`,
		"windows": `powershell ["-NoProfile" "-NonInteractive" "-Command" "touch hacked"]`,
	}
	for name, make := range laptops() {
		t.Run(name, func(t *testing.T) {
			l, before := hostileOn(t, make)
			fix := outcome(t, l)[teamTrustID].Finding.Fix
			var said []string
			undo, err := fix.Run(t.Context(), func(s string) { said = append(said, s) })
			if err != nil || undo == nil || len(said) == 0 {
				t.Fatalf("trusting it: %v, said %q", err, said)
			}
			untrusted := commands(l.host.Ran())
			got := outcome(t, l)

			bin := func(name string) string { return l.host.Which(name)[0] }
			own := func(name string) string { return host.Join(l.host, l.project.Dir, name) }
			in := " in " + l.project.Dir
			want := []string{
				bin("node") + ` ["--version"]` + in,
				own("gradlew") + ` ["-x" "$(touch hacked)"]` + in,
				bin("lint") + ` ["a b" "$(touch hacked)"]` + in,
				own("evil.sh") + ` []` + in,
				shells[name] + in,
			}
			slices.Sort(want)
			if ran := leftOf(leftOf(commands(l.host.Ran()), untrusted), before); !slices.Equal(ran, want) {
				t.Errorf("it ran\n%s\nwant\n%s", strings.Join(ran, "\n"), strings.Join(want, "\n"))
			}
			for _, id := range append(slices.Clone(executing), teamTrustID, "team.then") {
				if f := got[id].Finding; f.Status != OK {
					t.Errorf("%s is %s: %s %v", id, f.Status, f.Summary, f.Evidence)
				}
			}
			if err := undo.Run(t.Context(), func(string) {}); err != nil {
				t.Fatal(err)
			}
			if r := outcome(t, l)["team.own"]; r.Finding.Status != Blocked {
				t.Errorf("after the trust was taken back it is %s", r.Finding.Status)
			}
		})
	}
}

func TestChangedFileRunsNothing(t *testing.T) {
	for name, change := range map[string]func(l *laptop, path string){
		"one byte":      func(l *laptop, path string) { l.host.Files[path] += "\n" },
		"one byte less": func(l *laptop, path string) { l.host.Files[path] = strings.TrimSuffix(l.host.Files[path], "\n") },
		"trust of another repository": func(l *laptop, path string) {
			store, _ := team.StorePath(l.host)
			l.host.Files[store] = strings.Replace(l.host.Files[store], path, "/elsewhere/.twindeck.yaml", 1)
		},
		"trust in the repository": func(l *laptop, _ string) {
			store, _ := team.StorePath(l.host)
			l.host.Files[l.project.Dir+"/twindeck/trusted.json"] = l.host.Files[store]
			delete(l.host.Files, store)
			l.host.Env["XDG_STATE_HOME"] = "."
		},
		"revoked": func(l *laptop, path string) {
			if _, err := team.Revoke(l.host, path); err != nil {
				panic(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			l, before := hostileOn(t, linux)
			trustTeamOf(t, l)
			f, err := TeamFile(l.environment())
			if err != nil {
				t.Fatal(err)
			}
			change(l, f.Path)
			got := outcome(t, l)
			if ran := commands(l.host.Ran()); !slices.Equal(ran, before) {
				t.Errorf("it ran %q", leftOf(ran, before))
			}
			if f := got[teamTrustID].Finding; f.Status != Warn {
				t.Errorf("trust is %s: %s", f.Status, f.Summary)
			}
		})
	}
}

// What is agreed to is what was shown, also when the file changed meanwhile.
func TestTrustIsOfWhatWasShown(t *testing.T) {
	l, _ := hostileOn(t, mac)
	fix := outcome(t, l)[teamTrustID].Finding.Fix
	f, err := TeamFile(l.environment())
	if err != nil {
		t.Fatal(err)
	}
	l.host.Files[f.Path] += "  - {id: more, shell: touch more}\n"
	if _, err := fix.Run(t.Context(), func(string) {}); err != nil {
		t.Fatal(err)
	}
	ran := len(l.host.Ran())
	again := outcome(t, l)
	if r := again["team.more"]; r.Finding.Status != Blocked {
		t.Errorf("what was added is %s", r.Finding.Status)
	}
	for _, c := range l.host.Ran()[ran:] {
		if c.Dir != "" {
			t.Errorf("it ran %v", c)
		}
	}
}

// Leaving the question out is no answer to it.
func TestSkippedTrustRunsNothing(t *testing.T) {
	l, before := hostileOn(t, mac)
	e := l.environment()
	list, err := Select(Catalogue(e), nil, []string{"project"})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range Collect(t.Context(), list, e) {
		if slices.Contains(append(slices.Clone(executing), "team.then"), r.Check.ID) && r.Finding.Status != Blocked {
			t.Errorf("%s is %s", r.Check.ID, r.Finding.Status)
		}
	}
	if ran := commands(l.host.Ran()); !slices.Equal(ran, before) {
		t.Errorf("it ran %q", leftOf(ran, before))
	}
}

// Where nothing would be run on this system, there is nothing to ask.
func TestTrustIsAskedForOnlyWhereSomethingRuns(t *testing.T) {
	for checks, asked := range map[string]bool{
		"  - {id: a, port: 3000}\n  - {id: b, tool: docker}\n":   false,
		"  - {id: a, shell: dir, systems: [windows]}\n":          false,
		"  - {id: a, shell: ls, systems: [windows, macos]}\n":    true,
		"  - {id: a, tool: docker, version: '>=1'}\n":            true,
		"  - {id: a, command: [docker], needs: docker.engine}\n": true,
	} {
		l := mac(t)
		teamOn(l, checks)
		if _, there := outcome(t, l)[teamTrustID]; there != asked {
			t.Errorf("%q: asked %v, want %v", checks, there, asked)
		}
	}
}

func TestTeamOutputIsCut(t *testing.T) {
	l := mac(t)
	teamOn(l, "  - {id: a, command: [talks]}\n")
	l.program("talks", func(context.Context, host.Command) (host.Result, error) {
		return host.Result{Stdout: strings.Repeat(strings.Repeat("x", 2000)+"\x1b[31m\n", 500)}, nil
	})
	trustTeamOf(t, l)
	got := outcome(t, l)["team.a"].Finding.Evidence[0].Got
	if len(got) > shownLines*(lineLimit+10)+30 || !strings.HasSuffix(got, "494 lines more") || strings.Contains(got, "\x1b") {
		t.Errorf("%d bytes are shown: %.80q", len(got), got)
	}
}
