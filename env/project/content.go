package project

import (
	"context"
	"crypto/sha1" //nolint:gosec // git's own name for a file's content, no protection
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

// content is the build context as a builder sees it: the files of a folder
// that .dockerignore lets through.
type content struct {
	dir    string
	ignore *patternmatcher.PatternMatcher
	always map[string]bool // read by the builder even when ignored
}

// openContent reads the ignore file of a Dockerfile, which is its own
// (app.Dockerfile.dockerignore) or else the folder's .dockerignore. A broken
// one ignores nothing, and is a Problem.
func openContent(dir, dockerfile string) (*content, []Problem) {
	c := &content{dir: dir, always: map[string]bool{}}
	names := []string{filepath.Join(dir, ".dockerignore")}
	if dockerfile != "" {
		names = []string{dockerfile + ".dockerignore", names[0]}
		if rel, err := filepath.Rel(dir, dockerfile); err == nil {
			c.always[filepath.ToSlash(rel)] = true
		}
	}
	var problems []Problem
	var patterns []string
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			continue
		}
		patterns, err = ignorefile.ReadAll(f)
		f.Close()
		if err != nil {
			problems = append(problems, Problem{File: name, Text: fmt.Sprintf("cannot be read: %v", err)})
		}
		break
	}
	var err error
	if c.ignore, err = patternmatcher.New(patterns); err != nil {
		problems = append(problems, Problem{File: names[len(names)-1], Text: fmt.Sprintf("has a pattern that cannot be used: %v", err)})
		c.ignore, _ = patternmatcher.New(nil)
	}
	return c, problems
}

// ContentHash is a short hash of all that a builder would see of a folder: names,
// permissions and contents of the files that its .dockerignore lets through. It
// is made to its end: a part of it would be another one.
func ContentHash(dir string) string {
	ctx := context.Background()
	c, _ := openContent(dir, "")
	return c.sum(ctx, c.files(ctx, []string{"."}), byContent)
}

// ignored reports whether the builder never sees path (relative, slashes).
func (c *content) ignored(path string) bool {
	if c.always[path] {
		return false
	}
	hit, err := c.ignore.MatchesOrParentMatches(filepath.FromSlash(path))
	return err == nil && hit
}

// files expands paths into the files the builder would see among them,
// sorted, each once. A path that is gone stays, as its absence is a change.
func (c *content) files(ctx context.Context, paths []string) []string {
	var out []string
	for _, path := range paths {
		path = strings.TrimSuffix(path, "/")
		info, err := os.Lstat(c.path(path))
		switch {
		case err == nil && info.IsDir():
			out = append(out, c.below(ctx, path)...)
		case !c.ignored(path):
			out = append(out, path)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// below lists the files under a folder. Git's own folder is never content.
func (c *content) below(ctx context.Context, folder string) []string {
	var out []string
	root := c.path(folder)
	// Errors of single files show when they are hashed.
	_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return fs.SkipAll
		}
		rel, relErr := filepath.Rel(c.dir, path)
		if relErr != nil || err != nil && d == nil {
			return nil //nolint:nilerr // see above
		}
		rel = filepath.ToSlash(rel)
		switch {
		case d.Name() == ".git":
			if d.IsDir() {
				return fs.SkipDir
			}
		case d.IsDir():
			// With "!" patterns something below may be let through again.
			if rel != "." && !c.ignore.Exclusions() && c.ignored(rel) && !c.holdsAlways(rel) {
				return fs.SkipDir
			}
		case !c.ignored(rel):
			out = append(out, rel)
		}
		return nil
	})
	return out
}

func (c *content) holdsAlways(folder string) bool {
	for path := range c.always {
		if strings.HasPrefix(path, folder+"/") {
			return true
		}
	}
	return false
}

func (c *content) path(rel string) string {
	return filepath.Join(c.dir, filepath.FromSlash(rel))
}

// sum is a short hash over files: their paths, permissions and what print
// says of each. Files are read by several workers at once.
func (c *content) sum(ctx context.Context, files []string, print func(path string, info fs.FileInfo) string) string {
	prints := make([]string, len(files))
	work := make(chan int)
	var workers sync.WaitGroup
	for range min(len(files), 2*runtime.NumCPU()) {
		workers.Go(func() {
			for i := range work {
				path := c.path(files[i])
				info, err := os.Lstat(path)
				if err != nil {
					prints[i] = "gone"
					continue
				}
				prints[i] = fmt.Sprintf("%o %s", info.Mode(), print(path, info))
			}
		})
	}
	for i := range files {
		if ctx.Err() != nil {
			break // nobody takes the sum
		}
		work <- i
	}
	close(work)
	workers.Wait()

	all := sha256.New()
	for i, file := range files {
		fmt.Fprintf(all, "%q %s\n", file, prints[i])
	}
	return hex.EncodeToString(all.Sum(nil))[:10]
}

// byContent prints a file by every byte of it.
func byContent(path string, info fs.FileInfo) string {
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		target, err := os.Readlink(path)
		return fmt.Sprintf("link %q %v", target, err)
	case !info.Mode().IsRegular():
		return "special" // sockets and pipes never reach the builder
	}
	f, err := os.Open(path)
	if err != nil {
		return "unreadable"
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "unreadable"
	}
	return hex.EncodeToString(h.Sum(nil))
}

// byTime prints a file by its size and time, for what may be gigabytes.
func byTime(_ string, info fs.FileInfo) string {
	return fmt.Sprintf("%d %d", info.Size(), info.ModTime().UnixNano())
}

// byObject prints a file as git names its content, unless git would store it
// changed (by a filter, or with other line ends).
func byObject(path string, info fs.FileInfo) string {
	h := sha1.New() //nolint:gosec // git's own
	if info.Mode()&fs.ModeSymlink != 0 {
		target, err := os.Readlink(path)
		if err != nil {
			return "unreadable"
		}
		fmt.Fprintf(h, "blob %d\x00%s", len(target), target)
		return hex.EncodeToString(h.Sum(nil))
	}
	f, err := os.Open(path)
	if err != nil {
		return "unreadable"
	}
	defer f.Close()
	fmt.Fprintf(h, "blob %d\x00", info.Size())
	if _, err := io.Copy(h, f); err != nil {
		return "unreadable"
	}
	return hex.EncodeToString(h.Sum(nil))
}
