package host

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestMain lets this test binary stand in for a program of any system.
func TestMain(m *testing.M) {
	switch os.Getenv("HOST_TEST_ACT") {
	case "":
		os.Exit(m.Run())
	case "talk":
		for range 3 << 10 {
			os.Stdout.WriteString(strings.Repeat("x", 1024)) //nolint:errcheck // nothing to do about it
		}
	case "fail":
		os.Stderr.WriteString("it failed") //nolint:errcheck // as above
		os.Exit(7)
	case "family":
		// A child that outlives its parent's death unless the tree is killed.
		child := exec.Command(os.Args[0]) //nolint:noctx // to be killed by the test
		child.Env = append(os.Environ(), "HOST_TEST_ACT=child")
		child.Stdout = os.Stdout
		_ = child.Run()
	case "child":
		// Holding the listener's other end open shows that it lives.
		conn, err := net.Dial("tcp", os.Getenv("HOST_TEST_ADDR")) //nolint:noctx // as above
		if err == nil {
			_, _ = conn.Read(make([]byte, 1))
		}
	}
}

func act(name string, env ...string) Command {
	return Command{Path: os.Args[0], Env: append(env, "HOST_TEST_ACT="+name)}
}

func TestRunKeepsOneMebibyte(t *testing.T) {
	r, err := Local().Run(t.Context(), act("talk"))
	if err != nil || len(r.Stdout) != outputLimit || r.Code != 0 || r.Took <= 0 {
		t.Errorf("%d bytes, code %d, took %s, %v", len(r.Stdout), r.Code, r.Took, err)
	}
}

func TestRunTellsTheExitCode(t *testing.T) {
	r, err := Local().Run(t.Context(), act("fail"))
	if err != nil || r.Code != 7 || r.Stderr != "it failed" {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestRunOfWhatIsNotThere(t *testing.T) {
	_, err := Local().Run(t.Context(), Command{Path: "no-such-program-anywhere"})
	if !errors.Is(err, exec.ErrNotFound) || !strings.Contains(err.Error(), "running no-such-program-anywhere") {
		t.Errorf("got %v", err)
	}
}

func TestRunKillsTheWholeTree(t *testing.T) {
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // a test's end
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := Local().Run(ctx, act("family", "HOST_TEST_ADDR="+l.Addr().String()))
		ended <- err
	}()
	conn, err := l.Accept() // the grandchild is up
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close() //nolint:errcheck // a test's end
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	// The kernel closes the dead grandchild's end; a living one says nothing.
	if err := conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the grandchild lives on")
	}
}

func TestWhich(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Setenv("PATHEXT", ".EXE")
	}
	one, two, link := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "link")
	name := "kubectl"
	file := name
	if runtime.GOOS == "windows" {
		file += ".exe"
	}
	for _, dir := range []string{one, two} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte("x"), 0o755); err != nil { //nolint:gosec // a program
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(one, "text"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	linked := os.Symlink(one, link) == nil // Windows may not let us
	dirs := []string{one, two, filepath.Join(one, "missing"), ""}
	if linked {
		dirs = append(dirs, link)
	}
	t.Setenv("PATH", strings.Join(dirs, string(os.PathListSeparator)))

	got := Local().Which(name)
	want := []string{filepath.Join(one, file), filepath.Join(two, file)}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got %v, want %v", got, want)
	}
	if runtime.GOOS != "windows" && len(Local().Which("text")) != 0 {
		t.Error("a file that cannot be run was found")
	}
}

func TestDialUnix(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	if _, err := Local().Dial(t.Context(), "unix", path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing socket: %v", err)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // a test's end
	conn, err := Local().Dial(t.Context(), "unix", path)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
}

func TestResolve(t *testing.T) {
	if all, err := Local().Resolve(t.Context(), "127.0.0.1"); err != nil || len(all) != 1 || all[0] != "127.0.0.1" {
		t.Errorf("%v, %v", all, err)
	}
	// RFC 6761: no name below .invalid ever resolves.
	if all, err := Local().Resolve(t.Context(), "nobody.invalid"); err == nil {
		t.Errorf("nobody.invalid is %v", all)
	}
}

func TestDiskOfWhatIsYetToBeMade(t *testing.T) {
	dir := t.TempDir()
	there, err := Local().Disk(dir)
	if err != nil || there.Total == 0 || there.Free > there.Total {
		t.Fatalf("%+v, %v", there, err)
	}
	later, err := Local().Disk(filepath.Join(dir, "a", "b"))
	if err != nil || later.Total != there.Total {
		t.Errorf("%+v, %v; want the disk of %s", later, err, dir)
	}
}

func TestMemory(t *testing.T) {
	m, err := Local().Memory()
	if err != nil || m.Total < 64<<20 || m.Free > m.Total {
		t.Errorf("%+v, %v", m, err)
	}
}

type system struct {
	Host
	os string
}

func (s system) OS() string { return s.os }

func TestJoin(t *testing.T) {
	tests := []struct {
		os   string
		elem []string
		want string
	}{
		{"linux", []string{"/home/ada", ".docker", "config.json"}, "/home/ada/.docker/config.json"},
		{"linux", []string{"/", "etc"}, "/etc"},
		{"linux", []string{"", "etc"}, "etc"},
		{"windows", []string{`C:\Users\ada`, ".docker"}, `C:\Users\ada\.docker`},
		{"windows", []string{`C:\`, "Docker"}, `C:\Docker`},
		{"linux", nil, ""},
	}
	for _, tt := range tests {
		if got := Join(system{os: tt.os}, tt.elem...); got != tt.want {
			t.Errorf("Join(%s, %q) = %q, want %q", tt.os, tt.elem, got, tt.want)
		}
	}
}

func TestEnvironmentIsChangedForThisRun(t *testing.T) {
	t.Setenv("TWINDECK_TEST", "before") // restores it afterwards
	h := Local()
	if err := h.Unsetenv("TWINDECK_TEST"); err != nil {
		t.Fatal(err)
	}
	if v, set := h.Getenv("TWINDECK_TEST"); set {
		t.Errorf("it is still %q", v)
	}
	if err := h.Setenv("TWINDECK_TEST", "after"); err != nil {
		t.Fatal(err)
	}
	if v, _ := h.Getenv("TWINDECK_TEST"); v != "after" {
		t.Errorf("it is %q", v)
	}
}

func TestLink(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege on Windows")
	}
	dir := t.TempDir()
	target, path := filepath.Join(dir, "tool"), filepath.Join(dir, "new", "link")
	if err := os.WriteFile(target, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	h := Local()
	if err := h.Link(filepath.Join(dir, "gone"), path); err != nil {
		t.Fatal(err)
	}
	if err := h.Link(target, path); err != nil {
		t.Errorf("a dead link is not replaced: %v", err)
	}
	if data, err := h.ReadFile(path); err != nil || string(data) != "x" {
		t.Errorf("it holds %q, %v", data, err)
	}
	if err := h.Link(target, path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a link that leads somewhere is replaced: %v", err)
	}
}
