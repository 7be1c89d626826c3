package checks

// unauthorized are the words by which registries refuse credentials, or the want of any.
var unauthorized = []string{
	"no basic auth credentials", "authentication required", "401 unauthorized", "authorization token has expired",
	"unauthenticated", "unauthorized:", "not authorized", "failed to authorize", "403 forbidden", "denied:", "access denied", "incorrect username or password",
}

// loginSymptoms are how registries ask for a login, each with the command that
// gives it to that registry.
func loginSymptoms() []Symptom {
	return []Symptom{
		{
			ID:    "ecr-public",
			Texts: unauthorized, With: []string{"public.ecr.aws"},
			Check: "registry.helper",
			Cause: "The login to Amazon's public registry has run out; a stale one is refused where none would do",
			Do:    []string{"docker logout public.ecr.aws", "or: aws ecr-public get-login-password --region us-east-1 | docker login --username AWS --password-stdin public.ecr.aws"},
			Link:  "https://docs.aws.amazon.com/AmazonECR/latest/public/public-registry-auth.html",
		},
		{
			ID:    "ecr-expired",
			Texts: unauthorized, With: []string{".dkr.ecr"},
			Check: "registry.helper",
			Cause: "Not logged in to Amazon ECR, or the login has run out: it lasts 12 hours",
			Do:    []string{"aws ecr get-login-password --region {region} | docker login --username AWS --password-stdin {registry}"},
			Link:  "https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html",
		},
		{
			ID:    "google-permission",
			Texts: []string{`permission "artifactregistry.*" denied`, "artifactregistry.repositories.uploadartifacts"},
			Check: "registry.address",
			Cause: "Your Google account may not do that in this repository, or the repository does not exist",
			Do:    []string{"gcloud auth list tells who you are; gcloud auth configure-docker {registry}", "Ask for the role Artifact Registry Writer (reading: Reader)"},
			Link:  "https://cloud.google.com/artifact-registry/docs/access-control",
		},
		{
			ID:    "google-login",
			Texts: unauthorized, With: []string{"pkg.dev", "gcr.io"},
			Check: "registry.helper",
			Cause: "Not logged in to Google's registry",
			Do:    []string{"gcloud auth configure-docker {registry}", "gcloud auth login"},
			Link:  "https://cloud.google.com/artifact-registry/docs/docker/authentication",
		},
		{
			ID:    "azure-login",
			Texts: unauthorized, With: []string{".azurecr."},
			Check: "registry.helper",
			Cause: "Not logged in to Azure's registry, or the login has run out: it lasts 3 hours",
			Do:    []string{"az acr login --name {acr}"},
			Link:  "https://learn.microsoft.com/azure/container-registry/container-registry-authentication",
		},
		{
			ID:    "github-login",
			Texts: append([]string{"permission_denied: write_package", "installation not allowed to write", "permission_denied: the token provided does not match"}, unauthorized...), With: []string{"ghcr.io"},
			Check: "registry.helper",
			Cause: "GitHub's registry does not accept the token: there is none, or it lacks a scope",
			Do:    []string{"docker login ghcr.io, with a personal access token (classic) of the scopes read:packages and write:packages as password", "The name must be ghcr.io/YOUR-NAME-OR-ORGANISATION/NAME"},
			Link:  "https://docs.github.com/packages/working-with-a-github-packages-registry/working-with-the-container-registry",
		},
		{
			ID:    "ecr-expired",
			Texts: []string{"your authorization token has expired. reauthenticate"},
			Check: "registry.helper",
			Cause: "The login to Amazon ECR has run out; it lasts 12 hours",
			Do:    []string{"aws ecr get-login-password --region {region} | docker login --username AWS --password-stdin {account}.dkr.ecr.{region}.amazonaws.com"},
			Link:  "https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html",
		},
		{
			ID:    "rate-limit",
			Texts: []string{"toomanyrequests", "you have reached your*pull rate limit", "429 too many requests"},
			Check: "registry.helper",
			Cause: "The registry limits how often this address may pull",
			Do:    []string{"docker login {registry} raises the limit; in the cluster an imagePullSecret does", "Pull through a mirror, or later"},
			Link:  "https://docs.docker.com/docker-hub/usage/pulls/",
		},
		{
			ID:    "image-not-delivered",
			Texts: []string{`"docker.io/library/*pull access denied`, "pull access denied*repository does not exist", "repository does not exist or may require"},
			Check: "desktop.images",
			Cause: "The registry has no {image}, or shows it only to those who are logged in; a tag that is only in your engine is not in a registry",
			Do: []string{
				"docker images {image} tells whether the engine has it: then deliver it with twindeck deploy, or push it",
				"With Docker Desktop's Kubernetes: Settings → General → Use containerd for pulling and storing images, then make the cluster anew",
				"If it is private: docker login {registry}; the pod needs an imagePullSecret",
			},
			Link: "https://kubernetes.io/docs/concepts/containers/images/",
		},
		{
			ID:    "wrong-password",
			Texts: []string{"incorrect username or password", "must log in with a personal access token", "http basic: access denied", "login did not succeed"},
			Check: "registry.helper",
			Cause: "The registry does not accept user and password; with two-factor login it wants a token as password",
			Do:    []string{"docker logout {registry}; docker login {registry} -u USER, with an access token as password"},
		},
		{
			ID:    "push-denied",
			Texts: []string{"requested access to the resource is denied", "insufficient_scope", "insufficient scopes", "push access denied", "access to the requested resource is not authorized", "denied: access forbidden"},
			Check: "registry.helper",
			Cause: "Not logged in, or the name belongs to somebody else",
			Do:    []string{"docker login {registry}", "Name the image under a namespace that is yours: {registry}/YOU/NAME"},
		},
		{
			ID:    "no-credentials",
			Texts: []string{"no basic auth credentials", "authentication required", "401 unauthorized", "failed to fetch oauth token", "failed to fetch anonymous token: unexpected status", "failed to authorize:*unauthorized", "pull access denied", "unauthorized: access", "unauthorized: unauthenticated"},
			Check: "registry.helper",
			Cause: "The registry wants a login, or does not accept this one",
			Do:    []string{"docker login {registry}", "A pod needs an imagePullSecret of its own for it: docker's login is not the node's"},
			Link:  "https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/",
		},
	}
}
