package project

import (
	"context"
	"crypto/sha1" //nolint:gosec // git's own name for a file's content, no protection
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// tagImages gives each image a tag of its own, made of all that goes into it:
//
//	dev-5f2c01ab9e    the files of its context, its Dockerfile, its build options,
//	                  and the tags of the images it is built from
//
// A project of one image is tagged by its commit, which people recognise. With
// several, the commit would give each image a new tag for a change in any
// other, and all would be built, pushed and rolled out anew. A tag by content
// stays across commits that do not touch the image, and across the commit of
// what was shipped before it was committed.
func tagImages(ctx context.Context, images []Image, r *repo, diff changes) []Problem {
	seen := newPrints(ctx, r, diff)
	var problems []Problem
	tags := map[string]string{}
	for i := range images {
		image := &images[i]
		sum, found := image.sum(ctx, seen, tags)
		problems = append(problems, found...)
		image.Tag = "dev-" + sum
		tags[image.Name] = image.Tag
	}
	return problems
}

// sum is a short hash over what goes into an image. tags are those of the
// images it needs.
func (i Image) sum(ctx context.Context, seen *prints, tags map[string]string) (string, []Problem) {
	c, problems := openContent(i.Context, i.Dockerfile)
	all := sha256.New()
	fmt.Fprintln(all, c.sum(ctx, c.below(ctx, "."), seen.of))
	if text, err := os.ReadFile(i.Dockerfile); err == nil { // it may lie outside of the context, or be ignored
		fmt.Fprintf(all, "%x\n", sha256.Sum256(text))
	}
	fmt.Fprintf(all, "%q %q\n", i.Target, i.Platforms)
	for _, values := range []map[string]string{i.Args, i.Labels} {
		for _, name := range slices.Sorted(maps.Keys(values)) {
			fmt.Fprintf(all, "%q=%q\n", name, values[name])
		}
		fmt.Fprintln(all)
	}
	for _, name := range slices.Sorted(maps.Keys(i.Contexts)) {
		at := i.Contexts[name]
		fmt.Fprintf(all, "%q ", name)
		if info, err := os.Stat(at); err == nil && info.IsDir() {
			more, found := openContent(at, "")
			problems = append(problems, found...)
			fmt.Fprintln(all, more.sum(ctx, more.below(ctx, "."), seen.of))
		} else {
			fmt.Fprintf(all, "%q\n", at)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(i.Bases)) {
		fmt.Fprintf(all, "%q is %q\n", name, i.Bases[name])
	}
	for _, need := range i.Needs {
		fmt.Fprintf(all, "%q:%q\n", need, tags[need])
	}
	return hex.EncodeToString(all.Sum(nil))[:10], problems
}

// prints tells of each file by what it holds. What git knows already is not
// read again, and each other file once, however many contexts it is in.
type prints struct {
	known  map[string]string // git's object, by absolute path: tracked and unchanged
	length int               // of git's names for objects, in bytes
	local  []string          // absolute paths of what git ignores; a folder ends in a separator

	mu   sync.Mutex
	read map[string]string
}

func newPrints(ctx context.Context, r *repo, diff changes) *prints {
	p := &prints{known: map[string]string{}, read: map[string]string{}, length: sha1.Size}
	if r == nil {
		return p
	}
	for path, object := range r.objects(ctx) {
		p.known[filepath.Join(r.dir, filepath.FromSlash(path))] = object
		p.length = len(object) / 2
	}
	for _, path := range diff.changed {
		delete(p.known, filepath.Join(r.dir, filepath.FromSlash(path)))
	}
	for _, path := range diff.ignored {
		at := filepath.Join(r.dir, filepath.FromSlash(path))
		if strings.HasSuffix(path, "/") {
			at += string(filepath.Separator)
		}
		p.local = append(p.local, at)
	}
	return p
}

// of prints a file. Committing it changes nothing: what is read here is named
// as git will name it.
func (p *prints) of(path string, info fs.FileInfo) string {
	if object := p.known[path]; object != "" {
		return object
	}
	p.mu.Lock()
	was, ok := p.read[path]
	p.mu.Unlock()
	if ok {
		return was
	}
	var text string
	switch {
	case p.ignored(path):
		text = byTime(path, info) // may be gigabytes
	case p.length == sha1.Size && (info.Mode().IsRegular() || info.Mode()&fs.ModeSymlink != 0):
		text = byObject(path, info)
	default:
		text = byContent(path, info)
	}
	p.mu.Lock()
	p.read[path] = text
	p.mu.Unlock()
	return text
}

func (p *prints) ignored(path string) bool {
	return slices.ContainsFunc(p.local, func(at string) bool {
		return path == at || strings.HasSuffix(at, string(filepath.Separator)) && strings.HasPrefix(path, at)
	})
}
