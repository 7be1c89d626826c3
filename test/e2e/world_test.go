//go:build unix

package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/twindeck/twindeck/test/term"
)

// world is what a program finds around it: a home folder, servers or none, and
// the folder it is started in. Each test makes its own.
type world struct {
	t         *testing.T
	home      string
	dir       string // where programs are started
	namespace string // where pods go; "" when there are no servers
	env       []string
	user      uint32 // the app runs as; 0: as the tests do
}

// nowhere is a machine without Docker and without a cluster.
func nowhere(t *testing.T) *world {
	t.Helper()
	home := t.TempDir()
	w := &world{t: t, home: home, dir: filepath.Join(home, "work")}
	w.write("work/.keep", "")
	for _, kv := range os.Environ() {
		if name, _, _ := strings.Cut(kv, "="); !strings.HasPrefix(name, "DOCKER_") && !strings.HasPrefix(name, "XDG_") && !strings.HasPrefix(name, "TWINDECK_") {
			w.env = append(w.env, kv)
		}
	}
	w.set("HOME", home)
	w.set("TERM", "xterm-256color")
	w.set("DOCKER_HOST", "unix://"+filepath.Join(home, "no.sock"))
	w.set("KUBECONFIG", filepath.Join(home, "no-kubeconfig"))
	w.set("NO_PROXY", "*")
	return w
}

// servers is a machine with a real Docker and a real Kubernetes, and a
// namespace of the test's own. Without either, the test does not apply here.
func servers(t *testing.T) *world {
	t.Helper()
	if os.Getenv("TWINDECK_FIXTURE") == "" && !isLocal() {
		if os.Getenv("CI") == "true" {
			t.Fatal("with CI=true this may not be left out, but no fixture is up: run `make test`")
		}
		t.Skip("left out: no real Docker and Kubernetes: run `make test`, or `make fixture` and eval \"$(make -s fixture-env)\"")
	}
	w := nowhere(t)
	w.unset("DOCKER_HOST")
	for _, name := range []string{"DOCKER_CONFIG", "DOCKER_HOST", "DOCKER_CONTEXT", "KUBECONFIG"} {
		if value, ok := os.LookupEnv(name); ok {
			w.set(name, value)
		} else {
			w.unset(name)
		}
	}
	if isLocal() {
		w.set("HOME", os.Getenv("HOME"))
	}
	name := notInNames.ReplaceAllString(strings.ToLower(strings.TrimPrefix(t.Name(), "Test")), "-")
	w.namespace = fmt.Sprintf("e2e-%.40s-%d", name, time.Now().UnixMilli()%1_000_000)
	w.makeNamespace(w.namespace)
	return w
}

// makeNamespace makes a namespace that goes with the test, and waits for what
// pods need in it: a cluster whose API server was just away makes it late.
func (w *world) makeNamespace(name string) {
	w.t.Helper()
	w.kubectl("create", "namespace", name)
	w.t.Cleanup(func() {
		w.command("kubectl", "delete", "namespace", name, "--wait=false").ok()
	})
	var out string
	eventually(w.t, 2*patience, func() bool {
		out = w.kubectl("-n", name, "get", "serviceaccounts", "-o", "name")
		return strings.Contains(out, "serviceaccount/default")
	}, func() string { return "no default service account in " + name + ": " + out })
}

// notInNames is what names in Kubernetes do not have.
var notInNames = regexp.MustCompile(`[^a-z0-9]+`)

// onFixture is servers whose parts a test may stop.
func onFixture(t *testing.T) *world {
	t.Helper()
	if isLocal() {
		t.Skip("left out: it stops servers or needs registries of its own, which only the fixture lets it")
	}
	return servers(t)
}

func isLocal() bool { return os.Getenv("TWINDECK_E2E") == "local" }

// in is the world of a test for one of its parts, which fails and ends by itself.
func (w *world) in(t *testing.T) *world {
	own := *w
	own.t, own.env = t, slices.Clone(w.env)
	return &own
}

// set gives the programs of this world a variable.
func (w *world) set(name, value string) {
	w.unset(name)
	w.env = append(w.env, name+"="+value)
}

func (w *world) unset(name string) {
	w.env = slices.DeleteFunc(w.env, func(kv string) bool { return strings.HasPrefix(kv, name+"=") })
}

// write writes a file below the home folder and returns its path.
func (w *world) write(name, text string) string {
	w.t.Helper()
	path := filepath.Join(w.home, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
	return path
}

// result is how a program ended.
type result struct {
	t        *testing.T
	line     string // what was run
	out, err string
	code     int
	took     time.Duration
}

// command runs a program of this machine, in this world, to its end.
func (w *world) command(name string, args ...string) result {
	w.t.Helper()
	return w.commandAs(0, name, args...)
}

// commandAs is command for another user; 0 is who runs the tests.
func (w *world) commandAs(user uint32, name string, args ...string) result {
	w.t.Helper()
	// Cleanups run commands too, and then t.Context() has ended.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(w.t.Context()), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = w.dir, w.env
	if user != 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: user, Gid: user}}
	}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	began := time.Now()
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		w.t.Fatalf("running %s: %v", name, err)
	}
	return result{
		t: w.t, line: filepath.Base(name) + " " + strings.Join(args, " "),
		out: out.String(), err: errs.String(), code: cmd.ProcessState.ExitCode(), took: time.Since(began),
	}
}

