package ship_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/project"
	"github.com/twindeck/twindeck/env/ship"
)

const (
	commit      = "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d"
	otherCommit = "ffffffffffffffffffffffffffffffffffffffff"
	released    = "localhost:5000/web:v1.0.1"
)

// history is git with the versions v1.0.0 and, at another commit, v1.0.0-rc.1.
func history(prefix string, more ...project.GitTag) project.Releases {
	return project.Releases{InGit: true, Prefix: prefix, Tags: append(more,
		project.GitTag{Name: prefix + "v1.0.0", Version: "v1.0.0", Commit: otherCommit},
		project.GitTag{Name: prefix + "v1.0.0-rc.1", Version: "v1.0.0-rc.1", Commit: otherCommit},
	)}
}

// untold is what is known of versions when git fails.
var untold = project.Releases{InGit: true, Err: errors.New("git is gone")}

func TestReleaseIsPlanned(t *testing.T) {
	here := project.GitTag{Name: "v1.0.1", Version: "v1.0.1", Commit: commit}
	elsewhere := project.GitTag{Name: "v1.0.1", Version: "v1.0.1", Commit: otherCommit}
	for _, c := range []struct {
		name    string
		o       ship.Options
		dirty   bool
		image   string
		gitTag  string
		command string
		problem string // "!" before a fatal one; empty: none
	}{
		{"next patch", release("patch", history("")), false, released, "v1.0.1", "git tag -a v1.0.1 -m v1.0.1 1a2b3c4d5e6f && git push origin v1.0.1", ""},
		{"next minor", release("minor", history("")), false, "localhost:5000/web:v1.1.0", "v1.1.0", "git tag -a v1.1.0 -m v1.1.0 1a2b3c4d5e6f && git push origin v1.1.0", ""},
		{"named, in a monorepo", release("v3.0.0-rc.1", history("web/")), false, "localhost:5000/web:v3.0.0-rc.1", "web/v3.0.0-rc.1", "git tag -a web/v3.0.0-rc.1 -m web/v3.0.0-rc.1 1a2b3c4d5e6f && git push origin web/v3.0.0-rc.1", ""},
		{"tagged here already", release("v1.0.1", history("", here)), false, released, "v1.0.1", "", ""},
		{"tagged elsewhere", release("v1.0.1", history("", elsewhere)), false, released, "v1.0.1", "", "!build: git has the tag v1.0.1 already, at another commit (ffffffffffff) | name another version, such as v1.0.2"},
		{"not committed", release("patch", history("")), true, released, "v1.0.1", "", "!build: the folder has changes that are not committed"},
		{"no version", release("1.2", history("")), false, "localhost:5000/web:" + tag, "", "", `!build: no release can be made: "1.2" is no version`},
		{"without git", release("patch", project.Releases{}), false, "localhost:5000/web:" + tag, "", "", "!build: the folder is in no git repository"},
		{"of versions that git does not tell", release("patch", untold), false, "localhost:5000/web:" + tag, "", "", "!build: which version comes next cannot be told: git is gone"},
		{"named, of versions that git does not tell", release("v1.0.1", untold), false, released, "v1.0.1", "", "build: which versions there are cannot be told: git is gone"},
		{"with a tag as well", ship.Options{Tag: "x", Release: ship.ReleaseOptions{Ask: "patch", Known: history("")}}, false, "localhost:5000/web:x", "", "", "!build: a release has the tag of its version"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, cl, p := world(t)
			p.Version.Commit, p.Version.Dirty = commit, c.dirty
			c.o.Registry = "localhost:5000"
			plan := ship.NewPlan(t.Context(), e, cl, p, c.o)
			if plan.Image != c.image {
				t.Errorf("the image is %s", plan.Image)
			}
			if got := problems(plan); c.problem == "" && got != "" || !strings.Contains(got, c.problem) {
				t.Errorf("problems: %s", got)
			}
			switch {
			case c.gitTag == "":
				if plan.Release != nil {
					t.Errorf("it releases %+v", plan.Release)
				}
			case plan.Release == nil || plan.Release.GitTag != c.gitTag:
				t.Errorf("it releases %+v", plan.Release)
			case c.problem == "" && plan.Release.Command() != c.command:
				t.Errorf("the command is %s", plan.Release.Command())
			}
		})
	}
}

func release(ask string, known project.Releases) ship.Options {
	return ship.Options{Release: ship.ReleaseOptions{Ask: ask, Known: known}}
}

// What speaks against a release can be overruled, each by a word of its own.
func TestReleaseAllTheSame(t *testing.T) {
	e, c, p := world(t)
	p.Version.Commit, p.Version.Dirty = commit, true
	e.registry["localhost:5000/web:v1.0.0"] = oldDigest
	o := release("v1.0.0", history(""))
	o.Registry, o.Release.AllowDirty, o.Release.Overwrite = "localhost:5000", true, true
	plan := ship.NewPlan(t.Context(), e, c, p, o)
	if len(plan.Fatal()) > 0 || !strings.Contains(problems(plan), "is overwritten") {
		t.Errorf("problems: %s", problems(plan))
	}
	report, _, err := record(t.Context(), e, c, plan)
	if err != nil || report.Then != "git tag -a v1.0.0 -m v1.0.0 -f 1a2b3c4d5e6f && git push --force origin refs/tags/v1.0.0" {
		t.Errorf("%v, then %s", err, report.Then)
	}
}

