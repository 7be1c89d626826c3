package checks

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/distribution/reference"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/host"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/project"
)

func projectChecks() []*Check {
	return []*Check{
		{
			ID: "project.dockerfile", Subject: Project, Title: "The Dockerfile can be read",
			Why:     "Build and ship make the image it describes.",
			Command: "ls Dockerfile", Probe: probeDockerfile,
		},
		{
			ID: "project.files", Subject: Project, Title: "The project's files can be used",
			Why:     "What cannot be read is left out of the image or the deploy.",
			Command: "ls", Probe: probeProjectFiles,
		},
		{
			ID: "project.line-ends", Subject: Project, Title: "Scripts for the image have the line ends of Linux",
			Why:     "With those of Windows a container says that a script which is there does not exist.",
			Command: "grep -lr $'\\r' --include=*.sh .", Probe: probeLineEnds,
		},
		{
			ID: "project.ports", Subject: Project, Title: "The ports the Compose file publishes are free",
			Why:   "docker compose up stops halfway at the first one that is taken.",
			Needs: []string{"docker.engine"}, Command: "docker ps --format {{.Names}}:{{.Ports}}",
			Probe: probePorts,
		},
		{
			ID: "project.mounts", Subject: Project, Title: "The folders the Compose file mounts are shared with Docker Desktop",
			Why:   "A container with a folder that is not shared does not start.",
			Needs: []string{"docker.engine"}, Systems: []string{"darwin", "linux"}, Command: "docker compose config",
			Probe: probeMounts,
		},
		{
			ID: "project.git", Subject: Project, Title: "The version comes from git",
			Why:     "A tag that names the commit tells later what a pod runs.",
			Command: "git describe --tags --always --dirty", Probe: probeGit,
		},
		{
			ID: "project.manifests", Subject: Project, Title: "The manifests can be read",
			Why:     "Deploy applies them; one mistake would stop it halfway.",
			Command: "kubectl apply --dry-run=client", Probe: probeManifests,
		},
		{
			ID: "project.image", Subject: Project, Title: "A manifest runs the project's image",
			Why:   "Deploy puts the new image where the manifests name the old one.",
			Needs: []string{"project.manifests", "project.dockerfile"}, Command: "grep image: -r",
			Probe: probeImageUsed,
		},
		{
			ID: "project.names", Subject: Project, Title: "The images' names are valid and mean one thing",
			Why:   "A name that is no name stops push or pods; latest means another image each day.",
			Needs: []string{"project.manifests"}, Command: "grep image: -r",
			Probe: probeNames,
		},
	}
}

// nothingToShip reports whether the folder is no project at all.
func nothingToShip(p project.Project) bool {
	return p.Dockerfile == "" && p.Compose == "" && p.Manifests.Kind == project.NoManifests
}

func noProject(p project.Project, err error) Finding {
	if err != nil {
		return notHere("The folder could not be looked through in time").saw("folder", "%v", err)
	}
	return notHere("%s is no project to ship", p.Dir)
}

func probeDockerfile(ctx context.Context, m *Machine) Finding {
	p, err := m.project(ctx)
	switch {
	case err != nil || nothingToShip(p):
		return noProject(p, err)
	case p.Dockerfile != "":
		return readDockerfiles(m, p)
	case p.Compose != "":
		return notHere("The Compose file says what is built").saw(p.Dir, "%s", p.Compose)
	}
	return warn("There are manifests and no Dockerfile: nothing to build here").saw(p.Dir, "no Dockerfile").
		byHand("Go to the folder that has it: twindeck -C FOLDER", "docker init writes a first one")
}

// readDockerfiles is about all of them, or the first that is wrong.
func readDockerfiles(m *Machine, p project.Project) Finding {
	all := p.Dockerfiles()
	if len(all) == 1 {
		return readDockerfile(m, p, all[0])
	}
	f := ok("%d Dockerfiles", len(all))
	for _, path := range all {
		one := readDockerfile(m, p, path)
		if one.Status != OK {
			return one
		}
		f = f.saw(p.Dir, "%s", path)
	}
	return f
}

