package checks

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/twindeck/twindeck/env/kube"
)

func kubernetesChecks() []*Check {
	return []*Check{
		{
			ID: "kube.cli", Subject: Kubernetes, Title: "kubectl is on PATH",
			Why:     "Every command twindeck shows to teach for Kubernetes begins with it.",
			Command: "which -a kubectl", Probe: probeKubectl,
		},
		{
			ID: "kube.cli.version", Subject: Kubernetes, Title: "kubectl version --client: it answers",
			Why:   "A kubectl that cannot tell its version is broken or not for this machine.",
			Needs: []string{"kube.cli"}, Command: "kubectl version --client",
			Probe: probeKubectlVersion,
		},
		{
			ID: "kube.config", Subject: Kubernetes, Title: "The kubeconfig can be read",
			Why:     "It holds the address of the cluster and the keys to it.",
			Command: "kubectl config view", Probe: probeKubeconfig,
		},
		{
			ID: "kube.context", Subject: Kubernetes, Title: "The current context exists",
			Why:   "It says which cluster is meant.",
			Needs: []string{"kube.config", "desktop.kubernetes"}, After: []string{"docker.engine"},
			Command: "kubectl config current-context",
			Probe:   probeKubeContext,
		},
		{
			ID: "kube.local", Subject: Kubernetes, Title: "The context leads to this machine",
			Why:   "Keys that delete and deploy should not reach a cluster others depend on.",
			Needs: []string{"kube.context"}, Command: "kubectl config get-contexts",
			Probe: probeLocal,
		},
		{
			ID: "kube.plugin", Subject: Kubernetes, Title: "The program that fetches credentials is there",
			Why:   "Without it no request carries credentials.",
			Needs: []string{"kube.context"}, Command: "kubectl config view --minify",
			Probe: probeAuthPlugin,
		},
		{
			ID: "kube.client-certificate", Subject: Kubernetes, Title: "The client certificate is valid for 30 days and more",
			Why:   "When it runs out, every request is refused from one minute to the next.",
			Needs: []string{"kube.context"}, Command: "kubectl config view --raw --minify",
			Probe: probeClientCertificate,
		},
		{
			ID: "kube.token", Subject: Kubernetes, Title: "The token in the kubeconfig has not run out",
			Why:   "When it has, every request is refused.",
			Needs: []string{"kube.context"}, Command: "kubectl config view --raw --minify",
			Probe: probeToken,
		},
		{
			ID: "kube.server", Subject: Kubernetes, Title: "kubectl cluster-info: the control plane is reachable",
			Why:   "Nothing in Kubernetes works without its API server.",
			Needs: []string{"kube.context"}, After: []string{"docker.engine"}, Command: "kubectl cluster-info",
			Probe: probeServer,
		},
		{
			ID: "kube.certificate", Subject: Kubernetes, Title: "The API server's certificate is trusted",
			Why:   "An untrusted one means another cluster than the kubeconfig was made for.",
			Needs: []string{"kube.server"}, Command: "kubectl version",
			Probe: probeServerCertificate,
		},
		{
			ID: "kube.server-certificate", Subject: Kubernetes, Title: "The API server's certificate is valid for 30 days and more",
			Why:   "When it runs out, nobody can talk to the cluster, and often only a reset renews it.",
			Needs: []string{"kube.certificate"}, Command: "kubectl get --raw /version",
			Probe: probeServerCertificateEnd,
		},
		{
			ID: "kube.credentials", Subject: Kubernetes, Title: "The API server accepts the credentials",
			Why:   "Without that there is nothing to see and nothing to do.",
			Needs: []string{"kube.certificate", "kube.plugin"}, After: []string{"kube.client-certificate", "kube.token"},
			Command: "kubectl auth whoami", Probe: probeCredentials,
		},
		{
			ID: "kube.ready", Subject: Kubernetes, Title: "The control plane is ready",
			Why:   "While a part of it is not, changes hang or are lost.",
			Needs: []string{"kube.credentials"}, Command: "kubectl get --raw /readyz?verbose",
			Probe: probeReady,
		},
		{
			ID: "kube.skew", Subject: Kubernetes, Title: "kubectl fits the server's version",
			Why:   "More than one minor version apart, kubectl may misread what the server says.",
			Needs: []string{"kube.cli.version", "kube.certificate"}, Command: "kubectl version",
			Probe: probeSkew,
		},
		{
			ID: "kube.nodes", Subject: Kubernetes, Title: "Every node is Ready",
			Why:   "Pods run only on nodes that are.",
			Needs: []string{"kube.ready"}, Command: "kubectl get nodes",
			Probe: probeNodes,
		},
		{
			ID: "kube.pressure", Subject: Kubernetes, Title: "No node is short of memory, disk or processes",
			Why:   "Under pressure a node takes no new pods and evicts running ones.",
			Needs: []string{"kube.nodes"}, Command: "kubectl describe nodes",
			Probe: probePressure,
		},
		{
			ID: "kube.arch", Subject: Kubernetes, Title: "The engine builds for the nodes' architecture",
			Why:   "An image for another architecture fails with exec format error.",
			Needs: []string{"kube.nodes", "docker.api"}, Command: "kubectl get nodes --label-columns kubernetes.io/arch",
			Probe: probeArch,
		},
		{
			ID: "kube.namespace", Subject: Kubernetes, Title: "The context's namespace exists",
			Why:   "Nothing can be deployed into one that does not.",
			Needs: []string{"kube.credentials"}, Command: "kubectl get namespaces",
			Probe: probeNamespace,
		},
		{
			ID: "kube.writable", Subject: Kubernetes, Title: "You may deploy into the namespace",
			Why:   "Ship creates Deployments there.",
			Needs: []string{"kube.credentials"}, Command: "kubectl auth can-i create deployments.apps",
			Probe: probeWritable,
		},
		{
			ID: "kube.coredns", Subject: Kubernetes, Title: "kubectl cluster-info: CoreDNS is ready",
			Why:   "Without it pods find neither each other nor the internet by name.",
			Needs: []string{"kube.nodes"}, Command: "kubectl cluster-info",
			Probe: probeCoreDNS,
		},
		{
			ID: "kube.metrics", Subject: Kubernetes, Title: "kubectl top has figures",
			Why:   "Autoscalers and kubectl top ask metrics-server for CPU and memory.",
			Needs: []string{"kube.ready"}, Command: "kubectl top nodes",
			Probe: probeMetrics,
		},
	}
}

