package checks

import (
	"context"
	"fmt"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/ship"
)

// What twindeck does in a cluster it does only in one of this machine: the
// fixes below are nil elsewhere, and the steps by hand remain.

// pullFix gets an image to a pod in the shortest way there is.
func (m *Machine) pullFix(ctx context.Context, p pull, login docker.Login) *Fix {
	if !p.at.Local || p.host == "" {
		return nil
	}
	reached := p.cause == kube.ImageMissing || p.cause == kube.PullFails || p.cause == kube.PullDenied || p.cause == kube.RegistrySilent && loopback(p.host)
	if p.local && reached {
		if fix := m.load(p); fix != nil {
			return fix
		}
		if p.shared && p.container.Pull == "Always" {
			return m.policyFix(p, "Always", "IfNotPresent")
		}
	}
	switch {
	case p.local && p.cause == kube.ImageMissing && !p.shared && !p.bare && (loopback(p.host) || !m.login(ctx, p.container.Image).Empty()):
		return m.push(p)
	case (p.cause == kube.PullDenied && !p.bare || p.cause == kube.RateLimited) && !login.Empty():
		return m.addPullSecret(p, login)
	}
	return nil
}

// neverPullFix loads the image, or lets the node pull it where that can work.
func (m *Machine) neverPullFix(p pull) *Fix {
	if !p.at.Local {
		return nil
	}
	if p.local {
		if fix := m.load(p); fix != nil {
			return fix
		}
	}
	if p.local && p.shared || !p.bare {
		return m.policyFix(p, "Never", "IfNotPresent")
	}
	return nil
}

// load puts a local image into the cluster's nodes; nil where they are no
// containers of the engine.
func (m *Machine) load(p pull) *Fix {
	if len(p.nodes) == 0 {
		return nil
	}
	engine, image, nodes := m.Docker, p.container.Image, p.nodes
	retry, how := m.retry(p.ailment, p.at)
	return &Fix{
		Title:   "Load the image into the cluster's nodes",
		Changes: append([]string{image + " is " + p.loading, "The same by hand: " + ship.LoadCommand(image, nodes[0].Node)}, how...),
		Takes:   "up to a minute",
		Run: func(ctx context.Context, say func(string)) (*Undo, error) {
			say("loading " + image + " into node " + nodes[0].Name)
			_, err := ship.LoadAll(ctx, engine, image, nodes, nil, func(l docker.Loaded) {
				say(fmt.Sprintf("node %s has it: %d of %d layers were missing", l.Node, l.Moved, l.Layers))
			})
			if err != nil {
				return nil, err
			}
			return nil, retry(ctx, say)
		},
	}
}

// push sends the image to the registry its name says.
func (m *Machine) push(p pull) *Fix {
	engine, image := m.Docker, p.container.Image
	retry, how := m.retry(p.ailment, p.at)
	return &Fix{
		Title:   "Push the image to " + p.host,
		Changes: append([]string{"docker push " + image}, how...),
		Takes:   "as long as the upload",
		Run: func(ctx context.Context, say func(string)) (*Undo, error) {
			say("docker push " + image)
			if _, err := engine.Push(ctx, image, func(docker.LayerProgress) {}); err != nil {
				return nil, err
			}
			return nil, retry(ctx, say)
		},
	}
}

// retry makes a pod anew if somebody will replace it; else its kubelet tries
// again by itself.
func (m *Machine) retry(a ailment, at kube.Context) (do func(context.Context, func(string)) error, how []string) {
	cluster, namespace, pod := m.Kube, a.Pod.Namespace, a.Pod.Name
	if a.Pod.Owner.Kind == "" {
		return func(_ context.Context, say func(string)) error {
			say("the node tries again by itself, within five minutes")
			return nil
		}, []string{"pod " + pod + " is left as it is: its node tries again by itself, within five minutes"}
	}
	return func(ctx context.Context, say func(string)) error {
		say("kubectl delete pod " + pod)
		return cluster.Delete(kube.Aim(ctx, at), kube.PodRef(namespace, pod))
	}, []string{fmt.Sprintf("kubectl delete pod %s -n %s (its %s makes a new one)", pod, namespace, a.Pod.Owner.Kind)}
}