func readDockerfile(m *Machine, p project.Project, file string) Finding {
	path := file
	if !isAbsolute(path) {
		path = host.Join(m.Host, p.Dir, path)
	}
	f := ok("%s", file).saw(p.Dir, "%s", file)
	data, err := m.Host.ReadFile(path)
	if err != nil {
		f.Status, f.Summary = Fail, "The Dockerfile cannot be read"
		return f.saw(path, "%v", reason(err)).byHand("ls -l " + path + " shows whose it is")
	}
	if line, err := docker.DockerfileFault(data); err != nil {
		f.Status, f.Summary = Fail, "The Dockerfile cannot be built: "+err.Error()
		f.Evidence = []Evidence{{What: fileLine(path, line), Got: err.Error()}}
		return f.byHand("Mend the line named").read("https://docs.docker.com/reference/dockerfile/")
	}
	return f
}

func probeProjectFiles(ctx context.Context, m *Machine) Finding {
	p, err := m.project(ctx)
	if err != nil || nothingToShip(p) && len(p.Problems) == 0 {
		return noProject(p, err)
	}
	if len(p.Problems) == 0 {
		return ok("%s", p.Dir)
	}
	f := warn("%s", p.Problems[0].Text)
	if len(p.Problems) > 1 {
		f.Summary += fmt.Sprintf(", and %d more", len(p.Problems)-1)
	}
	for _, x := range p.Problems {
		f = f.saw(fileLine(x.File, x.Line), "%s", x.Text)
	}
	return f.byHand("Mend the place named")
}

func fileLine(file string, line int) string {
	if line == 0 {
		return file
	}
	return fmt.Sprintf("%s:%d", file, line)
}

func probeGit(ctx context.Context, m *Machine) Finding {
	p, err := m.project(ctx)
	if err != nil || nothingToShip(p) {
		return noProject(p, err)
	}
	if p.Version.Commit != "" {
		return ok("%s", p.Version.Describe).saw("commit", "%s", p.Version.Commit).saw("tag", "%s", p.Version.Tag)
	}
	if _, err := m.Host.Stat(host.Join(m.Host, p.Dir, ".git")); err == nil {
		f := warn("The folder is a git repository, and its version cannot be read").saw("tag", "%s, made from the files", p.Version.Tag)
		if len(m.Host.Which("git")) == 0 {
			return f.saw("PATH", "no git").byHand("Install git")
		}
		return f.byHand("git status, in that folder, says what is wrong", "A repository without a commit has no version: git commit")
	}
	return ok("Not in git; the tag %s is made from the files", orNone(p.Version.Tag)).saw(p.Dir, "no .git")
}

func probeManifests(ctx context.Context, m *Machine) Finding {
	p, err := m.project(ctx)
	if err != nil || nothingToShip(p) {
		return noProject(p, err)
	}
	if p.Manifests.Kind == project.NoManifests {
		return notHere("No manifests in %s", p.Dir).
			byHand("Put them into k8s/, deploy/ or manifests/, or write a kustomization.yaml")
	}
	ms, err := m.manifests(ctx)
	if err == nil {
		return ok("%d objects in %s", len(ms), p.Manifests.Path).saw(p.Manifests.Path, "%d objects", len(ms))
	}
	f := fail("A manifest cannot be read").saw(p.Manifests.Path, "%v", err)
	var bad *kube.ManifestError
	if errors.As(err, &bad) {
		f.Evidence = []Evidence{{What: fileLine(bad.File, bad.Line), Got: bad.Err.Error()}}
		if bad.Hint != "" {
			return f.byHand(bad.Hint)
		}
	}
	return f.byHand("Mend the place named")
}

func probeImageUsed(ctx context.Context, m *Machine) Finding {
	p, err := m.project(ctx)
	if err != nil || p.Dockerfile == "" || p.Manifests.Kind == project.NoManifests {
		return notHere("There is no Dockerfile with manifests here")
	}
	ms, err := m.manifests(ctx)
	if err != nil {
		return fail("A manifest cannot be read").saw(p.Manifests.Path, "%v", err)
	}
	var images []string
	for _, x := range ms {
		for _, i := range x.Images {
			if p.Builds(imageName(i)) {
				return ok("%s runs %s", x.Ref, i).saw(fileLine(x.File, x.Line), "image: %s", i)
			}
			if !slices.Contains(images, i) {
				images = append(images, i)
			}
		}
	}
	name := strings.Join(p.Names(), " or ")
	return warn("No manifest runs an image called %s", name).
		saw("images in the manifests", "%s", orNone(strings.Join(images, ", "))).
		byHand(fmt.Sprintf("Name the image %s in the manifest (any registry and tag): image: %s", name, p.Names()[0]))
}

// imageName is the last part of an image's repository, which ship matches by.
func imageName(image string) string {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return image
	}
	return path.Base(reference.Path(named))
}
