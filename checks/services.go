package checks

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
)

// services are those of all namespaces, or of ours where others are not ours to see.
func (m *Machine) services(ctx context.Context) ([]kube.Service, kube.Context, error) {
	at, err := m.Kube.Context()
	if err != nil {
		return nil, at, err
	}
	all, err := once(ctx, &m.facts, "services", func(ctx context.Context) ([]kube.Service, error) {
		all, err := m.Kube.Services(ctx, "")
		if forbidden(err) {
			return m.Kube.Services(ctx, at.Namespace)
		}
		return all, err
	})
	return all, at, err
}

// pendingFor is how long a load balancer may take to give an address.
const pendingFor = 15 * time.Second

func probePendingServices(ctx context.Context, m *Machine) Finding {
	all, at, err := m.services(ctx)
	if err != nil {
		return notHere("The services cannot be looked at").saw("GET services", "%v", err)
	}
	var pending []kube.Service
	balancers := 0
	for _, s := range all {
		if s.Type != "LoadBalancer" || s.Namespace != at.Namespace {
			continue
		}
		balancers++
		if len(s.Addresses) == 0 && m.Host.Now().Sub(s.Created) > pendingFor {
			pending = append(pending, s)
		}
	}
	if len(pending) == 0 {
		return ok("None of namespace %s waits", at.Namespace).saw("GET services", "%d of type LoadBalancer", balancers)
	}
	s := pending[0]
	f := warn("service %s waits for its address (<pending>)", s.Name).
		saw("service "+s.Namespace+"/"+s.Name, "LoadBalancer, port %s, since %s", ports(s), s.Created.Format(time.DateTime))
	if other := holds(all, s); other != nil {
		f.Summary = fmt.Sprintf("service %s waits for its address: %s/%s has the port already", s.Name, other.Namespace, other.Name)
		f = f.saw("service "+other.Namespace+"/"+other.Name, "LoadBalancer, port %s", ports(*other)).
			byHand("Give one of the two another port: kubectl edit service " + s.Name)
		return f.byHand(fmt.Sprintf("Until then: kubectl port-forward service/%s %d:%d", s.Name, freePort(s.Ports[0].Port), s.Ports[0].Port))
	}
	if m.taken(ctx, s) {
		f.Summary = fmt.Sprintf("service %s waits for its address: something on this machine holds port %s", s.Name, ports(s))
		f = f.saw("connect localhost:"+ports(s), "connected")
	} else if at.Name != desktopContext {
		f = f.byHand("Nobody in this cluster gives addresses: kind has cloud-provider-kind, minikube has minikube tunnel, others MetalLB")
	}
	if len(s.Ports) > 0 {
		f = f.byHand(fmt.Sprintf("Reach it meanwhile: kubectl port-forward service/%s %d:%d", s.Name, freePort(s.Ports[0].Port), s.Ports[0].Port))
	}
	return f
}

// holds is another load balancer that has an address and one of s's ports.
func holds(all []kube.Service, s kube.Service) *kube.Service {
	for i, o := range all {
		if o.Type != "LoadBalancer" || len(o.Addresses) == 0 || o.Namespace == s.Namespace && o.Name == s.Name {
			continue
		}
		for _, p := range s.Ports {
			if slices.ContainsFunc(o.Ports, func(q kube.ServicePort) bool { return q.Port == p.Port }) {
				return &all[i]
			}
		}
	}
	return nil
}

// taken reports whether something answers on this machine where the service
// would.
func (m *Machine) taken(ctx context.Context, s kube.Service) bool {
	return slices.ContainsFunc(s.Ports, func(p kube.ServicePort) bool {
		return m.answers(ctx, net.JoinHostPort("localhost", strconv.Itoa(p.Port)))
	})
}

// answerWait is how long a port next door may take to accept.
const answerWait = 700 * time.Millisecond