// addPullSecret gives the pods the login that docker has.
func (m *Machine) addPullSecret(p pull, login docker.Login) *Fix {
	cluster, at := m.Kube, p.at
	namespace, account, name := p.Pod.Namespace, orElse(p.Account, "default"), ship.PullSecretName(p.host)
	retry, how := m.retry(p.ailment, at)
	secret := fmt.Sprintf("secret %s/%s: the login of %s (type kubernetes.io/dockerconfigjson)", namespace, name, login)
	entry := fmt.Sprintf("serviceaccount %s/%s: imagePullSecrets gets %s", namespace, account, name)
	return &Fix{
		Title:   "Let the pods log in to " + p.host + " with docker's login",
		Changes: append([]string{secret, entry}, how...),
		Run: func(ctx context.Context, say func(string)) (*Undo, error) {
			config, err := login.PullSecret()
			if err != nil {
				return nil, err
			}
			say("adding the secret " + name)
			if err := cluster.AddPullSecret(kube.Aim(ctx, at), namespace, name, account, config); err != nil {
				return nil, err
			}
			undo := &Undo{
				Title: "Take the login out of the cluster",
				Changes: []string{
					fmt.Sprintf("serviceaccount %s/%s: imagePullSecrets loses %s", namespace, account, name),
					fmt.Sprintf("kubectl delete secret %s -n %s", name, namespace),
				},
				Run: func(ctx context.Context, say func(string)) error {
					say("removing the secret " + name)
					return cluster.RemovePullSecret(kube.Aim(ctx, at), namespace, name, account)
				},
			}
			return undo, retry(ctx, say)
		},
	}
}

// policyExcerpt is what a template says of its containers' pull policy.
func policyExcerpt(containers []kube.Container, policy string) []byte {
	out, list := []byte("spec:\n  template:\n    spec:\n"), ""
	for _, c := range containers {
		in := "containers"
		if c.Init {
			in = "initContainers"
		}
		if in != list {
			out, list = fmt.Appendf(out, "      %s:\n", in), in
		}
		out = fmt.Appendf(out, "        - name: %s\n          imagePullPolicy: %s\n", c.Name, policy)
	}
	return out
}

// policyFix changes imagePullPolicy in the pod's workload; nil for a pod that
// has none, since a pod's own cannot be changed.
func (m *Machine) policyFix(p pull, from, to string) *Fix {
	if !p.deployable() {
		return nil
	}
	cluster, at, namespace, owner := m.Kube, p.at, p.Pod.Namespace, p.Pod.Owner
	place := p.place() + " -n " + namespace
	// The others that run the image would fail next.
	var containers []kube.Container
	for _, c := range p.Containers {
		if c.Image == p.container.Image && c.Pull == p.container.Pull {
			containers = append(containers, c)
		}
	}
	shown := func(policy string) []byte { return policyExcerpt(containers, policy) }
	set := func(ctx context.Context, say func(string), policy string) error {
		say("setting imagePullPolicy: " + policy + " in " + place)
		return cluster.SetPullPolicy(kube.Aim(ctx, at), namespace, owner, containers, policy)
	}
	command := func(policy string) string {
		return "kubectl patch " + place + " -p '" + kube.PullPolicyPatch(containers, policy) + "'"
	}
	return &Fix{
		Title:    "Set imagePullPolicy: " + to,
		Changes:  []string{command(to), "The manifest on disk stays as it is: change it there too, or the next apply takes it back"},
		Edits:    []Edit{{Path: place, Old: shown(from), New: shown(to)}},
		Restarts: "the pods of " + p.place(),
		Run: func(ctx context.Context, say func(string)) (*Undo, error) {
			if err := set(ctx, say, to); err != nil {
				return nil, err
			}
			return &Undo{
				Title:   "Set imagePullPolicy: " + from + " again",
				Changes: []string{command(from)},
				Run:     func(ctx context.Context, say func(string)) error { return set(ctx, say, from) },
			}, nil
		},
	}
}
