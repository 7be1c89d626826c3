package project

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/sirupsen/logrus"
)

// overrides are read after the Compose file beside them, as docker compose does.
var overrides = map[string][]string{
	"compose.yaml":        {"compose.override.yaml", "compose.override.yml"},
	"compose.yml":         {"compose.override.yaml", "compose.override.yml"},
	"docker-compose.yaml": {"docker-compose.override.yaml", "docker-compose.override.yml"},
	"docker-compose.yml":  {"docker-compose.override.yaml", "docker-compose.override.yml"},
}

// composeImages are the images that the services of a Compose file build.
// Services of a profile that COMPOSE_PROFILES does not name are left out, as
// docker compose build leaves them out. Services built from the same are one
// image. A file that cannot be read is a fatal problem if it builds something.
func composeImages(ctx context.Context, p Project) ([]Image, []Problem) {
	if p.Compose == "" {
		return nil, nil
	}
	file, err := readCompose(ctx, p)
	if err != nil {
		return nil, []Problem{file.problem(err)}
	}
	var images []Image
	var problems []Problem
	names := map[string]string{} // of images, by service
	for _, service := range slices.Sorted(maps.Keys(file.project.Services)) {
		s := file.project.Services[service]
		if s.Build == nil {
			continue
		}
		image, found := file.image(p, service, s)
		problems = append(problems, found...)
		if fatal(found) || image.Name == "" {
			continue
		}
		if i := slices.IndexFunc(images, image.sameBuild); i >= 0 {
			names[service] = images[i].Name
			continue
		}
		names[service] = image.Name
		images = append(images, image)
	}
	// Named contexts may lead to other services: service:base.
	for i := range images {
		for name, service := range images[i].Bases {
			if images[i].Bases[name] = names[service]; names[service] == "" {
				problems = append(problems, images[i].problem("the named context %s of service %s is service:%s, which builds no image", name, images[i].service, service))
			}
		}
	}
	if fatal(problems) {
		return nil, problems
	}
	return images, problems
}

// composeFile is a Compose file, read.
type composeFile struct {
	path    string
	texts   map[string][]byte // by path: the file and its override
	project *types.Project
	at      places
}

// readCompose reads a project's Compose file as docker compose would: with its
// override, .env and what it includes.
func readCompose(ctx context.Context, p Project) (f composeFile, err error) {
	f = composeFile{path: p.Compose, texts: map[string][]byte{}}
	env := environment(p.Dir)
	details := types.ConfigDetails{WorkingDir: p.Dir, Environment: env}
	for i, path := range append([]string{p.Compose}, first(p.Dir, overrides[filepath.Base(p.Compose)])) {
		if path == "" {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil && i == 0 {
			return f, err
		}
		f.texts[path] = text
		details.ConfigFiles = append(details.ConfigFiles, types.ConfigFile{Filename: path, Content: text})
	}
	f.at = placesOf(details.ConfigFiles)
	quiet()
	// What reads text from outside must not end the program, whatever it holds.
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the Compose file cannot be understood: %v", r)
		}
	}()
	f.project, err = loader.LoadWithContext(ctx, details, func(o *loader.Options) {
		o.SetProjectName(loader.NormalizeProjectName(filepath.Base(p.Dir)), false)
		o.SkipResolveEnvironment, o.SkipResolveLabels, o.SkipConsistencyCheck = true, true, true
		o.Profiles = strings.FieldsFunc(env["COMPOSE_PROFILES"], func(r rune) bool { return r == ',' || r == ' ' })
	})
	return f, err
}

// quiet keeps the library from writing its warnings over the screen.
var quiet = sync.OnceFunc(func() { logrus.SetOutput(io.Discard) })

// environment is what a Compose file's variables stand for: the process's own,
// and those of .env.
func environment(dir string) types.Mapping {
	env := types.Mapping{}
	for _, kv := range os.Environ() {
		if name, value, ok := strings.Cut(kv, "="); ok {
			env[name] = value
		}
	}
	more, err := dotenv.GetEnvFromFile(env, []string{filepath.Join(dir, ".env")})
	if err == nil {
		for name, value := range more {
			if _, set := env[name]; !set {
				env[name] = value
			}
		}
	}
	return env
}

