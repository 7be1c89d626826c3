package checks

// networkSymptoms are what programs of any kind say of a network that is not
// there.
func networkSymptoms() []Symptom {
	return []Symptom{
		{
			ID:    "pod-names",
			Texts: []string{"temporary failure in name resolution", "temporary error (try again later)", "eai_again", "getaddrinfo enotfound", "could not resolve host", "bad address '", "server misbehaving", "lookup*:53: no such host", "lookup*:53: read udp", "lookup*:53: i/o timeout", "lookup *: no such host", "lookup*on*:53", "name does not resolve", "name or service not known", "connection timed out; no servers could be reached"},
			Check: "kube.coredns",
			Cause: "The name {host} does not resolve, in the container or here",
			Do: []string{
				"Another pod's service is SERVICE.NAMESPACE; another container's is its name, on a network of one's own (docker network create)",
				"kubectl get pods -n kube-system -l k8s-app=kube-dns shows whether CoreDNS is ready",
				"A VPN often takes the names away: leave it, restart Docker, or set \"dns\" in daemon.json",
			},
			Link: "https://kubernetes.io/docs/tasks/administer-cluster/dns-debugging-resolution/",
		},
		{
			ID:    "local-port-closed",
			Texts: []string{"failed to connect to localhost port", "failed to connect to 127.0.0.1 port", "connect econnrefused 127.0.0.1:", "connect econnrefused ::1:", "dial tcp 127.0.0.1:*connection refused", "dial tcp [::1]:*connection refused", "err_connection_refused"},
			Cause: "Nothing listens on port {port} of this machine, or of the container that says so",
			Do: []string{
				"docker ps shows what is published (-p {port}:…); from a container this machine is host.docker.internal",
				"A NodePort of kind is not on this machine: kubectl port-forward service/NAME {port}",
				"The program must listen on 0.0.0.0, not on 127.0.0.1, inside its container",
			},
		},
		{
			ID:    "unknown-ca",
			Texts: []string{"x509: certificate signed by unknown authority", "x509: certificate is valid for", "x509: cannot validate certificate for"},
			Check: "kube.certificate",
			Cause: "The server shows a certificate that nobody here knows: a corporate proxy's, or that of another cluster than the kubeconfig means",
			Do:    []string{"From kubectl: let the cluster write a new kubeconfig", "From docker: put your organisation's CA into the system's certificate store, and restart Docker Desktop"},
			Link:  "https://docs.docker.com/engine/network/ca-certs/",
		},
	}
}
