package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
)

// clusterNodes are the nodes of a cluster that k3d made.
var clusterNodes = []struct{ name, address string }{
	{"k3d-dev-agent-0", "172.20.0.3"}, {"k3d-dev-server-0", "172.20.0.2"},
}

// Nodes implements env.Docker.
func (e engine) Nodes(ctx context.Context) (nodes []docker.Node, err error) {
	return nodes, e.do(ctx, func(time.Time) error {
		if !e.w.has(ClusterInNodes) {
			return nil
		}
		for _, n := range clusterNodes {
			nodes = append(nodes, docker.Node{ID: hash(n.name), Name: n.name, Tool: "k3d", Cluster: "dev", Running: true, Addresses: []string{n.address}})
		}
		return nil
	})
}

// nodesInContainers are those nodes as the cluster has them.
func nodesInContainers(like kube.Node) []kube.Node {
	var nodes []kube.Node
	for _, n := range clusterNodes {
		like.Name, like.InternalIP, like.Runtime, like.OSImage = n.name, n.address, otherRuntime, "K3s v1.36.3+k3s1"
		nodes = append(nodes, like)
	}
	return nodes
}

// Load implements env.Docker: the layers that the registry would know, the
// node has.
func (e engine) Load(ctx context.Context, r docker.LoadRequest, news func(docker.LayerProgress)) (docker.Loaded, error) {
	image, err := e.Image(ctx, r.Image)
	if err != nil {
		return docker.Loaded{}, fmt.Errorf("loading %s into node %s: %w", r.Image, r.Node.Name, err)
	}
	out := docker.Loaded{Node: r.Node.Name, Image: "docker.io/library/" + r.Image, Digest: image.Digest, Config: image.Config, Layers: len(layers)}
	for _, l := range layers {
		p := docker.LayerProgress{ID: l.id, Node: r.Node.Name, Status: "Loading", Total: l.bytes}
		if l.known {
			p.Status, p.Done = "Layer already exists", l.bytes
			news(p)
			continue
		}
		for p.Done < p.Total {
			if err := e.w.pass(ctx, 50*time.Millisecond); err != nil {
				return docker.Loaded{}, fmt.Errorf("loading %s into node %s: %w", r.Image, r.Node.Name, err)
			}
			if p.Done = min(p.Total, p.Done+4_000_000); p.Done == p.Total {
				p.Status = "Loaded"
			}
			news(p)
		}
		out.Moved, out.Bytes = out.Moved+1, out.Bytes+l.bytes
	}
	return out, nil
}

// NeedsLogin implements env.Docker.
func (e engine) NeedsLogin(ctx context.Context, _ string) (needs bool, err error) {
	return needs, e.do(ctx, func(time.Time) error { needs = e.w.has(RegistryPrivate); return nil })
}

// PullHosts implements env.Kube: no pod has a login of its own.
func (c cluster) PullHosts(ctx context.Context, _, _ string, _ []string) ([]string, error) {
	return nil, c.do(ctx, func(time.Time) error { return nil })
}
