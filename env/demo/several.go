package demo

import (
	"strings"

	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/project"
)

// The images of the simulated project where it has several: the app itself, a
// worker made of it, and an API that has not changed since it was built.
const (
	apiTag    = "dev-8c11d0a37e"
	workerTag = "dev-41f0b7c92d"
	webTag    = "dev-7e40a1c6f5"
)

// several is the simulated project with three images.
func several(p project.Project) project.Project {
	image := func(name, at, tag string) project.Image {
		return project.Image{
			Name: name, Context: folder + "/" + at, Dockerfile: folder + "/" + at + "/Dockerfile", Tag: tag, File: folder + "/compose.yaml",
		}
	}
	worker := image("my-app-worker", "worker", workerTag)
	worker.Bases, worker.Needs = map[string]string{"my-app": "my-app"}, []string{"my-app"}
	p.Images = []project.Image{image("my-app", "web", webTag), worker, image("my-app-api", "api", apiTag)}
	p.Dockerfile, p.Context = p.Images[0].Dockerfile, p.Images[0].Context
	p.Version.Tag = ""
	return p
}

// severalManifests are the objects of the project with three images.
func severalManifests(images map[string]string, level string) []kube.Manifest {
	named := func(name string) string {
		if images[name] != "" {
			return images[name]
		}
		return name
	}
	all := manifests("my-app", named("my-app"), level)
	for _, name := range []string{"my-app-api", "my-app-worker"} {
		m := manifests(name, named(name), level)[1]
		m.File = folder + "/k8s/" + strings.TrimPrefix(name, "my-app-") + ".yaml"
		all = append(all, m)
	}
	return all
}
