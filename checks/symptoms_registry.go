package checks

// registrySymptoms are what engines and nodes say of images they cannot fetch
// or push, apart from logins.
func registrySymptoms() []Symptom {
	return []Symptom{
		{
			ID:    "plain-http",
			Texts: []string{"server gave http response to https client"},
			Check: "registry.address",
			Cause: "The registry {registry} speaks plain HTTP, and the engine or node insists on TLS",
			Do:    []string{`"insecure-registries": ["{registry}"] in daemon.json (Docker Desktop → Settings → Docker Engine), then restart Docker`, "A node of its own needs it too: in containerd's hosts.toml"},
			Link:  "https://docs.docker.com/reference/cli/dockerd/#insecure-registries",
		},
		{
			ID:    "image-name",
			Texts: []string{"repository name must be lowercase", "must be lowercase", "invalid reference format", "invalid tag", "couldn't parse image name", "invalidimagename", "failed to apply default image tag"},
			Check: "project.image",
			Cause: "The image's name is not a valid one",
			Do:    []string{"Lower-case letters, digits and . _ - only, then :tag; an empty variable leaves a name in pieces", "HOST[:PORT]/NAMESPACE/NAME:TAG is the full form"},
		},
		{
			ID:    "registry-localhost",
			Texts: []string{"dial tcp 127.0.0.1:*connection refused", "dial tcp [::1]:*connection refused", "/v2/*connection refused"},
			With:  []string{"pull image", "resolve reference", "/v2/", "errimagepull", "the push refers to"},
			Check: "registry.address",
			Cause: "Nothing listens at the registry's address; for a node in a container or machine of its own, localhost is the node itself",
			Do:    []string{"Start the registry: docker ps --filter publish={port}", "Use an address that engine and nodes both know, or deliver the image without a registry: twindeck deploy"},
			Link:  "https://kind.sigs.k8s.io/docs/user/local-registry/",
		},
		{
			ID:    "corporate-ca",
			Texts: []string{"registry*signed by unknown authority", "docker.io*signed by unknown authority", "/v2/*signed by unknown authority", "pull image*signed by unknown authority", "failed to verify certificate"},
			Check: "registry.address",
			Cause: "Something between here and {registry} (a corporate proxy?) shows a certificate that nobody here knows",
			Do:    []string{"Put your organisation's CA into the system's certificate store", "Restart Docker Desktop: it copies the store at its start; Linux: /etc/docker/certs.d/{registry}/ca.crt", "The cluster's nodes need it as well"},
			Link:  "https://docs.docker.com/engine/network/ca-certs/",
		},
		{
			ID:    "registry-name",
			Texts: []string{"/v2/*no such host", "registry*no such host", "docker.io*no such host", "pull image*no such host", "resolve reference*no such host"},
			Check: "registry.address",
			Cause: "The registry's name {host} does not resolve",
			Do:    []string{"See whether the name is right and the network (VPN, proxy) is up", "nslookup {host}"},
		},
		{
			ID:    "registry-timeout",
			Texts: []string{"/v2/*i/o timeout", "/v2/*tls handshake timeout", "/v2/*context deadline exceeded", "/v2/*client.timeout", "/v2/*request canceled while waiting for connection", "pull image*i/o timeout", "resolve reference*i/o timeout", "/v2/*connection reset by peer", "/v2/*unexpected eof", "/v2/*: eof", "pull image*unexpected eof", "/v2/*no route to host"},
			Check: "registry.address",
			Cause: "The registry {registry} does not answer in time, or the line breaks: a proxy or VPN may be in the way",
			Do:    []string{"Try again", "Docker Desktop → Settings → Resources → Proxies, against the proxy of your shell", "Leave the VPN and try once more"},
			Link:  "https://docs.docker.com/engine/daemon/proxy/",
		},
		{
			ID:    "image-not-found",
			Texts: []string{"manifest unknown", "manifest for*not found", "manifest_unknown", "failed to resolve reference*not found", "name unknown", "name_unknown", "no such image", "does not exist in the registry", "failed to resolve source metadata*not found"},
			Check: "registry.address",
			Cause: "There is no image {image}: its name or tag is wrong, or it was never pushed",
			Do:    []string{"See whether name and tag are right: docker manifest inspect {image}", "Push it, or deliver it to the cluster: twindeck ship", "docker login {registry}, if it is private"},
			Link:  "https://kubernetes.io/docs/concepts/containers/images/",
		},
	}
}
