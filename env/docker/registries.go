package docker

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/distribution/reference"
)

// registryKind is what differs between registries, as data. {host}, {path}
// (the repository without the host), {1}, {2} … (the parts of that path) and
// the named groups of host stand for what an image's name says.
type registryKind struct {
	name   string
	host   *regexp.Regexp
	login  string // the command that logs in
	create string // what makes a repository that a push does not make by itself; empty: a push makes it
	page   string // the page on which a token is made, to be used as the password
	parts  int    // of the path, at least
	most   int    // of the path, at most; 0: any
	shape  string // how an image is named there
	// hides: a repository that is not there yet and one that is private are
	// refused in the same words.
	hides bool
}

// registryKinds are the registries that are known, the last for all others;
// compiled when first asked for.
var registryKinds = sync.OnceValue(func() []registryKind {
	return []registryKind{
		{
			name: "Docker Hub", host: regexp.MustCompile(`^(docker\.io|index\.docker\.io|registry-1\.docker\.io)$`),
			login: "docker login", page: "https://app.docker.com/settings/personal-access-tokens",
			parts: 2, most: 2, shape: "docker.io/USER/NAME", hides: true,
		},
		{
			name: "GitHub Container Registry", host: regexp.MustCompile(`^ghcr\.io$`),
			login: "docker login ghcr.io", page: "https://github.com/settings/tokens/new?scopes=write:packages",
			parts: 2, shape: "ghcr.io/OWNER/NAME",
		},
		{
			name: "Amazon ECR Public", host: regexp.MustCompile(`^public\.ecr\.aws$`),
			login:  "aws ecr-public get-login-password --region us-east-1 | docker login --username AWS --password-stdin public.ecr.aws",
			create: "aws ecr-public create-repository --region us-east-1 --repository-name {rest}",
			parts:  2, shape: "public.ecr.aws/ALIAS/NAME",
		},
		{
			name: "Amazon ECR", host: regexp.MustCompile(`^\d+\.dkr[.-]ecr(-fips)?\.(?P<region>[a-z0-9-]+)\.(amazonaws\.com(\.cn)?|on\.aws)$`),
			login:  "aws ecr get-login-password --region {region} | docker login --username AWS --password-stdin {host}",
			create: "aws ecr create-repository --region {region} --repository-name {path}",
			parts:  1, shape: "{host}/NAME",
		},
		{
			name: "Google Artifact Registry", host: regexp.MustCompile(`^(?P<region>[a-z0-9-]+)-docker\.pkg\.dev$`),
			login:  "gcloud auth configure-docker {host}",
			create: "gcloud artifacts repositories create {2} --repository-format=docker --location={region} --project={1}",
			parts:  3, shape: "{host}/PROJECT/REPOSITORY/NAME",
		},
		{
			name: "Google Container Registry", host: regexp.MustCompile(`^([a-z]+\.)?gcr\.io$`),
			login: "gcloud auth configure-docker {host}",
			parts: 2, shape: "{host}/PROJECT/NAME",
		},
		{
			name: "Azure Container Registry", host: regexp.MustCompile(`^(?P<registry>[a-z0-9-]+)\.azurecr\.(io|cn|us)$`),
			login: "az acr login --name {registry}",
			parts: 1, shape: "{host}/NAME",
		},
		{
			name: "GitLab", host: regexp.MustCompile(`^registry\.gitlab\.[a-z0-9.-]+$`),
			login: "docker login {host}", page: "https://gitlab.com/-/user_settings/personal_access_tokens?scopes=read_registry,write_registry",
			parts: 2, shape: "{host}/GROUP/PROJECT[/NAME]", hides: true,
		},
		{
			name: "Quay", host: regexp.MustCompile(`^quay\.io$`),
			login: "docker login quay.io", page: "https://quay.io/user/?tab=settings",
			parts: 2, shape: "quay.io/ORGANIZATION/NAME",
		},
		{
			name: "Harbor", host: regexp.MustCompile(`^(.+\.)?harbor[.-]`),
			login: "docker login {host}", create: "open https://{host}/harbor/projects and make the project {1}",
			parts: 2, shape: "{host}/PROJECT/NAME",
		},
		{name: "the registry", host: regexp.MustCompile(``), login: "docker login {host}", parts: 1},
	}
})

// registryOf finds the registry's kind, and what its blanks that only the host
// fills stand for.
func registryOf(host string) (registryKind, []string) {
	for _, k := range registryKinds() {
		if found := k.host.FindStringSubmatch(host); found != nil {
			blanks := []string{"{host}", host}
			for i, name := range k.host.SubexpNames() {
				if name != "" {
					blanks = append(blanks, "{"+name+"}", found[i])
				}
			}
			return k, blanks
		}
	}
	return registryKind{}, nil // the last kind fits all
}

// LoginCommand is what logs in to a registry; the clouds have ways of their own.
func LoginCommand(host string) string {
	kind, blanks := registryOf(host)
	return strings.NewReplacer(blanks...).Replace(kind.login)
}

// loginAdvice is LoginCommand, with where the password comes from.
func loginAdvice(host string) string {
	kind, _ := registryOf(host)
	if kind.page == "" {
		return LoginCommand(host)
	}
	return LoginCommand(host) + " (the password is a token from " + kind.page + ")"
}

// createAdvice is what makes the repository of an image. Empty: the registry
// makes it when it is pushed to.
func createAdvice(image reference.Named) string {
	kind, blanks := registryOf(reference.Domain(image))
	path := reference.Path(image)
	_, rest, _ := strings.Cut(path, "/")
	blanks = append(blanks, "{path}", path, "{rest}", rest)
	for i, part := range strings.Split(path, "/") {
		blanks = append(blanks, fmt.Sprintf("{%d}", i+1), part)
	}
	return strings.NewReplacer(blanks...).Replace(kind.create)
}

// HidesRepositories reports whether the registry of an image refuses somebody
// who is logged in the same way whether a repository is private or not there yet.
func HidesRepositories(image string) bool {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return false
	}
	kind, _ := registryOf(reference.Domain(named))
	return kind.hides
}

// CheckName says what is wrong with an image's name for the registry it names,
// as far as the name alone tells, and what to do. Nothing wrong is two empty
// texts.
func CheckName(image string) (wrong, do string) {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		if lower := strings.ToLower(image); lower != image {
			if _, err := reference.ParseNormalizedNamed(lower); err == nil {
				return fmt.Sprintf("%q has capital letters, and the names of images have none", image), "use " + untagged(lower)
			}
		}
		return fmt.Sprintf("%q is not a valid image name: %v", image, err), "use host, host:port or host/path, in lower case, such as localhost:5000 or ghcr.io/acme"
	}
	kind, blanks := registryOf(reference.Domain(named))
	parts := strings.Split(reference.Path(named), "/")
	shape := strings.NewReplacer(blanks...).Replace(kind.shape)
	switch {
	case reference.Domain(named) == "docker.io" && parts[0] == "library":
		return named.Name() + " is one of the official images of Docker Hub, to which nobody else can push",
			"push to a repository of your own: " + shape
	case len(parts) < kind.parts, kind.most > 0 && len(parts) > kind.most:
		return fmt.Sprintf("%s is no name for %s: images there are named %s", named.Name(), kind.name, shape),
			"name the registry with all that comes before the image's own name: --registry " + shape[:strings.LastIndex(strings.TrimSuffix(shape, "[/NAME]"), "/")]
	}
	return "", ""
}

// untagged is an image's name without its tag.
func untagged(image string) string {
	if i := strings.LastIndex(image, ":"); i > strings.LastIndex(image, "/") {
		return image[:i]
	}
	return image
}
