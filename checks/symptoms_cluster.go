package checks

// clusterSymptoms are what kubectl, the API server and pods say.
func clusterSymptoms() []Symptom {
	return []Symptom{
		{
			ID:    "kubectl-missing",
			Texts: []string{"command not found: kubectl", "kubectl: command not found", "'kubectl' is not recognized", `"kubectl": executable file not found`},
			Cause: "kubectl is not installed, or not on PATH",
			Do:    []string{"Docker Desktop brings one: add ~/.docker/bin to PATH", "https://kubernetes.io/docs/tasks/tools/"},
		},
		{
			ID:    "kubectl-skew",
			Texts: []string{"version difference between client*exceeds the supported minor version skew"},
			Cause: "kubectl and the server are more than one minor version apart",
			Do:    []string{"Install the kubectl of the server's version", "which -a kubectl: an older one may stand before the right one"},
		},
		{
			ID:    "kube-context-missing",
			Texts: []string{"no context exists with the name", "context was not found for specified context", "current-context must exist", "current-context is not set", `error: context "*" does not exist`},
			Cause: "The kubeconfig in force does not have that context",
			Do:    []string{"kubectl config get-contexts; kubectl config use-context NAME", "echo $KUBECONFIG tells which file is in force"},
		},
		{
			ID:    "desktop-host-name",
			Texts: []string{"lookup kubernetes.docker.internal*no such host", "lookup kubernetes.docker.internal"},
			Cause: "The hosts file does not have Docker Desktop's name for its cluster",
			Do:    []string{"Add the line `127.0.0.1 kubernetes.docker.internal` to /etc/hosts (Windows: C:\\Windows\\System32\\drivers\\etc\\hosts)"},
		},
		{
			ID:    "kube-certificate-expired",
			Texts: []string{"x509: certificate has expired", "certificate has expired or is not yet valid"},
			Cause: "A certificate has run out (kubeadm's last a year), or a clock is wrong",
			Do: []string{
				"Look at the date of this machine",
				"Docker Desktop → Settings → Kubernetes → Reset cluster makes new ones, and deletes everything in the cluster: save it first",
			},
		},
		{
			ID:    "kube-wrong-cluster",
			Texts: []string{"tls: failed to verify certificate: x509: certificate signed by unknown authority*6443", ":6443*x509: certificate signed by unknown authority", "possibly because of*kubernetes", "unable to connect to the server: tls*x509: certificate signed by unknown authority", "unable to connect to the server: x509: certificate signed by unknown authority"},
			Cause: "The kubeconfig was made for another cluster, or for this one before a reset",
			Do:    []string{"Move the kubeconfig away and let the cluster write a new one", "Docker Desktop → Settings → Kubernetes, off and on"},
		},
		{
			ID:    "kube-exec-plugin",
			Texts: []string{"getting credentials: exec: executable*not found", "getting credentials: exec:"},
			Cause: "The program that fetches the cluster's credentials is missing or failed",
			Do:    []string{"Run it in a terminal and see what it says", "Install it, or log in to the cluster again"},
		},
		{
			ID:    "kube-unauthorized",
			Texts: []string{"you must be logged in to the server", "the server has asked for the client to provide credentials", "does not accept the credentials"},
			Cause: "The API server does not accept the credentials",
			Do:    []string{"kubectl auth whoami", "Log in to the cluster again, or let it write a new kubeconfig"},
		},
		{
			ID:    "kube-forbidden",
			Texts: []string{"is forbidden: user*cannot", "forbidden: user"},
			Cause: "This user may not do that in the cluster",
			Do:    []string{"kubectl auth can-i --list shows what is allowed", "Ask whoever runs the cluster"},
		},
		{
			ID:    "kube-refused",
			Texts: []string{"the connection to the server*was refused", ":6443*connection refused", "unable to connect to the server: eof"},
			Cause: "The cluster is not running, or still starting",
			Do:    []string{"Docker Desktop → Settings → Kubernetes: see whether it is on", "Wait a minute while it starts"},
		},
		{
			ID:    "metrics-missing",
			Texts: []string{"metrics api not available"},
			Cause: "The cluster has no metrics-server",
			Do:    []string{"twindeck asks the kubelet instead", "kubectl top needs metrics-server: https://github.com/kubernetes-sigs/metrics-server"},
		},
		{
			ID:    "kind-node-image",
			Texts: []string{"kindest/node*failed", "failed*kindest/node", "pulling image*kindest/node", "kindest/node*x509"},
			Cause: "The image that the cluster's nodes are made of cannot be pulled",
			Do:    []string{"Behind a proxy: Docker Desktop → Settings → Resources → Proxies", "Behind a proxy that shows its own certificate: put its CA into the system's store and restart Docker Desktop", "docker pull kindest/node by hand shows the registry's own words"},
		},
		{
			ID:    "never-pull",
			Texts: []string{"errimageneverpull", "image pull policy of never"},
			Cause: "The node does not have the image, and imagePullPolicy Never forbids to fetch it",
			Do:    []string{"Deliver the image to the cluster", "or write imagePullPolicy: IfNotPresent"},
		},
		{
			ID:    "runs-as-root",
			Texts: []string{"container has runasnonroot and image will run as root"},
			Cause: "The pod may not run as root, and the image does",
			Do:    []string{"In the Dockerfile: USER 1000"},
		},
		{
			ID:    "user-not-a-number",
			Texts: []string{"container has runasnonroot and image has non-numeric user"},
			Cause: "Kubernetes cannot tell whether the image's named user is root",
			Do:    []string{"In the Dockerfile, the user's number instead of its name: USER 1000"},
		},
		{
			ID:    "pod-security",
			Texts: []string{`violates podsecurity "`},
			Cause: "The namespace's Pod Security level does not allow this pod",
			Do:    []string{"The message names each field and what to write; put it under securityContext"},
		},
		{
			ID:    "selector-mismatch",
			Texts: []string{"selector` does not match template `labels`", "selector does not match template labels"},
			Cause: "The workload's selector does not select its own pods",
			Do:    []string{"Give spec.selector.matchLabels and spec.template.metadata.labels the same labels"},
		},
		{
			ID:    "immutable",
			Texts: []string{"field is immutable"},
			Cause: "That field cannot be changed on an object that exists",
			Do:    []string{"Delete the object and apply again (its pods are replaced)", "or give it a new name"},
		},
		{
			ID:    "unknown-field",
			Texts: []string{"strict decoding error: unknown field", "unknown field \"", "field not declared in schema"},
			Cause: "The manifest has a field that Kubernetes does not know: misspelt, or indented wrongly",
			Do:    []string{"kubectl explain KIND.spec shows the fields there are", "See the indentation around the line named"},
		},
		{
			ID:    "duplicate-key",
			Texts: []string{"key \"*\" already set in map", "mapping key*already defined", "duplicate field"},
			Cause: "A key stands twice in one place of the manifest",
			Do:    []string{"Keep one of them"},
		},
		{
			ID:    "yaml-tab",
			Texts: []string{"found character that cannot start any token", "found a tab character"},
			Cause: "YAML is indented by spaces; there is a tab",
			Do:    []string{"Replace the tab by spaces"},
		},
		{
			ID:    "yaml-indent",
			Texts: []string{"mapping values are not allowed in this context", "did not find expected key", "did not find expected '-' indicator", "error converting yaml to json"},
			Cause: "The YAML lost its indentation near the line named",
			Do:    []string{"Indent by two spaces a level; lines of one level begin in one column"},
		},
		{
			ID:    "unknown-kind",
			Texts: []string{"no matches for kind"},
			Cause: "The cluster does not know that kind",
			Do:    []string{"See whether kind and apiVersion are spelt right: kubectl api-resources", "A custom kind needs its CustomResourceDefinition applied first"},
		},
		{
			ID:    "unschedulable-room",
			Texts: []string{"insufficient cpu", "insufficient memory"},
			Cause: "No node has as much free CPU or memory as the pod requests",
			Do:    []string{"Request less (resources.requests)", "or stop other pods, or give Docker Desktop more (Settings → Resources)"},
		},
		{
			ID:    "unschedulable-taint",
			Texts: []string{"had untolerated taint"},
			Cause: "The nodes do not take this pod: they are tainted (short of disk or memory, or not ready)",
			Do:    []string{"kubectl describe nodes shows the taint"},
		},
		{
			ID:    "unbound-volume",
			Texts: []string{"unbound immediate persistentvolumeclaims", "persistentvolumeclaim*not found"},
			Cause: "The pod waits for a volume that nobody provides",
			Do:    []string{"kubectl get pvc,storageclass"},
		},
		{
			ID:    "out-of-memory",
			Texts: []string{"oomkilled", "exit code 137", "exitcode:137"},
			Cause: "The container was killed, most likely for using more memory than its limit",
			Do:    []string{"Raise resources.limits.memory, or use less"},
		},
		{
			ID:    "command-not-found",
			Texts: []string{"executable file not found in $path: unknown", "exit code 127", "exec:*no such file or directory: unknown"},
			Cause: "The image does not have the program that is to be started",
			Do:    []string{"See command and args of the pod against what the image holds (CMD, ENTRYPOINT)"},
		},
		{
			ID:    "not-executable",
			Texts: []string{"exit code 126", "permission denied: unknown"},
			Cause: "The program that is to be started is not executable",
			Do:    []string{"chmod +x in the Dockerfile: COPY --chmod=755"},
		},
		{
			ID:    "probe-failed",
			Texts: []string{"readiness probe failed", "liveness probe failed", "startup probe failed"},
			Cause: "The container runs, and its probe does not get the answer it wants",
			Do:    []string{"See the probe's port and path against what the program listens on", "Give it longer: initialDelaySeconds, or a startupProbe"},
		},
	}
}
