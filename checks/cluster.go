package checks

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"

	"github.com/twindeck/twindeck/env/kube"
)

// unreachable reports whether err means that no API server answered; a refusal
// or a certificate of the wrong cluster is an answer.
func unreachable(err error) bool {
	if err == nil {
		return false
	}
	for _, answer := range []error{kube.ErrCertificate, kube.ErrUnauthorized, kube.ErrForbidden, kube.ErrNotFound} {
		if errors.Is(err, answer) {
			return false
		}
	}
	return true
}

func probeServer(ctx context.Context, m *Machine) Finding {
	at, err := m.Kube.Context()
	if err != nil {
		return fail("No Kubernetes context can be used").saw("kubectl config current-context", "%v", err)
	}
	v, err := m.server(ctx)
	if err == nil {
		return ok("Kubernetes %s at %s", v.Git, at.Server).saw("GET "+at.Server+"/version", "%s, %s", v.Git, v.Platform)
	}
	if !unreachable(err) {
		return ok("Something answers at %s", at.Server).saw("GET "+at.Server+"/version", "%v", err)
	}
	f := fail("Nothing answers at %s", at.Server).saw("GET "+at.Server+"/version", "%v", err)
	switch {
	case errors.Is(err, kube.ErrTimeout), errors.Is(err, context.DeadlineExceeded):
		f.Summary = fmt.Sprintf("%s accepts connections and does not answer", at.Server)
	case strings.Contains(err.Error(), "no such host"):
		f.Summary = "The name of the API server does not resolve"
		if found := Explain(m.Host.OS(), err.Error()); len(found) > 0 {
			return f.byHand(found[0].Do...)
		}
		return f.byHand("See whether the network is up (VPN?) and the name right", "kubectl config get-contexts shows the others")
	}
	if runsInDocker(at.Name) {
		f.Because = "docker.engine"
	}
	switch {
	case at.Name == desktopContext:
		return withKubernetesStatus(ctx, m, f).fix(waitForCluster(m)).byHand("Docker Desktop → Settings → Kubernetes: see whether it is running; wait while it starts",
			"What it is at: "+logsStep(ctx, m),
			"As a last resort: Reset cluster (this deletes everything in it)")
	case strings.HasPrefix(at.Name, "kind-"):
		return f.byHand("docker start " + strings.TrimPrefix(at.Name, "kind-") + "-control-plane")
	case strings.HasPrefix(at.Name, "k3d-"):
		return f.byHand("k3d cluster start " + strings.TrimPrefix(at.Name, "k3d-"))
	case at.Name == "minikube":
		return f.byHand("minikube start")
	}
	return f.byHand("See whether the cluster is up and the network leads to it (VPN?)", "kubectl config get-contexts shows the others")
}

// runsInDocker reports whether a context's cluster lives inside Docker, so that
// it is down when the engine is.
func runsInDocker(name string) bool {
	return name == desktopContext || name == "minikube" || strings.HasPrefix(name, "kind-") || strings.HasPrefix(name, "k3d-")
}

func probeServerCertificate(ctx context.Context, m *Machine) Finding {
	_, err := m.server(ctx)
	if !errors.Is(err, kube.ErrCertificate) {
		return ok("Trusted")
	}
	f := fail("The API server's certificate is not trusted").saw("TLS", "%v", err)
	text := err.Error()
	if strings.Contains(text, "expired") || strings.Contains(text, "not yet valid") {
		f.Summary = "A certificate of the cluster has expired, or a clock is wrong"
		return f.byHand("Look at the date of this machine",
			"Save what is in the cluster, if it still answers",
			"Docker Desktop → Settings → Kubernetes → Reset cluster: new certificates, and everything in the cluster is deleted")
	}
	f.Summary = "The kubeconfig belongs to another or a reset cluster"
	if at, err := m.Kube.Context(); err == nil {
		f = f.fix(regenerate(m, at))
	}
	return f.byHand("Move the kubeconfig away and let the cluster write a new one",
		"Docker Desktop → Settings → Kubernetes, off and on; kind: kind export kubeconfig; k3d: k3d kubeconfig merge --kubeconfig-merge-default")
}

func probeCredentials(ctx context.Context, m *Machine) Finding {
	at, _ := m.Kube.Context()
	_, err := m.mayDeploy(ctx)
	if err == nil {
		return ok("User %s is accepted", at.User).saw("POST selfsubjectaccessreviews", "answered")
	}
	f := fail("The API server did not answer a request with credentials").saw("POST selfsubjectaccessreviews", "%v", err)
	switch {
	case errors.Is(err, kube.ErrUnauthorized):
		f.Summary = "The API server does not accept the credentials of user " + at.User
		f.Because = "kube.client-certificate"
		if u, err := m.kubeUser(ctx); err == nil && u.Token != "" {
			f.Because = "kube.token"
		}
	case errors.Is(err, kube.ErrForbidden):
		f.Summary = "Requests go out without credentials, as an anonymous user"
	}
	return f.byHand("kubectl auth whoami shows who one is taken for",
		"Log in to the cluster again, or let it write a new kubeconfig")
}

