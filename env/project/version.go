package project

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// maxTag is the longest tag an image may have.
const maxTag = 128

// readVersion learns the state of the project's folder, and makes the tag
// that stands for what a build of it would contain:
//
//	v1.4.2-3-g1a2b3c                    nothing differs from that commit
//	v1.4.2-3-g1a2b3c-dirty-5f2c01ab9e   changed or untracked files, by content
//	v1.4.2-3-g1a2b3c-local-5f2c01ab9e   files git ignores that the builder sees
//	dev-5f2c01ab9e                      no git, or no commit yet: everything
//
// Files that .dockerignore keeps from the builder do not count. A folder
// without a Dockerfile has no build context to read: somebody's home would be
// hashed file by file. It gets no tag, and of git only where it is.
func readVersion(ctx context.Context, p Project, r *repo) (Version, []Problem) {
	if p.Dockerfile == "" {
		return describeOnly(ctx, r), nil
	}
	c, problems := openContent(p.Context, p.Dockerfile)
	if r == nil {
		return contentVersion(ctx, c), problems
	}
	var describe string
	var diff changes
	var describeErr, diffErr error
	v := Version{Branch: r.line(ctx, "symbolic-ref", "--short", "-q", "HEAD")}
	var both sync.WaitGroup // each may take long in a large repository
	both.Go(func() { describe, describeErr = r.run(ctx, "describe", "--tags", "--always") })
	both.Go(func() { diff, diffErr = r.changes(ctx) })
	v.Commit = r.line(ctx, "rev-parse", "--verify", "-q", "HEAD")
	both.Wait()

	if diffErr != nil {
		problems = append(problems, Problem{File: p.Dir, Text: fmt.Sprintf("git could not say what changed: %v", diffErr)})
	}
	if v.Commit == "" || describeErr != nil || diffErr != nil {
		whole := contentVersion(ctx, c)
		whole.Commit, whole.Branch = v.Commit, v.Branch
		return whole, problems
	}
	v.Describe = strings.TrimSpace(describe)
	v.Tag = validTag(v.Describe, v.Commit)
	v.Dirty = len(diff.changed) > 0

	changed, local := c.files(ctx, diff.changed), c.files(ctx, diff.ignored)
	sum := ""
	if len(local) > 0 {
		sum = c.sum(ctx, local, byTime)
	}
	switch {
	case len(changed) > 0:
		hash := c.sum(ctx, changed, byContent)
		if sum != "" {
			hash += "-" + sum
		}
		v.Tag += "-dirty-" + hash
	case sum != "":
		v.Tag += "-local-" + sum
	}
	if v.Dirty {
		v.Describe += "-dirty"
	}
	return v, problems
}

// readVersions learns the state of the folder of several images, and gives each
// its tag.
func (p *Project) readVersions(ctx context.Context, r *repo) []Problem {
	p.Version = describeOnly(ctx, r)
	if r == nil {
		return tagImages(ctx, p.Images, nil, changes{})
	}
	diff, err := r.changes(ctx)
	if err != nil {
		problem := Problem{File: p.Dir, Text: fmt.Sprintf("git could not say what changed: %v", err)}
		return append(tagImages(ctx, p.Images, nil, changes{}), problem)
	}
	if p.Version.Dirty = len(diff.changed) > 0; p.Version.Dirty {
		p.Version.Describe += "-dirty"
	}
	return tagImages(ctx, p.Images, r, diff)
}

// describeOnly is the version of a folder that builds nothing.
func describeOnly(ctx context.Context, r *repo) Version {
	if r == nil {
		return Version{}
	}
	return Version{
		Describe: r.line(ctx, "describe", "--tags", "--always"),
		Commit:   r.line(ctx, "rev-parse", "--verify", "-q", "HEAD"),
		Branch:   r.line(ctx, "symbolic-ref", "--short", "-q", "HEAD"),
	}
}

// contentVersion is the version of a folder without history.
func contentVersion(ctx context.Context, c *content) Version {
	tag := "dev-" + c.sum(ctx, c.below(ctx, "."), byContent)
	return Version{Describe: tag, Tag: tag}
}

var notInTag = regexp.MustCompile(`[^A-Za-z0-9_.-]+`)

// validTag makes an image tag of what git describe says. Where that takes a
// change, or would give the one tag that says nothing, the commit is added,
// so that two versions never share a tag.
func validTag(describe, commit string) string {
	const room = maxTag - len("-dirty-0123456789-0123456789")
	tag := strings.TrimLeft(notInTag.ReplaceAllString(describe, "-"), ".-")
	if tag == describe && tag != "latest" && len(tag) <= room {
		return tag
	}
	end := "-g" + commit[:min(12, len(commit))]
	if len(tag)+len(end) > room {
		tag = tag[:room-len(end)]
	}
	return strings.TrimLeft(tag+end, ".-")
}
