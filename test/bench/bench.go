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
	"time"

	"github.com/twindeck/twindeck/test/term"
)

// bench is what the measurements share: the app, built as it is released. This
// process stands in the fixture's environment, and so do all it starts.
type bench struct {
	ctx    context.Context
	dir    string // removed at the end
	app    string
	undone []func() // what the measurement at hand must undo
}

// size is the terminal that figures are taken in.
var size = term.Size{Cols: 140, Rows: 40}

// patience is how long anything may take before it is given up.
const patience = 2 * time.Minute

func newBench(ctx context.Context) (*bench, error) {
	if runtime.GOOS != "linux" {
		return nil, errors.New("figures are read from /proc and taken on the fixture, which both need Linux")
	}
	dir, err := os.MkdirTemp("", "twindeck-bench")
	if err != nil {
		return nil, err
	}
	b := &bench{ctx: ctx, dir: dir, app: filepath.Join(dir, "twindeck")}
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-tags", "grpcnotrace", "-ldflags", "-s -w", "-o", b.app, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	build.Stdout, build.Stderr = os.Stdout, os.Stderr
	if err := build.Run(); err != nil {
		b.close()
		return nil, fmt.Errorf("building the app: %w", err)
	}
	if err := b.forget(b.app); err != nil {
		b.close()
		return nil, err
	}
	if err := enterFixture(ctx); err != nil {
		b.close()
		return nil, fmt.Errorf("asking the fixture (make fixture brings it up): %w", err)
	}
	return b, nil
}

func (b *bench) close() { _ = os.RemoveAll(b.dir) }

// forget drops a file from the page cache. A program that was just linked lies
// there in pieces of its own, and Linux counts a whole piece as its memory for
// each page it uses: up to 10 MB more than for one that is read from disk.
func (b *bench) forget(file string) error {
	_, err := b.timed(".", "dd", "of="+file, "oflag=nocache", "conv=notrunc,fdatasync", "count=0", "status=none")
	return err
}

// later undoes something when the measurement at hand is over.
func (b *bench) later(undo func()) { b.undone = append(b.undone, undo) }

func (b *bench) cleanup() {
	for _, undo := range slices.Backward(b.undone) {
		undo()
	}
	b.undone = nil
}

// enterFixture makes the fixture's environment ours.
func enterFixture(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, "sh", "-c", `lines=$(go -C test/fixture run . env) && eval "$lines" && env`)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return err
	}
	for _, name := range []string{"DOCKER_HOST", "DOCKER_CONTEXT"} {
		_ = os.Unsetenv(name) // fails only for names that no system allows
	}
	for line := range strings.Lines(string(out)) {
		if name, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "="); ok {
			if err := os.Setenv(name, value); err != nil {
				return err
			}
		}
	}
	return nil
}

// nowhere is an environment without Docker and without a cluster.
func (b *bench) nowhere() []string {
	return append(os.Environ(), "HOME="+b.dir, "DOCKER_CONFIG="+b.dir,
		"DOCKER_HOST=unix://"+filepath.Join(b.dir, "no.sock"), "KUBECONFIG="+filepath.Join(b.dir, "no-kubeconfig"))
}

// drive runs one of the fixture's commands, which may take long: it makes
// thousands of pods.
func (b *bench) drive(args ...string) error {
	_, err := b.within(5*patience, ".", "go", append([]string{"-C", filepath.Join("test", "fixture"), "run", "."}, args...)...)
	return err
}

// timed runs a command to its end in a folder and says how long it took.
func (b *bench) timed(dir, name string, args ...string) (time.Duration, error) {
	return b.within(patience, dir, name, args...)
}

func (b *bench) within(limit time.Duration, dir, name string, args ...string) (time.Duration, error) {
	// Undoing must work after an interrupt too.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(b.ctx), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	began := time.Now()
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, last(out, 600))
	}
	return time.Since(began), err
}

