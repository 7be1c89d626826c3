package checks

// buildSymptoms are what BuildKit says.
func buildSymptoms() []Symptom {
	return []Symptom{
		{
			ID:    "dockerfile-missing",
			Texts: []string{"failed to read dockerfile", "unable to prepare context: unable to evaluate symlinks in dockerfile path"},
			Check: "project.dockerfile",
			Cause: "There is no Dockerfile where it is looked for",
			Do:    []string{"Go to the project's folder, or name it: twindeck build --file FILE"},
		},
		{
			ID:    "dockerfile-syntax",
			Texts: []string{"dockerfile parse error", "unknown instruction:"},
			Check: "project.dockerfile",
			Cause: "The Dockerfile cannot be read (line {line})",
			Do:    []string{"Mend the line named"},
			Link:  "https://docs.docker.com/reference/dockerfile/",
		},
		{
			ID:    "file-not-in-context",
			Texts: []string{"failed to compute cache key*not found", "failed to calculate checksum of ref*not found", "file not found in build context", "forbidden path outside the build context"},
			Check: "project.files",
			Cause: "COPY or ADD names a file that is not in the build context",
			Do:    []string{"Paths start at the build context's folder, and cannot leave it", "See whether .dockerignore leaves the file out", "See upper and lower case: Linux tells them apart"},
			Link:  "https://docs.docker.com/build/concepts/context/",
		},
		{
			ID:    "multi-platform",
			Texts: []string{"multi-platform build is not supported for the docker driver", "multiple platforms feature is currently not supported", "does not currently support exporting manifest lists"},
			Check: "desktop.images",
			Cause: "The engine's image store cannot hold an image of several platforms",
			Do:    []string{"Docker Desktop → Settings → General → Use containerd for pulling and storing images", "or build one platform at a time: twindeck build --platform linux/arm64"},
			Link:  "https://docs.docker.com/build/building/multi-platform/",
		},
		{
			ID:    "ca-in-build",
			Texts: []string{"self_signed_cert_in_chain", "self signed certificate in certificate chain", "self-signed certificate in certificate chain", "unable to get local issuer certificate", "certificate_verify_failed", "unable_to_verify_leaf_signature", "pkix path building failed"},
			Check: "docker.proxy",
			Cause: "A proxy on the way shows a certificate that the image's programs do not know",
			Do:    []string{"In the Dockerfile, before the first download: COPY corporate-ca.crt /usr/local/share/ca-certificates/ and RUN update-ca-certificates", "Node.js also wants NODE_EXTRA_CA_CERTS, Python REQUESTS_CA_BUNDLE to name the file"},
			Link:  "https://docs.docker.com/engine/network/ca-certs/",
		},
	}
}
