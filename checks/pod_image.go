package checks

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/distribution/reference"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/ship"
)

// pull is what there is to know of an image that a pod cannot get.
type pull struct {
	ailment
	at     kube.Context
	host   string // its registry: "docker.io" for Docker Hub; empty: the name is no name
	local  bool   // the engine has it
	known  bool   // the engine was asked and answered
	shared bool   // what the engine has, the nodes have
	bare   bool   // named without a registry and a user: my-app:1

	nodes   []ship.Target // that it can be loaded into
	loading string        // which those are, in words
}

func (m *Machine) pullOf(ctx context.Context, a ailment) pull {
	p := pull{ailment: a}
	if at, bound := kube.AimedAt(ctx); bound {
		p.at = at // where the pod was looked at, whatever is in force by now
	} else {
		p.at, _ = m.Kube.Context()
	}
	if named, err := reference.ParseNormalizedNamed(a.container.Image); err == nil {
		p.host = reference.Domain(named)
		p.bare = p.host == "docker.io" && strings.HasPrefix(reference.Path(named), "library/")
	}
	_, err := m.localImage(ctx, a.container.Image)
	p.local = err == nil
	p.known = err == nil || errors.Is(err, docker.ErrNotFound)
	if info, err := m.info(ctx); err == nil {
		if nodes, err := m.nodes(ctx); err == nil {
			_, p.shared = ship.SharesImages(info.Info, nodes)
			if containers, err := m.Docker.Nodes(ctx); err == nil && !p.shared {
				p.nodes, p.loading, _ = ship.LoadTargets(containers, nodes)
			}
		}
	}
	return p
}

// explainPull is about an image that cannot be pulled.
func explainPull(ctx context.Context, m *Machine, a ailment) Finding {
	p := m.pullOf(ctx, a)
	image := a.container.Image
	f := about(a, "%s cannot pull %s: %s", a.Pod.Name, image, p.why())
	switch {
	case p.local:
		f = f.saw("docker image inspect "+image, "the local engine has it")
	case p.known:
		f = f.saw("docker image inspect "+image, "the local engine does not have it either")
	}
	if len(a.Secrets) > 0 {
		f = f.saw("imagePullSecrets", "%s", strings.Join(a.Secrets, ", "))
	}
	login := docker.Login{}
	if a.cause == kube.PullDenied || a.cause == kube.RateLimited {
		login = m.login(ctx, image)
		f = f.saw("docker login", "%s", login)
	}
	return f.fix(m.pullFix(ctx, p, login)).byHand(p.steps(login)...)
}

// why is the cause in words that fit this image.
func (p pull) why() string {
	switch {
	case p.cause == kube.PullDenied && p.bare && p.local:
		return "the node asked Docker Hub for an image that only the local engine has"
	case p.cause == kube.ImageMissing && p.local:
		return string(p.cause) + ", but the local engine has it"
	case p.cause == kube.PullDenied && p.host == "docker.io":
		return "Docker Hub has no such image, or shows it only to those who are logged in"
	case p.cause == kube.NoSuchHost:
		return "the name of the registry " + p.host + " does not resolve on the node"
	case p.cause == kube.RegistrySilent && loopback(p.host):
		return p.host + " is the node itself there, and no registry listens on it"
	}
	return string(p.cause)
}

func (p pull) steps(login docker.Login) []string {
	image := p.container.Image
	switch p.cause {
	case kube.PullDenied, kube.ImageMissing, kube.PullFails:
		switch {
		case p.local && (p.bare || p.cause != kube.PullDenied):
			return p.deliver()
		case p.cause == kube.PullDenied:
			return p.pullSecretByHand(login)
		}
		return []string{"See whether name and tag are right: docker manifest inspect " + image, "Build and deliver it, if it is yours: twindeck ship", "Or mend image: in " + p.place()}
	case kube.NoSpace, kube.StoreBroken:
		told, _ := Telling("linux", p.trouble.Message)
		return append(slices.Clone(told.Do), "Then: kubectl delete pod "+p.Pod.Name+" makes its node try again at once")
	case kube.RateLimited:
		return append(p.pullSecretByHand(login), "Or wait: the limit counts six hours")
	case kube.NoSuchHost:
		return []string{"See whether the registry's name is right in " + p.place(), "Names are looked up by the node: a VPN or proxy of this machine may not reach it", "nslookup " + p.host + " tells whether this machine knows it"}
	case kube.RegistrySilent:
		if loopback(p.host) {
			return append([]string{"Name the registry by an address that engine and node both reach, or have the node know it as a mirror: https://kind.sigs.k8s.io/docs/user/local-registry/"}, p.deliver()...)
		}
		return []string{"See whether the registry runs and the network leads to it (VPN, proxy)"}
	case kube.UntrustedTLS:
		return []string{
			"Put the registry's CA where the node's runtime looks: /etc/containerd/certs.d/" + p.host + "/ca.crt, or /etc/docker/certs.d/" + p.host + "/ca.crt",
			"Docker Desktop takes those of the system's store at its start: add the CA there, and restart it",
		}
	case kube.PlainHTTP:
		return []string{
			`Docker as the runtime: add "` + p.host + `" to insecure-registries (Docker Desktop → Settings → Docker Engine)`,
			"containerd (kind, k3d): in /etc/containerd/certs.d/" + p.host + `/hosts.toml of the node: [host."http://` + p.host + `"]`,
		}
	case kube.NoPlatform:
		return []string{"Build it for the node's architecture: twindeck build --platform linux/ARCH, and push it again", "docker manifest inspect " + image + " shows what there is"}
	case kube.BadImageName:
		return []string{"Lower-case letters, digits and . _ - only, then :tag; mend image: in " + p.place()}
	}
	return nil
}

