package docker

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/opencontainers/go-digest"
)

// dockerDir makes a configuration folder with contexts of the given hosts.
func dockerDir(t *testing.T, config string, contexts map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	if config != "" {
		write(t, filepath.Join(dir, "config.json"), config)
	}
	for name, host := range contexts {
		meta, err := json.Marshal(map[string]any{
			"Name": name, "Metadata": map[string]any{},
			"Endpoints": map[string]any{"docker": map[string]any{"Host": host, "SkipTLSVerify": false}},
		})
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, "contexts", "meta", digest.FromString(name).Encoded(), "meta.json"), string(meta))
	}
	return dir
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestEndpoint(t *testing.T) {
	usual := "unix:///var/run/docker.sock"
	if runtime.GOOS == "windows" {
		usual = "npipe:////./pipe/docker_engine"
	}
	desktop := map[string]string{"desktop-linux": "unix:///home/u/.docker/desktop/docker.sock", "remote": "ssh://u@host"}
	tests := []struct {
		name    string
		config  string
		env     []string
		context string
		want    Endpoint
	}{
		{"nothing set", "", nil, "", Endpoint{usual, "default", "default", false, true}},
		{"empty file", " \n", nil, "", Endpoint{usual, "default", "default", false, true}},
		{"current context", `{"currentContext":"desktop-linux"}`, nil, "", Endpoint{desktop["desktop-linux"], "desktop-linux", "config.json currentContext", false, true}},
		{"current context is default", `{"currentContext":"default"}`, nil, "", Endpoint{usual, "default", "config.json currentContext", false, true}},
		{"DOCKER_CONTEXT beats it", `{"currentContext":"desktop-linux"}`, []string{"DOCKER_CONTEXT=remote"}, "", Endpoint{"ssh://u@host", "remote", "DOCKER_CONTEXT", false, false}},
		{"DOCKER_HOST beats both", `{"currentContext":"desktop-linux"}`, []string{"DOCKER_CONTEXT=remote", "DOCKER_HOST=tcp://10.0.0.9:2375"}, "", Endpoint{"tcp://10.0.0.9:2375", "default", "DOCKER_HOST", false, false}},
		{"the flag beats all", `{"currentContext":"desktop-linux"}`, []string{"DOCKER_HOST=tcp://10.0.0.9:2375"}, "remote", Endpoint{"ssh://u@host", "remote", "--docker-context", false, false}},
		{"the default context by flag is DOCKER_HOST", "", []string{"DOCKER_HOST=tcp://10.0.0.9:2375"}, "default", Endpoint{"tcp://10.0.0.9:2375", "default", "--docker-context", false, false}},
		{"empty variables are not set", `{"currentContext":"desktop-linux"}`, []string{"DOCKER_HOST=", "DOCKER_CONTEXT="}, "", Endpoint{desktop["desktop-linux"], "desktop-linux", "config.json currentContext", false, true}},
		{"host without scheme and port", "", []string{"DOCKER_HOST=127.0.0.1"}, "", Endpoint{"tcp://127.0.0.1:2375", "default", "DOCKER_HOST", false, true}},
		{"TLS without verifying", "", []string{"DOCKER_HOST=tcp://localhost:2376", "DOCKER_TLS=1"}, "", Endpoint{"tcp://localhost:2376", "default", "DOCKER_HOST", true, true}},
		{"broken file, DOCKER_HOST decides", `{`, []string{"DOCKER_HOST=unix:///x.sock"}, "", Endpoint{"unix:///x.sock", "default", "DOCKER_HOST", false, true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := dockerDir(t, tt.config, desktop)
			write(t, filepath.Join(dir, "ca.pem"), "x")
			o := Options{Context: tt.context, Environ: environ(tt.env...), ConfigDir: dir}
			got, err := Open(o).Endpoint()
			if err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestEndpointThatCannotBeNamed(t *testing.T) {
	desktop := map[string]string{"desktop-linux": "unix:///d.sock"}
	tests := []struct {
		name   string
		config string
		env    []string
		says   []string
	}{
		{"context of the file", `{"currentContext":"gone"}`, nil, []string{`"gone" does not exist`, "config.json", "docker context use desktop-linux"}},
		{"context of the variable", "", []string{"DOCKER_CONTEXT=gone"}, []string{`"gone" does not exist`, "named by DOCKER_CONTEXT", "desktop-linux, default", "unset DOCKER_CONTEXT"}},
		{"cut off", "{\n  \"auths\": {", nil, []string{"config.json:2:", "ends in the middle"}},
		{"a comma too many", "{\n  \"auths\": {},\n}", nil, []string{"config.json:3:1", "invalid character '}'"}},
		{"wrong type", "{\n\"auths\": []}", nil, []string{"config.json:2:", `"auths" must be an object, not array`}},
		{"not JSON", "currentContext: default", nil, []string{"config.json:1:1", "invalid character 'c'"}},
		{"no address", "", []string{"DOCKER_HOST=carrier://pigeon"}, []string{`DOCKER_HOST="carrier://pigeon"`, "unix:///path"}},
		{"no certificates", "", []string{"DOCKER_HOST=tcp://h:1", "DOCKER_TLS_VERIFY=1", "DOCKER_CERT_PATH=/nowhere"}, []string{"/nowhere", "DOCKER_CERT_PATH"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := Options{Environ: environ(tt.env...), ConfigDir: dockerDir(t, tt.config, desktop)}
			_, err := Open(o).Endpoint()
			if !errors.Is(err, ErrConfig) {
				t.Fatalf("got %v, want ErrConfig", err)
			}
			for _, s := range tt.says {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("the error does not say %q: %v", s, err)
				}
			}
			if strings.Contains(err.Error(), "docker configuration") {
				t.Errorf("the error shows its own class: %v", err)
			}
		})
	}
}

func TestContextErrorTellsWhatIsThere(t *testing.T) {
	o := Options{ConfigDir: dockerDir(t, `{"currentContext":"gone"}`, map[string]string{"b": "unix:///b", "a": "unix:///a"})}
	o.Environ = environ()
	_, err := Open(o).Endpoint()
	var e *ContextError
	if !errors.As(err, &e) {
		t.Fatalf("got %v", err)
	}
	if got := strings.Join(e.Known, " "); e.Name != "gone" || got != "default a b" {
		t.Errorf("got %q, known %q", e.Name, got)
	}
}

func FuzzConfig(f *testing.F) {
	for _, s := range []string{``, `{}`, `{"auths":{"h":{"auth":"dTpw"}}}`, `{"currentContext":3}`, "{\n\n", `{"auths":{"h":{"auth":"?"}}}`, "\xff", `[1]`, `{"a":1}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		path := filepath.Join(dir, "config.json")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		cfg, _, err := readConfig(dir)
		if cfg == nil {
			t.Fatal("no configuration")
		}
		if err == nil {
			return
		}
		var e *ConfigError
		if !errors.As(err, &e) || e.File != path {
			t.Fatalf("the error does not name the file: %v", err)
		}
		if lines := strings.Count(string(data), "\n") + 1; e.Line < 0 || e.Line > lines || e.Line > 0 && e.Column < 1 {
			t.Fatalf("place %d:%d in %d lines", e.Line, e.Column, lines)
		}
	})
}