func probeKubectl(_ context.Context, m *Machine) Finding {
	all := m.Host.Which("kubectl")
	if len(all) == 0 {
		path, _ := m.Host.Getenv("PATH")
		f := fail("kubectl is not on PATH").saw("PATH", "%s", path).
			read("https://kubernetes.io/docs/tasks/tools/")
		switch m.Host.OS() {
		case "darwin":
			return f.byHand("Docker Desktop brings one to ~/.docker/bin: add that to PATH", "or: brew install kubectl")
		case "windows":
			return f.byHand(`Docker Desktop brings one to C:\Program Files\Docker\Docker\resources\bin: add that to PATH`, "or: winget install Kubernetes.kubectl")
		default:
			return f.byHand("https://kubernetes.io/docs/tasks/tools/install-kubectl-linux/ tells how to install it")
		}
	}
	f := ok("%s", all[0])
	if len(all) > 1 {
		f.Summary += fmt.Sprintf(", before %d more", len(all)-1)
	}
	for _, p := range all {
		f = f.saw("kubectl on PATH", "%s", p)
	}
	return f
}

func probeKubectlVersion(ctx context.Context, m *Machine) Finding {
	v, err := m.kubectl(ctx)
	if err != nil {
		return fail("kubectl does not run").saw("kubectl version --client", "%v", err).
			byHand("Run `kubectl version --client` in a terminal and see what it says", "Install kubectl anew: https://kubernetes.io/docs/tasks/tools/")
	}
	f := ok("Client %s", v).saw("kubectl version --client", "%s", v)
	all := m.Host.Which("kubectl")
	for _, other := range all[min(1, len(all)):] {
		if v, err := kubectlVersion(ctx, m.Host, other); err == nil {
			f = f.saw(other+", behind it", "%s", v)
		}
	}
	return f
}

