package kube

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const goodConfig = `apiVersion: v1
kind: Config
current-context: docker-desktop
clusters:
- {name: docker-desktop, cluster: {server: "https://kubernetes.docker.internal:6443"}}
- {name: far, cluster: {server: "https://10.1.2.3:6443"}}
users:
- {name: docker-desktop, user: {token: t}}
contexts:
- {name: docker-desktop, context: {cluster: docker-desktop, user: docker-desktop}}
- {name: far, context: {cluster: far, user: docker-desktop, namespace: shop}}
- {name: lost, context: {cluster: gone, user: docker-desktop}}
- {name: nobody, context: {cluster: far, user: gone}}
`

func writeConfig(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestConfigBroken(t *testing.T) {
	for name, tc := range map[string]struct {
		text string
		kind error
		says []string
	}{
		"empty":        {"", ErrNoConfig, []string{"holds no context"}},
		"comment":      {"# gone\n", ErrNoConfig, []string{"holds no context"}},
		"not YAML":     {"apiVersion: v1\nkind: Config\nclusters: [\n", ErrBadConfig, []string{"not YAML", ":3"}},
		"broken list":  {"apiVersion: v1\nclusters: [}\nkind: Config\n", ErrBadConfig, []string{"not YAML", ":2"}},
		"tab":          {"apiVersion: v1\nkind: Config\ncontexts:\n\t- name: a\n", ErrBadConfig, []string{"not YAML", ":4"}},
		"text":         {"hello", ErrBadConfig, []string{":1", "not a kubeconfig"}},
		"other types":  {"apiVersion: v1\nkind: Config\ncontexts: 7\n", ErrBadConfig, []string{"contexts"}},
		"other object": {"apiVersion: v1\nkind: Pod\n", ErrBadConfig, []string{"Pod"}},
		"html":         {"<html><body>Sign in</body></html>\n", ErrBadConfig, []string{"not a kubeconfig"}},
	} {
		t.Run(name, func(t *testing.T) {
			path := writeConfig(t, tc.text)
			c := Open(Options{Kubeconfig: path})
			err := c.Config().Err
			if !errors.Is(err, tc.kind) || !strings.Contains(err.Error(), path) {
				t.Fatalf("got %v, want %v naming the file", err, tc.kind)
			}
			for _, s := range tc.says {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("%v does not say %q", err, s)
				}
			}
			if _, cerr := c.Context(); cerr == nil || cerr.Error() != err.Error() {
				t.Errorf("Context() says %v", cerr)
			}
			if _, nerr := c.Nodes(t.Context()); !errors.Is(nerr, tc.kind) {
				t.Errorf("Nodes() says %v", nerr)
			}
		})
	}
}

func TestContext(t *testing.T) {
	path := writeConfig(t, goodConfig)
	for name, tc := range map[string]struct {
		o    Options
		want Context
		says string
	}{
		"current":       {Options{}, Context{"docker-desktop", "docker-desktop", "docker-desktop", "default", "https://kubernetes.docker.internal:6443", true}, ""},
		"chosen":        {Options{Context: "far"}, Context{"far", "far", "docker-desktop", "shop", "https://10.1.2.3:6443", false}, ""},
		"namespace":     {Options{Context: "far", Namespace: "x"}, Context{"far", "far", "docker-desktop", "x", "https://10.1.2.3:6443", false}, ""},
		"unknown":       {Options{Context: "nope"}, Context{}, `"nope" is not in`},
		"no cluster":    {Options{Context: "lost"}, Context{}, `names cluster "gone"`},
		"no user":       {Options{Context: "nobody"}, Context{}, `names user "gone"`},
		"choose others": {Options{Context: "nope"}, Context{}, "docker-desktop, far, lost, nobody"},
	} {
		t.Run(name, func(t *testing.T) {
			tc.o.Kubeconfig = path
			got, err := Open(tc.o).Context()
			switch {
			case tc.says == "" && (err != nil || got != tc.want):
				t.Errorf("got %+v, %v", got, err)
			case tc.says != "" && (!errors.Is(err, ErrNoContext) || !strings.Contains(err.Error(), tc.says) || !strings.Contains(err.Error(), path)):
				t.Errorf("got %v, want %q naming the file", err, tc.says)
			}
		})
	}
}

