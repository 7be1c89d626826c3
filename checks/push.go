package checks

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/distribution/reference"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/project"
)

// pushTarget is the registry's host and what of its paths is ours, as
// TWINDECK_REGISTRY names them; empty without it.
func (m *Machine) pushTarget() (value, host, path string) {
	value, _ = m.Host.Getenv(registryVariable)
	if value == "" {
		return "", "", ""
	}
	host, path, _ = strings.Cut(value, "/")
	return value, host, path
}

func probeLogin(ctx context.Context, m *Machine) Finding {
	value, host, path := m.pushTarget()
	if value == "" {
		return notHere("%s names no registry", registryVariable)
	}
	login, err := once(ctx, &m.facts, "push login", func(ctx context.Context) (docker.Login, error) { return m.Docker.Login(ctx, value+"/x") })
	if err != nil {
		return warn("Docker's login for %s cannot be had", host).saw("credentials", "%v", err).byHand(docker.LoginCommand(host))
	}
	f := ok("%s", login).saw(registryVariable, "%s", value).saw("credentials for "+host, "%s", login)
	if login.Empty() && loopback(host) {
		f.Summary = host + " is on this machine, and docker has no login for it"
		return f
	}
	if login.Empty() {
		f.Status, f.Summary = Warn, "Docker is not logged in to "+host
		return f.byHand(docker.LoginCommand(host), "A registry that lets everybody push needs none")
	}
	if end := loginEnd(login); !end.IsZero() {
		until := m.untilFinding("The login for "+host, end)
		if until.Status != OK {
			until.Evidence, until.Steps = f.Evidence, []string{docker.LoginCommand(host)}
			return until
		}
		f.Summary += ", until " + end.UTC().Format("2 January 2006 15:04 MST")
	}
	if err := m.tryLogin(ctx, login); errors.Is(err, docker.ErrDenied) {
		f.Status, f.Summary = Fail, fmt.Sprintf("%s does not accept docker's login: %s", host, login)
		return f.saw("POST /auth", "%v", err).byHand(docker.LoginCommand(host))
	}
	if hub(host) && path == "" {
		f.Status, f.Summary = Warn, "Pushes would go to docker.io/library, which belongs to Docker"
		return f.byHand("Name your account too: export " + registryVariable + "=docker.io/" + orElse(login.User, "YOU"))
	}
	return f
}

// tryLimit is how long a registry may take to look at a login. One that takes
// longer is told by others.
const tryLimit = 2 * time.Second

// tryLogin asks the registry about a login, if there is an engine to ask
// through.
func (m *Machine) tryLogin(ctx context.Context, login docker.Login) error {
	if err := m.ping(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, tryLimit)
	defer cancel()
	return m.Docker.TryLogin(ctx, login)
}

func hub(host string) bool { return host == "docker.io" || host == "index.docker.io" }

func probeRegistryName(_ context.Context, m *Machine) Finding {
	value, _, _ := m.pushTarget()
	if value == "" {
		return notHere("%s names no registry", registryVariable)
	}
	f := ok("%s", value).saw(registryVariable, "%s", value)
	if why := nameFault(value + "/x"); why != "" {
		f.Status, f.Summary = Fail, fmt.Sprintf("%s is no registry to push to: %s", registryVariable, why)
		return f.byHand("export " + registryVariable + "=" + proposed(value))
	}
	return f
}

func probeNames(ctx context.Context, m *Machine) Finding {
	p, err := m.project(ctx)
	if err != nil || nothingToShip(p) {
		return noProject(p, err)
	}
	if p.Manifests.Kind == project.NoManifests {
		return notHere("No manifests in %s", p.Dir)
	}
	f := ok("All are valid").saw(p.Manifests.Path, "images with a version each")
	ms, err := m.manifests(ctx)
	if err != nil {
		return notHere("The manifests cannot be read")
	}
	var latest []string
	for _, x := range ms {
		for _, image := range x.Images {
			at := fileLine(x.File, x.Line)
			if why := nameFault(image); why != "" {
				return fail("%s names the image %s: %s", x.Ref, image, why).saw(at, "image: %s", image).
					byHand("Write image: " + proposed(image))
			}
			if !p.Builds(imageName(image)) && moving(image) {
				latest = append(latest, image)
				f = f.saw(at, "image: %s", image)
			}
		}
	}
	if len(latest) > 0 {
		f.Status = Warn
		f.Summary = fmt.Sprintf("%s has no tag of its own: what runs changes without a deploy, or does not change with one", latest[0])
		return f.byHand("Write the version you mean: image: " + strings.TrimSuffix(latest[0], ":latest") + ":VERSION")
	}
	return f
}

// nameFault says in words what is wrong with an image's name; empty: nothing.
func nameFault(image string) string {
	_, err := reference.ParseNormalizedNamed(image)
	switch {
	case err == nil:
		return ""
	case strings.ContainsAny(image, " \t"):
		return "there is a space in it"
	case strings.HasPrefix(image, "http://"), strings.HasPrefix(image, "https://"):
		return "it begins with a scheme; an image's name has none"
	case image != strings.ToLower(image):
		return "a repository is written in lower case"
	case strings.Contains(image, "//"), strings.HasSuffix(image, "/"), strings.HasSuffix(image, ":"):
		return "a part of it is empty"
	}
	return err.Error()
}

// proposed is the valid name nearest to one that is not.
func proposed(image string) string {
	image = strings.ReplaceAll(strings.TrimSpace(image), " ", "-")
	for _, scheme := range []string{"http://", "https://"} {
		image = strings.TrimPrefix(image, scheme)
	}
	repository, tag := image, ""
	if i := strings.LastIndex(image, ":"); i > strings.LastIndex(image, "/") {
		repository, tag = image[:i], image[i:]
	}
	for strings.Contains(repository, "//") {
		repository = strings.ReplaceAll(repository, "//", "/")
	}
	return strings.TrimRight(strings.ToLower(repository), "/") + strings.TrimSuffix(tag, ":")
}

// moving reports whether an image's tag is latest or none, and no digest pins it.
func moving(image string) bool {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return false
	}
	if _, pinned := named.(reference.Digested); pinned {
		return false
	}
	tagged, is := named.(reference.Tagged)
	return !is || tagged.Tag() == "latest"
}
