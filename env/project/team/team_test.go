package team

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/twindeck/twindeck/env/host/hosttest"
)

const one = "version: 1\nchecks:\n  - {id: port, port: 3000}\n"

func TestRead(t *testing.T) {
	tests := []struct {
		name, system, dir string
		files             []string
		want              string // path of the file; empty: none
	}{
		{"in the folder", "linux", "/src/app", []string{"/src/app/.twindeck.yaml"}, "/src/app/.twindeck.yaml"},
		{"at the top of the repository", "linux", "/src/app/web/ui", []string{"/src/app/.git/HEAD", "/src/app/.twindeck.yaml"}, "/src/app/.twindeck.yaml"},
		{"the nearest", "linux", "/src/app/web", []string{"/src/app/.git/HEAD", "/src/app/.twindeck.yaml", "/src/app/web/.twindeck.yaml"}, "/src/app/web/.twindeck.yaml"},
		{"above the repository", "linux", "/src/app", []string{"/src/app/.git/HEAD", "/src/.twindeck.yaml"}, ""},
		{"above a folder in no repository", "linux", "/src/app", []string{"/src/.twindeck.yaml"}, ""},
		{"a work tree, whose .git is a file", "linux", "/src/app/web", []string{"/src/app/.git", "/src/.twindeck.yaml", "/src/.git/HEAD"}, ""},
		{"on Windows", "windows", `C:\src\app\web`, []string{`C:\src\app\.git\HEAD`, `C:\src\app\.twindeck.yaml`}, `C:\src\app\.twindeck.yaml`},
		{"nowhere on Windows", "windows", `C:\src\app`, nil, ""},
		{"without a folder", "linux", "", []string{"/.twindeck.yaml"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := &hosttest.Host{System: tt.system, Files: map[string]string{}}
			for _, f := range tt.files {
				h.Files[f] = one
			}
			f, err := Read(h, tt.dir, nil)
			if tt.want == "" {
				if !errors.Is(err, ErrNone) {
					t.Errorf("got %s, %v; want none", f.Path, err)
				}
				return
			}
			if err != nil || f.Path != tt.want || f.Dir != parent(tt.want) || len(f.Checks) != 1 || len(f.SHA256) != 64 {
				t.Errorf("got %+v, %v; want %s", f, err, tt.want)
			}
		})
	}
}

func TestReadOfWhatIsNoListOfChecks(t *testing.T) {
	h := &hosttest.Host{
		Files:  map[string]string{"/dir/.twindeck.yaml/x": "", "/big/.twindeck.yaml": strings.Repeat("#", fileLimit+1), "/bad/.twindeck.yaml": "a: b: c"},
		Broken: map[string]error{"/shut/.twindeck.yaml": fs.ErrPermission},
	}
	for dir, want := range map[string]string{
		"/dir": "/dir/.twindeck.yaml: is not a file", "/big": "has more than 256 KiB", "/shut": "cannot be looked at: permission denied", "/bad": "/bad/.twindeck.yaml:1: is not YAML",
	} {
		if _, err := Read(h, dir, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", dir, err, want)
		}
	}
}

func TestStorePath(t *testing.T) {
	tests := []struct {
		host hosttest.Host
		want string
	}{
		{hosttest.Host{HomeDir: "/home/ada"}, "/home/ada/.local/state/twindeck/trusted.json"},
		{hosttest.Host{HomeDir: "/home/ada", Env: map[string]string{"XDG_STATE_HOME": "/state"}}, "/state/twindeck/trusted.json"},
		{hosttest.Host{HomeDir: "/home/ada", Env: map[string]string{"XDG_STATE_HOME": "."}}, "/home/ada/.local/state/twindeck/trusted.json"},
		{hosttest.Host{System: "darwin", HomeDir: "/Users/ada"}, "/Users/ada/Library/Application Support/twindeck/trusted.json"},
		{hosttest.Host{System: "windows", HomeDir: `C:\Users\ada`, Env: map[string]string{"LOCALAPPDATA": `D:\Local`}}, `D:\Local\twindeck\trusted.json`},
		{hosttest.Host{System: "windows", HomeDir: `C:\Users\ada`}, `C:\Users\ada\AppData\Local\twindeck\trusted.json`},
		{hosttest.Host{}, ""},
	}
	for i := range tests {
		got, err := StorePath(&tests[i].host)
		if got != tests[i].want || (err != nil) != (tests[i].want == "") {
			t.Errorf("got %q, %v; want %q", got, err, tests[i].want)
		}
	}
}

