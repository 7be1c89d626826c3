package project

import (
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
// milliseconds: call it away from the screen's loop.
func Read(dir string) Project { return ReadWith(dir, "") }

// ReadWith is Read with another Dockerfile than the one it would find; a
// relative path starts at the working directory.
func ReadWith(dir, dockerfile string) Project {
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

	repo := openRepo(abs)
	p.Name = projectName(abs, repo)
	p.Version, found = readVersion(p, repo)
	p.Problems = append(p.Problems, found...)
	return p
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
