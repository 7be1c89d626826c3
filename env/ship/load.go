package ship

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
)

// Loader is what loading needs of an engine.
type Loader interface {
	Load(ctx context.Context, r docker.LoadRequest, news func(docker.LayerProgress)) (docker.Loaded, error)
}

// Target is a node of a cluster that images are loaded into.
type Target struct {
	docker.Node
	Runtime string // what runs its pods
	Arch    string
}

// everyNode tells which nodes pods may be put on beside the ordinary ones.
type everyNode struct {
	tainted  bool // pods tolerate a taint
	cordoned bool // a DaemonSet goes to cordoned nodes too
}

// LoadTargets finds the nodes to load an image into: all of a cluster that may
// run its pods, where each is a container of the engine. A container is such a
// node by the labels that kind, k3d or minikube gave it, by its name, and by
// its address; the name of the kubeconfig context proves nothing. why says in a
// sentence what would be done, or why it cannot be.
func LoadTargets(containers []docker.Node, nodes []kube.Node) (targets []Target, why string, ok bool) {
	return loadTargets(containers, nodes, everyNode{})
}

func loadTargets(containers []docker.Node, nodes []kube.Node, also everyNode) (targets []Target, why string, ok bool) {
	var closed []string
	for _, everywhere := range []bool{false, true} {
		targets, closed = nil, nil
		for _, n := range nodes {
			c, wrong := containerOf(n, containers)
			switch {
			case !everywhere && !also.reaches(n):
				closed = append(closed, fmt.Sprintf("%s (%s)", n.Name, n.Closed))
				continue
			case wrong != "":
				return nil, wrong, false
			}
			targets = append(targets, Target{Node: c, Runtime: n.Runtime, Arch: n.Arch})
		}
		if len(targets) > 0 {
			break // else every node is closed, and pods that tolerate it run on any
		}
	}
	if len(targets) == 0 {
		return nil, "", false
	}
	why = fmt.Sprintf("loaded into %s of the %s cluster %s, containers of this engine", named(targets), targets[0].Tool, targets[0].Cluster)
	if len(targets) == 1 {
		why = fmt.Sprintf("loaded into %s of the %s cluster %s, a container of this engine", named(targets), targets[0].Tool, targets[0].Cluster)
	}
	if len(closed) > 0 {
		why += "; not into " + strings.Join(closed, ", ") + ", where no pod goes"
	}
	return targets, why, true
}

// reaches reports whether pods may be put on a node.
func (e everyNode) reaches(n kube.Node) bool {
	switch n.Closed {
	case "":
		return true
	case "cordoned":
		return e.cordoned
	}
	return e.tainted
}

// containerOf is the container that is a node, or why there is none.
func containerOf(n kube.Node, containers []docker.Node) (docker.Node, string) {
	i := slices.IndexFunc(containers, func(c docker.Node) bool { return c.Name == n.Name })
	if i < 0 {
		return docker.Node{}, fmt.Sprintf("node %s is no container of this engine that images could be loaded into", n.Name)
	}
	c := containers[i]
	switch {
	case !c.Running:
		return c, fmt.Sprintf("the container of node %s does not run (docker start %[1]s)", n.Name)
	case n.InternalIP != "" && len(c.Addresses) > 0 && !slices.Contains(c.Addresses, n.InternalIP):
		return c, fmt.Sprintf("node %s is at %s, and this engine's container of that name at %s: they belong to two clusters", n.Name, n.InternalIP, strings.Join(c.Addresses, ", "))
	case !docker.CanLoad(n.Runtime):
		return c, fmt.Sprintf("node %s runs its pods on %s, which images cannot be loaded into", n.Name, n.Runtime)
	}
	return c, ""
}

// mostNamed is how many nodes are named before the rest is counted.
const mostNamed = 4

// named are nodes in words: node a; 2 nodes (a, b).
func named(targets []Target) string {
	if len(targets) == 1 {
		return "node " + targets[0].Name
	}
	var names []string
	for _, t := range targets[:min(len(targets), mostNamed)] {
		names = append(names, t.Name)
	}
	list := strings.Join(names, ", ")
	if more := len(targets) - len(names); more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	return fmt.Sprintf("%d nodes (%s)", len(targets), list)
}

