package project

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"
)

// Releases are the versions of a project that its git tags name.
type Releases struct {
	// Prefix stands before the version in the tags of a folder that shares its
	// repository with others: "api/" of api/v1.2.3. Else it is empty.
	Prefix string
	Tags   []GitTag // newest version first
	InGit  bool     // the folder lies in a git repository
	Err    error    // why git does not say which there are; not that there is no repository
}

// GitTag is a git tag that names a semantic version.
type GitTag struct {
	Name    string // as git has it, with the prefix
	Version string // without the prefix: "v1.2.3-rc.1"
	Commit  string // full hash of what it stands for
}

// The parts of a version that a release may raise.
const (
	Patch = "patch"
	Minor = "minor"
	Major = "major"
)

// ReadReleases asks git for the tags of a project that are semantic versions.
// Other tags are passed over. It runs git: call it away from the screen's loop.
func ReadReleases(ctx context.Context, p Project) Releases {
	r := openRepo(ctx, p.Dir)
	if r == nil {
		return Releases{Err: ctx.Err()}
	}
	tags, prefix, err := r.tags(ctx)
	if err != nil {
		return Releases{InGit: true, Err: fmt.Errorf("reading the version tags: %w", err)}
	}
	found := pickReleases(tags, []string{prefix, filepath.Base(p.Dir) + "/", p.Name + "/"})
	found.InGit = true
	return found
}

// tags are all tags of the repository, with the prefix of the folder in it.
func (r *repo) tags(ctx context.Context) (tags []GitTag, prefix string, err error) {
	// An annotated tag is an object of its own; *objectname is what it stands for.
	out, err := r.run(ctx, "for-each-ref", "refs/tags",
		"--format=%(refname:strip=2) %(if)%(*objectname)%(then)%(*objectname)%(else)%(objectname)%(end)")
	if err != nil {
		return nil, "", err
	}
	for line := range strings.Lines(out) {
		if name, commit, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			tags = append(tags, GitTag{Name: name, Commit: commit})
		}
	}
	prefix, err = r.run(ctx, "rev-parse", "--show-prefix")
	return tags, strings.TrimSpace(prefix), err
}

// pickReleases takes the tags that are versions with the first of the prefixes
// that any has, or else those that are versions as they are.
func pickReleases(tags []GitTag, prefixes []string) Releases {
	for _, prefix := range append(prefixes, "") {
		var found []GitTag
		for _, t := range tags {
			version, ok := strings.CutPrefix(t.Name, prefix)
			if _, err := parseVersion(version); ok && err == nil {
				t.Version = version
				found = append(found, t)
			}
		}
		if len(found) == 0 {
			continue
		}
		slices.SortStableFunc(found, func(a, b GitTag) int {
			va, _ := parseVersion(a.Version) // all were parsed above
			vb, _ := parseVersion(b.Version)
			return vb.Compare(va)
		})
		return Releases{Prefix: prefix, Tags: found}
	}
	return Releases{}
}

// Newest is the newest version; empty before the first.
func (r Releases) Newest() string {
	if len(r.Tags) == 0 {
		return ""
	}
	return r.Tags[0].Version
}

// Tag is the git tag of a version; ok is false if there is none.
func (r Releases) Tag(version string) (t GitTag, ok bool) {
	i := slices.IndexFunc(r.Tags, func(t GitTag) bool { return t.Version == version })
	if i < 0 {
		return GitTag{}, false
	}
	return r.Tags[i], true
}

// Version is the version that is asked for: itself (v1.2.3, with or without
// the v and the prefix), or the next patch, minor or major after the newest. A
// prerelease is followed by the release it leads up to: 2.0.0-rc.1 by 2.0.0,
// whichever is asked for. Whether versions begin with v is kept as it is.
func (r Releases) Version(asked string) (string, error) {
	if !slices.Contains([]string{Patch, Minor, Major}, asked) {
		version := strings.TrimPrefix(asked, r.Prefix)
		v, err := parseVersion(version)
		switch {
		case err != nil:
			return "", fmt.Errorf("%q is no version: use patch, minor, major, or one such as v1.2.3 or v1.2.3-rc.1", asked)
		case v.Metadata() != "":
			return "", fmt.Errorf("%s: image tags cannot hold a +, so leave out +%s", asked, v.Metadata())
		}
		return version, nil
	}
	v, lead := semver.New(0, 0, 0, "", ""), "v"
	if newest := r.Newest(); newest != "" {
		v, _ = parseVersion(newest) // it was read as a version
		lead = newest[:len(newest)-len(strings.TrimPrefix(newest, "v"))]
	}
	return lead + next(*v, asked).String(), nil
}

// next raises a part of a version.
func next(v semver.Version, part string) semver.Version {
	pre := v.Prerelease() != ""
	switch {
	case part == Patch,
		pre && part == Minor && v.Patch() == 0,
		pre && part == Major && v.Patch() == 0 && v.Minor() == 0:
		return v.IncPatch() // of a prerelease it takes the end off
	case part == Minor:
		return v.IncMinor()
	}
	return v.IncMajor()
}

// parseVersion reads a full semantic version, with or without a v before it.
func parseVersion(text string) (*semver.Version, error) {
	return semver.StrictNewVersion(strings.TrimPrefix(text, "v"))
}

// TagArgs are what git is told to tag a commit as a release. With force, a tag
// of that name is moved.
func TagArgs(name, commit string, force bool) []string {
	args := []string{"tag", "-a", name, "-m", name}
	if force {
		args = append(args, "-f")
	}
	if commit != "" {
		args = append(args, commit)
	}
	return args
}

// MakeTag tags a commit of the folder's repository as a release. It pushes
// nothing.
func MakeTag(ctx context.Context, dir, name, commit string, force bool) error {
	r := openRepo(ctx, dir)
	if r == nil {
		return fmt.Errorf("tagging %s: %s is in no git repository", name, dir)
	}
	if _, err := r.run(ctx, TagArgs(name, commit, force)...); err != nil {
		return fmt.Errorf("tagging %s: %w", name, err)
	}
	return nil
}