// The registry is asked, by digest, whether it has the version already.
func TestReleaseIsNotOverwritten(t *testing.T) {
	for _, c := range []struct {
		name    string
		arrange func(*engine)
		want    string // of the problems; empty: none
	}{
		{"new", func(*engine) {}, ""},
		{"the same", func(e *engine) {
			e.registry[released] = newDigest
			e.images[released] = docker.Image{Digest: newDigest}
		}, ""},
		{"the same, in the old store", func(e *engine) {
			e.registry[released] = newDigest
			e.images[released] = docker.Image{ID: imageID, Digests: []string{"localhost:5000/web@" + newDigest}}
		}, ""},
		{"another", func(e *engine) { e.registry[released] = oldDigest }, "!deliver: " + released + " is in the registry already (" + oldDigest + ") | release another version"},
		{"not told", func(e *engine) { e.askErr = trouble(docker.ErrDenied, "no") }, "!deliver: whether " + released + " is in the registry already cannot be seen: no | mend it; or release without knowing: --overwrite"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, cl, p := world(t)
			p.Version.Commit = commit
			c.arrange(e)
			o := release("patch", history(""))
			o.Registry = "localhost:5000"
			got := problems(ship.NewPlan(t.Context(), e, cl, p, o))
			if c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("problems: %s", got)
			}
		})
	}
}

// Docker Hub refuses in the same words what is private and what is not there
// yet: a first release goes through.
func TestFirstReleaseToDockerHub(t *testing.T) {
	e, c, p := world(t)
	p.Version.Commit = commit
	e.askErr = trouble(docker.ErrDenied, "denied")
	o := release("patch", history(""))
	o.Registry = "docker.io/ada"
	plan := ship.NewPlan(t.Context(), e, c, p, o)
	if len(plan.Fatal()) > 0 || !strings.Contains(problems(plan), "nothing, if the repository is new") {
		t.Errorf("problems: %s", problems(plan))
	}
}

// Somebody released the same version while the image was being built.
func TestReleaseIsOvertaken(t *testing.T) {
	e, c, p := world(t)
	p.Version.Commit = commit
	o := release("patch", history(""))
	o.Registry = "localhost:5000"
	plan := ship.NewPlan(t.Context(), e, c, p, o)
	e.registry[released] = oldDigest
	_, _, err := record(t.Context(), e, c, plan)
	if err == nil || !strings.Contains(err.Error(), "a version that was released does not change") || e.pushes() > 0 || e.registry[released] != oldDigest {
		t.Errorf("ended with %v, and did %v", err, e.did)
	}
}

// Git is not touched; the command that tags the commit is told.
func TestReleaseTellsTheGitCommand(t *testing.T) {
	e, c, p := world(t)
	p.Version.Commit = commit
	o := release("patch", history(""))
	o.Registry = "localhost:5000"
	report, events, err := record(t.Context(), e, c, ship.NewPlan(t.Context(), e, c, p, o))
	if err != nil || report.Then != "git tag -a v1.0.1 -m v1.0.1 1a2b3c4d5e6f && git push origin v1.0.1" || report.GitTag != "" {
		t.Errorf("%v, %+v", err, report)
	}
	if slices.ContainsFunc(commands(events), func(c string) bool { return strings.HasPrefix(c, "git ") }) {
		t.Errorf("git was run: %v", commands(events))
	}
}

// A commit that cannot be tagged is a release all the same, and that is said.
func TestReleaseThatGitCannotTag(t *testing.T) {
	e, c, p := world(t)
	p.Dir, p.Version.Commit = t.TempDir(), commit
	o := release("patch", history(""))
	o.Registry, o.Release.GitTag = "localhost:5000", true
	_, _, err := record(t.Context(), e, c, ship.NewPlan(t.Context(), e, c, p, o))
	if err == nil || !strings.Contains(err.Error(), released+" is released, and git could not tag it") || e.registry[released] == "" {
		t.Errorf("ended with %v", err)
	}
}

func TestChoices(t *testing.T) {
	plan := ship.Plan{Image: "localhost:5000/team/web:" + tag}
	p := project.Project{Version: project.Version{Tag: tag}}
	for name, c := range map[string]struct {
		known project.Releases
		want  []ship.Choice
	}{
		"with versions": {history(""), []ship.Choice{
			{Name: "this work", Image: "localhost:5000/team/web:" + tag, Because: "what is in the folder"},
			{Name: "next patch", Ask: "v1.0.1", Image: "localhost:5000/team/web:v1.0.1", Because: "after v1.0.0"},
			{Name: "next minor", Ask: "v1.1.0", Image: "localhost:5000/team/web:v1.1.0", Because: "after v1.0.0"},
			{Name: "next major", Ask: "v2.0.0", Image: "localhost:5000/team/web:v2.0.0", Because: "after v1.0.0"},
		}},
		"before the first": {project.Releases{InGit: true}, []ship.Choice{
			{Name: "this work", Image: "localhost:5000/team/web:" + tag, Because: "what is in the folder"},
			{Name: "next patch", Ask: "v0.0.1", Image: "localhost:5000/team/web:v0.0.1", Because: "no version is tagged yet"},
			{Name: "next minor", Ask: "v0.1.0", Image: "localhost:5000/team/web:v0.1.0", Because: "no version is tagged yet"},
			{Name: "next major", Ask: "v1.0.0", Image: "localhost:5000/team/web:v1.0.0", Because: "no version is tagged yet"},
		}},
		"of versions that git does not tell": {untold, []ship.Choice{
			{Name: "this work", Image: "localhost:5000/team/web:" + tag, Because: "what is in the folder"},
		}},
		"without git": {project.Releases{}, []ship.Choice{
			{Name: "this work", Image: "localhost:5000/team/web:" + tag, Because: "what is in the folder"},
		}},
	} {
		if d := cmp.Diff(c.want, ship.Choices(plan, p, c.known)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}