// image is what a service builds. Its Bases hold services, not yet images.
func (f composeFile) image(p Project, service string, s types.ServiceConfig) (Image, []Problem) {
	b := s.Build
	at := f.at.of("services." + service + ".build")
	image := Image{
		Name: LastPart(s.Image), Context: b.Context, Dockerfile: b.Dockerfile, Target: b.Target,
		Labels: b.Labels, Platforms: b.Platforms, Args: map[string]string{}, Contexts: map[string]string{}, Bases: map[string]string{},
		Options: f.options(b), service: service, File: at.file, Line: at.line,
	}
	for name, value := range b.Args {
		if value != nil {
			image.Args[name] = *value
		}
	}
	if len(image.Platforms) == 0 && s.Platform != "" {
		image.Platforms = []string{s.Platform}
	}
	for name, value := range b.AdditionalContexts {
		if of, ok := strings.CutPrefix(value, types.ServicePrefix); ok {
			image.Bases[name] = of
		} else {
			image.Contexts[name] = value
		}
	}
	switch {
	case b.DockerfileInline != "":
		return Image{}, []Problem{at.problem("service %s has its Dockerfile inline, which is not built here: write it into a file", service)}
	case isRemote(b.Context):
		return Image{}, []Problem{at.problem("service %s is built from %s, which is not in this folder: it is left out", service, b.Context)}
	}
	if !filepath.IsAbs(image.Dockerfile) {
		image.Dockerfile = filepath.Join(image.Context, image.Dockerfile)
	}
	switch {
	case image.Name != "":
	case image.Context == p.Dir && image.Dockerfile == p.Dockerfile && image.Target == "":
		image.Name = p.Name // as without the Compose file
	default:
		image.Name = f.project.Name + "-" + service // as docker compose names it
	}
	image.Name = imageName(image.Name)
	problems := image.lacks()
	if left := f.leftOut(b); len(left) > 0 {
		problems = append(problems, at.problem("service %s: %s of its build is not heeded here", service, strings.Join(left, ", ")))
	}
	return image, problems
}

// isRemote reports whether a context is not a folder but something to fetch.
func isRemote(context string) bool {
	return strings.Contains(context, "://") || strings.HasPrefix(context, "git@") || strings.HasPrefix(context, "github.com/")
}

var (
	buildKey  = regexp.MustCompile(`(?m)^\s+build\s*:`)
	errorLine = regexp.MustCompile(`\bline:? (\d+)(, column)?`)
	errorPath = regexp.MustCompile(`services[.\[]([\w.-]+)`)
)

// problem tells of a file that cannot be read, at the place where it is wrong.
func (f composeFile) problem(err error) Problem {
	text := err.Error()
	p := Problem{File: f.path}
	for path, content := range f.texts {
		p.Fatal = p.Fatal || buildKey.Match(content)
		if strings.Contains(text, path) {
			p.File = path
		}
		for _, lead := range []string{"failed to parse " + path + ": ", "validating " + path + ": "} {
			text = strings.TrimPrefix(text, lead)
		}
	}
	if all := errorLine.FindAllStringSubmatch(text, -1); len(all) > 0 {
		last := all[len(all)-1]
		p.Line, _ = strconv.Atoi(last[1])
		if last[2] != "" {
			p.Line++ // its places begin at line 0, its other errors at line 1
		}
	} else if m := errorPath.FindStringSubmatch(text); m != nil {
		if at := f.at.of("services." + m[1]); at.line > 0 {
			p.File, p.Line = at.file, at.line
		}
	}
	var pathErr *os.PathError
	if errors.As(err, &pathErr) && pathErr.Path == f.path {
		text = pathErr.Err.Error()
	}
	p.Text = "the Compose file cannot be used: " + strings.TrimSpace(text)
	return p
}
