package desktop

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/twindeck/twindeck/env/host/hosttest"
)

// What an administrator writes, shortened.
const adminSettings = `{
  "configurationFileVersion": 2,
  "exposeDockerAPIOnTCP2375": {"locked": true, "value": false},
  "proxy": {"locked": true, "mode": "system"},
  "linuxVM": {"wslEngineEnabled": {"locked": true, "value": false}, "vpnkitCIDR": {"locked": false, "value": ""}},
  "kubernetes": {"locked": %t, "enabled": false, "showSystemContainers": false}
}`

func TestPolicy(t *testing.T) {
	places := []struct {
		host *hosttest.Host
		path string
	}{
		{&hosttest.Host{System: "darwin"}, "/Library/Application Support/com.docker.docker/admin-settings.json"},
		{&hosttest.Host{System: "windows", Env: map[string]string{"ProgramData": `D:\Data`}}, `D:\Data\DockerDesktop\admin-settings.json`},
		{&hosttest.Host{}, "/usr/share/docker-desktop/admin-settings.json"},
	}
	for _, at := range places {
		d := New(at.host)
		if p := d.Policy(t.Context()); p.Path != "" || p.Err != nil || d.Locked(t.Context(), "kubernetes") != "" {
			t.Errorf("%s without a file: %+v", at.host.OS(), p)
		}
		at.host.Files = map[string]string{at.path: "\xef\xbb\xbf" + fmt.Sprintf(adminSettings, true)}
		want := []string{"exposeDockerAPIOnTCP2375", "kubernetes", "linuxVM.wslEngineEnabled", "proxy"}
		if p := d.Policy(t.Context()); !strings.EqualFold(p.Path, at.path) || p.Err != nil || !slices.Equal(p.Locked, want) {
			t.Errorf("%s: %+v", at.host.OS(), p)
		}
		if by := d.Locked(t.Context(), "kubernetes"); by != at.path {
			t.Errorf("%s: locked by %q", at.host.OS(), by)
		}
		at.host.Files[at.path] = fmt.Sprintf(adminSettings, false)
		if by := d.Locked(t.Context(), "kubernetes"); by != "" {
			t.Errorf("%s: locked by %q", at.host.OS(), by)
		}
		at.host.Files[at.path] = "{\n  \"kubernetes\": {\n  }\n"
		if p := d.Policy(t.Context()); p.Err == nil || !strings.Contains(p.Err.Error(), "admin-settings.json:4: ") {
			t.Errorf("%s: broken: %v", at.host.OS(), p.Err)
		}
		at.host.Broken = map[string]error{at.path: fs.ErrPermission}
		if p := d.Policy(t.Context()); p.Err == nil || p.Path == "" {
			t.Errorf("%s: forbidden: %+v", at.host.OS(), p)
		}
	}
}

func TestBackendTellsWhatIsLocked(t *testing.T) {
	reply := func(status, body string) string {
		return fmt.Sprintf("HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", status, len(body), body)
	}
	sockets := []*hosttest.Host{
		{System: "darwin", HomeDir: "/Users/ada", Sockets: map[string]error{"unix:/Users/ada/Library/Containers/com.docker.docker/Data/backend.sock": nil}},
		{System: "windows", HomeDir: `C:\Users\ada`, Sockets: map[string]error{"npipe://./pipe/dockerBackendApiServer": nil}},
		{HomeDir: "/home/ada", Sockets: map[string]error{"unix:/home/ada/.docker/desktop/backend.sock": nil}},
	}
	tests := []struct {
		name, answer string
		locked       bool
	}{
		{"locked", reply("200 OK", `{"vm":{"kubernetes":{"enabled":{"value":false,"locked":true}}}}`), true},
		{"locked as a whole", reply("200 OK", `{"vm":[{"Kubernetes":{"locked":true}}]}`), true},
		{"free", reply("200 OK", `{"vm":{"kubernetes":{"enabled":{"value":false,"locked":false}},"proxy":{"locked":true}}}`), false},
		{"other shape", reply("200 OK", `["kubernetes", {"locked": true}]`), false},
		{"no such path", reply("404 Not Found", `{"message":"not found"}`), false},
		{"not HTTP", "220 mail.example.com ESMTP\r\n", false},
		{"not JSON", reply("200 OK", "<html>"), false},
		{"nothing", "", false},
	}
	for _, tt := range tests {
		for _, h := range sockets {
			t.Run(tt.name+"/"+h.OS(), func(t *testing.T) {
				h.Answers = map[string]string{}
				for at := range h.Sockets {
					h.Answers[at] = tt.answer
				}
				if by := New(h).Locked(t.Context(), "kubernetes"); (by != "") != tt.locked {
					t.Errorf("locked by %q, want locked %v", by, tt.locked)
				}
			})
		}
	}
}

// A backend that accepts and says nothing must not hold a check up.
func TestSilentBackendIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hosttest.Host{HomeDir: "/home/ada", Sockets: map[string]error{"unix:/home/ada/.docker/desktop/backend.sock": nil}}
		if by := New(h).Locked(t.Context(), "kubernetes"); by != "" {
			t.Errorf("locked by %q", by)
		}
	})
}
