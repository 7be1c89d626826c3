package project_test

import (
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/twindeck/twindeck/env/project"
)

// write fills dir with files, by path relative to it.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// git runs git in dir as nobody in particular.
func git(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(),
		"GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull,
		"GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.com",
		"GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.com")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

// committed makes a repository of files, tagged v1.4.2.
func committed(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "my-app")
	write(t, dir, files)
	git(t, dir, "init", "-q", "-b", "main")
	git(t, dir, "add", ".")
	git(t, dir, "commit", "-q", "-m", "first")
	git(t, dir, "tag", "v1.4.2")
	return dir
}

const pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"

func TestReadFindsTheParts(t *testing.T) {
	tests := []struct {
		name       string
		files      map[string]string
		dockerfile string
		compose    string
		kind       project.ManifestKind
		path       string
		manifests  []string
		problem    string
	}{
		{name: "nothing", files: map[string]string{"README.md": "hi"}},
		{
			name:       "plain",
			files:      map[string]string{"Dockerfile": "FROM a", "compose.yaml": "services: {}", "k8s/b.yml": pod, "k8s/a.yaml": pod, "k8s/notes.txt": "x"},
			dockerfile: "Dockerfile", compose: "compose.yaml", kind: project.PlainFiles, path: "k8s", manifests: []string{"k8s/a.yaml", "k8s/b.yml"},
		},
		{
			name:       "other places",
			files:      map[string]string{"docker/Dockerfile": "FROM a", "docker-compose.yml": "services: {}", "deploy/app.json": `{"kind":"Pod"}`},
			dockerfile: "docker/Dockerfile", compose: "docker-compose.yml", kind: project.PlainFiles, path: "deploy", manifests: []string{"deploy/app.json"},
		},
		{
			name: "a folder named Dockerfile is none", files: map[string]string{"Dockerfile/x": "FROM a", "Containerfile": "FROM a"},
			dockerfile: "Containerfile",
		},
		{
			name:  "overlay before its base",
			files: map[string]string{"k8s/base/kustomization.yaml": "", "k8s/overlays/dev/kustomization.yaml": "", "k8s/x.yaml": pod},
			kind:  project.Kustomize, path: "k8s/overlays/dev",
		},
		{name: "kustomization before plain files", files: map[string]string{"deploy/kustomization.yml": "", "deploy/x.yaml": pod}, kind: project.Kustomize, path: "deploy"},
		{name: "base alone", files: map[string]string{"k8s/base/Kustomization": ""}, kind: project.Kustomize, path: "k8s/base"},
		{name: "kustomization at the top", files: map[string]string{"kustomization.yaml": ""}, kind: project.Kustomize, path: "."},
		{
			name:  "a chart is passed over",
			files: map[string]string{"deploy/Chart.yaml": "name: x", "manifests/x.yaml": pod},
			kind:  project.PlainFiles, path: "manifests", manifests: []string{"manifests/x.yaml"}, problem: "Helm chart",
		},
		{
			name:  "other YAML is left out",
			files: map[string]string{"k8s/values.yaml": "replicas: 3\n", "k8s/docker-compose.yaml": "kind: x", "k8s/a.yaml": pod},
			kind:  project.PlainFiles, path: "k8s", manifests: []string{"k8s/a.yaml"}, problem: "neither kind nor apiVersion",
		},
		{
			name: "lost indentation is still a manifest", files: map[string]string{"k8s/a.yaml": "- apiVersion: v1\n   kind: Pod\n"},
			kind: project.PlainFiles, path: "k8s", manifests: []string{"k8s/a.yaml"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, tt.files)
			at := func(rel string) string {
				if rel == "" {
					return ""
				}
				return filepath.Join(dir, filepath.FromSlash(rel))
			}
			var files []string
			for _, f := range tt.manifests {
				files = append(files, at(f))
			}
			got := project.Read(t.Context(), dir)
			if got.Dockerfile != at(tt.dockerfile) || got.Compose != at(tt.compose) {
				t.Errorf("Dockerfile %q, Compose %q", got.Dockerfile, got.Compose)
			}
			want := project.Manifests{Kind: tt.kind, Path: at(tt.path), Files: files}
			if d := cmp.Diff(want, got.Manifests); d != "" {
				t.Errorf("manifests (-want +got):\n%s", d)
			}
			text := ""
			for _, p := range got.Problems {
				text += p.Text + "\n"
			}
			if tt.problem == "" && text != "" || !strings.Contains(text, tt.problem) {
				t.Errorf("problems %q, want %q", text, tt.problem)
			}
		})
	}
}

