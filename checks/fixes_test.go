package checks

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/host"
	"github.com/twindeck/twindeck/env/kube"
)

func TestSetTop(t *testing.T) {
	tests := []struct{ name, in, want, err string }{
		{
			"replaces, and leaves the rest as it is", "{\n  \"auths\": {},\n  \"currentContext\":  \"old\",\n  \"zzz\": [1, 2]\n}\n",
			"{\n  \"auths\": {},\n  \"currentContext\":  \"new\",\n  \"zzz\": [1, 2]\n}\n", "",
		},
		{"adds", `{"auths": {}}`, "{\n\t\"currentContext\": \"new\",\"auths\": {}}", ""},
		{"adds to nothing", "", "{\n\t\"currentContext\": \"new\"\n}\n", ""},
		{"adds to an empty object", "{ }", "{\n\t\"currentContext\": \"new\"\n }", ""},
		{"not below the top", `{"a": {"currentContext": "x"}, "currentContext": null}`, `{"a": {"currentContext": "x"}, "currentContext": "new"}`, ""},
		{"a list", `[]`, "", "not a JSON object"},
		{"broken", `{"a": }`, "", "invalid character"},
		{"broken behind", `{"currentContext": "a", "b": }`, "", "invalid character"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := setTop([]byte(tt.in), "currentContext", "new")
			if string(got) != tt.want || (err != nil) != (tt.err != "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

func TestSetTopOtherValues(t *testing.T) {
	tests := []struct {
		in    string
		value any
		want  string
	}{
		{`{"KubernetesEnabled": false, "Cpus": 4}`, true, `{"KubernetesEnabled": true, "Cpus": 4}`},
		{`{"KubernetesEnabled": {"a": [1]}}`, nil, `{"KubernetesEnabled": null}`},
		{`{"KubernetesEnabled": 1, "KubernetesEnabled": 2}`, 3, `{"KubernetesEnabled": 1, "KubernetesEnabled": 3}`},
		{"\xef\xbb\xbf{\"KubernetesEnabled\": false}", true, "\xef\xbb\xbf{\"KubernetesEnabled\": true}"},
		{"\xef\xbb\xbf", true, "\xef\xbb\xbf{\n\t\"KubernetesEnabled\": true\n}\n"},
	}
	for _, tt := range tests {
		if got, err := setTop([]byte(tt.in), "KubernetesEnabled", tt.value); err != nil || string(got) != tt.want {
			t.Errorf("%s becomes %q, %v", tt.in, got, err)
		}
	}
}

func FuzzSetTop(f *testing.F) {
	f.Add([]byte(`{"currentContext": "a", "b": [1]}`), "x")
	f.Add([]byte("{}"), `"`)
	f.Add([]byte("\xef\xbb\xbf{\"KubernetesEnabled\": false,\r\n \"b\": 1e400}"), "y")
	f.Fuzz(func(t *testing.T, data []byte, value string) {
		for _, v := range []any{value, true, 8192} {
			out, err := setTop(data, "currentContext", v)
			if err != nil {
				continue
			}
			again, err := setTop(out, "currentContext", v)
			if err != nil || string(again) != string(out) {
				t.Errorf("setting it again gives %q, %v; was %q", again, err, out)
			}
			was, is := topOf(t, data), topOf(t, out)
			delete(was, "currentContext")
			delete(is, "currentContext")
			if !maps.EqualFunc(was, is, func(a, b json.RawMessage) bool { return bytes.Equal(a, b) }) {
				t.Errorf("%q became %q: more has changed than was asked for", data, out)
			}
		}
	})
}

// topOf reads a JSON object, the texts of its values as they stand there.
func topOf(t *testing.T, data []byte) map[string]json.RawMessage {
	t.Helper()
	all := map[string]json.RawMessage{}
	data = bytes.TrimPrefix(data, byteOrderMark)
	if len(bytes.TrimSpace(data)) == 0 {
		return all
	}
	if err := json.Unmarshal(data, &all); err != nil {
		t.Errorf("%q is no JSON object: %v", data, err)
	}
	return all
}

func TestSetCurrentContext(t *testing.T) {
	tests := []struct{ name, in, context, want string }{
		{"replaces the line", "apiVersion: v1\n# mine\ncurrent-context: old # why\nkind: Config\n", "new", "apiVersion: v1\n# mine\ncurrent-context: new\nkind: Config\n"},
		{"adds a line", "apiVersion: v1\nkind: Config", "new", "apiVersion: v1\nkind: Config\ncurrent-context: new\n"},
		{"quotes what needs it", "current-context: a\n", "a: b", "current-context: 'a: b'\n"},
		{"JSON", `{"kind":"Config","current-context":"a"}`, "b", `{"kind":"Config","current-context":"b"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := setCurrentContext([]byte(tt.in), tt.context)
			if err != nil || string(got) != tt.want {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
	if _, err := setCurrentContext([]byte("a: b: c"), "new"); err == nil {
		t.Error("a file that is no YAML was edited")
	}
}

func FuzzSetCurrentContext(f *testing.F) {
	f.Add([]byte("apiVersion: v1\ncurrent-context: a\n"), "b")
	f.Add([]byte("{}"), "x")
	f.Fuzz(func(t *testing.T, data []byte, name string) {
		out, err := setCurrentContext(data, name)
		if err != nil {
			return
		}
		var c map[string]any
		if err := yaml.Unmarshal(out, &c); err != nil {
			t.Errorf("%q became %q, which is no YAML: %v", data, out, err)
		}
	})
}

// fixOf runs the checks and the fix of one, and returns what it said.
func fixOf(t *testing.T, l *laptop, id string) (said []string, err error) {
	t.Helper()
	for _, r := range Collect(t.Context(), All(), l.environment()) {
		if r.Check.ID != id {
			continue
		}
		f := r.Finding.Fix
		if f == nil || f.Title == "" || len(f.Changes) == 0 {
			t.Fatalf("%s has no fix that could be shown: %+v", id, f)
		}
		_, err = f.Run(t.Context(), func(s string) { said = append(said, s) })
		return said, err
	}
	t.Fatalf("there is no check %s", id)
	return nil, nil
}

func statusOf(t *testing.T, l *laptop, id string) Status {
	t.Helper()
	all := Collect(t.Context(), All(), l.environment())
	return all[slices.IndexFunc(all, func(r Result) bool { return r.Check.ID == id })].Finding.Status
}

func TestFixStartsDesktopAndWaitsForTheEngine(t *testing.T) {
	l := mac(t)
	l.docker.down = docker.ErrUnreachable
	l.says = `{"Status":"stopped"}`
	said, err := fixOf(t, l, "docker.engine")
	if err != nil || len(said) != 2 || statusOf(t, l, "docker.engine") != OK {
		t.Errorf("%v, %v", said, err)
	}
	if !slices.ContainsFunc(l.host.Ran(), func(c host.Command) bool { return strings.Join(c.Args, " ") == "desktop start --timeout 120" }) {
		t.Errorf("ran %v", l.host.Ran())
	}
}

func TestFixRestoresConfig(t *testing.T) {
	l := mac(t)
	sound := l.host.Files[macConfig]
	l.host.Files[macConfig+".bak"] = sound
	l.host.Files[macConfig+".broken"] = "{{"
	l.host.Files[macConfig] = "{,"
	said, err := fixOf(t, l, "docker.config")
	if err != nil || l.host.Files[macConfig] != sound || l.host.Files[macConfig+".twindeck-backup-1"] != "{," {
		t.Errorf("%v, %v, %v", said, err, l.host.Files)
	}
	if statusOf(t, l, "docker.config") != OK {
		t.Error("it is still broken")
	}
}

func TestFixRestoresEmptyConfig(t *testing.T) {
	l := mac(t)
	sound := l.host.Files[macConfig]
	l.host.Files[macConfig+".bak"] = sound
	l.host.Files[macConfig] = ""
	if _, err := fixOf(t, l, "docker.config"); err != nil || l.host.Files[macConfig] != sound {
		t.Errorf("%v, %v", err, l.host.Files)
	}
}

func TestFixChoosesDockerContext(t *testing.T) {
	l := mac(t)
	l.host.Files[macConfig] = `{"currentContext": "gone", "credsStore": "desktop"}`
	l.docker.endpointErr = &docker.ContextError{Name: "gone", Source: "config.json currentContext", File: macConfig, Known: []string{"default"}}
	if _, err := fixOf(t, l, "docker.context"); err != nil || l.host.Files[macConfig] != `{"currentContext": "", "credsStore": "desktop"}` {
		t.Errorf("%v, %s", err, l.host.Files[macConfig])
	}
}

func TestFixChoosesTheEngineThatIsThere(t *testing.T) {
	l := linux(t) // without any config.json
	l.host.Files["/home/ada/.docker/contexts/meta/abc/meta.json"] = `{"Name":"rootless","Endpoints":{"docker":{"Host":"unix:///run/user/1000/docker.sock"}}}`
	l.host.Sockets = map[string]error{"unix:/run/user/1000/docker.sock": nil}
	l.docker.down = docker.ErrUnreachable
	if _, err := fixOf(t, l, "docker.endpoint"); err != nil {
		t.Fatal(err)
	}
	if got := l.host.Files["/home/ada/.docker/config.json"]; got != "{\n\t\"currentContext\": \"rootless\"\n}\n" {
		t.Errorf("config.json is %q", got)
	}
}

func TestFixChoosesKubeContext(t *testing.T) {
	const path = "/Users/ada/.kube/config"
	l := mac(t)
	before := l.host.Files[path]
	l.host.Files[path] = strings.Replace(before, "current-context: docker-desktop", "current-context: prod", 1)
	l.kube.context = kube.Context{Name: "prod", User: "docker-desktop", Namespace: "default", Server: "https://k8s.example.com"}
	if _, err := fixOf(t, l, "kube.local"); err != nil || l.host.Files[path] != before {
		t.Errorf("%v\n%s", err, l.host.Files[path])
	}
}

func TestFixChangesCredentialHelper(t *testing.T) {
	l := mac(t)
	delete(l.host.Programs, "/usr/local/bin/docker-credential-desktop")
	if _, err := fixOf(t, l, "registry.helper"); err != nil || l.host.Files[macConfig] != `{"currentContext": "desktop-linux", "credsStore": ""}` {
		t.Errorf("%v, %s", err, l.host.Files[macConfig])
	}
	if s := statusOf(t, l, "registry.helper"); s != NotHere {
		t.Errorf("afterwards it is %s", s)
	}
}

func TestFixSwitchesToLinuxContainers(t *testing.T) {
	l := windows(t)
	l.docker.version.OS = "windows"
	if _, err := fixOf(t, l, "docker.linux"); err != nil || statusOf(t, l, "docker.linux") != OK {
		t.Error(err)
	}
}

func TestFixThatCannotWriteSaysSo(t *testing.T) {
	l := mac(t)
	delete(l.host.Programs, "/usr/local/bin/docker-credential-desktop")
	e := l.environment()
	results := Collect(t.Context(), All(), e)
	l.host.Broken = map[string]error{macConfig: fs.ErrPermission}
	for _, r := range results {
		if r.Check.ID != "registry.helper" {
			continue
		}
		_, err := r.Finding.Fix.Run(t.Context(), func(string) {})
		if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "config.json") {
			t.Errorf("got %v", err)
		}
	}
}
