package docker

import (
	"strings"
	"testing"

	"github.com/distribution/reference"
)

func TestLoginCommand(t *testing.T) {
	for host, want := range map[string]string{
		"docker.io":                   "docker login",
		"ghcr.io":                     "docker login ghcr.io",
		"localhost:5051":              "docker login localhost:5051",
		"public.ecr.aws":              "aws ecr-public get-login-password --region us-east-1 | docker login --username AWS --password-stdin public.ecr.aws",
		"europe-west1-docker.pkg.dev": "gcloud auth configure-docker europe-west1-docker.pkg.dev",
		"eu.gcr.io":                   "gcloud auth configure-docker eu.gcr.io",
		"mine.azurecr.io":             "az acr login --name mine",
		"quay.io":                     "docker login quay.io",
		"registry.gitlab.com":         "docker login registry.gitlab.com",
		"harbor.example.com":          "docker login harbor.example.com",
		"harbor.example.com:443":      "docker login harbor.example.com:443",
		"123456789012.dkr.ecr.eu-central-1.amazonaws.com": "aws ecr get-login-password --region eu-central-1 | " +
			"docker login --username AWS --password-stdin 123456789012.dkr.ecr.eu-central-1.amazonaws.com",
		"123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com": "aws ecr get-login-password --region us-gov-west-1 | " +
			"docker login --username AWS --password-stdin 123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com",
	} {
		if got := LoginCommand(host); got != want {
			t.Errorf("%s: %s", host, got)
		}
	}
}

func TestCreateAdvice(t *testing.T) {
	for image, want := range map[string]string{
		"123456789012.dkr.ecr.eu-central-1.amazonaws.com/team/web:1": "aws ecr create-repository --region eu-central-1 --repository-name team/web",
		"public.ecr.aws/a1b2c3/team/web:1":                           "aws ecr-public create-repository --region us-east-1 --repository-name team/web",
		"europe-west1-docker.pkg.dev/acme/apps/web:1":                "gcloud artifacts repositories create apps --repository-format=docker --location=europe-west1 --project=acme",
		"harbor.example.com/team/web:1":                              "open https://harbor.example.com/harbor/projects and make the project team",
		"ghcr.io/acme/web:1":                                         "",
		"localhost:5000/web:1":                                       "",
	} {
		named, err := reference.ParseNormalizedNamed(image)
		if err != nil {
			t.Fatal(err)
		}
		if got := createAdvice(named); got != want {
			t.Errorf("%s: %s", image, got)
		}
	}
}

// What a registry would refuse for its name alone is known before the push.
func TestCheckName(t *testing.T) {
	for _, c := range []struct{ image, wrong, do string }{
		{"docker.io/ada/web:1", "", ""},
		{"ada/web:1", "", ""},
		{"docker.io/web:1", "official images", "docker.io/USER/NAME"},
		{"docker.io/ada/team/web:1", "images there are named docker.io/USER/NAME", "--registry docker.io/USER"},
		{"ghcr.io/acme/web:1", "", ""},
		{"ghcr.io/acme/shop/web:1", "", ""},
		{"ghcr.io/Acme/web:1", "capital letters", "use ghcr.io/acme/web"},
		{"ghcr.io/web:1", "is no name for GitHub Container Registry", "--registry ghcr.io/OWNER"},
		{"123456789012.dkr.ecr.eu-central-1.amazonaws.com/web:1", "", ""},
		{"public.ecr.aws/web:1", "public.ecr.aws/ALIAS/NAME", "--registry public.ecr.aws/ALIAS"},
		{"europe-west1-docker.pkg.dev/acme/apps/web:1", "", ""},
		{"europe-west1-docker.pkg.dev/acme/web:1", "europe-west1-docker.pkg.dev/PROJECT/REPOSITORY/NAME", "--registry europe-west1-docker.pkg.dev/PROJECT/REPOSITORY"},
		{"gcr.io/acme/web:1", "", ""},
		{"gcr.io/web:1", "gcr.io/PROJECT/NAME", "--registry gcr.io/PROJECT"},
		{"mine.azurecr.io/web:1", "", ""},
		{"registry.gitlab.com/acme/shop:1", "", ""},
		{"registry.gitlab.com/web:1", "GROUP/PROJECT", "--registry registry.gitlab.com/GROUP"},
		{"quay.io/web:1", "quay.io/ORGANIZATION/NAME", "--registry quay.io/ORGANIZATION"},
		{"harbor.example.com/web:1", "harbor.example.com/PROJECT/NAME", "--registry harbor.example.com/PROJECT"},
		{"harbor.example.com/team/web:1", "", ""},
		{"localhost:5000/web:1", "", ""},
		{"10.0.0.7:5000/team/web:1", "", ""},
		{"localhost:5000/a b/web:1", "not a valid image name", "in lower case"},
	} {
		wrong, do := CheckName(c.image)
		if c.wrong == "" && wrong != "" || !strings.Contains(wrong, c.wrong) || !strings.Contains(do, c.do) {
			t.Errorf("%s: %q, %q", c.image, wrong, do)
		}
	}
}

// Every registry has what its advice is made of.
func TestRegistryKindsAreComplete(t *testing.T) {
	for i, k := range registryKinds() {
		if k.name == "" || k.login == "" || k.parts == 0 || k.shape == "" && i < len(registryKinds())-1 {
			t.Errorf("%q lacks something: %+v", k.name, k)
		}
	}
	if kind, _ := registryOf("anything:1234"); kind.name != "the registry" {
		t.Errorf("an unknown registry is taken for %s", kind.name)
	}
}
