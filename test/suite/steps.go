package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// endToEnd is the package that runs the real binary on real servers.
const endToEnd = "./test/e2e"

// suite runs the steps.
type suite struct{ ctx context.Context }

// units runs everything that needs no server. The race detector needs a C
// compiler, which Linux has here anyway.
func (s *suite) units() error {
	pkgs, err := s.packages()
	if err != nil {
		return err
	}
	args := []string{"test"}
	if runtime.GOOS == "linux" {
		args = append(args, "-race")
	}
	say("units and screens")
	if err := s.goTool(nil, append(args, pkgs...)...); err != nil {
		return err
	}
	for _, example := range []string{"hello-go", "shop/api"} {
		if err := s.goTool(nil, "-C", "examples/"+example, "vet", "./..."); err != nil {
			return err
		}
	}
	return nil
}

// onFixture brings the fixture up, runs what needs it, one package at a time
// because each looks at all there is, and takes it down again unless it was up
// before.
func (s *suite) onFixture() (err error) {
	say("the fixture's own tests")
	if err := s.goTool(nil, "-C", fixtureDir, "test", "./..."); err != nil {
		return err
	}
	wasUp := s.fixtureIsUp()
	say("the fixture: a real Docker and a real Kubernetes")
	if !wasUp {
		// Down even when the tests failed or were interrupted.
		defer func() {
			say("taking the fixture down")
			err = errors.Join(err, s.detached().fixture("down"))
		}()
	}
	if err := s.fixture("up"); err != nil {
		return fmt.Errorf("bringing the fixture up: %w", err)
	}
	env, err := s.fixtureEnv()
	if err != nil {
		return err
	}
	pkgs, err := fixturePackages(".")
	if err != nil {
		return err
	}
	say("on the fixture: " + strings.Join(pkgs, " ") + ", then end to end")
	// Their other tests have run. Pods mostly keep one waiting: more of them than
	// there are processors come up side by side.
	args := []string{"test", "-p=1", "-count=1", "-timeout=20m", "-parallel=6"}
	rooms := s.goTool(env, slices.Concat(args, []string{"-run=^TestFixture"}, pkgs)...)
	if s.ctx.Err() != nil {
		return rooms
	}
	return errors.Join(rooms, s.goTool(env, slices.Concat(args, []string{endToEnd})...))
}

// onLocal runs the end-to-end tests against this machine's own Docker and
// Kubernetes, in a namespace that they make and remove.
func (s *suite) onLocal() error {
	say("end to end, on this machine's own Docker and Kubernetes")
	return s.goTool(os.Environ(), "test", "-v", "-count=1", "-timeout=20m", endToEnd)
}

// packages lists all packages but the end-to-end one.
func (s *suite) packages() ([]string, error) {
	cmd := exec.CommandContext(s.ctx, "go", "list", "./...")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("listing the packages: %w", err)
	}
	pkgs := strings.Fields(string(out))
	return slices.DeleteFunc(pkgs, func(p string) bool {
		return strings.HasSuffix(p, strings.TrimPrefix(endToEnd, "."))
	}), nil
}

// fixturePackages lists the folders below root with tests that need the
// fixture: those with a file called fixture_test.go, or ..._fixture_test.go.
// Their tests are called TestFixture…, and no others are: test/house sees to it.
// Modules of their own are not looked into.
func fixturePackages(root string) ([]string, error) {
	var dirs []string
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != root {
			_, err := os.Stat(filepath.Join(path, "go.mod"))
			if err == nil || strings.HasPrefix(d.Name(), ".") {
				return filepath.SkipDir
			}
		}
		dir := "./" + filepath.ToSlash(filepath.Dir(path))
		if strings.HasSuffix(d.Name(), "fixture_test.go") && !slices.Contains(dirs, dir) && dir != endToEnd {
			dirs = append(dirs, dir)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("looking for tests that need the fixture: %w", err)
	}
	return dirs, nil
}

// goTool runs the go command with its output shown. A nil env is ours without
// what could point tests at a server they did not ask for.
func (s *suite) goTool(env []string, args ...string) error {
	cmd := s.command("go", args...)
	cmd.Env = env
	if env == nil {
		cmd.Env = without(os.Environ(), "TWINDECK_FIXTURE", "TWINDECK_E2E")
	}
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("go %s: %w", strings.Join(args[:min(3, len(args))], " "), err)
	}
	return nil
}

// command prepares a command whose output is shown, and which is asked to end,
// not killed, when we are interrupted.
func (s *suite) command(name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(s.ctx, name, args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	return cmd
}

// detached is the suite with a context that an interrupt does not end.
func (s *suite) detached() *suite { return &suite{ctx: context.WithoutCancel(s.ctx)} }

// without returns env without the named variables and those they prefix.
func without(env []string, names ...string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(kv string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(kv, n) })
	})
}

// exports reads the lines that the fixture's env command prints, on top of env.
func exports(env []string, lines []byte) ([]string, error) {
	for _, line := range bytes.Split(bytes.TrimSpace(lines), []byte("\n")) {
		text := string(line)
		if names, ok := strings.CutPrefix(text, "unset "); ok {
			for _, name := range strings.Fields(names) {
				env = without(env, name+"=")
			}
			continue
		}
		name, value, ok := strings.Cut(strings.TrimPrefix(text, "export "), "=")
		if !ok || !strings.HasPrefix(text, "export ") || len(value) < 2 || value[0] != '\'' {
			return nil, fmt.Errorf("the fixture's environment has a line that is no export: %q", text)
		}
		value = strings.ReplaceAll(value[1:len(value)-1], `'\''`, "'")
		env = append(without(env, name+"="), name+"="+value)
	}
	return env, nil
}
