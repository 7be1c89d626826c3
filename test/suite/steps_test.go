package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestExports(t *testing.T) {
	env, err := exports([]string{"HOME=/h", "DOCKER_HOST=tcp://x", "PATH=/bin"}, []byte(
		"export PATH='/fix/bin:/bin'\nexport ODD='it'\\''s'\nunset DOCKER_HOST DOCKER_CONTEXT\n"))
	want := []string{"HOME=/h", "PATH=/fix/bin:/bin", "ODD=it's"}
	if err != nil || !slices.Equal(env, want) {
		t.Errorf("exports = %q, %v; want %q", env, err, want)
	}
	for _, bad := range []string{"", "hello", "export X", "export X=", "X='y'"} {
		if env, err := exports(nil, []byte(bad)); err == nil {
			t.Errorf("exports(%q) = %q, want an error", bad, env)
		}
	}
}

func TestWithout(t *testing.T) {
	got := without([]string{"A=1", "TWINDECK_FIXTURE_BIN=b", "TWINDECK_E2E=local", "B=2"}, "TWINDECK_FIXTURE", "TWINDECK_E2E")
	if want := []string{"A=1", "B=2"}; !slices.Equal(got, want) {
		t.Errorf("without = %q, want %q", got, want)
	}
}

func TestFixturePackages(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{
		"a/fixture_test.go", "a/push_fixture_test.go", "a/a_test.go",
		"b/b_test.go", "c/d/watch_fixture_test.go",
		"nested/go.mod", "nested/fixture_test.go", ".git/fixture_test.go",
	} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(root)
	got, err := fixturePackages(".")
	if want := []string{"./a", "./c/d"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("fixturePackages = %q, %v; want %q", got, err, want)
	}
}
