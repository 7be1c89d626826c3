package docker

import (
	"context"
	"slices"
	"strings"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
)

// Node is a container of the engine that is a node of a Kubernetes cluster.
type Node struct {
	ID        string
	Name      string   // of the container; the cluster's node has the same
	Tool      string   // what made it: kind, k3d, minikube
	Cluster   string   // the name that tool gave the cluster
	Running   bool     // a stopped one takes no images
	Addresses []string // of the container, in the engine's networks
}

// nodeTools tell by the labels of a container whose node it is. Docker
// Desktop's nodes carry the labels of kind.
var nodeTools = []struct {
	tool    string
	cluster string   // label with the cluster's name
	role    string   // label that says what the container does for it
	roles   []string // of the containers that run pods
}{
	{tool: "kind", cluster: "io.x-k8s.kind.cluster", role: "io.x-k8s.kind.role", roles: []string{"control-plane", "worker"}},
	{tool: "k3d", cluster: "k3d.cluster", role: "k3d.role", roles: []string{"server", "agent"}},
	{tool: "minikube", cluster: "name.minikube.sigs.k8s.io", role: "created_by.minikube.sigs.k8s.io", roles: []string{"true"}},
}

// Nodes finds the containers that are nodes of clusters, by the labels that
// kind, k3d and minikube give them. Registries and load balancers of such a
// cluster are none.
func (c *Client) Nodes(ctx context.Context) ([]Node, error) {
	return ask(ctx, c, workTime, "looking for the nodes of clusters", func(ctx context.Context, cn *conn) ([]Node, error) {
		r, err := cn.api.ContainerList(ctx, client.ContainerListOptions{All: true})
		if err != nil {
			return nil, err
		}
		var nodes []Node
		for _, s := range r.Items {
			if n, ok := nodeOf(s); ok {
				nodes = append(nodes, n)
			}
		}
		slices.SortFunc(nodes, func(a, b Node) int { return strings.Compare(a.Name, b.Name) })
		return nodes, nil
	})
}

func nodeOf(s container.Summary) (Node, bool) {
	for _, t := range nodeTools {
		if s.Labels[t.cluster] == "" || !slices.Contains(t.roles, s.Labels[t.role]) {
			continue
		}
		n := Node{ID: s.ID, Name: rowName(s.Names), Tool: t.tool, Cluster: s.Labels[t.cluster], Running: s.State == container.StateRunning}
		if s.NetworkSettings != nil {
			for _, at := range s.NetworkSettings.Networks {
				if at.IPAddress.IsValid() {
					n.Addresses = append(n.Addresses, at.IPAddress.String())
				}
				if at.GlobalIPv6Address.IsValid() {
					n.Addresses = append(n.Addresses, at.GlobalIPv6Address.String())
				}
			}
			slices.Sort(n.Addresses)
		}
		return n, true
	}
	return Node{}, false
}
