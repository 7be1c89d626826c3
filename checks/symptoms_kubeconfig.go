package checks

// kubeconfigSymptoms are what stands between kubectl and a cluster's answer:
// the command, its configuration and its credentials.
func kubeconfigSymptoms() []Symptom {
	noKubectl := []string{"command not found: kubectl", "kubectl: command not found", "kubectl: not found", "unknown command: kubectl", "'kubectl' is not recognized", `"kubectl": executable file not found`, "spawn kubectl enoent"}
	noHostName := []string{"lookup kubernetes.docker.internal"}
	const noHostNameCause = "The hosts file does not have Docker Desktop's name for its cluster"
	return []Symptom{
		{
			ID: "kubectl-missing", Texts: noKubectl, Systems: []string{"darwin", "linux"}, Check: "kube.cli",
			Cause: "kubectl is not installed, or not on PATH",
			Do:    []string{`Docker Desktop brings one: export PATH="$HOME/.docker/bin:$PATH"`, "or: brew install kubectl, sudo snap install kubectl --classic"},
			Link:  "https://kubernetes.io/docs/tasks/tools/",
		},
		{
			ID: "kubectl-missing", Texts: noKubectl, Systems: []string{"windows"}, Check: "kube.cli",
			Cause: "kubectl is not installed, or not on PATH",
			Do:    []string{`Docker Desktop brings one: add its folder resources\bin to PATH`, "or: winget install Kubernetes.kubectl"},
			Link:  "https://kubernetes.io/docs/tasks/tools/",
		},
		{
			ID:    "kubectl-skew",
			Texts: []string{"version difference between client*exceeds the supported minor version skew"},
			Check: "kube.skew",
			Cause: "kubectl ({client}) and the server ({server}) are more than one minor version apart",
			Do:    []string{"Install kubectl {server}", "which -a kubectl (Windows: where kubectl): an older one may stand before the right one"},
			Link:  "https://kubernetes.io/releases/version-skew-policy/",
		},
		{
			ID:    "kube-context-missing",
			Texts: []string{"no context exists with the name", "context was not found for specified context", "current-context must exist", "current-context is not set", `error: context "*" does not exist`, "cannot locate context"},
			Check: "kube.context",
			Cause: "The kubeconfig in force does not have the context {context}",
			Do:    []string{"kubectl config get-contexts; kubectl config use-context NAME", "echo $KUBECONFIG tells which file is in force (else ~/.kube/config)"},
			Link:  "https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/",
		},
		{
			ID:    "docker-context-missing", // kubectl's own words begin with error:
			Texts: []string{`context "*" does not exist`},
			Check: "docker.context",
			Cause: "The Docker context {context} does not exist",
			Do:    []string{"docker context ls", "docker context use desktop-linux (or default)"},
		},
		{
			ID:    "kubeconfig-permission",
			Texts: []string{".kube/config: permission denied", ".kube/config*permission denied", `.kube\config*access is denied`, "k3s.yaml: permission denied"},
			Check: "kube.config",
			Cause: "The kubeconfig belongs to somebody else, most often root after a sudo",
			Do:    []string{`sudo chown "$USER" ~/.kube/config`, "or copy the cluster's file to one that is yours, and name it in KUBECONFIG"},
		},
		{
			ID:    "kubeconfig-broken",
			Texts: []string{`error loading config file "`, "couldn't get version/kind; json parse error", "cannot unmarshal*into go struct field config"},
			Check: "kube.config",
			Cause: "The kubeconfig is broken",
			Do:    []string{"twindeck check --only kube.config names the line, and offers a backup if there is one"},
		},
		{
			ID:    "kubeconfig-missing",
			Texts: []string{"the connection to the server localhost:8080 was refused", "dial tcp 127.0.0.1:8080*connection refused*api?timeout", `get "http://localhost:8080/api`, "no configuration has been provided", "invalid configuration: no configuration has been provided", "kubernetes cluster unreachable: get \"http://localhost:8080"},
			Check: "kube.config",
			Cause: "kubectl found no kubeconfig, or none with a current context: localhost:8080 is what it tries then",
			Do:    []string{"kubectl config get-contexts; kubectl config use-context docker-desktop", "echo $KUBECONFIG tells which file is in force; sudo uses root's", "Turn Kubernetes on: Docker Desktop → Settings → Kubernetes writes the file"},
		},
		{
			ID: "desktop-host-name", Texts: noHostName, Systems: []string{"windows"}, Check: "kube.server", Cause: noHostNameCause,
			Do: []string{`As administrator, add the line "127.0.0.1 kubernetes.docker.internal" to C:\Windows\System32\drivers\etc\hosts`},
		},
		{
			ID: "desktop-host-name", Texts: noHostName, Systems: []string{"darwin", "linux"}, Check: "kube.server", Cause: noHostNameCause,
			Do: []string{"echo '127.0.0.1 kubernetes.docker.internal' | sudo tee -a /etc/hosts"},
		},
		{
			ID:    "kube-wrong-cluster",
			Texts: []string{"unable to connect to the server*signed by unknown authority", ":6443*signed by unknown authority", "signed by unknown authority*6443", `signed by unknown authority*"kubernetes"`, "unable to connect to the server*certificate is valid for", "couldn't get current server api group list*signed by unknown authority"},
			Check: "kube.certificate",
			Cause: "The kubeconfig was made for another cluster, or for this one before a reset",
			Do:    []string{"Move the kubeconfig away and let the cluster write a new one", "Docker Desktop → Settings → Kubernetes, off and on; kind: kind export kubeconfig; minikube update-context"},
		},
		{
			ID:    "kube-certificate-expired",
			Texts: []string{"x509: certificate has expired", "certificate has expired or is not yet valid"},
			Check: "kube.certificate",
			Cause: "A certificate has run out (kubeadm's last a year), or a clock is wrong",
			Do: []string{
				"Look at the date of this machine",
				"Save what is in the cluster: kubectl get all,configmap,secret,pvc,ingress -A -o yaml > cluster.yaml",
				"Docker Desktop → Settings → Kubernetes → Reset cluster makes new ones, and deletes everything in the cluster",
			},
			Link: "https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-certs/",
		},
		{
			ID:    "kube-exec-gke",
			Texts: []string{"gke-gcloud-auth-plugin*not found", `no auth provider found for name "gcp"`},
			Check: "kube.plugin",
			Cause: "The program that fetches credentials for Google's clusters is not installed",
			Do:    []string{"gcloud components install gke-gcloud-auth-plugin", "gcloud container clusters get-credentials CLUSTER"},
			Link:  "https://cloud.google.com/kubernetes-engine/docs/how-to/cluster-access-for-kubectl",
		},
		{
			ID:    "kube-exec-azure",
			Texts: []string{"executable kubelogin not found", `exec: "kubelogin": executable file not found`, `no auth provider found for name "azure"`},
			Check: "kube.plugin",
			Cause: "The program that fetches credentials for Azure's clusters is not installed",
			Do:    []string{"az aks install-cli", "kubelogin convert-kubeconfig -l azurecli"},
		},
		{
			ID:    "kube-exec-aws",
			Texts: []string{"executable aws not found", `exec: "aws": executable file not found`, "executable aws-iam-authenticator not found"},
			Check: "kube.plugin",
			Cause: "The AWS command line, which fetches the cluster's credentials, is not on PATH",
			Do:    []string{"Install it, and see that `aws --version` answers where kubectl runs", "aws eks update-kubeconfig --name CLUSTER"},
			Link:  "https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html",
		},
		{
			ID:    "aws-login",
			Texts: []string{"token has expired and refresh failed", "sso session associated with this profile has expired", "the security token included in the request is expired", "unable to locate credentials. you can configure credentials", "expiredtoken"},
			Check: "kube.credentials",
			Cause: "The login to AWS has run out, or there is none",
			Do:    []string{"aws sso login (or aws configure)", "aws sts get-caller-identity tells who you are"},
		},
		{
			ID:    "kube-exec-version",
			Texts: []string{"invalid apiversion \"client.authentication.k8s.io/v1alpha1\"", "exec plugin: invalid apiversion"},
			Check: "kube.plugin",
			Cause: "The kubeconfig asks for credentials in a way that kubectl no longer knows",
			Do:    []string{"Update the program that wrote it, and let it write the kubeconfig again: aws eks update-kubeconfig --name CLUSTER"},
		},
		{
			ID:    "kube-exec-plugin",
			Texts: []string{"getting credentials: exec: executable*not found", "getting credentials: exec:", "getting credentials: exec plugin", "no auth provider found for name"},
			Check: "kube.plugin",
			Cause: "{program}, which fetches the cluster's credentials, is missing or failed",
			Do:    []string{"Run it in a terminal and see what it says", "Install it, or log in to the cluster again"},
		},
		{
			ID:    "kube-unauthorized",
			Texts: []string{"you must be logged in to the server", "the server has asked for the client to provide credentials", "does not accept the credentials", "error from server (unauthorized)", "couldn't get current server api group list: unauthorized"},
			Check: "kube.credentials",
			Cause: "The API server does not accept the credentials",
			Do:    []string{"kubectl config view --minify shows the user", "Log in to the cluster again, or let it write a new kubeconfig"},
		},
	}
}