func TestConfigPrecedence(t *testing.T) {
	home := t.TempDir()
	one := writeConfig(t, strings.Replace(goodConfig, "current-context: docker-desktop\n", "", 1))
	two := writeConfig(t, "apiVersion: v1\nkind: Config\ncurrent-context: far\n")
	env := map[string]string{"KUBECONFIG": one + string(filepath.ListSeparator) + filepath.Join(home, "missing") + string(filepath.ListSeparator) + two}
	getenv := func(name string) (string, bool) { v, ok := env[name]; return v, ok }

	cfg := Open(Options{Home: home, Getenv: getenv}).Config()
	if cfg.Err != nil || cfg.Source != "KUBECONFIG" || len(cfg.Files) != 2 || cfg.Current != "far" || len(cfg.Contexts) != 4 {
		t.Errorf("from KUBECONFIG: %+v", cfg)
	}
	env["KUBECONFIG"] = ""
	cfg = Open(Options{Home: home, Getenv: getenv}).Config()
	if !errors.Is(cfg.Err, ErrNoConfig) || cfg.Source != "~/.kube/config" || !strings.Contains(cfg.Err.Error(), filepath.Join(home, ".kube", "config")) {
		t.Errorf("nothing there: %+v", cfg)
	}
}

func TestConfigFollowsTheFile(t *testing.T) {
	path := writeConfig(t, goodConfig)
	c := Open(Options{Kubeconfig: path})
	if at, err := c.Context(); err != nil || at.Name != "docker-desktop" {
		t.Fatal(at, err)
	}
	text := strings.Replace(goodConfig, "current-context: docker-desktop", "current-context: far", 1)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if at, err := c.Context(); err != nil || at.Name != "far" {
		t.Error(at, err)
	}
	if s := c.Snapshot(); s.Namespace != "shop" {
		t.Errorf("watches %q", s.Namespace)
	}
	// A file of the same size counts as changed by its time.
	if err := os.Chtimes(path, time.Time{}, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.refresh() {
		t.Error("a newer file was not noticed")
	}
}

func TestIsLocal(t *testing.T) {
	for _, tc := range []struct {
		name, server string
		want         bool
	}{
		{"docker-desktop", "https://kubernetes.docker.internal:6443", true},
		{"kind-dev", "https://10.0.0.1:6443", true},
		{"k3d-x", "", true},
		{"minikube", "https://192.168.49.2:8443", true},
		{"colima-arm", "", true},
		{"orbstack", "", true},
		{"rancher-desktop", "", true},
		{"mine", "https://127.0.0.1:16443", true},
		{"mine", "https://[::1]:6443", true},
		{"mine", "https://localhost", true},
		{"mine", "https://127.0.0.1.evil.example:6443", false},
		{"kindly", "https://10.0.0.1:6443", false},
		{"production", "https://k8s.example.com", false},
		{"mine", "::not a url", false},
	} {
		if got := isLocal(tc.name, tc.server); got != tc.want {
			t.Errorf("isLocal(%q, %q) = %v", tc.name, tc.server, got)
		}
	}
}

func FuzzConfig(f *testing.F) {
	f.Add([]byte(goodConfig))
	f.Add([]byte("apiVersion: v1\nclusters: [\n"))
	f.Add([]byte("contexts: [{name: a, context: null}]\ncurrent-context: a\n"))
	f.Add([]byte("clusters: [{name: a, cluster: null}]\ncontexts: [{name: a, context: {cluster: a}}]\ncurrent-context: a\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "config")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		c := Open(Options{Kubeconfig: path})
		cfg := c.Config()
		at, err := c.Context()
		if cfg.Err != nil && err == nil {
			t.Errorf("a context of a broken file: %+v", at)
		}
		if err == nil && at.Server == "" {
			t.Errorf("a context that leads nowhere: %+v", at)
		}
		_, _ = c.connected(t.Context())
	})
}