// deliver is how a local image gets to the nodes of this kind of cluster.
func (p pull) deliver() []string {
	image := p.container.Image
	if load := p.loadCommand(); load != "" {
		return []string{load}
	}
	switch {
	case p.shared && p.container.Pull == "Always":
		return []string{"The node has it already, and is told to ask the registry: write imagePullPolicy: IfNotPresent in " + p.place()}
	case p.shared:
		return []string{"kubectl delete pod " + p.Pod.Name + " makes the node look again"}
	case p.at.Name == desktopContext:
		return []string{
			"Docker Desktop → Settings → General → Use containerd for pulling and storing images",
			"Then create the cluster anew (Settings → Kubernetes → Reset cluster; everything in it is deleted): its nodes then see the engine's images",
		}
	case p.host != "docker.io" || !p.bare:
		return []string{"docker push " + image}
	}
	return []string{"Push it to a registry the nodes reach: docker tag " + image + " HOST/" + image + "; docker push HOST/" + image, "And name it so in " + p.place()}
}

// loadCommand puts the image into the nodes of a cluster whose tool can; empty
// for others. Where the nodes cannot be seen, the context's name hints at it.
func (p pull) loadCommand() string {
	if len(p.nodes) > 0 {
		return ship.LoadCommand(p.container.Image, p.nodes[0].Node)
	}
	for _, tool := range []string{"kind", "k3d"} {
		if cluster, ok := strings.CutPrefix(p.at.Name, tool+"-"); ok {
			return ship.LoadCommand(p.container.Image, docker.Node{Tool: tool, Cluster: cluster})
		}
	}
	if p.at.Name == "minikube" {
		return ship.LoadCommand(p.container.Image, docker.Node{Tool: "minikube", Cluster: "minikube"})
	}
	return ""
}

func (p pull) pullSecretByHand(login docker.Login) []string {
	var steps []string
	if login.Empty() {
		steps = append(steps, docker.LoginCommand(p.host))
	}
	return append(steps,
		fmt.Sprintf("kubectl create secret docker-registry %s -n %s --docker-server=%s --docker-username=USER --docker-password=TOKEN", ship.PullSecretName(p.host), p.Pod.Namespace, p.host),
		fmt.Sprintf(`kubectl patch serviceaccount %s -n %s -p '{"imagePullSecrets":[{"name":"%s"}]}'`, orElse(p.Account, "default"), p.Pod.Namespace, ship.PullSecretName(p.host)),
		"kubectl delete pod "+p.Pod.Name+" makes it anew, with the secret",
		"If the name is wrong, mend image: in "+p.place())
}

// login is docker's login for an image's registry, asked for once a run; empty
// where there is none or it cannot be told.
func (m *Machine) login(ctx context.Context, image string) docker.Login {
	l, _ := once(ctx, &m.facts, "login "+image, func(ctx context.Context) (docker.Login, error) { return m.Docker.Login(ctx, image) })
	return l
}

func loopback(host string) bool {
	name, _, _ := strings.Cut(host, ":")
	return name == "localhost" || strings.HasPrefix(name, "127.")
}

// explainNeverPull is about a pod that may not pull the image its node lacks.
func explainNeverPull(ctx context.Context, m *Machine, a ailment) Finding {
	p := m.pullOf(ctx, a)
	if p.shared && m.foreign(ctx, a) {
		return aboutArch(ctx, m, a)
	}
	image := a.container.Image
	f := about(a, "%s may not pull %s, and its node does not have it (imagePullPolicy: Never)", a.Pod.Name, image)
	switch {
	case p.local:
		f = f.saw("docker image inspect "+image, "the local engine has it")
		if load := p.loadCommand(); load != "" {
			f = f.byHand(load)
		}
	case p.known:
		f = f.saw("docker image inspect "+image, "the local engine does not have it either").byHand("Build it first: twindeck build")
	}
	return f.fix(m.neverPullFix(p)).
		byHand("Write imagePullPolicy: IfNotPresent for container " + a.container.Name + " in " + a.place())
}
