// Package hosttest has a host.Host made of data, so that a test on any machine
// can look at a macOS or Windows laptop in any condition.
package hosttest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/twindeck/twindeck/env/host"
)

// Host is a machine made of data. Fields are set before use; the methods may
// then be called from several goroutines.
//
// Paths may be written with / or \ whatever the system. Folders exist by
// having files in them. On Windows names are compared without case, and a
// program is found with or without its .exe.
type Host struct {
	System  string // as runtime.GOOS; empty: linux
	Machine string // as runtime.GOARCH; empty: amd64
	HomeDir string
	Env     map[string]string // PATH is where Which looks
	Clock   time.Time         // what Now says

	Files    map[string]string   // content by path
	Broken   map[string]error    // reading or replacing this path fails so
	Programs map[string]Program  // by full path
	Names    map[string][]string // addresses by host name
	Sockets  map[string]error    // "unix:/var/run/docker.sock", "tcp:127.0.0.1:6443": nil accepts; absent: nobody there
	Answers  map[string]string   // what such a socket sends once it was asked something; absent: nothing, ever

	Disks map[string]host.Space // by path prefix; the longest that fits
	RAM   host.Space

	mu  sync.Mutex
	ran []host.Command
}

// Program stands for an executable.
type Program func(ctx context.Context, c host.Command) (host.Result, error)

// Prints is a program that prints and ends well.
func Prints(stdout string) Program {
	return func(context.Context, host.Command) (host.Result, error) {
		return host.Result{Stdout: stdout}, nil
	}
}

// Exits is a program that fails.
func Exits(code int, stdout, stderr string) Program {
	return func(context.Context, host.Command) (host.Result, error) {
		return host.Result{Code: code, Stdout: stdout, Stderr: stderr}, nil
	}
}

// Hangs is a program that never ends by itself.
func Hangs() Program {
	return func(ctx context.Context, c host.Command) (host.Result, error) {
		<-ctx.Done()
		return host.Result{Code: -1}, fmt.Errorf("running %s: %w", c.Path, ctx.Err())
	}
}

// Ran returns the commands run so far, in order.
func (h *Host) Ran() []host.Command {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]host.Command(nil), h.ran...)
}

// OS implements host.Host.
func (h *Host) OS() string {
	if h.System == "" {
		return "linux"
	}
	return h.System
}

// Arch implements host.Host.
func (h *Host) Arch() string {
	if h.Machine == "" {
		return "amd64"
	}
	return h.Machine
}

// Home implements host.Host.
func (h *Host) Home() string { return h.HomeDir }

// Now implements host.Host.
func (h *Host) Now() time.Time { return h.Clock }

// Getenv implements host.Host.
func (h *Host) Getenv(name string) (string, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for k, v := range h.Env {
		if k == name || h.windows() && strings.EqualFold(k, name) {
			return v, true
		}
	}
	return "", false
}

// Setenv implements host.Host.
func (h *Host) Setenv(name, value string) error {
	if err := h.Unsetenv(name); err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.Env == nil {
		h.Env = map[string]string{}
	}
	h.Env[name] = value
	return nil
}

// Unsetenv implements host.Host.
func (h *Host) Unsetenv(name string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	for k := range h.Env {
		if k == name || h.windows() && strings.EqualFold(k, name) {
			delete(h.Env, k)
		}
	}
	return nil
}

// Which implements host.Host.
func (h *Host) Which(name string) []string {
	path, _ := h.Getenv("PATH")
	sep := ":"
	if h.windows() {
		sep = ";"
	}
	var found []string
	for dir := range strings.SplitSeq(path, sep) {
		if dir == "" {
			continue
		}
		if at, p := h.program(host.Join(h, dir, name)); p != nil {
			found = append(found, at)
		}
	}
	return found
}