func probeKubeconfig(_ context.Context, m *Machine) Finding {
	c := m.Kube.Config()
	switch {
	case errors.Is(c.Err, kube.ErrNoConfig) && c.Source == "KUBECONFIG":
		return kubeconfigVariable(m, c)
	case errors.Is(c.Err, kube.ErrNoConfig):
		// No cluster was ever set up; the next check says what to do.
		return notHere("There is no kubeconfig yet").saw(c.Source, "%v", c.Err)
	case c.Err != nil:
		f := fail("The kubeconfig is broken").saw(c.Source, "%v", c.Err)
		if len(c.Files) == 0 {
			return f
		}
		broken := c.Files[len(c.Files)-1] // reading stops at the first that is
		if errors.Is(c.Err, fs.ErrPermission) {
			f.Summary = "The kubeconfig may not be read"
			return f.byHand("ls -l "+broken+" shows whose it is", "sudo chown $USER "+broken)
		}
		return f.fix(restore(m.Host, broken, soundKubeconfig)).
			byHand("Open "+broken+" at the line named and mend it",
				"Or move it away and let Docker Desktop write a new one: Settings → Kubernetes, off and on")
	}
	return ok("%s", strings.Join(c.Files, ", ")).saw(c.Source, "%s", strings.Join(c.Files, ", "))
}

func probeKubeContext(ctx context.Context, m *Machine) Finding {
	at, err := m.Kube.Context()
	if err == nil {
		return ok("%s → %s", at.Name, at.Server).saw("kubectl config current-context", "%s", at.Name).
			saw("server", "%s", at.Server).saw("namespace", "%s", at.Namespace)
	}
	c := m.Kube.Config()
	f := fail("No Kubernetes context can be used").saw("kubectl config current-context", "%v", err)
	if len(c.Contexts) == 0 {
		f.Summary = "There is no cluster yet"
		f.Because = "docker.engine" // a first cluster runs in it
		enable := "Docker Desktop → Settings → Kubernetes → Enable Kubernetes"
		if !m.usesDesktop(ctx) {
			enable = "Install Docker Desktop and enable Kubernetes in its settings, or make a cluster in the engine you have: kind create cluster"
		}
		return f.byHand(enable, "Or point KUBECONFIG to the file of a cluster you have").
			read("https://docs.docker.com/desktop/use-desktop/kubernetes/")
	}
	var names []string
	for _, x := range c.Contexts {
		names = append(names, x.Name)
	}
	f = f.saw("kubectl config get-contexts", "%s", strings.Join(names, ", "))
	if other := localContext(c); other != "" && other != c.Current {
		return f.fix(useKubeContext(m, other)).byHand("kubectl config use-context " + other)
	}
	if at.Name != "" && slices.Contains(names, at.Name) {
		// It is there and lacks a part; the error names which.
		mend := "Add what is missing to " + strings.Join(c.Files, ", ")
		if at.Name == desktopContext {
			mend += ", or let Docker Desktop write it anew: Settings → Kubernetes, off and on"
		}
		f = f.byHand(mend)
		if len(names) == 1 {
			return f
		}
	}
	return f.byHand("kubectl config get-contexts", "kubectl config use-context NAME")
}

// localContext picks the context a developer on this machine likeliest means:
// Docker Desktop's, else another that is local. It is empty when none is, for
// nobody should be led to a remote cluster by a key.
func localContext(c kube.Config) string {
	local := ""
	for _, x := range c.Contexts {
		if x.Name == desktopContext {
			return x.Name
		}
		if local == "" && x.Local {
			local = x.Name
		}
	}
	return local
}

func probeLocal(_ context.Context, m *Machine) Finding {
	at, err := m.Kube.Context()
	if err != nil {
		return fail("No Kubernetes context can be used").saw("kubectl config current-context", "%v", err)
	}
	if at.Local {
		return ok("%s", at.Name).saw("server", "%s", at.Server)
	}
	f := warn("Keys would go to %s at %s", at.Name, at.Server).
		saw("kubectl config current-context", "%s", at.Name).
		saw("server", "%s, not known to be on this machine", at.Server)
	if other := localContext(m.Kube.Config()); other != "" {
		return f.fix(useKubeContext(m, other)).byHand("kubectl config use-context " + other)
	}
	return f.byHand("kubectl config get-contexts", "kubectl config use-context NAME, of a cluster on this machine")
}
