package ship

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/distribution/reference"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/project"
)

var tagShape = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$`)

// plainName is an image's name and tag without registry and path.
func plainName(image string) string { return image[strings.LastIndex(image, "/")+1:] }

// registryOf is the registry and path an image is written with, if it spells
// a registry out: "localhost:5000/team" of localhost:5000/team/web:1.
func registryOf(image string) string {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return ""
	}
	repository := named.Name()
	if !strings.HasPrefix(image, reference.Domain(named)+"/") || strings.HasPrefix(repository, "docker.io/library/") {
		return ""
	}
	return repository[:strings.LastIndex(repository, "/")]
}

// makeTag is the tag asked for, or else that of what is in the folder, with
// a hash of the build's own options, as they change the image as well.
func makeTag(from project.Image, o Options, build docker.BuildRequest, now time.Time) (string, *Problem) {
	if o.Tag != "" {
		switch {
		case o.Tag == "latest":
			return o.Tag, &Problem{
				Fatal: true, Stage: Build,
				Text: `the tag "latest" says nothing of what is in the image, and a node that has one does not pull another`,
				Do:   "leave --tag out for a unique tag (" + from.Tag + "), or name a version",
			}
		case !tagShape.MatchString(o.Tag):
			return o.Tag, &Problem{
				Fatal: true, Stage: Build,
				Text: fmt.Sprintf("%q is not a valid image tag", o.Tag),
				Do:   "use up to 128 letters, digits, '_', '.' and '-', not beginning with '.' or '-'",
			}
		}
		return o.Tag, nil
	}
	tag := from.Tag
	if tag == "" && from.Dockerfile != "" {
		return tag, &Problem{
			Fatal: true, Stage: Build,
			Text: fmt.Sprintf("what is in %s is known only once it is built, so no tag can be made from it", from.Context),
			Do:   "name one: --tag",
		}
	}
	if hash := optionsHash(from, build, now); hash != "" {
		tag = tag[:min(len(tag), 128-len(hash)-1)] + "-" + hash
	}
	return tag, nil
}

// optionsHash is a short hash of what a build request adds to the folder's
// content; empty if it adds nothing. A build that looks for news is new each
// time.
func optionsHash(from project.Image, r docker.BuildRequest, now time.Time) string {
	traits := r.Traits()
	if rel, err := filepath.Rel(from.Context, from.Dockerfile); err == nil && !filepath.IsLocal(rel) {
		data, err := os.ReadFile(from.Dockerfile) // outside the context, whose hash does not hold it
		traits = append(traits, fmt.Sprintf("Dockerfile %s %v", data, err))
	}
	local := r.LocalContexts()
	for _, name := range slices.Sorted(maps.Keys(local)) {
		traits = append(traits, name+" holds "+project.ContentHash(local[name]))
	}
	if r.Renewed() {
		traits = append(traits, fmt.Sprint(now.UnixNano()))
	}
	if len(traits) == 0 {
		return ""
	}
	return hash(traits)
}

// hash is a short hash of lines.
func hash(lines []string) string {
	h := sha256.New()
	for _, line := range lines {
		fmt.Fprintf(h, "%q\n", line)
	}
	return hex.EncodeToString(h.Sum(nil))[:8]
}

// checkName says what is wrong with the parts of an image's name.
func checkName(registry, name, tag string) *Problem {
	if valid := project.ValidName(name); name != valid {
		return &Problem{
			Fatal: true, Stage: Build,
			Text: fmt.Sprintf("%q is not a valid image name", name), Do: "use " + valid,
		}
	}
	if registry == "" {
		return nil
	}
	if scheme, rest, ok := strings.Cut(registry, "://"); ok {
		return &Problem{
			Fatal: true, Stage: Deliver,
			Text: fmt.Sprintf("the registry %q begins with %s://, which image names do not have", registry, scheme),
			Do:   "use " + strings.TrimRight(rest, "/"),
		}
	}
	if wrong, do := docker.CheckName(registry + "/" + name + ":" + tag); wrong != "" {
		return &Problem{Fatal: true, Stage: Deliver, Text: wrong, Do: do}
	}
	return nil
}