func probeReady(ctx context.Context, m *Machine) Finding {
	r, err := once(ctx, &m.facts, "readyz", m.Kube.Readyz)
	if err != nil {
		return fail("The API server does not tell whether it is ready").saw("GET /readyz?verbose", "%v", err)
	}
	missing := missingParts(r)
	if r.OK && len(missing) == 0 {
		return ok("Ready, %d parts", len(r.Parts)).saw("GET /readyz?verbose", "ok, %d parts", len(r.Parts))
	}
	return fail("Not ready: %s", strings.Join(missing, ", ")).saw("GET /readyz?verbose", "failed: %s", strings.Join(missing, ", ")).
		fix(waitForCluster(m)).
		byHand("Wait a minute if the cluster is starting; twindeck looks again by itself",
			"If it stays so: restart the cluster")
}

func probeSkew(ctx context.Context, m *Machine) Finding {
	v, err := m.kubectl(ctx)
	if err != nil {
		return fail("kubectl does not run").saw("kubectl version --client", "%v", err)
	}
	server, err := m.server(ctx)
	if err != nil {
		return fail("The server does not tell its version").saw("GET /version", "%v", err)
	}
	f := ok("kubectl %s, server %s", v, server.Git).saw("kubectl version", "client %s, server %s", v, server.Git)
	if fits(v, server) {
		if c, err := semver.NewVersion(v); err == nil && int(c.Minor()) < server.Minor { //nolint:gosec // a version's number is small
			f.Summary += ": fits, until the cluster's next upgrade; update kubectl before"
		}
		return f
	}
	f.Status = Warn
	f.Summary = fmt.Sprintf("kubectl %s and server %s are more than one minor version apart", v, server.Git)
	f = f.read("https://kubernetes.io/releases/version-skew-policy/")
	all := m.Host.Which("kubectl")
	for _, path := range all[min(1, len(all)):] {
		other, err := kubectlVersion(ctx, m.Host, path)
		if err != nil {
			f = f.saw(path, "%v", err)
			continue
		}
		f = f.saw(path, "%s", other)
		if fits(other, server) {
			return f.byHand(fmt.Sprintf("%s fits: put its folder before that of %s on PATH", path, all[0]))
		}
	}
	return f.byHand(fmt.Sprintf("Install kubectl %d.%d: https://kubernetes.io/docs/tasks/tools/", server.Major, server.Minor))
}

// fits reports whether a kubectl may be used with a server: one minor version
// apart at most. What cannot be compared is not objected to.
func fits(kubectl string, server kube.Version) bool {
	c, err := semver.NewVersion(kubectl)
	if err != nil || server.Major == 0 {
		return true
	}
	if int(c.Major()) != server.Major { //nolint:gosec // a version's number is small
		return false
	}
	apart := int(c.Minor()) - server.Minor //nolint:gosec // as above
	return apart >= -1 && apart <= 1
}

func probeNodes(ctx context.Context, m *Machine) Finding {
	nodes, err := m.nodes(ctx)
	if errors.Is(err, kube.ErrForbidden) {
		return notHere("You may not look at nodes").saw("GET nodes", "%v", err)
	}
	if err != nil {
		return fail("The nodes cannot be listed").saw("GET nodes", "%v", err)
	}
	if len(nodes) == 0 {
		return fail("The cluster has no node").saw("GET nodes", "none").
			byHand("Restart the cluster; its kubelet did not register")
	}
	f := ok("%s", nodeNames(nodes))
	ready := 0
	for _, n := range nodes {
		state := "Ready"
		if n.Ready {
			ready++
		} else {
			state = "NotReady: " + n.Reason
			f.Summary = n.Name + " is not Ready: " + n.Reason
		}
		f = f.saw("node "+n.Name, "%s, %s, %s, %s", state, n.Kubelet, n.Runtime, n.OSImage)
	}
	if ready == len(nodes) {
		return f
	}
	f = f.byHand("kubectl describe node shows its conditions", "Wait a minute if the cluster is starting; restart it if it stays so")
	f.Status = Fail
	if ready > 0 {
		f.Status = Warn // pods still find a place
	}
	return f
}

func nodeNames(nodes []kube.Node) string {
	if len(nodes) > 3 {
		return fmt.Sprintf("%d nodes", len(nodes))
	}
	var names []string
	for _, n := range nodes {
		names = append(names, n.Name)
	}
	return strings.Join(names, ", ")
}

func probePressure(ctx context.Context, m *Machine) Finding {
	nodes, err := m.nodes(ctx)
	if err != nil {
		return notHere("The nodes cannot be listed").saw("GET nodes", "%v", err)
	}
	f := ok("None")
	for _, n := range nodes {
		if len(n.Pressures) == 0 {
			continue
		}
		f.Status = Warn
		f.Summary = n.Name + " has " + strings.Join(n.Pressures, ", ")
		f = f.saw("node "+n.Name, "%s", strings.Join(n.Pressures, ", "))
	}
	if f.Status == OK {
		return f
	}
	return f.byHand("DiskPressure: docker system df, then docker builder prune and docker image prune",
		"MemoryPressure, PIDPressure: stop what is not needed, or give Docker Desktop more memory (Settings → Resources)")
}

