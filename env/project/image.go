package project

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// Image is one of the images a project builds.
type Image struct {
	Name       string // the last part of its repository: "shop-api"
	Context    string // build context, absolute
	Dockerfile string // absolute
	Target     string // stage to build; empty: the last
	Args       map[string]string
	Labels     map[string]string
	Platforms  []string          // linux/arm64 …; empty: the engine's
	Contexts   map[string]string // named contexts besides the main one: folders, absolute, or what BuildKit fetches itself (docker-image://…)
	Options    []BuildOption     // further ones
	// Bases are the names under which this image's Dockerfile uses others of the
	// project (in FROM, or as a named context), each with that image's name.
	Bases map[string]string
	Needs []string // names of the project's images that have to be there first, those of Bases among them; sorted
	Tag   string   // a valid, unique tag for what a build of it would contain

	File string // where it is said to be an image: .twindeck.yaml, the Compose file or the Dockerfile
	Line int    // 1-based; 0: the file as a whole

	service string   // of the Compose file
	after   []string // what .twindeck.yaml says it needs
}

// problem is one with the image, at the place that says it is one.
func (i Image) problem(format string, args ...any) Problem {
	return Problem{File: i.File, Line: i.Line, Text: fmt.Sprintf(format, args...), Fatal: true}
}

// sameBuild reports whether both are built from the same, and so are the same.
func (i Image) sameBuild(o Image) bool {
	return i.Context == o.Context && i.Dockerfile == o.Dockerfile && i.Target == o.Target &&
		maps.Equal(i.Args, o.Args) && maps.Equal(i.Labels, o.Labels) && slices.Equal(i.Platforms, o.Platforms) &&
		maps.Equal(i.Contexts, o.Contexts) && maps.Equal(i.Bases, o.Bases) && slices.Equal(i.Options, o.Options)
}

// findImages returns all images of a project, from the first of these that says
// which there are: .twindeck.yaml, the Compose file, a Dockerfile at the top, and
// the Dockerfiles of a monorepo. A monorepo is known by its repository or its
// manifests: elsewhere folders with Dockerfiles may be projects that only lie
// side by side.
func findImages(ctx context.Context, p Project, repo *repo) ([]Image, []Problem) {
	images, problems := teamImages(p.Dir)
	if len(images) > 0 || fatal(problems) {
		return images, problems
	}
	composed, found := composeImages(ctx, p)
	problems = append(problems, found...)
	switch {
	case fatal(found):
		return nil, problems
	case len(composed) > 0 && p.Dockerfile != "":
		top := Image{Name: p.Name, Context: p.Dir, Dockerfile: p.Dockerfile, File: p.Dockerfile}
		uses := func(i Image) bool { return i.Context == top.Context && i.Dockerfile == top.Dockerfile }
		switch {
		case !slices.ContainsFunc(composed, uses):
			composed = append([]Image{top}, composed...)
		case len(composed) == 1 && composed[0].Target == "":
			composed[0].Name = p.Name // as without the Compose file
		}
		return composed, problems
	case len(composed) > 0 || p.Dockerfile != "":
		return composed, problems
	case repo == nil && p.Manifests.Kind == NoManifests:
		return nil, problems // somebody's folder of projects, perhaps
	}
	images, found = monorepoImages(p.Dir)
	return images, append(problems, found...)
}

func fatal(problems []Problem) bool {
	return slices.ContainsFunc(problems, func(p Problem) bool { return p.Fatal })
}

// ordered finds what each image needs, and puts them in an order in which each
// comes after those. Names that two images have, and images that need each
// other in a circle, are problems.
func ordered(images []Image) ([]Image, []Problem) {
	byName := map[string]*Image{}
	for i := range images {
		if first := byName[images[i].Name]; first != nil {
			return nil, []Problem{images[i].problem("two images are named %s; the other is at %s", images[i].Name, place(first.File, first.Line))}
		}
		byName[images[i].Name] = &images[i]
	}
	var problems []Problem
	for i := range images {
		problems = append(problems, images[i].findNeeds(byName)...)
	}
	if len(problems) > 0 {
		return nil, problems
	}
	var out []Image
	done := map[string]bool{}
	var visit func(name string, path []string) *Problem
	visit = func(name string, path []string) *Problem {
		if at := slices.Index(path, name); at >= 0 {
			circle := append(slices.Clone(path[at:]), name)
			p := byName[name].problem("images need each other in a circle: %s", strings.Join(circle, " → "))
			return &p
		}
		if done[name] {
			return nil
		}
		for _, need := range byName[name].Needs {
			if p := visit(need, append(path, name)); p != nil {
				return p
			}
		}
		done[name] = true
		out = append(out, *byName[name])
		return nil
	}
	for _, image := range images {
		if p := visit(image.Name, nil); p != nil {
			return nil, []Problem{*p}
		}
	}
	return out, nil
}

// findNeeds fills in Bases and Needs.
func (i *Image) findNeeds(byName map[string]*Image) []Problem {
	var problems []Problem
	if i.Bases == nil {
		i.Bases = map[string]string{}
	}
	for _, name := range i.after {
		if byName[name] == nil {
			problems = append(problems, i.problem("%s needs %s, which is no image of this project", i.Name, name))
		}
	}
	// A Dockerfile that uses its own image's name means a namesake elsewhere:
	// FROM nginx in the folder nginx is Docker Hub's.
	for _, use := range dockerfileUses(i.Dockerfile, i.Args, i.Target) {
		_, named := i.Contexts[use]
		if name := LastPart(use); !named && i.Bases[use] == "" && byName[name] != nil && name != i.Name {
			i.Bases[use] = name
		}
	}
	needs := append(slices.Clone(i.after), slices.Collect(maps.Values(i.Bases))...)
	slices.Sort(needs)
	i.Needs = slices.Compact(needs)
	return problems
}

// Builds reports whether an image of that name (the last part of its
// repository) is one of the project's.
func (p Project) Builds(name string) bool {
	if len(p.Images) < 2 {
		return name == p.Name
	}
	return slices.ContainsFunc(p.Images, func(i Image) bool { return i.Name == name })
}

// Names are the names of what the project builds, or would build.
func (p Project) Names() []string {
	if len(p.Images) < 2 {
		return []string{p.Name}
	}
	var names []string
	for _, i := range p.Images {
		names = append(names, i.Name)
	}
	return names
}

// Dockerfiles are those of all images.
func (p Project) Dockerfiles() []string {
	if len(p.Images) < 2 {
		return slices.DeleteFunc([]string{p.Dockerfile}, func(path string) bool { return path == "" })
	}
	var paths []string
	for _, i := range p.Images {
		if !slices.Contains(paths, i.Dockerfile) {
			paths = append(paths, i.Dockerfile)
		}
	}
	return paths
}

// LastPart is the last part of an image's repository: web of ghcr.io/acme/web:1.
// It is what images are matched by.
func LastPart(image string) string {
	image, _, _ = strings.Cut(image, "@")
	image = image[strings.LastIndex(image, "/")+1:]
	image, _, _ = strings.Cut(image, ":")
	return image
}

func place(file string, line int) string {
	if line == 0 {
		return file
	}
	return fmt.Sprintf("%s:%d", file, line)
}

// byFile sorts images by where their Dockerfiles are.
func byFile(images []Image) {
	slices.SortFunc(images, func(a, b Image) int {
		return cmp.Or(strings.Compare(filepath.ToSlash(a.Dockerfile), filepath.ToSlash(b.Dockerfile)), strings.Compare(a.Name, b.Name))
	})
}
