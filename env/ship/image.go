package ship

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/distribution/reference"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/project"
)

var tagShape = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$`)

// lastPart is the last part of an image's repository: "web" of
// ghcr.io/acme/web:1@sha256:…. It is what names are matched by.
func lastPart(image string) string {
	image, _, _ = strings.Cut(image, "@")
	image = image[strings.LastIndex(image, "/")+1:]
	image, _, _ = strings.Cut(image, ":")
	return image
}

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

// makeTag is the tag asked for, or else own, that of what is in the folder, with
// a hash of the build's own options, as they change the image as well.
func makeTag(own string, o Options, build docker.BuildRequest, now time.Time) (string, *Problem) {
	if o.Tag != "" {
		switch {
		case o.Tag == "latest":
			return o.Tag, &Problem{
				Fatal: true, Stage: Build,
				Text: `the tag "latest" says nothing of what is in the image, and a node that has one does not pull another`,
				Do:   "leave --tag out for a unique tag (" + own + "), or name a version",
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
	tag := own
	if hash := optionsHash(build, now); hash != "" {
		tag = tag[:min(len(tag), 128-len(hash)-1)] + "-" + hash
	}
	return tag, nil
}

// optionsHash is a short hash of what a build request adds to the folder's
// content; empty if it adds nothing. A build without cache is new each time.
func optionsHash(r docker.BuildRequest, now time.Time) string {
	if len(r.Args)+len(r.Labels)+len(r.Contexts) == 0 && r.Target == "" && r.Platform == "" && !r.NoCache {
		return ""
	}
	h := sha256.New()
	fmt.Fprintf(h, "%q %q\n", r.Target, r.Platform)
	for _, name := range slices.Sorted(maps.Keys(r.Args)) {
		fmt.Fprintf(h, "%q=%q\n", name, r.Args[name])
	}
	for kind, values := range []map[string]string{r.Labels, r.Contexts} {
		for _, name := range slices.Sorted(maps.Keys(values)) {
			fmt.Fprintf(h, "%d %q=%q\n", kind, name, values[name])
		}
	}
	if r.NoCache {
		fmt.Fprintln(h, now.UnixNano())
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
	if _, err := reference.ParseNormalizedNamed(registry + "/" + name + ":" + tag); err != nil {
		return &Problem{
			Fatal: true, Stage: Deliver,
			Text: fmt.Sprintf("%q is not a valid registry: %v", registry, err),
			Do:   "use host, host:port or host/path, in lower case, such as localhost:5000 or ghcr.io/acme",
		}
	}
	return nil
}
