package project

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	// monorepoDepth is how many folders deep Dockerfiles are looked for:
	// services/api/Dockerfile is 2.
	monorepoDepth = 2
	// maxImages is more than one project builds; a folder with more holds
	// something else.
	maxImages = 30
)

// notOurs are folders whose Dockerfiles build nothing of the project's.
var notOurs = []string{
	"node_modules", "vendor", "third_party", "testdata", "test", "tests", "e2e", "example", "examples", "docs", "dist", "build", "out", "target", "bin", "tmp",
}

// variants are Dockerfiles for another use of the same image, not for another image.
var variants = []string{
	"dev", "develop", "development", "local", "debug", "test", "tests", "ci", "prod", "production", "release", "staging", "alpine", "windows", "arm64", "amd64", "dockerignore",
}

// monorepoImages are the images of a folder that has no Dockerfile of its own:
// those of Dockerfile.NAME and NAME.Dockerfile in it, and of the Dockerfiles in
// folders below it, named by their folders. Folders that are repositories of
// their own are other projects.
func monorepoImages(dir string) ([]Image, []Problem) {
	var images []Image
	add := func(name, context, file string) {
		images = append(images, Image{Name: imageName(name), Context: context, Dockerfile: file, File: file})
	}
	var walk func(folder string, depth int)
	walk = func(folder string, depth int) {
		entries, err := os.ReadDir(folder)
		if err != nil || len(images) > maxImages {
			return
		}
		for _, e := range entries {
			name, path := e.Name(), filepath.Join(folder, e.Name())
			switch {
			case e.IsDir():
				if depth < monorepoDepth && !strings.HasPrefix(name, ".") && !slices.Contains(notOurs, name) && !isRepo(path) {
					walk(path, depth+1)
				}
			case e.Type() != 0 && e.Type()&fs.ModeSymlink == 0:
			case depth > 0 && (name == "Dockerfile" || name == "Containerfile" && first(folder, dockerfiles[:1]) == ""):
				add(filepath.Base(folder), folder, path)
			case depth == 0:
				if of := namedDockerfile(name); of != "" {
					add(of, folder, path)
				}
			}
		}
	}
	walk(dir, 0)
	if len(images) > maxImages {
		return nil, []Problem{{
			File: dir, Fatal: true,
			Text: fmt.Sprintf("more than %d Dockerfiles lie in the folders below: say in .twindeck.yaml, under images:, which are to be built", maxImages),
		}}
	}
	byFile(images)
	return images, nil
}

func isRepo(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, ".git"))
	return err == nil
}

// namedDockerfile is the image that a file Dockerfile.NAME or NAME.Dockerfile
// stands for; empty for other files.
func namedDockerfile(file string) string {
	name, ok := strings.CutPrefix(file, "Dockerfile.")
	if !ok {
		name, ok = strings.CutSuffix(file, ".Dockerfile")
	}
	if !ok || strings.Contains(name, ".") || slices.Contains(variants, strings.ToLower(name)) {
		return ""
	}
	return name
}
