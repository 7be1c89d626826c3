package checks

// clusterSymptoms are what the API server, the nodes and the cluster's own
// parts say.
func clusterSymptoms() []Symptom {
	return []Symptom{
		{
			ID:    "pod-security",
			Texts: []string{`violates podsecurity "`},
			Check: "kube.writable",
			Cause: "The namespace's Pod Security level does not allow this pod",
			Do: []string{
				"The message names each field and what to write; put it under securityContext",
				"restricted asks of each container: runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, seccompProfile: {type: RuntimeDefault}",
			},
			Link: "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
		},
		{
			ID:    "quota",
			Texts: []string{"exceeded quota:", "maximum*usage per container is", "failed quota:", "must specify limits"},
			Check: "kube.writable",
			Cause: "The namespace's quota or limits do not allow it",
			Do:    []string{"kubectl describe resourcequota,limitrange shows what is left", "Request less, or write resources.requests and limits where the quota asks for them"},
			Link:  "https://kubernetes.io/docs/concepts/policy/resource-quotas/",
		},
		{
			ID:    "webhook",
			Texts: []string{"failed calling webhook", "admission webhook*denied the request"},
			Cause: "A webhook of the cluster ({name}) refused the object, or does not answer",
			Do:    []string{"Mend what it names", "If it does not answer: kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations, and see whether its pod runs"},
		},
		{
			ID:    "kube-forbidden",
			Texts: []string{"is forbidden: user*cannot", "forbidden: user"},
			Check: "kube.writable",
			Cause: "This user may not {verb} {resource} there",
			Do:    []string{"kubectl auth can-i {verb} {resource} -n {namespace}", "kubectl auth can-i --list -n {namespace} shows what is allowed", "Ask whoever runs the cluster for a role that has it"},
			Link:  "https://kubernetes.io/docs/reference/access-authn-authz/rbac/",
		},
		{
			ID:    "namespace-missing",
			Texts: []string{`namespaces "*" not found`},
			Check: "kube.namespace",
			Cause: "The namespace {namespace} does not exist",
			Do:    []string{"kubectl create namespace {namespace}", "or mend its name: kubectl get namespaces"},
		},
		{
			ID:    "kube-refused",
			Texts: []string{"the connection to the server*was refused", ":6443*connection refused", "unable to connect to the server: eof", "unable to connect to the server*connection refused", "unable to connect to the server*actively refused", "kubernetes cluster unreachable"},
			Check: "kube.server",
			Cause: "The cluster is not running, or still starting",
			Do:    []string{"Docker Desktop → Settings → Kubernetes: see whether it is on", "Wait a minute while it starts: kubectl get --raw '/readyz?verbose' names what is not ready", "kind, k3d, minikube: docker ps -a shows whether the node's container runs"},
		},
		{
			ID:    "kube-name",
			Texts: []string{"unable to connect to the server*no such host"},
			Check: "kube.server",
			Cause: "The API server's name does not resolve here",
			Do:    []string{"See whether the network is up (VPN?) and the name right", "kubectl config get-contexts shows the others"},
		},
		{
			ID:    "kube-timeout",
			Texts: []string{"unable to connect to the server*i/o timeout", "unable to connect to the server*tls handshake timeout", "unable to connect to the server: context deadline exceeded", "unable to connect to the server*client.timeout exceeded", "unable to connect to the server*no route to host", "unable to connect to the server"},
			Check: "kube.server",
			Cause: "The API server cannot be reached: its machine is down, overloaded, or behind a VPN",
			Do:    []string{"See whether the cluster is up and the network leads to it (VPN?)", "kubectl config view --minify shows the address", "With Docker Desktop: give it more memory, or restart it"},
		},
		{
			ID:    "kube-not-ready",
			Texts: []string{"]etcd failed", "failed: reason withheld", "readyz check failed", "healthz check failed", "livez check failed", "etcdserver: leader changed", "etcdserver: request timed out", "the server is currently unable to handle the request", "(serviceunavailable)"},
			Check: "kube.ready",
			Cause: "The control plane answers, and a part of it is not ready",
			Do:    []string{"kubectl get --raw '/readyz?verbose' names the part", "Wait a minute while it starts", "kubectl get apiservices: one that is not available takes its kinds with it"},
		},
		{
			ID:    "metrics-missing",
			Texts: []string{"metrics api not available", "unable to fetch metrics from", "metrics not available yet", "get services http:heapster:", "failed to get cpu utilization"},
			Cause: "The cluster has no metrics-server, or it does not answer yet",
			Do:    []string{"twindeck asks the kubelet instead", "kubectl top needs metrics-server: kubectl apply -f https://github.com/kubernetes-sigs/metrics-server/releases/latest/download/components.yaml", "On a local cluster it also needs the argument --kubelet-insecure-tls"},
			Link:  "https://github.com/kubernetes-sigs/metrics-server",
		},
		{
			ID:    "node-disk",
			Texts: []string{"nodehasdiskpressure", "diskpressure true", "diskpressure=true", "kubernetes.io/disk-pressure", "low on resource: ephemeral-storage", "disk-pressure", "had diskpressure", "freediskspacefailed", "imagegcfailed"},
			Check: "kube.pressure",
			Cause: "A node is short of disk: it takes no pods and evicts those it has",
			Do:    []string{"docker system df; docker builder prune; docker image prune", "Docker Desktop → Settings → Resources: a larger disk"},
			Link:  "https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/",
		},
		{
			ID:    "node-memory",
			Texts: []string{"nodehasinsufficientmemory", "memorypressure true", "memorypressure=true", "kubernetes.io/memory-pressure", "low on resource: memory", "had memorypressure"},
			Check: "kube.pressure",
			Cause: "A node is short of memory: it evicts pods",
			Do:    []string{"kubectl top pods -A --sort-by=memory, or sort twindeck's deck by memory", "Docker Desktop → Settings → Resources: more memory"},
			Link:  "https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/",
		},
		{
			ID:    "node-pids",
			Texts: []string{"nodehasinsufficientpid", "pidpressure true", "pidpressure=true", "kubernetes.io/pid-pressure", "low on resource: pids"},
			Check: "kube.pressure",
			Cause: "A node runs as many processes as it may",
			Do:    []string{"Find the pod that starts them: docker stats shows PIDS", "Restart it"},
		},
		{
			ID:    "node-not-ready",
			Texts: []string{"notready control-plane", "notready <none>", "notready master", "notready,schedulingdisabled", "kubeletnotready", "nodenotready", "node is not ready", "networkready=false", "cni plugin not initialized", "pleg is not healthy", "kubelet stopped posting node status", "kubernetes.io/not-ready", "kubernetes.io/unreachable"},
			Check: "kube.nodes",
			Cause: "A node is not ready: its kubelet, runtime or network is down, or still starting",
			Do:    []string{"kubectl describe nodes: Conditions and Events say what the node says", "Wait a minute while it starts; else restart Docker Desktop, or the node's container"},
		},
		{
			ID:    "sandbox",
			Texts: []string{"failed to create pod sandbox", "failedcreatepodsandbox", "failed to setup network for sandbox"},
			Check: "kube.nodes",
			Cause: "The node cannot give the pod a network",
			Do:    []string{"kubectl get pods -n kube-system: see whether the network plugin runs", "Restart the cluster"},
		},
		{
			ID:    "load-balancer-pending",
			Texts: []string{"loadbalancer*<pending>"},
			Cause: "Nothing gives that service an address: its port is taken by another one, or the cluster has no load balancer",
			Do: []string{
				"kubectl get services -A: Docker Desktop gives each port to one LoadBalancer service only",
				"On kind and minikube: kubectl port-forward, cloud-provider-kind, or minikube tunnel",
			},
			Link: "https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer",
		},
		{
			ID:    "forward-lost",
			Texts: []string{"lost connection to pod", "unable to forward port because pod is not running", "error upgrading connection", "unable to upgrade connection"},
			Cause: "The pod at the other end ended, was replaced, or does not run yet",
			Do:    []string{"kubectl get pods shows its state", "Forward to the service or deployment instead: kubectl port-forward deploy/NAME"},
		},
	}
}
