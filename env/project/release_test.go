package project_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/twindeck/twindeck/env/project"
)

func TestReadReleases(t *testing.T) {
	dir := committed(t, map[string]string{"Dockerfile": "FROM scratch\n", "api/Dockerfile": "FROM scratch\n"})
	git(t, dir, "tag", "-a", "v1.5.0-rc.1", "-m", "soon")
	git(t, dir, "tag", "api/v0.3.0")
	commit := project.Read(t.Context(), dir).Version.Commit

	r := project.ReadReleases(t.Context(), project.Read(t.Context(), dir))
	if !r.InGit || r.Newest() != "v1.5.0-rc.1" || len(r.Tags) != 2 {
		t.Errorf("%+v", r)
	}
	for _, version := range []string{"v1.4.2", "v1.5.0-rc.1"} { // one light, one annotated
		if tag, ok := r.Tag(version); !ok || tag.Commit != commit {
			t.Errorf("%s stands for %+v, not %s", version, tag, commit)
		}
	}
	if _, ok := r.Tag("v9.9.9"); ok {
		t.Error("there is a tag that nobody made")
	}
	api := project.Read(t.Context(), filepath.Join(dir, "api"))
	if r := project.ReadReleases(t.Context(), api); r.Prefix != "api/" || r.Newest() != "v0.3.0" {
		t.Errorf("below: %+v", r)
	}
	if r := project.ReadReleases(t.Context(), project.Project{Dir: t.TempDir()}); r.InGit || len(r.Tags) > 0 {
		t.Errorf("without git: %+v", r)
	}
}

// git that answers nothing is no repository without versions.
func TestReadReleasesThatGitDoesNotTell(t *testing.T) {
	dir := committed(t, map[string]string{"Dockerfile": "FROM scratch\n"})
	p := project.Read(t.Context(), dir)
	if err := os.WriteFile(filepath.Join(dir, ".git", "packed-refs"), []byte("no refs\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := project.ReadReleases(t.Context(), p)
	if !r.InGit || r.Err == nil || !strings.Contains(r.Err.Error(), "reading the version tags: git for-each-ref") {
		t.Errorf("%+v", r)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r := project.ReadReleases(ctx, p); !errors.Is(r.Err, context.Canceled) {
		t.Errorf("cancelled: %+v", r)
	}
}

func TestMakeTag(t *testing.T) {
	for name, value := range map[string]string{
		"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_SYSTEM": os.DevNull,
		"GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.com",
	} {
		t.Setenv(name, value)
	}
	dir := committed(t, map[string]string{"Dockerfile": "FROM scratch\n"})
	first := project.Read(t.Context(), dir).Version.Commit
	write(t, dir, map[string]string{"more": "more"})
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-q", "-m", "more")

	if err := project.MakeTag(t.Context(), dir, "v1.5.0", first, false); err != nil {
		t.Fatal(err)
	}
	kind, err := exec.Command("git", "-C", dir, "cat-file", "-t", "v1.5.0").Output()
	if err != nil || strings.TrimSpace(string(kind)) != "tag" {
		t.Errorf("it is a %s, %v: want an annotated tag", kind, err)
	}
	if tag, _ := project.ReadReleases(t.Context(), project.Read(t.Context(), dir)).Tag("v1.5.0"); tag.Commit != first {
		t.Errorf("it stands for %s, not %s", tag.Commit, first)
	}
	now := project.Read(t.Context(), dir).Version.Commit
	if err := project.MakeTag(t.Context(), dir, "v1.5.0", now, false); err == nil || !strings.Contains(err.Error(), "already exists") {
		t.Errorf("it is made twice: %v", err)
	}
	if err := project.MakeTag(t.Context(), dir, "v1.5.0", now, true); err != nil {
		t.Fatal(err)
	}
	if tag, _ := project.ReadReleases(t.Context(), project.Read(t.Context(), dir)).Tag("v1.5.0"); tag.Commit != now {
		t.Errorf("it was not moved to %s: %s", now, tag.Commit)
	}
	if err := project.MakeTag(t.Context(), t.TempDir(), "v1.5.0", now, false); err == nil || !strings.Contains(err.Error(), "no git repository") {
		t.Errorf("without git: %v", err)
	}
}