// byLoading is delivery into the nodes of a cluster.
func byLoading(why string) delivery {
	return delivery{
		route: Load, why: why,
		defeat: map[string]string{"Always": "asks a registry for an image that is only loaded into the nodes"},
	}
}

// reach tells from manifests which nodes their pods may be put on.
func reach(manifests []kube.Manifest) everyNode {
	var e everyNode
	for _, m := range manifests {
		var object any
		if len(m.Images) == 0 || yaml.Unmarshal(m.YAML, &object) != nil {
			continue
		}
		e.cordoned = e.cordoned || m.Ref.Kind == "DaemonSet"
		e.tainted = e.tainted || tolerates(object)
	}
	e.cordoned = e.cordoned || e.tainted
	return e
}

// tolerates reports whether tolerations are written anywhere in an object.
func tolerates(node any) bool {
	switch v := node.(type) {
	case map[string]any:
		if list, ok := v["tolerations"].([]any); ok && len(list) > 0 {
			return true
		}
		for _, child := range v {
			if tolerates(child) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, tolerates)
	}
	return false
}

// LoadAll loads an image into each of the nodes, one after the other, and
// returns what they then have. done is called after each; it and news may be nil.
func LoadAll(ctx context.Context, engine Loader, ref string, nodes []Target, news func(docker.LayerProgress), done func(docker.Loaded)) ([]docker.Loaded, error) {
	var all []docker.Loaded
	for _, n := range nodes {
		loaded, err := engine.Load(ctx, docker.LoadRequest{Image: ref, Node: n.Node, Runtime: n.Runtime, Arch: n.Arch}, news)
		if err != nil {
			return all, err
		}
		all = append(all, loaded)
		if done != nil {
			done(loaded)
		}
	}
	return all, nil
}

// loadImage is the delivery of one image into the plan's nodes.
func (r *run) loadImage(ctx context.Context, image Image) *Failure {
	nodes, ref := r.plan.Nodes, image.Ref
	if r.plan.Several() {
		r.tellOf(image, Event{Kind: Command, Text: loadCommand(r.plan, ref)})
	}
	place := map[string]string{}
	for i, n := range nodes {
		place[n.Name] = fmt.Sprintf("node %d of %d", i+1, len(nodes))
	}
	loaded, err := LoadAll(ctx, r.engine, ref, nodes,
		func(l docker.LayerProgress) {
			r.tellOf(image, Event{Kind: LayerMoved, Layer: &l, Text: place[l.Node]})
		},
		func(l docker.Loaded) { r.tellOf(image, Event{Kind: NodeLoaded, Loaded: &l, Text: place[l.Node]}) })
	if err != nil {
		f := &Failure{Stage: Deliver, Step: "load " + ref, Cause: err.Error(), Err: err}
		f.told(err)
		return r.of(image, f)
	}
	built := r.goesBy(ref)
	for _, l := range loaded {
		// The name may have been given to another image since it was built.
		if len(built) > 0 && !slices.Contains(built, l.Digest) && !slices.Contains(built, l.Config) {
			return r.of(image, &Failure{
				Stage: Deliver, Step: "load " + ref,
				Cause: fmt.Sprintf("node %s has %s under the name %s, and not what was built (%s)", l.Node, l.Digest, ref, strings.Join(built, ", ")),
				Do:    "something else took the name meanwhile: ship again, or build under another tag (--tag)",
			})
		}
	}
	for _, l := range loaded {
		r.alsoKnows(ref, l.Digest, l.Config)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report.Nodes = append(r.report.Nodes, loaded...)
	return nil
}

// loadCommand is the command that loads an image as the plan does.
func loadCommand(p Plan, ref string) string { return LoadCommand(ref, p.Nodes[0].Node) }

// LoadCommand is the command of a cluster's own tool that does the same.
func LoadCommand(ref string, n docker.Node) string {
	switch n.Tool {
	case "k3d":
		return "k3d image import " + ref + " --cluster " + n.Cluster
	case "minikube":
		return "minikube image load " + ref + " --profile " + n.Cluster
	}
	return "kind load docker-image " + ref + " --name " + n.Cluster
}
