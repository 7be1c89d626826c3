package checks

// registrySymptoms are what registries say, to push, pull and pods alike.
func registrySymptoms() []Symptom {
	return []Symptom{
		{
			ID:    "helper-missing",
			Texts: []string{"error getting credentials*executable file not found", "error getting credentials*docker-credential-"},
			Cause: "config.json names a credential helper that is not on PATH",
			Do:    []string{"twindeck check offers to change it", `or change "credsStore" in ~/.docker/config.json, then docker login`},
		},
		{
			ID:    "ecr-expired",
			Texts: []string{"your authorization token has expired. reauthenticate", "no basic auth credentials*dkr.ecr", "dkr.ecr*no basic auth credentials"},
			Cause: "The login to Amazon ECR has run out; it lasts 12 hours",
			Do:    []string{"aws ecr get-login-password | docker login --username AWS --password-stdin ACCOUNT.dkr.ecr.REGION.amazonaws.com"},
		},
		{
			ID:    "google-login",
			Texts: []string{"pkg.dev*unauthenticated request", "pkg.dev*no basic auth credentials", "gcr.io*no basic auth credentials", "pkg.dev*denied", "gcr.io*denied"},
			Cause: "Not logged in to Google's registry",
			Do:    []string{"gcloud auth configure-docker HOST", "gcloud auth login"},
		},
		{
			ID:    "azure-login",
			Texts: []string{"azurecr.io*unauthorized", "azurecr.io*no basic auth credentials", "azurecr.io*authentication required"},
			Cause: "Not logged in to Azure's registry",
			Do:    []string{"az acr login --name REGISTRY"},
		},
		{
			ID:    "rate-limit",
			Texts: []string{"toomanyrequests", "you have reached your*pull rate limit", "429 too many requests"},
			Cause: "The registry limits how often this address may pull",
			Do:    []string{"docker login raises the limit", "Pull through a mirror, or later"},
		},
		{
			ID:    "push-denied",
			Texts: []string{"requested access to the resource is denied", "insufficient_scope", "push access denied"},
			Cause: "Not logged in, or the name belongs to somebody else",
			Do:    []string{"docker login HOST", "Name the image under a namespace that is yours: HOST/YOU/NAME"},
		},
		{
			ID:    "no-credentials",
			Texts: []string{"no basic auth credentials", "authentication required", "unauthorized: incorrect username or password", "401 unauthorized"},
			Cause: "The registry wants a login, or does not accept this one",
			Do:    []string{"docker login HOST", "A pod needs an imagePullSecret of its own for it"},
		},
		{
			ID:    "plain-http",
			Texts: []string{"server gave http response to https client"},
			Cause: "The registry speaks plain HTTP, and the engine insists on TLS",
			Do:    []string{`Add its address to "insecure-registries" in daemon.json (Docker Desktop → Settings → Docker Engine)`, "Restart Docker"},
		},
		{
			ID:    "image-name",
			Texts: []string{"repository name must be lowercase", "invalid reference format", "invalid tag"},
			Cause: "The image's name is not a valid one",
			Do:    []string{"Lower-case letters, digits and . _ - only, then :tag", "HOST[:PORT]/NAMESPACE/NAME:TAG is the full form"},
		},
		{
			ID:    "corporate-ca",
			Texts: []string{"registry*x509: certificate signed by unknown authority", "docker.io*x509: certificate signed by unknown authority", "/v2/*x509: certificate signed by unknown authority"},
			Cause: "Something between here and the registry (a corporate proxy?) shows a certificate that nobody here knows",
			Do:    []string{"Put your organisation's CA into the system's certificate store", "Restart Docker Desktop: it copies the store at its start"},
		},
		{
			ID:    "registry-name",
			Texts: []string{"/v2/*no such host", "registry*no such host", "docker.io*no such host"},
			Cause: "The registry's name does not resolve",
			Do:    []string{"See whether the name is right and the network (VPN, proxy) is up"},
		},
		{
			ID:    "image-not-found",
			Texts: []string{"manifest unknown", "manifest for*not found", "repository does not exist or may require", "pull access denied", "failed to resolve reference*not found"},
			Cause: "The registry has no such image, or shows it only to those who are logged in",
			Do:    []string{"See whether name and tag are right", "Push it, or deliver it to the cluster", "docker login HOST, if it is private"},
		},
	}
}
