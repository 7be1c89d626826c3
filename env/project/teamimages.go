package project

import (
	"errors"
	"os"
	"path/filepath"
	"slices"

	"github.com/twindeck/twindeck/env/project/team"
)

// teamImages are the images that dir's own .twindeck.yaml names.
func teamImages(dir string) ([]Image, []Problem) {
	path := filepath.Join(dir, team.Name)
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, nil //nolint:nilerr // there is none, or the team's checks tell what is wrong with it
	}
	builds, err := team.Builds(path, data)
	if broken, ok := errors.AsType[*team.Error](err); ok {
		var problems []Problem
		for _, f := range broken.Faults {
			problems = append(problems, Problem{File: path, Line: f.Line, Text: f.Text, Fatal: true})
		}
		return nil, problems
	}
	var images []Image
	var problems []Problem
	for _, b := range builds {
		context := filepath.Join(dir, filepath.FromSlash(b.Context))
		image := Image{
			Name: b.Name, Context: context, Dockerfile: filepath.Join(context, filepath.FromSlash(b.Dockerfile)),
			Target: b.Target, Args: b.Args, Platforms: b.Platforms, after: slices.Clone(b.Needs), File: path, Line: b.Line,
		}
		problems = append(problems, image.lacks()...)
		images = append(images, image)
	}
	return images, problems
}

// lacks are the problems of an image whose context or Dockerfile is not there.
func (i Image) lacks() []Problem {
	if info, err := os.Stat(i.Context); err != nil || !info.IsDir() {
		return []Problem{i.problem("the build context of %s is no folder: %s", i.Name, i.Context)}
	}
	if info, err := os.Stat(i.Dockerfile); err != nil || info.IsDir() {
		return []Problem{i.problem("%s has no Dockerfile: there is no %s", i.Name, i.Dockerfile)}
	}
	return nil
}
