package desktop

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/twindeck/twindeck/env/host"
	"github.com/twindeck/twindeck/env/host/hosttest"
)

func TestFind(t *testing.T) {
	tests := []struct {
		name     string
		host     *hosttest.Host
		app      string
		settings string
		socket   string
		plugin   bool
		legacy   bool
	}{
		{
			name: "mac",
			host: &hosttest.Host{System: "darwin", HomeDir: "/Users/ada", Files: map[string]string{
				"/Applications/Docker.app/Contents/Info.plist":                             "x",
				"/Applications/Docker.app/Contents/Resources/cli-plugins/docker-desktop":   "x",
				"/Users/ada/Library/Group Containers/group.com.docker/settings-store.json": `{"KubernetesEnabled": true}`,
				"/Users/ada/Library/Group Containers/group.com.docker/settings.json":       `{"kubernetesEnabled": false}`,
			}},
			app:      "/Applications/Docker.app",
			settings: "/Users/ada/Library/Group Containers/group.com.docker/settings-store.json",
			socket:   "unix:///Users/ada/.docker/run/docker.sock", plugin: true,
		},
		{
			name: "mac, in the user's own Applications, old settings",
			host: &hosttest.Host{System: "darwin", HomeDir: "/Users/ada", Files: map[string]string{
				"/Users/ada/Applications/Docker.app/Contents/Info.plist":             "x",
				"/Users/ada/Library/Group Containers/group.com.docker/settings.json": `{"kubernetesEnabled": true}`,
			}},
			app:      "/Users/ada/Applications/Docker.app",
			settings: "/Users/ada/Library/Group Containers/group.com.docker/settings.json",
			socket:   "unix:///Users/ada/.docker/run/docker.sock", legacy: true,
		},
		{
			name: "windows",
			host: &hosttest.Host{System: "windows", HomeDir: `C:\Users\ada`, Env: map[string]string{"APPDATA": `D:\Roaming`, "ProgramFiles": `C:\Program Files`}, Files: map[string]string{
				`C:\Program Files\Docker\Docker\Docker Desktop.exe`: "x",
				`D:\Roaming\Docker\settings-store.json`:             `{"KubernetesEnabled": true}`,
			}},
			app: `C:\Program Files\Docker\Docker\Docker Desktop.exe`, settings: `D:\Roaming\Docker\settings-store.json`,
			socket: "npipe:////./pipe/dockerDesktopLinuxEngine",
		},
		{
			name: "linux",
			host: &hosttest.Host{HomeDir: "/home/ada", Env: map[string]string{"DOCKER_CONFIG": "/cfg"}, Files: map[string]string{
				"/cfg/cli-plugins/docker-desktop":               "x",
				"/opt/docker-desktop/bin/com.docker.backend":    "x",
				"/home/ada/.docker/desktop/settings-store.json": `{"KubernetesEnabled": true}`,
			}},
			app: "/opt/docker-desktop", settings: "/home/ada/.docker/desktop/settings-store.json",
			socket: "unix:///home/ada/.docker/desktop/docker.sock", plugin: true,
		},
		{
			name: "linux, removed: settings stay behind",
			host: &hosttest.Host{HomeDir: "/home/ada", Files: map[string]string{
				"/home/ada/.docker/desktop/settings-store.json": `{"KubernetesEnabled": true}`,
			}},
			settings: "/home/ada/.docker/desktop/settings-store.json",
			socket:   "unix:///home/ada/.docker/desktop/docker.sock",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			i := New(tt.host).Find(t.Context())
			if i.App != tt.app || i.Found != (tt.app != "") || i.Plugin != tt.plugin || !slices.Contains(i.Sockets, tt.socket) {
				t.Errorf("found %+v", i)
			}
			s := i.Settings
			if s.Path != tt.settings || s.Legacy != tt.legacy || s.Err != nil || s.Kubernetes == nil || !*s.Kubernetes {
				t.Errorf("settings %+v", s)
			}
		})
	}
}

func TestFindsLogs(t *testing.T) {
	for want, h := range map[string]*hosttest.Host{
		"/Users/ada/Library/Containers/com.docker.docker/Data/log/host": {System: "darwin", HomeDir: "/Users/ada"},
		`C:\Users\ada\AppData\Local\Docker\log`:                         {System: "windows", HomeDir: `C:\Users\ada`},
		"/home/ada/.docker/desktop/log":                                 {HomeDir: "/home/ada"},
	} {
		if got := New(h).Find(t.Context()).Logs; got != want {
			t.Errorf("logs are in %s, want %s", got, want)
		}
	}
}

func TestKey(t *testing.T) {
	if got := (Settings{}).Key("KubernetesEnabled"); got != "KubernetesEnabled" {
		t.Error(got)
	}
	if got := (Settings{Legacy: true}).Key("KubernetesEnabled"); got != "kubernetesEnabled" {
		t.Error(got)
	}
}

