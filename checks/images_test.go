package checks

import (
	"strings"
	"testing"

	"github.com/twindeck/twindeck/env/project"
)

// A project of several images is looked at as a whole: each Dockerfile, and
// each image by its own name.
func TestProjectOfSeveralImages(t *testing.T) {
	several := func(t *testing.T, names ...string) *laptop {
		l := mac(t)
		for _, name := range names {
			file := l.project.Dir + "/" + name + "/Dockerfile"
			l.host.Files[file] = goodDockerfile
			l.project.Images = append(l.project.Images, project.Image{Name: name, Dockerfile: file})
		}
		l.project.Dockerfile = l.project.Images[0].Dockerfile
		return l
	}

	l := several(t, "api", "my-app")
	if f := findingOf(t, l, "project.image"); f.Status != OK {
		t.Errorf("one of the images is run: %+v", f)
	}
	if f := findingOf(t, l, "project.dockerfile"); f.Status != OK || f.Summary != "2 Dockerfiles" {
		t.Errorf("both Dockerfiles are sound: %+v", f)
	}
	l.host.Files[l.project.Images[1].Dockerfile] = "FROM alpine\nCOPPY . .\n"
	if f := findingOf(t, l, "project.dockerfile"); f.Status != Fail || !strings.Contains(f.Evidence[0].What, "my-app/Dockerfile:2") {
		t.Errorf("the second Dockerfile is misspelled: %+v", f)
	}

	l = several(t, "web", "api")
	if f := findingOf(t, l, "project.image"); f.Status != Warn || !strings.Contains(f.Summary, "called web or api") || !strings.Contains(strings.Join(f.Steps, "\n"), "image: web") {
		t.Errorf("none of the images is run: %+v", f)
	}
}