// What a read that was cancelled would say of a folder is not what is in it.
func TestReadCancelled(t *testing.T) {
	dir := committed(t, map[string]string{"Dockerfile": "FROM scratch\n"})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p := project.Read(ctx, dir)
	if p.Version != (project.Version{}) || len(p.Images) > 0 {
		t.Errorf("it knows %+v of %+v", p.Version, p.Images)
	}
	if len(p.Problems) != 1 || !p.Problems[0].Fatal || !strings.Contains(p.Problems[0].Text, "given up: context canceled") {
		t.Errorf("problems: %+v", p.Problems)
	}
}

func TestReadWithoutAFolder(t *testing.T) {
	p := project.Read(t.Context(), filepath.Join(t.TempDir(), "Gone Away"))
	if p.Name != "gone-away" || len(p.Problems) != 1 || p.Problems[0].Text != "there is no such folder" {
		t.Errorf("got %+v", p)
	}
}

func TestName(t *testing.T) {
	for text, want := range map[string]string{
		"my-app": "my-app", "My App": "my-app", "a__b": "a__b", "a___b": "a_b", "a--b": "a--b", "a.-b": "a.b",
		"-x-": "x", "Ünï": "n", "": "app", "日本": "app", strings.Repeat("a", 300): strings.Repeat("a", 100),
	} {
		if got := project.ValidName(text); got != want {
			t.Errorf("ValidName(%q) = %q, want %q", text, got, want)
		}
	}
	for url, want := range map[string]string{
		"https://github.com/acme/shop.git": "shop", "git@github.com:acme/Shop": "shop", "git@host:shop.git": "shop",
		"/srv/git/shop.git/": "shop", `C:\git\shop`: "shop",
	} {
		dir := committed(t, map[string]string{"a": "1"})
		git(t, dir, "remote", "add", "origin", url)
		if got := project.Read(t.Context(), dir).Name; got != want {
			t.Errorf("remote %s: name %q, want %q", url, got, want)
		}
		write(t, dir, map[string]string{"sub/a": "1"})
		if got := project.Read(t.Context(), filepath.Join(dir, "sub")).Name; got != "sub" {
			t.Errorf("below the top: name %q, want sub", got)
		}
	}
}

