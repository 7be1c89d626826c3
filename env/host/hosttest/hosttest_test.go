package hosttest

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/twindeck/twindeck/env/host"
)

func laptop() *Host {
	return &Host{
		System: "windows", HomeDir: `C:\Users\ada`,
		Env: map[string]string{"Path": `C:\Windows;C:\Docker\bin`},
		Files: map[string]string{
			`C:\Users\ada\.docker\config.json`:       "{}",
			`C:\Users\ada\.docker\contexts\meta\one`: "x",
		},
		Broken:   map[string]error{`C:\secret`: fs.ErrPermission},
		Programs: map[string]Program{`C:\Docker\bin\docker.exe`: Prints("29.6.0")},
		Sockets:  map[string]error{"npipe://./pipe/docker_engine": nil},
		Disks:    map[string]host.Space{`C:\`: {Total: 2}, `C:\Users`: {Total: 1}},
	}
}

func TestFiles(t *testing.T) {
	h := laptop()
	if data, err := h.ReadFile("c:/users/ADA/.docker/config.json"); err != nil || string(data) != "{}" {
		t.Errorf("%q, %v", data, err)
	}
	if _, err := h.ReadFile(`C:\secret`); !errors.Is(err, fs.ErrPermission) {
		t.Error(err)
	}
	if _, err := h.Stat(`C:\nothing`); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if i, err := h.Stat(`C:\Users\ada\.docker`); err != nil || !i.IsDir() || i.Name() != ".docker" {
		t.Errorf("%v, %v", i, err)
	}
	entries, err := h.ReadDir(`C:\Users\ada\.docker`)
	if err != nil || len(entries) != 2 || entries[0].Name() != "config.json" || !entries[1].IsDir() {
		t.Errorf("%v, %v", entries, err)
	}
	backup, err := h.Replace(`C:\Users\ada\.docker\config.json`, []byte("new"), 0)
	if err != nil || h.Files[backup] != "{}" || h.Files[`C:\Users\ada\.docker\config.json`] != "new" {
		t.Errorf("%q, %v, %v", backup, err, h.Files)
	}
	if s, err := h.Disk(`C:\Users\ada`); err != nil || s.Total != 1 {
		t.Errorf("%v, %v", s, err)
	}
}

func TestPrograms(t *testing.T) {
	h := laptop()
	if all := h.Which("docker"); len(all) != 1 || !strings.EqualFold(all[0], `C:\Docker\bin\docker.exe`) {
		t.Errorf("found %v", all)
	}
	if r, err := h.Run(t.Context(), host.Command{Path: "docker", Args: []string{"version"}}); err != nil || r.Stdout != "29.6.0" {
		t.Errorf("%v, %v", r, err)
	}
	if _, err := h.Run(t.Context(), host.Command{Path: "kubectl"}); err == nil || len(h.Ran()) != 2 {
		t.Errorf("%v, ran %v", err, h.Ran())
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	h.Programs[`C:\Docker\bin\docker.exe`] = Hangs()
	if _, err := h.Run(ctx, host.Command{Path: "docker"}); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

func TestSockets(t *testing.T) {
	h := laptop()
	conn, err := h.Dial(t.Context(), "npipe", "//./pipe/docker_engine")
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
	if _, err := h.Dial(t.Context(), "tcp", "127.0.0.1:6443"); err == nil {
		t.Error("somebody answered where nobody is")
	}
	h.Names = map[string][]string{"db": {"10.0.0.7"}}
	if all, err := h.Resolve(t.Context(), "db"); err != nil || len(all) != 1 {
		t.Errorf("db is %v, %v", all, err)
	}
	if all, err := h.Resolve(t.Context(), "nobody"); err == nil {
		t.Errorf("nobody is %v", all)
	}
}

func TestSocketThatAnswers(t *testing.T) {
	h := &Host{Sockets: map[string]error{"unix:/a": nil}, Answers: map[string]string{"unix:/a": "HTTP/1.1 200 OK"}}
	conn, err := h.Dial(t.Context(), "unix", "/a")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, "GET / HTTP/1.1"); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(conn); err != nil || string(got) != "HTTP/1.1 200 OK" {
		t.Errorf("it says %q, %v", got, err)
	}
}

func TestEnvironment(t *testing.T) {
	h := laptop()
	if err := h.Setenv("PATH", `C:\other`); err != nil {
		t.Fatal(err)
	}
	if v, _ := h.Getenv("Path"); v != `C:\other` || len(h.Env) != 1 {
		t.Errorf("PATH is %q of %v", v, h.Env)
	}
	if err := h.Unsetenv("path"); err != nil {
		t.Fatal(err)
	}
	if v, set := h.Getenv("PATH"); set {
		t.Errorf("PATH is still %q", v)
	}
}

func TestLink(t *testing.T) {
	h := &Host{Files: map[string]string{"/app/tool": "x", "/bin/taken": "y"}, Broken: map[string]error{"/bin/dead": fs.ErrNotExist}}
	if err := h.Link("/app/gone", "/bin/tool"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if err := h.Link("/app/tool", "/bin/taken"); !errors.Is(err, fs.ErrExist) {
		t.Error(err)
	}
	for _, path := range []string{"/bin/tool", "/bin/dead"} {
		if err := h.Link("/app/tool", path); err != nil {
			t.Error(err)
		}
		if data, err := h.ReadFile(path); err != nil || string(data) != "x" {
			t.Errorf("%s holds %q, %v", path, data, err)
		}
	}
}