// shown is what the program said, its end if that was much.
func (r result) shown() string {
	const most = 4000
	all := r.out + r.err
	if len(all) > most {
		all = "…" + all[len(all)-most:]
	}
	return all
}

// ok fails the test unless the program ended well, and returns its output.
func (r result) ok() string {
	r.t.Helper()
	return r.exits(0).out
}

// exits fails the test unless the program ended with this code.
func (r result) exits(code int) result {
	r.t.Helper()
	if r.code != code {
		r.t.Fatalf("%s: exit code %d, want %d\n%s", r.line, r.code, code, r.shown())
	}
	return r
}

// says fails the test unless the output holds all the texts.
func (r result) says(texts ...string) result {
	r.t.Helper()
	for _, text := range texts {
		if !strings.Contains(r.out+r.err, text) {
			r.t.Errorf("%s: nothing of %q in\n%s", r.line, text, r.shown())
		}
	}
	return r
}

// within fails the test when the program took longer.
func (r result) within(limit time.Duration) result {
	r.t.Helper()
	if r.took > limit {
		r.t.Errorf("%s took %s, want %s at most\n%s", r.line, r.took.Round(time.Millisecond), limit, r.shown())
	}
	return r
}

// kubectl, docker and git arrange what a test finds; they must succeed.
func (w *world) kubectl(args ...string) string {
	w.t.Helper()
	return w.command("kubectl", args...).ok()
}

func (w *world) docker(args ...string) string { w.t.Helper(); return w.command("docker", args...).ok() }

func (w *world) git(args ...string) string {
	w.t.Helper()
	id := []string{"-c", "user.name=Ada", "-c", "user.email=ada@example.com"}
	return w.command("git", append(id, args...)...).ok()
}

// applied applies a manifest in the test's namespace.
func (w *world) applied(manifest string) {
	w.t.Helper()
	w.kubectl("--namespace", w.namespace, "apply", "-f", w.write("manifest.yaml", manifest))
}

// until waits until kubectl shows one of the words at a place of an object; "3+"
// is any number from 3 on.
func (w *world) until(object, at string, words ...string) {
	w.t.Helper()
	var out string
	eventually(w.t, 2*patience, func() bool {
		out = w.kubectl("-n", w.namespace, "get", object, "-o", at)
		return slices.ContainsFunc(strings.Fields(out), func(have string) bool {
			return slices.ContainsFunc(words, func(want string) bool { return meets(have, want) })
		})
	}, func() string {
		return fmt.Sprintf("%s: saw %q, waited for one of %v\n%s", object, out, words, w.kubectl("-n", w.namespace, "describe", "pods"))
	})
}

// meets tells whether a word is the one wanted; "3+" is any number from 3 on: one
// that only grows may have passed it.
func meets(have, want string) bool {
	least, counts := strings.CutSuffix(want, "+")
	if !counts {
		return have == want
	}
	n, err := strconv.Atoi(have)
	from, errFrom := strconv.Atoi(least)
	return err == nil && errFrom == nil && n >= from
}

// eventually waits until something holds; tell says what was seen instead.
func eventually(t *testing.T, limit time.Duration, holds func() bool, tell func() string) {
	t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	late := time.After(limit)
	for !holds() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatal(tell())
		}
	}
}

// twindeck runs the app without a screen.
func (w *world) twindeck(args ...string) result {
	w.t.Helper()
	return w.commandAs(w.user, binary(w.t), w.args(args)...)
}

// open opens the app in a terminal.
func (w *world) open(size term.Size, args ...string) *session {
	w.t.Helper()
	cmd := exec.CommandContext(w.t.Context(), binary(w.t), w.args(args)...)
	cmd.Dir, cmd.Env = w.dir, w.env
	s := start(w.t, size, cmd)
	s.See("twindeck") // from the first frame on, keys are read
	return s
}

// args puts the test's namespace in front.
func (w *world) args(args []string) []string {
	if w.namespace == "" {
		return args
	}
	return append([]string{"--namespace", w.namespace}, args...)
}

// binary builds the app once, and returns where it is.
func binary(t *testing.T) string {
	t.Helper()
	path, err := buildOnce()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// programs is where the app is built to; TestMain makes it and removes it.
var programs string

var buildOnce = sync.OnceValues(func() (string, error) {
	if path := os.Getenv("TWINDECK_BINARY"); path != "" {
		return path, nil // one that was released, say
	}
	path := filepath.Join(programs, "twindeck")
	build := exec.Command("go", "build", "-o", path, ".")
	build.Dir = filepath.Join("..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the app: %w\n%s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	var err error
	if programs, err = os.MkdirTemp("", "twindeck-e2e"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := os.Chmod(programs, 0o755); err != nil { //nolint:gosec // other users run it too
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(programs)
	os.Exit(code)
}
