package demo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
)

const (
	node         = "docker-desktop"
	apiServer    = "https://127.0.0.1:6443"
	apart        = "k3d-dev"
	apartURL     = "https://127.0.0.1:6550"
	farAway      = "arn:aws:eks:eu-central-1:402913377:cluster/production"
	farAwayURL   = "https://8C1F2E.gr7.eu-central-1.eks.amazonaws.com"
	kubeconfig   = home + "/.kube/config"
	serverGit    = "v1.36.3"
	nodeRuntime  = "docker://29.6.0"
	otherRuntime = "containerd://2.4.2"
)

// cluster is the simulated Kubernetes.
type cluster struct{ w *world }

var errClusterOff = errors.New("dial tcp 127.0.0.1:6443: connect: connection refused")

// enter locks the world, or says why the API server does not answer.
func (c cluster) enter(ctx context.Context) (time.Time, error) {
	if err := ctx.Err(); err != nil {
		return time.Time{}, err
	}
	now := c.w.lock()
	err := c.w.aimed(ctx)
	if why := c.w.unreachable(); why != nil && err == nil {
		err = fmt.Errorf("Get %q: %w", apiServer, why)
	}
	if err != nil {
		c.w.mu.Unlock()
	}
	return now, err
}

// do calls f with the world locked.
func (c cluster) do(ctx context.Context, f func(now time.Time) error) error {
	now, err := c.enter(ctx)
	if err != nil {
		return err
	}
	defer c.w.mu.Unlock()
	return f(now)
}

// withPod calls f with a pod, the world locked.
func (c cluster) withPod(ctx context.Context, namespace, name string, f func(p *kube.Pod, now time.Time) error) error {
	return c.do(ctx, func(now time.Time) error {
		p, ok := c.w.pods[namespace+"/"+name]
		if !ok {
			return fmt.Errorf("pods %q not found in namespace %s", name, namespace)
		}
		return f(p, now)
	})
}

func (c cluster) Run(ctx context.Context) error { return c.w.run(ctx) }
func (c cluster) Changed() <-chan struct{}      { return c.w.clusterNotice.C() }

func (c cluster) Snapshot() kube.Snapshot {
	now := c.w.lock()
	defer c.w.mu.Unlock()
	s := kube.Snapshot{
		Version:   c.w.version,
		Context:   c.w.inForce(),
		Namespace: c.w.namespace,
		Synced:    c.w.unreachable() == nil,
		Status:    c.w.clusterStatus(now),
	}
	if !s.Synced {
		return s
	}
	if c.w.podRows == nil {
		c.w.podRows = c.w.podsIn(c.w.namespace)
	}
	s.Pods = c.w.podRows
	return s
}

// podsIn are the pods of a namespace of the cluster in force; the world is locked.
func (w *world) podsIn(namespace string) []*kube.Pod {
	rows := slices.DeleteFunc(slices.Collect(maps.Values(w.pods)), func(p *kube.Pod) bool {
		return namespace != "" && p.Namespace != namespace || !w.here(p.Namespace, p.Name, p.Owner)
	})
	slices.SortFunc(rows, func(a, b *kube.Pod) int {
		return strings.Compare(a.Namespace+"/"+a.Name, b.Namespace+"/"+b.Name)
	})
	return rows
}

// Pods implements env.Kube.
func (c cluster) Pods(ctx context.Context, namespace string) (rows []*kube.Pod, err error) {
	return rows, c.do(ctx, func(time.Time) error { rows = c.w.podsIn(namespace); return nil })
}

func (c cluster) SetNamespace(ns string) {
	c.w.lock()
	defer c.w.mu.Unlock()
	c.w.namespace = ns
	c.w.changed()
}

func (w *world) currentContext() string {
	switch {
	case w.has(ContextNotLocal):
		return farAway
	case w.has(RegistryRequired), w.has(ClusterInNodes):
		return apart
	}
	return node
}

func (c cluster) Config() kube.Config {
	contexts := []kube.Context{
		{Name: node, Cluster: node, User: node, Namespace: "default", Server: apiServer, Local: true},
		{Name: apart, Cluster: apart, User: apart, Namespace: "default", Server: apartURL, Local: true},
		{Name: farAway, Cluster: farAway, User: farAway, Namespace: "shop", Server: farAwayURL},
	}
	current := c.w.currentContext()
	return kube.Config{Files: []string{kubeconfig}, Source: "~/.kube/config", Contexts: contexts, Current: current}
}

func (c cluster) Context() (kube.Context, error) {
	config := c.Config()
	c.w.lock()
	name := c.w.inForce()
	c.w.mu.Unlock()
	for _, k := range config.Contexts {
		if k.Name == name {
			return k, nil
		}
	}
	return kube.Context{}, fmt.Errorf("no context exists with the name: %q", name)
}

func (c cluster) Version(ctx context.Context) (v kube.Version, err error) {
	return v, c.do(ctx, func(time.Time) error {
		v = kube.Version{Git: serverGit, Major: 1, Minor: 36, Platform: "linux/arm64"}
		return nil
	})
}