var validTag = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$`)

func tagOf(t *testing.T, dir string) string {
	t.Helper()
	p := project.Read(t.Context(), dir)
	if len(p.Problems) > 0 {
		t.Fatalf("problems: %+v", p.Problems)
	}
	if !validTag.MatchString(p.Version.Tag) || p.Version.Tag == "latest" {
		t.Fatalf("tag %q is not valid", p.Version.Tag)
	}
	return p.Version.Tag
}

func TestVersion(t *testing.T) {
	dir := committed(t, map[string]string{"Dockerfile": "FROM scratch\n", "a.txt": "1", ".gitignore": "out/\n"})
	if got := tagOf(t, dir); got != "v1.4.2" {
		t.Errorf("at the tag: %q", got)
	}
	write(t, dir, map[string]string{"a.txt": "2"})
	git(t, dir, "commit", "-qam", "second")
	clean := tagOf(t, dir)
	if !regexp.MustCompile(`^v1\.4\.2-1-g[0-9a-f]{7,}$`).MatchString(clean) {
		t.Errorf("after the tag: %q", clean)
	}
	write(t, dir, map[string]string{"a.txt": "3"})
	p := project.Read(t.Context(), dir)
	if !p.Version.Dirty || !strings.HasPrefix(p.Version.Tag, clean+"-dirty-") || p.Version.Describe != clean+"-dirty" ||
		p.Version.Branch != "main" || len(p.Version.Commit) != 40 {
		t.Errorf("dirty: %+v", p.Version)
	}
	write(t, dir, map[string]string{"a.txt": "2"})
	if got := tagOf(t, dir); got != clean {
		t.Errorf("changed back: %q, want %q", got, clean)
	}
	write(t, dir, map[string]string{"out/app": "1"})
	if got := tagOf(t, dir); !strings.HasPrefix(got, clean+"-local-") {
		t.Errorf("a file git ignores and the builder sees: %q", got)
	}
	write(t, dir, map[string]string{".git/info/exclude": ".dockerignore\n", ".dockerignore": "out\n.dockerignore\n"})
	if got := tagOf(t, dir); got != clean {
		t.Errorf("a file both ignore: %q, want %q", got, clean)
	}
}

func TestVersionOfOddRepositories(t *testing.T) {
	t.Run("no commit yet", func(t *testing.T) {
		dir := t.TempDir()
		git(t, dir, "init", "-q", "-b", "trunk")
		write(t, dir, map[string]string{"Dockerfile": "FROM scratch\n", "a": "1"})
		p := project.Read(t.Context(), dir)
		if !strings.HasPrefix(p.Version.Tag, "dev-") || p.Version.Branch != "trunk" || p.Version.Commit != "" {
			t.Errorf("got %+v", p.Version)
		}
	})
	t.Run("tag names that are no image tags", func(t *testing.T) {
		for _, name := range []string{"latest", "api/v1.0", "größe", strings.Repeat("x", 200)} {
			dir := committed(t, map[string]string{"Dockerfile": "FROM scratch\n", "a": name})
			git(t, dir, "tag", "-d", "v1.4.2")
			git(t, dir, "tag", name)
			if got := tagOf(t, dir); !strings.Contains(got, "-g") {
				t.Errorf("%s: tag %q lacks the commit", name, got)
			}
			write(t, dir, map[string]string{"a": "2"})
			tagOf(t, dir)
		}
	})
	t.Run("a folder of a repository", func(t *testing.T) {
		dir := committed(t, map[string]string{"one/Dockerfile": "FROM scratch\n", "two/Dockerfile": "FROM scratch\n", "one/a": "1", "two/a": "1"})
		write(t, dir, map[string]string{"two/a": "2", "two/é \"b\"": "x"})
		if got := tagOf(t, filepath.Join(dir, "one")); got != "v1.4.2" {
			t.Errorf("a change next door: %q", got)
		}
		if got := tagOf(t, filepath.Join(dir, "two")); !strings.HasPrefix(got, "v1.4.2-dirty-") {
			t.Errorf("a change inside: %q", got)
		}
	})
}

// TestVersionOfAFolderThatBuildsNothing: someone's home is opened at once, not
// hashed file by file.
func TestVersionOfAFolderThatBuildsNothing(t *testing.T) {
	plain := t.TempDir()
	write(t, plain, map[string]string{"a": "1"})
	if got := project.Read(t.Context(), plain).Version; got != (project.Version{}) {
		t.Errorf("without git: %+v", got)
	}
	dir := committed(t, map[string]string{"a": "1"})
	write(t, dir, map[string]string{"a": "2"})
	got := project.Read(t.Context(), dir).Version
	if got.Tag != "" || got.Describe != "v1.4.2" || got.Branch != "main" || len(got.Commit) != 40 {
		t.Errorf("with git: %+v", got)
	}
}

// TestTagFollowsContent makes random changes: each new content has a tag never
// seen before, and each content seen before has the tag it had then.
func TestTagFollowsContent(t *testing.T) {
	for _, kind := range []string{"git", "no git"} {
		t.Run(kind, func(t *testing.T) {
			files := map[string]string{"Dockerfile": "FROM scratch\n", "a": "0", "b/c": "0", "d e": "0", ".dockerignore": "skipped\n**/*.log\n!b/keep.log\n"}
			dir := filepath.Join(t.TempDir(), "x")
			if kind == "git" {
				dir = committed(t, files)
			} else {
				write(t, dir, files)
			}
			rnd := rand.New(rand.NewPCG(7, 7))
			names := []string{"a", "b/c", "d e", "new", "b/keep.log", "deep/er/f", "skipped/x", "y.log"}
			seen := map[string]string{} // content -> tag
			byTag := map[string]string{}
			for range 60 {
				name := names[rnd.IntN(len(names))]
				path := filepath.Join(dir, filepath.FromSlash(name))
				if rnd.IntN(4) == 0 {
					os.Remove(path)
				} else {
					write(t, dir, map[string]string{name: string(rune('0' + rnd.IntN(3)))})
				}
				state := ""
				for _, n := range names[:6] {
					text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(n)))
					if err != nil {
						text = []byte("-")
					}
					state += string(text) + "|"
				}
				tag := tagOf(t, dir)
				if old, ok := seen[state]; ok && old != tag {
					t.Fatalf("content %s: tag %s, was %s", state, tag, old)
				}
				if other, ok := byTag[tag]; ok && other != state {
					t.Fatalf("tag %s stands for %s and %s", tag, other, state)
				}
				seen[state], byTag[tag] = tag, state
			}
		})
	}
}

func FuzzName(f *testing.F) {
	valid := regexp.MustCompile(`^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$`)
	for _, s := range []string{"my-app", "A.B_C", "..", "a_-_b", "\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name := project.ValidName(s)
		if !valid.MatchString(name) || len(name) > 100 {
			t.Errorf("ValidName(%q) = %q", s, name)
		}
		if again := project.ValidName(name); again != name {
			t.Errorf("ValidName is not settled: %q -> %q", name, again)
		}
	})
}
