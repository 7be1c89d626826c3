package project

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// gitLimit bounds one git command, so that a repository on a dead network
// drive cannot hold a plan up for ever.
const gitLimit = 20 * time.Second

// repo is the git repository a folder lies in.
type repo struct {
	dir string // the folder git is run in
	top bool   // dir is the top of the work tree
}

// openRepo returns the repository dir lies in; nil without one, or without git.
func openRepo(ctx context.Context, dir string) *repo {
	r := &repo{dir: dir}
	prefix, err := r.run(ctx, "rev-parse", "--is-inside-work-tree", "--show-prefix")
	if err != nil {
		return nil
	}
	inside, prefix, _ := strings.Cut(prefix, "\n")
	if inside != "true" {
		return nil // inside .git itself
	}
	r.top = strings.TrimSpace(prefix) == ""
	return r
}

// run runs git in the repository's folder and returns what it printed.
func (r *repo) run(ctx context.Context, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, gitLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = r.dir
	// Looking must not take the index lock from under someone's commit, ask
	// for a password, or speak the user's language.
	cmd.Env = append(os.Environ(), "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "LC_ALL=C")
	cmd.WaitDelay = time.Second
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("git %s: %w: %s", args[0], err, strings.TrimSpace(errs.String()))
	}
	return out.String(), nil
}

// line is run for commands that answer with one line; empty if they fail.
func (r *repo) line(ctx context.Context, args ...string) string {
	out, err := r.run(ctx, args...)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(out)
}

// remoteName is the repository's name as its remote "origin" spells it.
func (r *repo) remoteName(ctx context.Context) string {
	return remoteBase(r.line(ctx, "config", "--get", "remote.origin.url"))
}

// changes is how the folder differs from the commit it is at. Paths are
// relative to the folder, with forward slashes.
type changes struct {
	changed []string // changed, deleted and untracked
	ignored []string // there, though git ignores them; a folder ends in "/"
}

// changes asks git what differs in the folder, and below it only.
func (r *repo) changes(ctx context.Context) (changes, error) {
	prefix := r.line(ctx, "rev-parse", "--show-prefix")
	out, err := r.run(ctx, "status", "--porcelain=v1", "-z", "--no-renames",
		"--untracked-files=all", "--ignored=matching", "--", ".")
	if err != nil {
		return changes{}, err
	}
	var c changes
	for entry := range strings.SplitSeq(out, "\x00") {
		if len(entry) < 4 {
			continue
		}
		// Paths come relative to the top of the work tree.
		path, ok := strings.CutPrefix(entry[3:], prefix)
		if !ok || path == "" {
			// The folder itself, untracked or ignored as a whole.
			path = "./"
		}
		if entry[:2] == "!!" {
			c.ignored = append(c.ignored, path)
		} else {
			c.changed = append(c.changed, path)
		}
	}
	return c, nil
}

// objects are git's names for the content of all tracked files below the
// folder, by path relative to it, with slashes. Files git could not merge are
// left out.
func (r *repo) objects(ctx context.Context) map[string]string {
	out, err := r.run(ctx, "ls-files", "-s", "-z", "--", ".")
	if err != nil {
		return nil
	}
	all := map[string]string{}
	for entry := range strings.SplitSeq(out, "\x00") {
		head, path, ok := strings.Cut(entry, "\t") // "100644 <object> <stage>"
		words := strings.Fields(head)
		if ok && len(words) == 3 && words[2] == "0" {
			all[path] = words[1]
		}
	}
	return all
}