func (c cluster) Readyz(ctx context.Context) (r kube.Readyz, err error) {
	return r, c.do(ctx, func(time.Time) error {
		r.OK = true
		for _, name := range []string{"ping", "log", "etcd", "informer-sync", "poststarthook/start-apiserver-admission-initializer", "poststarthook/rbac/bootstrap-roles", "shutdown"} {
			r.Parts = append(r.Parts, kube.ReadyzPart{Name: name, OK: true})
		}
		return nil
	})
}

func (c cluster) Nodes(ctx context.Context) (nodes []kube.Node, err error) {
	return nodes, c.do(ctx, func(time.Time) error {
		n := kube.Node{
			Name: node, Ready: true, Runtime: nodeRuntime, OSImage: "Docker Desktop",
			Kubelet: serverGit, Arch: "arm64", CPU: 8000, Memory: 8 << 30, InternalIP: "192.168.65.3",
		}
		if c.w.has(RegistryRequired) {
			n.Name, n.Runtime, n.OSImage = "k3d-dev-server-0", otherRuntime, "K3s v1.36.3+k3s1"
		}
		nodes = []kube.Node{n}
		if c.w.has(ClusterInNodes) {
			nodes = nodesInContainers(n)
		}
		return nil
	})
}

func (c cluster) Namespaces(ctx context.Context) (names []string, err error) {
	return names, c.do(ctx, func(time.Time) error {
		names = []string{"default", "kube-node-lease", "kube-public", "kube-system"}
		return nil
	})
}

func (c cluster) CanI(ctx context.Context, _, _, _, _ string) (ok bool, err error) {
	return ok, c.do(ctx, func(time.Time) error { ok = true; return nil })
}

func (c cluster) CoreDNS(ctx context.Context) (ready, total int, err error) {
	return ready, total, c.do(ctx, func(time.Time) error {
		for _, p := range c.w.pods {
			if p.Owner.Name == "coredns" {
				total++
				if p.Phase == kube.PhaseReady {
					ready++
				}
			}
		}
		return nil
	})
}

func (c cluster) Warnings(ctx context.Context, namespace string) (events []kube.Event, err error) {
	return events, c.do(ctx, func(now time.Time) error {
		for _, p := range c.w.pods {
			for _, e := range c.w.eventsOf(p, now) {
				if e.Type == "Warning" && (namespace == "" || namespace == p.Namespace) {
					events = append(events, e)
				}
			}
		}
		slices.SortFunc(events, func(a, b kube.Event) int {
			return cmp.Or(b.Last.Compare(a.Last), strings.Compare(a.Object, b.Object), strings.Compare(a.Message, b.Message))
		})
		return nil
	})
}

func (c cluster) Logs(ctx context.Context, namespace, pod string, o kube.LogOptions) (log io.ReadCloser, err error) {
	return log, c.withPod(ctx, namespace, pod, func(p *kube.Pod, now time.Time) error {
		if p.Images[0].Digest == "" {
			return fmt.Errorf("container %q in pod %q is waiting to start: %s", p.Images[0].Container, pod, p.Status)
		}
		r := reading{
			script: scriptFor(p.Images[0].Image), start: p.Created, now: now,
			tail: o.Tail, since: o.Since, times: o.Timestamps, follow: o.Follow,
		}
		if o.Container == waits && hasInit(p) {
			r.script, r.end = scriptFor(waits), p.Created.Add(time.Second)
		}
		switch {
		case o.Previous && p.Restarts == 0:
			return fmt.Errorf("previous terminated container %q in pod %q not found", p.Images[0].Container, pod)
		case o.Previous, p.Status == "CrashLoopBackOff", p.Status == "Error", p.Phase == kube.PhaseDone:
			r.end = p.Created.Add(2 * time.Second)
		}
		log = c.w.read(ctx, r)
		return nil
	})
}

// podContainers are the containers Docker Desktop lists for a pod.
func podContainers(p *kube.Pod) []*docker.Container {
	if len(p.Images) == 0 || p.Images[0].Digest == "" {
		return nil
	}
	of := p.Namespace + "/" + p.Name
	main := &docker.Container{
		ID:    hash("container " + of),
		Name:  "k8s_" + p.Images[0].Container + "_" + p.Name + "_" + p.Namespace + "_" + p.UID + "_0",
		Image: p.Images[0].Image, ImageID: "sha256:" + hash("image "+p.Images[0].Image), ImageDigest: p.Images[0].Digest,
		State: "running", Status: "Up", Restarts: p.Restarts, Created: p.Created, Started: p.Created,
		Kind: docker.KindPod, Pod: of,
	}
	switch p.Status {
	case "Completed":
		main.State, main.Status = "exited", "Exited (0)"
	case "CrashLoopBackOff", "Error":
		main.State, main.Status, main.ExitCode = "exited", "Exited (2)", 2
	}
	sandbox := &docker.Container{
		ID:    hash("sandbox " + of),
		Name:  "k8s_POD_" + p.Name + "_" + p.Namespace + "_" + p.UID + "_0",
		Image: "registry.k8s.io/pause:3.10.1", ImageID: "sha256:" + hash("image pause"),
		State: main.State, Status: main.Status, Created: p.Created, Started: p.Created,
		Kind: docker.KindSandbox, Pod: of,
	}
	return []*docker.Container{main, sandbox}
}