func TestSettings(t *testing.T) {
	yes, no, n := true, false, 8192
	tests := []struct {
		name, data string
		want       Settings
		err        string
	}{
		{
			name: "pascal", data: `{"KubernetesEnabled":true,"KubernetesMode":"kind","MemoryMiB":8192,"UseContainerdSnapshotter":false}`,
			want: Settings{Kubernetes: &yes, KubernetesMode: "kind", MemoryMiB: &n, ContainerdImages: &no},
		},
		{name: "camel", data: `{"kubernetesEnabled":false,"memoryMiB":8192}`, want: Settings{Kubernetes: &no, MemoryMiB: &n}},
		{
			name: "other types", data: `{"KubernetesEnabled":"true","MemoryMiB":"8192","Cpus":[1],"KubernetesMode":3,"DiskSizeMiB":-1}`,
			want: Settings{Kubernetes: &yes, MemoryMiB: &n},
		},
		{name: "a number with a point", data: `{"MemoryMiB":8192.0}`, want: Settings{MemoryMiB: &n}},
		{name: "byte order mark", data: "\xef\xbb\xbf{\"KubernetesEnabled\":true}", want: Settings{Kubernetes: &yes}},
		{name: "nothing set", data: `{}`},
		{name: "empty", data: " \n", err: "1: the file is empty"},
		{name: "broken", data: "{\n \"a\": 1,\n \"b\" 2\n}", err: "3: invalid character '2'"},
		{name: "cut", data: "{\n \"a\": 1,\n", err: "3: unexpected end"},
		{name: "a list", data: `[]`, err: "1: json: cannot unmarshal array"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parse([]byte(tt.data))
			if (err != nil) != (tt.err != "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Fatalf("error %v, want %q", err, tt.err)
			}
			same := equal(got.Kubernetes, tt.want.Kubernetes) && equal(got.ContainerdImages, tt.want.ContainerdImages) &&
				equal(got.MemoryMiB, tt.want.MemoryMiB) && equal(got.CPUs, tt.want.CPUs) &&
				equal(got.DiskSizeMiB, tt.want.DiskSizeMiB) && got.KubernetesMode == tt.want.KubernetesMode
			if !same {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func equal[T comparable](a, b *T) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}

func TestSettingsThatMayNotBeRead(t *testing.T) {
	const path = "/home/ada/.docker/desktop/settings-store.json"
	h := &hosttest.Host{HomeDir: "/home/ada", Broken: map[string]error{path: fs.ErrPermission}}
	s := New(h).Find(t.Context()).Settings
	if s.Path != path || !errors.Is(s.Err, fs.ErrPermission) {
		t.Errorf("%+v", s)
	}
}

func FuzzSettings(f *testing.F) {
	f.Add([]byte(`{"KubernetesEnabled":true,"MemoryMiB":8192}`))
	f.Add([]byte("{\n\"Cpus\": 1e400}"))
	f.Add([]byte("\xef\xbb\xbf"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := parse(data)
		if err != nil && !(err.Error()[0] >= '1' && err.Error()[0] <= '9') {
			t.Errorf("the error %q does not begin with a line", err)
		}
		if s.MemoryMiB != nil && *s.MemoryMiB < 0 {
			t.Errorf("negative memory from %q", data)
		}
	})
}

const pluginPath = "/usr/libexec/docker/cli-plugins/docker-desktop"

func withPlugin(p hosttest.Program) *hosttest.Host {
	return &hosttest.Host{
		HomeDir: "/home/ada", Env: map[string]string{"PATH": "/usr/bin"},
		Files:    map[string]string{pluginPath: "x"},
		Programs: map[string]hosttest.Program{"/usr/bin/docker": p},
	}
}

func TestStatus(t *testing.T) {
	tests := []struct {
		name    string
		program hosttest.Program
		state   string
		err     string
	}{
		{"running", hosttest.Prints(`{"Status":"running","SessionID":"abc"}`), "running", ""},
		{"other spelling", hosttest.Prints(`{"status":"Starting"}`), "starting", ""},
		{"stopped, with an exit code", hosttest.Exits(1, `{"Status":"stopped"}`, ""), "stopped", ""},
		{"a word nobody knows", hosttest.Prints(`{"Status":"hibernating"}`), "unknown", `"hibernating" is not known`},
		{"no status", hosttest.Prints(`{}`), "unknown", "names no status"},
		{"fails", hosttest.Exits(1, "", "Docker Desktop is unable to start\nmore"), "unknown", "exit code 1: Docker Desktop is unable to start"},
		{"not JSON", hosttest.Prints("running"), "unknown", "not JSON"},
		{"hangs", hosttest.Hangs(), "unknown", "deadline exceeded"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := New(withPlugin(tt.program)).Status(t.Context())
			if s.State != tt.state || (s.Err != nil) != (tt.err != "") || s.Err != nil && !strings.Contains(s.Err.Error(), tt.err) {
				t.Errorf("%+v, want %s, %q", s, tt.state, tt.err)
			}
		})
	}
	if s := New(&hosttest.Host{}).Status(t.Context()); s.State != "unknown" || s.Err == nil {
		t.Errorf("without the command: %+v", s)
	}
}

func lines(cs []host.Command) string {
	var all []string
	for _, c := range cs {
		all = append(all, line(c))
	}
	return strings.Join(all, "; ")
}
