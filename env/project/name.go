package project

import (
	"context"
	"path/filepath"
	"regexp"
	"strings"
)

// projectName is the repository's name at its top folder, and the folder's
// own name below it, where several projects may share one repository.
func projectName(ctx context.Context, dir string, repo *repo) string {
	if repo != nil && repo.top {
		if remote := repo.remoteName(ctx); remote != "" {
			return imageName(remote)
		}
	}
	return imageName(filepath.Base(dir))
}

// remoteBase is the last part of a git remote's address, in any of its
// spellings: https://host/team/app.git, git@host:team/app, /srv/git/app.git.
func remoteBase(url string) string {
	url = strings.TrimSuffix(strings.TrimRight(url, "/\\"), ".git")
	return url[strings.LastIndexAny(url, "/\\:")+1:]
}

var (
	notInName  = regexp.MustCompile(`[^a-z0-9._-]+`)
	separators = regexp.MustCompile(`[._-]+`)
)

// imageName makes a valid last part of an image repository out of any text:
// lower-case letters and digits, with single separators between them.
func imageName(text string) string {
	s := notInName.ReplaceAllString(strings.ToLower(text), "-")
	s = separators.ReplaceAllStringFunc(s, func(sep string) string {
		if sep == "_" || sep == "__" || strings.Trim(sep, "-") == "" {
			return sep // valid as they are
		}
		return sep[:1]
	})
	s = strings.Trim(s, "._-")
	if len(s) > 100 {
		s = strings.TrimRight(s[:100], "._-")
	}
	if s == "" {
		return "app"
	}
	return s
}

// ValidName is text as a valid image name: text itself if it is one already.
func ValidName(text string) string { return imageName(text) }

// RemoteName is the image name of a build context that is not here: the last
// part of its URL, without what git and archives put behind it.
func RemoteName(url string) string {
	url, _, _ = strings.Cut(url, "#")
	url, _, _ = strings.Cut(url, "?")
	for _, end := range []string{".tar.gz", ".tgz", ".tar.xz", ".tar"} {
		url = strings.TrimSuffix(url, end)
	}
	return imageName(remoteBase(url))
}
