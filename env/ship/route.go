package ship

import (
	"fmt"
	"strings"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
)

// A delivery is a route with its reason, and the imagePullPolicy values that
// would defeat it, each with why.
type delivery struct {
	route  Route
	why    string
	defeat map[string]string
}

// shared tells whether the images of the engine are those of the cluster's
// nodes, as they are in these cases:
//
//   - a node whose runtime is Docker itself, and which is the engine's host
//     (Docker Desktop's kubeadm mode, minikube's and Colima's Docker);
//   - Docker Desktop's node on containerd, one store for both;
//   - Docker Desktop's kind mode, where a mirror serves the engine's images.
//
// Elsewhere equal host names prove nothing: a plain engine and a kubelet on
// one machine keep their images apart.
func shared(engine docker.Info, nodes []kube.Node) (delivery, bool) {
	for _, n := range nodes {
		own := n.Name == engine.Name
		switch {
		case own && strings.HasPrefix(n.Runtime, "docker://"):
			return delivery{
				route:  Shared,
				why:    fmt.Sprintf("node %s runs its pods with this engine, so what it builds is already there", n.Name),
				defeat: map[string]string{"Always": "asks a registry for an image that was never pushed"},
			}, true
		case own && engine.IsDesktop() && engine.ContainerdStore:
			return delivery{
				route:  Shared,
				why:    fmt.Sprintf("engine and node %s share one image store, so nothing has to be moved", n.Name),
				defeat: map[string]string{"Always": "asks a registry for an image that was never pushed"},
			}, true
		case engine.IsDesktop() && engine.ContainerdStore && strings.HasPrefix(n.Name, "desktop-"):
			return delivery{
				route:  Shared,
				why:    fmt.Sprintf("Docker Desktop serves the engine's images to node %s, so nothing has to be pushed", n.Name),
				defeat: map[string]string{"Never": "keeps the node from taking the image from Docker Desktop"},
			}, true
		}
	}
	return delivery{}, false
}

// SharesImages reports whether what the engine has, the cluster's nodes have
// too, and why.
func SharesImages(engine docker.Info, nodes []kube.Node) (why string, ok bool) {
	d, ok := shared(engine, nodes)
	return d.why, ok
}

// throughRegistry is delivery by push and pull, and where the choice of the
// registry came from.
func throughRegistry(registry, from string) delivery {
	return delivery{
		route:  Registry,
		why:    fmt.Sprintf("pushed to %s (%s), from where the node pulls", registry, from),
		defeat: map[string]string{"Never": "keeps the node from pulling the image"},
	}
}

// noRoute is the problem of an engine whose images cluster cannot see;
// notLoadable is why its nodes cannot be loaded into.
func noRoute(engine docker.Info, at docker.Endpoint, cluster kube.Context, nodes []kube.Node, notLoadable string) Problem {
	seen := "no node of context " + cluster.Name + " can be seen"
	if len(nodes) > 0 {
		seen = fmt.Sprintf("node %s of context %s (%s) has an image store of its own", nodes[0].Name, cluster.Name, nodes[0].Runtime)
		if notLoadable != "" {
			seen += ", and " + notLoadable
		}
	}
	do := "push to a registry both can reach: --registry HOST, or TWINDECK_REGISTRY"
	switch {
	case engine.IsDesktop() && !engine.ContainerdStore:
		do += "; or turn the containerd image store on in Docker Desktop's settings and create the cluster anew"
	case strings.HasPrefix(cluster.Name, "kind-"), strings.HasPrefix(cluster.Name, "k3d-"), cluster.Name == "minikube":
		do += "; or choose the Docker context of the engine whose containers the nodes are: docker context ls"
	}
	return Problem{
		Fatal: true, Stage: Deliver,
		Text: fmt.Sprintf("no way is known from the engine %s to the cluster: %s", engineName(engine, at), seen),
		Do:   do,
	}
}

func engineName(engine docker.Info, at docker.Endpoint) string {
	if engine.Name == "" {
		return at.Context
	}
	return fmt.Sprintf("%s (context %s)", engine.Name, at.Context)
}