func (m *Machine) answers(ctx context.Context, address string) bool {
	ctx, cancel := context.WithTimeout(ctx, answerWait)
	defer cancel()
	conn, err := m.Host.Dial(ctx, "tcp", address)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

func ports(s kube.Service) string {
	var out []string
	for _, p := range s.Ports {
		out = append(out, strconv.Itoa(p.Port))
	}
	return strings.Join(out, ", ")
}

// freePort is a port that nobody needs privileges for.
func freePort(p int) int {
	if p < 1024 {
		return 8000 + p
	}
	return p
}

// nodePortsLooked bounds how many ports are tried.
const nodePortsLooked = 5

func probeNodePorts(ctx context.Context, m *Machine) Finding {
	all, at, err := m.services(ctx)
	if err != nil {
		return notHere("The services cannot be looked at").saw("GET services", "%v", err)
	}
	if !at.Local {
		return notHere("The cluster is not on this machine")
	}
	all = slices.DeleteFunc(slices.Clone(all), func(s kube.Service) bool {
		return s.Type != "NodePort" || s.Namespace != at.Namespace || len(s.Ports) == 0 || s.Ports[0].Node == 0
	})
	if len(all) == 0 {
		return ok("No service of namespace %s has one", at.Namespace).saw("GET services", "none of type NodePort")
	}
	all = all[:min(len(all), nodePortsLooked)]
	hosts := []string{"localhost"}
	if nodes, err := m.nodes(ctx); err == nil && len(nodes) > 0 && nodes[0].InternalIP != "" {
		hosts = append(hosts, nodes[0].InternalIP)
	}
	reached := make([]bool, len(all))
	var tries sync.WaitGroup
	for i, s := range all {
		tries.Go(func() {
			reached[i] = slices.ContainsFunc(hosts, func(h string) bool {
				return m.answers(ctx, net.JoinHostPort(h, strconv.Itoa(s.Ports[0].Node)))
			})
		})
	}
	tries.Wait()
	i := slices.Index(reached, false)
	if i < 0 {
		return ok("All of namespace %s can be reached", at.Namespace).saw("connect", "%d of %d", len(all), len(all))
	}
	s := all[i]
	return warn("The node port %d of service %s cannot be reached from here", s.Ports[0].Node, s.Name).
		saw(fmt.Sprintf("connect to port %d", s.Ports[0].Node), "refused on %s", strings.Join(hosts, " and ")).
		byHand(fmt.Sprintf("Forward instead: kubectl port-forward service/%s %d:%d", s.Name, freePort(s.Ports[0].Port), s.Ports[0].Port),
			"kind opens node ports only where extraPortMappings of its configuration name them, when the cluster is made")
}

// probeStale compares what running pods report with the engine's image of the
// same name, for the project's own image.
func probeStale(ctx context.Context, m *Machine) Finding {
	p, err := m.project(ctx)
	if err != nil || p.Name == "" || p.Dockerfile == "" {
		return notHere("No image is built in this folder")
	}
	h, err := m.health(ctx)
	if err != nil || h.Pods == nil && h.Count > 0 {
		return notHere("There are too many pods to compare each").saw("GET pods", "%d", h.Count)
	}
	f := ok("No pod of namespace %s runs an older %s", h.Namespace, strings.Join(p.Names(), ", ")).saw("GET pods -n "+h.Namespace, "%d", h.Count)
	stale := 0
	for _, pod := range h.Pods {
		for _, i := range pod.Images {
			if i.Digest == "" || !p.Builds(imageName(i.Image)) || pod.Phase == kube.PhaseDone {
				continue
			}
			local, err := m.localImage(ctx, i.Image)
			if err != nil || goesBy(local, i.Digest) || i.Imported {
				continue
			}
			if stale++; stale == 1 {
				f.Status, f.Summary = Warn, fmt.Sprintf("%s runs an older %s than the one built last", pod.Name, i.Image)
				f = f.saw("the engine's "+i.Image, "%s", orElse(local.Digest, local.ID))
				f = f.byHand("Build under a tag of its own each time, as twindeck ship does: a node does not ask again for a tag it has",
					"kubectl rollout restart "+ailment{Ailing: kube.Ailing{Pod: pod}}.place()+" makes the pods anew, if the node gets the new image")
			}
			f = f.saw("pod "+pod.Namespace+"/"+pod.Name, "%s", i.Digest)
		}
	}
	if stale > 1 {
		f.Summary += fmt.Sprintf(" (and %d more)", stale-1)
	}
	return f
}

// goesBy reports whether an image may be reported by that digest.
func goesBy(image docker.Image, digest string) bool {
	if digest == image.ID || digest == image.Digest || digest == image.Config {
		return true
	}
	return slices.ContainsFunc(image.Digests, func(d string) bool { return strings.HasSuffix(d, "@"+digest) })
}
