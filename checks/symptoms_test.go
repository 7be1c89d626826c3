package checks

import (
	"strings"
	"testing"
)

// The texts are what people paste, as the tools print them.
func TestExplain(t *testing.T) {
	tests := []struct{ system, text, want string }{
		{"linux", "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?", "engine-unreachable"},
		{"darwin", "failed to connect to the docker API at unix:///Users/ada/.docker/run/docker.sock; check if the path is correct and if the daemon is running: dial unix /Users/ada/.docker/run/docker.sock: connect: no such file or directory", "engine-unreachable"},
		{"windows", "error during connect: this error may indicate that the docker daemon is not running: Get \"http://%2F%2F.%2Fpipe%2FdockerDesktopLinuxEngine/v1.51/info\": open //./pipe/dockerDesktopLinuxEngine: The system cannot find the file specified.", "pipe-missing"},
		{"linux", "permission denied while trying to connect to the docker API at unix:///var/run/docker.sock", "permission-socket"},
		{"linux", "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get \"http://%2Fvar%2Frun%2Fdocker.sock/v1.24/ps\": dial unix /var/run/docker.sock: connect: permission denied", "permission-socket"},
		{"darwin", "zsh: command not found: docker", "docker-not-installed"},
		{"linux", "Warning: DOCKER_HOST environment variable overrides the active context. To use a context, either set the global --context flag, or unset DOCKER_HOST environment variable.", "docker-host-overrides"},
		{"windows", `Current context "desktop-linux" is not found on the file system, please check your config file at C:\Users\ada\.docker\config.json`, "docker-context-missing"},
		{"linux", "Error response from daemon: client version 1.25 is too old. Minimum supported API version is 1.44, please upgrade your client to a newer version", "api-too-old"},
		{"linux", "Error response from daemon: client version 1.52 is too new. Maximum supported API version is 1.41", "api-too-new"},
		{"darwin", `error getting credentials - err: exec: "docker-credential-desktop": executable file not found in $PATH, out: ""`, "helper-missing"},
		{"linux", "WARNING: Error loading config file: /home/ada/.docker/config.json: invalid character '}' looking for beginning of object key string", "docker-config-broken"},
		{"windows", "no matching manifest for windows/amd64 10.0.19045 in the manifest list entries", "windows-containers"},
		{"windows", "Wsl/Service/CreateInstance/CreateVm/HCS/HCS_E_HYPERV_NOT_INSTALLED", "vm-platform"},
		{"darwin", "listen unix /Users/a-very-long-name/Library/Containers/com.docker.docker/Data/docker.sock: bind: invalid argument", "socket-path-too-long"},
		{"linux", "docker: unknown command: docker compose", "compose-missing"},
		{"linux", "ERROR: BuildKit is enabled but the buildx component is missing or broken.", "buildx-broken"},
		{"linux", `Get "https://registry-1.docker.io/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority`, "corporate-ca"},
		{"linux", "Access to docker.io has been restricted by your administrators.", "restricted"},
		{"linux", "driver failed programming external connectivity on endpoint web: Bind for 0.0.0.0:8080 failed: port is already allocated", "port-taken"},
		{"windows", "listen tcp 0.0.0.0:8080: bind: An attempt was made to access a socket in a way forbidden by its access permissions.", "port-reserved"},
		{"darwin", "Mounts denied: The path /opt/data is not shared from the host and is not known to Docker.", "mount-denied"},
		{"linux", "write /var/lib/docker/tmp/GetImageBlob1: no space left on device", "disk-full"},
		{"linux", "E: Release file for http://deb.debian.org/debian/dists/bookworm/InRelease is not valid yet (invalid for another 3h 2min).", "clock"},
		{"linux", "exec /usr/local/bin/node: exec format error", "wrong-architecture"},
		{"linux", "no match for platform in manifest: not found", "wrong-architecture"},
		{"linux", `/entrypoint.sh: line 2: $'\r': command not found`, "crlf"},
		{"linux", "exec /app/entrypoint.sh: no such file or directory", "crlf"},
		{"linux", "toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating", "rate-limit"},
		{"linux", "denied: requested access to the resource is denied", "push-denied"},
		{"linux", "server message: insufficient_scope: authorization failed", "push-denied"},
		{"linux", "no basic auth credentials", "no-credentials"},
		{"linux", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app: no basic auth credentials", "ecr-expired"},
		{"linux", "denied: Your authorization token has expired. Reauthenticate and try again.", "ecr-expired"},
		{"linux", `Get "https://localhost:5000/v2/": http: server gave HTTP response to HTTPS client`, "plain-http"},
		{"linux", "invalid reference format: repository name (library/MyApp) must be lowercase", "image-name"},
		{"linux", "Dockerfile:3: dockerfile parse error on line 3: unknown instruction: RUNN", "dockerfile-syntax"},
		{"linux", `failed to solve: failed to compute cache key: failed to calculate checksum of ref abc::def: "/server.js": not found`, "file-not-in-context"},

		{"linux", "WARNING: version difference between client (1.26) and server (1.32) exceeds the supported minor version skew of +/-1", "kubectl-skew"},
		{"linux", `error: no context exists with the name: "docker-desktop"`, "kube-context-missing"},
		{"linux", "error: current-context must exist in order to minify", "kube-context-missing"},
		{"linux", "Error in configuration: context was not found for specified context: docker-desktop", "kube-context-missing"},
		{"darwin", "Unable to connect to the server: dial tcp: lookup kubernetes.docker.internal: no such host", "desktop-host-name"},
		{"linux", "The connection to the server localhost:8080 was refused - did you specify the right host or port?", "kube-refused"},
		{"linux", "Unable to connect to the server: EOF", "kube-refused"},
		{"windows", `Unable to connect to the server: x509: certificate signed by unknown authority (possibly because of "crypto/rsa: verification error" while trying to verify candidate authority certificate "kubernetes")`, "kube-wrong-cluster"},
		{"linux", "Unable to connect to the server: x509: certificate has expired or is not yet valid: current time 2026-11-22T10:00:00Z is after 2026-01-01T00:00:00Z", "kube-certificate-expired"},
		{"linux", "error: You must be logged in to the server (Unauthorized)", "kube-unauthorized"},
		{"linux", `getting credentials: exec: executable aws not found`, "kube-exec-plugin"},
		{"linux", `deployments.apps is forbidden: User "dev" cannot create resource "deployments" in API group "apps" in the namespace "prod"`, "kube-forbidden"},
		{"linux", "error: Metrics API not available", "metrics-missing"},
		{"linux", `Container image "app:1" is not present with pull policy of Never: ErrImageNeverPull`, "never-pull"},
		{"linux", "Error: container has runAsNonRoot and image will run as root (pod: \"x\", container: app)", "runs-as-root"},
		{"linux", `Error: container has runAsNonRoot and image has non-numeric user (node), cannot verify user is non-root`, "user-not-a-number"},
		{"linux", `pods "x" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false`, "pod-security"},
		{"linux", "The Deployment \"web\" is invalid: spec.template.metadata.labels: Invalid value: map[string]string{\"app\":\"b\"}: `selector` does not match template `labels`", "selector-mismatch"},
		{"linux", "spec.selector: Invalid value: v1.LabelSelector{}: field is immutable", "immutable"},
		{"linux", `strict decoding error: unknown field "spec.replica"`, "unknown-field"},
		{"linux", `error parsing k8s/app.yaml: error converting YAML to JSON: yaml: line 5: mapping values are not allowed in this context`, "yaml-indent"},
		{"linux", "error converting YAML to JSON: yaml: line 3: found character that cannot start any token", "yaml-tab"},
		{"linux", `resource mapping not found for name: "x" namespace: "" from "a.yaml": no matches for kind "Foo" in version "v1"`, "unknown-kind"},
		{"linux", "0/1 nodes are available: 1 Insufficient memory. preemption: not helpful", "unschedulable-room"},
		{"linux", "0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/disk-pressure: }", "unschedulable-taint"},
		{"linux", "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims", "unbound-volume"},
		{"linux", "Last State: Terminated, Reason: OOMKilled, Exit Code: 137", "out-of-memory"},
		{"linux", "Readiness probe failed: Get \"http://10.1.0.9:3000/health\": dial tcp 10.1.0.9:3000: connect: connection refused", "probe-failed"},
		{"linux", `failed to pull and unpack image "docker.io/library/my-app:1": failed to resolve reference "docker.io/library/my-app:1": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope`, "push-denied"},
		{"linux", "manifest for ada/app:9 not found: manifest unknown: manifest unknown", "image-not-found"},

		{"linux", "all is well", ""},
		{"linux", "", ""},
		{"linux", "open //./pipe/dockerDesktopLinuxEngine: The system cannot find the file specified.", ""}, // Windows' own
	}
	for _, tt := range tests {
		t.Run(tt.want+"/"+tt.system, func(t *testing.T) {
			s, ok := explainOn(tt.system, tt.text)
			if s.ID != tt.want || ok != (tt.want != "") {
				t.Errorf("explainOn(%s, %q) = %q, %v; want %q", tt.system, tt.text, s.ID, ok, tt.want)
			}
			if ok && (s.Cause == "" || len(s.Do) == 0) {
				t.Errorf("%s has no cause or nothing to do", s.ID)
			}
		})
	}
}

func FuzzExplain(f *testing.F) {
	f.Add("Cannot connect to the Docker daemon", "a*b")
	f.Add("", "*")
	f.Fuzz(func(t *testing.T, text, pattern string) {
		if s, ok := explainOn("linux", text); ok && s.ID == "" {
			t.Error("a symptom without an ID")
		}
		if !strings.Contains(pattern, "*") && shows(text, pattern) != strings.Contains(text, pattern) {
			t.Errorf("shows(%q, %q) is wrong for a pattern without a star", text, pattern)
		}
	})
}
