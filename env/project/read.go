package project

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Where a project keeps its parts, best first, relative to its folder.
var (
	dockerfiles = []string{"Dockerfile", "Containerfile", "docker/Dockerfile", "build/Dockerfile"}
	composes    = []string{"compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"}
)

// Read looks at the folder dir and says what it finds. It never fails: what
// cannot be read or used is a Problem, what is missing is empty. It runs git
// to learn the version and reads every changed file, so it takes tens of
// milliseconds: call it away from the screen's loop. When ctx ends before, that
// is a fatal Problem, and no version is known.
func Read(ctx context.Context, dir string) Project { return ReadWith(ctx, dir, "") }

// ReadWith is Read with another Dockerfile than the one it would find; a
// relative path starts at the working directory.
func ReadWith(ctx context.Context, dir, dockerfile string) Project {
	abs, err := filepath.Abs(dir)
	if err != nil {
		abs = dir
	}
	p := Project{Dir: abs, Context: abs}
	if info, err := os.Stat(abs); err != nil || !info.IsDir() {
		p.Name = imageName(filepath.Base(abs))
		p.Problems = append(p.Problems, Problem{File: abs, Text: noFolder(err)})
		return p
	}
	p.Dockerfile = first(abs, dockerfiles)
	if dockerfile != "" {
		if p.Dockerfile, err = filepath.Abs(dockerfile); err != nil {
			p.Dockerfile = dockerfile
		}
	}
	p.Compose = first(abs, composes)
	var found []Problem
	p.Manifests, found = findManifests(abs)
	p.Problems = append(p.Problems, found...)

	repo := openRepo(ctx, abs)
	p.Name = projectName(ctx, abs, repo)
	p.Problems = append(p.Problems, p.readImages(ctx, repo, dockerfile != "")...)
	if err := ctx.Err(); err != nil { // what git did not say, and what was not hashed, would make another tag
		p.Images, p.Version = nil, Version{}
		p.Problems = []Problem{{File: abs, Text: fmt.Sprintf("reading the folder was given up: %v", err), Fatal: true}}
	}
	return p
}

// readImages finds what is built and at which version it is. A Dockerfile that
// was asked for is the only one.
func (p *Project) readImages(ctx context.Context, repo *repo, asked bool) []Problem {
	var problems, found []Problem
	if !asked {
		if p.Images, found = findImages(ctx, *p, repo); len(p.Images) > 1 {
			problems = append(problems, found...)
			p.Images, found = ordered(p.Images)
		}
		if problems = append(problems, found...); fatal(problems) {
			p.Images = nil
			p.Version = describeOnly(ctx, repo)
			return problems
		}
	}
	switch len(p.Images) {
	case 0:
		p.Version, found = readVersion(ctx, *p, repo)
		if p.Dockerfile != "" {
			p.Images = []Image{{Name: p.Name, Context: p.Context, Dockerfile: p.Dockerfile, Tag: p.Version.Tag, File: p.Dockerfile}}
		}
	case 1:
		only := &p.Images[0]
		p.Name, p.Dockerfile, p.Context = only.Name, only.Dockerfile, only.Context
		p.Version, found = readVersion(ctx, *p, repo)
		only.Tag = p.Version.Tag
	default:
		p.Dockerfile, p.Context = p.Images[0].Dockerfile, p.Images[0].Context
		found = p.readVersions(ctx, repo)
	}
	return append(problems, found...)
}

func noFolder(err error) string {
	switch {
	case err == nil:
		return "this is a file, not a folder"
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such folder"
	default:
		return fmt.Sprintf("the folder cannot be read: %v", err)
	}
}

// first returns the absolute path of the first of names that is a file in dir.
func first(dir string, names []string) string {
	for _, name := range names {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path
		}
	}
	return ""
}