func probeArch(ctx context.Context, m *Machine) Finding {
	v, err := m.engine(ctx)
	if err != nil {
		return fail("The engine does not tell its architecture").saw("GET /version", "%v", err)
	}
	nodes, err := m.nodes(ctx)
	if err != nil || v.Arch == "" {
		return notHere("The architectures cannot be compared")
	}
	var archs []string
	for _, n := range nodes {
		if n.Arch != "" && !slices.Contains(archs, n.Arch) {
			archs = append(archs, n.Arch)
		}
	}
	f := ok("%s", v.Arch).saw("engine", "%s", v.Arch).saw("nodes", "%s", strings.Join(archs, ", "))
	if len(archs) == 0 || slices.Contains(archs, v.Arch) {
		return f
	}
	f.Status = Warn
	f.Summary = fmt.Sprintf("The engine builds for %s, the nodes run %s", v.Arch, strings.Join(archs, ", "))
	return f.byHand("Build for the nodes: twindeck build --platform linux/" + archs[0])
}

func probeNamespace(ctx context.Context, m *Machine) Finding {
	at, err := m.Kube.Context()
	if err != nil {
		return fail("No Kubernetes context can be used").saw("kubectl config current-context", "%v", err)
	}
	all, err := once(ctx, &m.facts, "namespaces", m.Kube.Namespaces)
	if errors.Is(err, kube.ErrForbidden) {
		return notHere("You may not look at namespaces").saw("GET namespaces", "%v", err)
	}
	if err != nil {
		return fail("The namespaces cannot be listed").saw("GET namespaces", "%v", err)
	}
	if slices.Contains(all, at.Namespace) {
		return ok("%s", at.Namespace).saw("GET namespaces", "%d, %s among them", len(all), at.Namespace)
	}
	return fail("The namespace %s does not exist", at.Namespace).saw("GET namespaces", "%s", strings.Join(all, ", ")).
		byHand("kubectl create namespace "+at.Namespace, "or: kubectl config set-context --current --namespace default")
}

func probeWritable(ctx context.Context, m *Machine) Finding {
	at, _ := m.Kube.Context()
	may, err := m.mayDeploy(ctx)
	if err != nil {
		return fail("The API server does not tell").saw("POST selfsubjectaccessreviews", "%v", err)
	}
	if may {
		return ok("Yes, in %s", at.Namespace).saw("kubectl auth can-i create deployments.apps", "yes")
	}
	f := warn("You may look at %s, and not deploy into it", at.Namespace).
		saw("kubectl auth can-i create deployments.apps", "no")
	if rules, whole, err := m.Kube.Rules(ctx, at.Namespace); err == nil {
		what := "kubectl auth can-i --list"
		if !whole {
			what += " (as far as the server tells)"
		}
		f = f.saw(what, "%s", orNone(strings.Join(rules, "\n")))
	}
	return f.byHand("kubectl auth can-i --list shows what you may do",
		"Ask whoever runs the cluster for the role \"edit\" in that namespace, or choose another namespace")
}

func probeCoreDNS(ctx context.Context, m *Machine) Finding {
	type count struct{ ready, total int }
	c, err := once(ctx, &m.facts, "coredns", func(ctx context.Context) (count, error) {
		ready, total, err := m.Kube.CoreDNS(ctx)
		return count{ready, total}, err
	})
	switch {
	case errors.Is(err, kube.ErrForbidden):
		return notHere("You may not look into kube-system").saw("GET pods -n kube-system", "%v", err)
	case err != nil:
		return fail("CoreDNS cannot be looked at").saw("GET pods -n kube-system", "%v", err)
	case c.total == 0:
		return warn("There is no CoreDNS in kube-system").saw("pods k8s-app=kube-dns", "none").
			byHand("kubectl get pods -n kube-system shows what does the job instead")
	case c.ready == 0:
		return fail("CoreDNS is not ready: 0 of %d", c.total).saw("pods k8s-app=kube-dns", "0/%d ready", c.total).
			byHand("kubectl -n kube-system describe pods -l k8s-app=kube-dns", "kubectl -n kube-system logs -l k8s-app=kube-dns",
				"A VPN that changes the machine's DNS is a known cause: disconnect it and restart the cluster")
	case c.ready < c.total:
		return warn("CoreDNS is ready in part: %d of %d", c.ready, c.total).saw("pods k8s-app=kube-dns", "%d/%d ready", c.ready, c.total)
	}
	return ok("%d of %d ready", c.ready, c.total).saw("pods k8s-app=kube-dns", "%d/%d ready", c.ready, c.total)
}