func last(out []byte, n int) []byte { return bytes.TrimSpace(out[max(0, len(out)-n):]) }

// open starts the app in a terminal.
func (b *bench) open(env []string, args ...string) (*term.Terminal, error) {
	cmd := exec.CommandContext(b.ctx, b.app, args...)
	cmd.Env = append(slices.Clone(env), "TERM=xterm-256color")
	cmd.Dir = b.dir
	return term.Start(cmd, size)
}

// launched opens the app and says how long it took until a text was there.
func (b *bench) launched(env []string, text string, args ...string) (*term.Terminal, time.Duration, error) {
	began := time.Now()
	t, err := b.open(env, args...)
	if err != nil {
		return nil, 0, err
	}
	if err := b.see(t, text); err != nil {
		t.Close()
		return nil, 0, err
	}
	return t, time.Since(began), nil
}

func (b *bench) see(t *term.Terminal, text string) error {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	err := t.Wait(ctx, func(screen string) bool { return strings.Contains(screen, text) })
	if err != nil {
		return fmt.Errorf("waiting for %q: %w; the screen shows\n%s", text, err, t.Screen())
	}
	return nil
}

// median runs something a few times and returns the middle duration.
func median(times int, do func() (time.Duration, error)) (time.Duration, error) {
	var all []time.Duration
	for range times {
		d, err := do()
		if err != nil {
			return 0, err
		}
		all = append(all, d)
	}
	return middle(all), nil
}

func middle(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

// memory is what a process has in memory, in MB.
type memory struct {
	peak float64 // the most it ever had (VmHWM)
	own  float64 // of what it has now: its own
	file float64 // of what it has now: pages of the program file, which the system may drop and reads again
}

func memoryOf(pid int) (memory, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return memory{}, err
	}
	var m memory
	fields := map[string]*float64{"VmHWM": &m.peak, "RssAnon": &m.own, "RssFile": &m.file}
	for line := range strings.Lines(string(data)) {
		name, value, _ := strings.Cut(line, ":")
		to, wanted := fields[name]
		if !wanted {
			continue
		}
		var kB float64
		if _, err := fmt.Sscanf(value, "%f kB", &kB); err != nil {
			return memory{}, fmt.Errorf("reading /proc/%d/status: %s: %w", pid, line, err)
		}
		*to = kB * 1024 / 1e6
	}
	if m.peak == 0 {
		return memory{}, errors.New("no VmHWM in /proc")
	}
	return m, nil
}

// idleCPU is how much of a core a process uses in ten seconds, in percent, once
// its launch is over: after a second that took less than a twentieth of one.
func (b *bench) idleCPU(pid int) (float64, error) {
	const launch, span = 10, 10 * time.Second
	for range launch {
		used, err := b.cpuOver(pid, time.Second)
		if err != nil {
			return 0, err
		}
		if used < 5 {
			break
		}
	}
	return b.cpuOver(pid, span)
}

// cpuOver is how much of a core a process uses in a while, in percent.
func (b *bench) cpuOver(pid int, span time.Duration) (float64, error) {
	before, err := cpuTicks(pid)
	if err != nil {
		return 0, err
	}
	select {
	case <-time.After(span):
	case <-b.ctx.Done():
		return 0, b.ctx.Err()
	}
	after, err := cpuTicks(pid)
	// 100 ticks a second, as on every Linux.
	return float64(after-before) / span.Seconds(), err
}

// cpuTicks is the CPU time of a process so far, user and system.
func cpuTicks(pid int) (int, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	// Behind the name, which is in parentheses: state is the first field, user
	// and system time the 12th and 13th.
	fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+1:]))
	var user, system int
	if _, err := fmt.Sscan(fields[11]+" "+fields[12], &user, &system); err != nil {
		return 0, fmt.Errorf("reading /proc/%d/stat: %w", pid, err)
	}
	return user + system, nil
}