// Run implements host.Host.
func (h *Host) Run(ctx context.Context, c host.Command) (host.Result, error) {
	h.mu.Lock()
	h.ran = append(h.ran, c)
	h.mu.Unlock()
	path := c.Path
	if !strings.ContainsAny(path, `/\`) {
		all := h.Which(path)
		if len(all) == 0 {
			return host.Result{Code: -1}, fmt.Errorf("running %s: executable file not found in $PATH", path)
		}
		path = all[0]
	}
	_, p := h.program(path)
	if p == nil {
		return host.Result{Code: -1}, fmt.Errorf("running %s: %w", path, fs.ErrNotExist)
	}
	return p(ctx, c)
}

func (h *Host) program(path string) (string, Program) {
	for at, p := range h.Programs {
		if h.same(at, path) || h.windows() && h.same(at, path+".exe") {
			return at, p
		}
	}
	return "", nil
}

// Dial implements host.Host. The other end of a connection that is accepted
// says what Answers has for it.
func (h *Host) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for at, err := range h.Sockets {
		if !h.same(at, network+":"+address) {
			continue
		}
		if err != nil {
			return nil, &net.OpError{Op: "dial", Net: network, Err: err}
		}
		ours, theirs := net.Pipe()
		context.AfterFunc(ctx, func() { _ = theirs.Close() })
		if text, ok := h.Answers[at]; ok {
			go answer(theirs, text)
		}
		return ours, nil
	}
	err := errors.New("connect: connection refused")
	if network != "tcp" {
		err = fs.ErrNotExist
	}
	return nil, &net.OpError{Op: "dial", Net: network, Err: err}
}

// Resolve implements host.Host.
func (h *Host) Resolve(ctx context.Context, name string) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if net.ParseIP(name) != nil {
		return []string{name}, nil
	}
	if all := h.Names[name]; len(all) > 0 {
		return all, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

// answer waits for a question, whatever it is, and answers it.
func answer(conn net.Conn, text string) {
	defer func() { _ = conn.Close() }()
	if _, err := conn.Read(make([]byte, 64<<10)); err == nil {
		_, _ = io.WriteString(conn, text)
	}
}

// Disk implements host.Host.
func (h *Host) Disk(path string) (host.Space, error) {
	best, longest := host.Space{}, -1
	for at, s := range h.Disks {
		if strings.HasPrefix(h.key(path), h.key(at)) && len(at) > longest {
			best, longest = s, len(at)
		}
	}
	if longest < 0 {
		return best, fmt.Errorf("asking how full the disk of %s is: %w", path, fs.ErrNotExist)
	}
	return best, nil
}

// Memory implements host.Host.
func (h *Host) Memory() (host.Space, error) { return h.RAM, nil }

// Replace implements host.Host. A backup's name counts up instead of telling
// the time, so that a test can name it.
func (h *Host) Replace(path string, data []byte, _ fs.FileMode) (string, error) {
	if err := h.broken(path); err != nil {
		return "", fmt.Errorf("replacing %s: %w", path, err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	at, old, there := h.find(path)
	if !there {
		if h.Files == nil {
			h.Files = map[string]string{}
		}
		h.Files[path] = string(data)
		return "", nil
	}
	var backup string
	for n := 1; ; n++ {
		backup = fmt.Sprintf("%s.twindeck-backup-%d", at, n)
		if _, taken := h.Files[backup]; !taken {
			break
		}
	}
	h.Files[backup] = old
	h.Files[at] = string(data)
	return backup, nil
}

// Remove implements host.Host.
func (h *Host) Remove(path string) error {
	if err := h.broken(path); err != nil {
		return fmt.Errorf("removing %s: %w", path, err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	at, _, there := h.find(path)
	if !there {
		return fmt.Errorf("removing %s: %w", path, fs.ErrNotExist)
	}
	delete(h.Files, at)
	return nil
}

// Link implements host.Host: path holds from then on what target does. A link
// that leads nowhere is a path that is Broken.
func (h *Host) Link(target, path string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	_, data, there := h.find(target)
	if !there {
		return fmt.Errorf("linking to %s: %w", target, fs.ErrNotExist)
	}
	if _, _, taken := h.find(path); taken && h.broken(path) == nil {
		return fmt.Errorf("linking %s: %w", path, fs.ErrExist)
	}
	for at := range h.Broken {
		if h.same(at, path) {
			delete(h.Broken, at)
		}
	}
	h.Files[path] = data
	return nil
}

func (h *Host) windows() bool { return h.System == "windows" }

// key brings a path to the one spelling that is compared.
func (h *Host) key(path string) string {
	path = strings.ReplaceAll(path, `\`, "/")
	if h.windows() {
		path = strings.ToLower(path)
	}
	if len(path) > 1 {
		path = strings.TrimSuffix(path, "/")
	}
	return path
}

func (h *Host) same(a, b string) bool { return h.key(a) == h.key(b) }