func read(t *testing.T, h *hosttest.Host, dir string) File {
	t.Helper()
	f, err := Read(h, dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestTrust(t *testing.T) {
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	h := &hosttest.Host{HomeDir: "/home/ada", Clock: noon, Files: map[string]string{"/a/.twindeck.yaml": one, "/b/.twindeck.yaml": one}}
	a, b := read(t, h, "/a"), read(t, h, "/b")
	if a.Trusted(h).Given {
		t.Fatal("trusted before anybody was asked")
	}
	store, backup, err := a.Give(h)
	if err != nil || backup != "" || !strings.Contains(h.Files[store], a.SHA256) {
		t.Fatalf("%s, %s, %v", store, backup, err)
	}
	if got := a.Trusted(h); !got.Given || !got.At.Equal(noon) {
		t.Errorf("got %+v", got)
	}
	if b.Trusted(h).Given {
		t.Error("the same content at another place is trusted")
	}

	h.Files["/a/.twindeck.yaml"] += "\n"
	changed := read(t, h, "/a")
	if got := changed.Trusted(h); got.Given || !got.Before.Equal(noon) {
		t.Errorf("one byte more: %+v", got)
	}
	for _, f := range []File{changed, b} {
		if _, _, err := f.Give(h); err != nil {
			t.Fatal(err)
		}
	}
	if !changed.Trusted(h).Given || !b.Trusted(h).Given || a.Trusted(h).Given {
		t.Error("not exactly what was trusted last is trusted")
	}

	if had, err := Revoke(h, "/a/.twindeck.yaml"); err != nil || !had {
		t.Errorf("%v, %v", had, err)
	}
	if had, err := Revoke(h, "/a/.twindeck.yaml"); err != nil || had {
		t.Errorf("a second time: %v, %v", had, err)
	}
	if changed.Trusted(h).Given || !b.Trusted(h).Given {
		t.Error("not exactly what was revoked is not trusted")
	}
}

func TestTrustThatCannotBeRead(t *testing.T) {
	h := &hosttest.Host{HomeDir: "/home/ada", Files: map[string]string{"/a/.twindeck.yaml": one}}
	a := read(t, h, "/a")
	store, _, err := a.Give(h)
	if err != nil {
		t.Fatal(err)
	}
	sound := h.Files[store]
	for _, spoilt := range []string{"", "{", "null", strings.Replace(sound, `"schema": 1`, `"schema": 2`, 1)} {
		h.Files[store] = spoilt
		if a.Trusted(h).Given {
			t.Errorf("%q gives trust", spoilt)
		}
	}
	_, backup, err := a.Give(h)
	if err != nil || backup == "" || !a.Trusted(h).Given {
		t.Errorf("a new one: %q, %v", backup, err)
	}

	h.Broken = map[string]error{store: fs.ErrPermission}
	if a.Trusted(h).Given {
		t.Error("what may not be read gives trust")
	}
	if _, _, err := a.Give(h); !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "trusting /a/.twindeck.yaml") {
		t.Errorf("got %v", err)
	}
	if _, err := Revoke(h, a.Path); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("got %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(sound))
	f.Add([]byte(head("tool: x\n    version: '>1 || 2.x - 3'\n    match: (a)")))
	f.Add([]byte(head("shell: |\n      a\n\n      b")))
	if example, err := os.ReadFile("../../../examples/hello-node/.twindeck.yaml"); err == nil {
		f.Add(example)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Parse(path, data, catalogue)
		var bad *Error
		if err != nil && (!errors.As(err, &bad) || len(bad.Faults) == 0 || len(file.Checks) > 0) {
			t.Fatalf("%+v, %v", file, err)
		}
		for _, c := range file.Checks {
			if !strings.HasPrefix(c.ID, prefix) || c.Line < 1 || c.Kind == "" {
				t.Errorf("it has come out as %+v", c)
			}
			if c.Executes() != (len(c.Lines()) > 0) {
				t.Errorf("what it runs is shown as %q", c.Lines())
			}
			if c.Executes() && (c.Timeout <= 0 || c.Timeout > maxTimeout) {
				t.Errorf("it may take %s", c.Timeout)
			}
			for _, l := range c.Lines() {
				if strings.IndexFunc(l, func(r rune) bool { return r < ' ' || r > '~' }) >= 0 {
					t.Errorf("not plain: %q", l)
				}
			}
		}
	})
}
