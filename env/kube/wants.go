package kube

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// Container is what a pod's manifest wants of a container; those that run before
// the others stand first.
type Container struct {
	Name        string
	Init        bool // one of initContainers
	Sidecar     bool // of those, one that keeps running beside the main ones
	Image       string
	Pull        string   // Always, IfNotPresent, Never
	Command     []string // command and args as written; empty: the image's own
	Ports       []int    // containerPort
	Probes      []Probe
	CPU         int64 // requested, millicores
	Memory      int64 // requested, bytes
	MemoryLimit int64 // bytes; 0: none
}

// Probe is how the kubelet asks whether a container is well.
type Probe struct {
	Kind string // readiness, liveness, startup
	Asks string // GET /healthz, connect, run COMMAND, gRPC
	Port int    // 0: it asks no port

	Every, Timeout time.Duration // between two, for one
	Failures       int           // in a row, after which it counts
}

// unmarshalTable reads the server's table and makes sure that it is one: an
// old server answers with the pods themselves.
func unmarshalTable(body []byte, t *metav1.Table) error {
	if err := json.Unmarshal(body, t); err != nil {
		return fmt.Errorf("reading the table of pods: %w", err)
	}
	if t.Kind != "Table" {
		return fmt.Errorf("asked for a table of pods, the server sent a %s", t.Kind)
	}
	return nil
}

// glancesOf reads the columns Name, Ready and Status.
func glancesOf(t metav1.Table) []glance {
	at := map[string]int{}
	for i, c := range t.ColumnDefinitions {
		at[c.Name] = i
	}
	cell := func(r metav1.TableRow, column string) string {
		i, known := at[column]
		if !known || i >= len(r.Cells) {
			return ""
		}
		return fmt.Sprint(r.Cells[i])
	}
	all := make([]glance, 0, len(t.Rows))
	for _, r := range t.Rows {
		g := glance{name: cell(r, "Name"), status: cell(r, "Status")}
		ready, total, _ := strings.Cut(cell(r, "Ready"), "/")
		g.well = g.status == "Running" && ready == total && leadingInt(cell(r, "Restarts")) < crashes || g.status == "Completed"
		all = append(all, g)
	}
	return all
}

// containersOf is what the manifest wants of each container.
func containersOf(p *corev1.Pod) []Container {
	var out []Container
	for n, list := range [][]corev1.Container{p.Spec.InitContainers, p.Spec.Containers} {
		for i := range list {
			c := &list[i]
			r := c.Resources
			w := Container{
				Name: c.Name, Init: n == 0, Sidecar: n == 0 && isSidecar(c), Image: c.Image, Pull: string(c.ImagePullPolicy),
				Command: append(append([]string(nil), c.Command...), c.Args...),
				CPU:     r.Requests.Cpu().MilliValue(), Memory: r.Requests.Memory().Value(), MemoryLimit: r.Limits.Memory().Value(),
			}
			for _, port := range c.Ports {
				w.Ports = append(w.Ports, int(port.ContainerPort))
			}
			for _, kind := range []struct {
				name  string
				probe *corev1.Probe
			}{{"readiness", c.ReadinessProbe}, {"liveness", c.LivenessProbe}, {"startup", c.StartupProbe}} {
				if kind.probe != nil {
					w.Probes = append(w.Probes, probeOf(kind.name, kind.probe, c.Ports))
				}
			}
			out = append(out, w)
		}
	}
	return out
}

func probeOf(kind string, p *corev1.Probe, named []corev1.ContainerPort) Probe {
	number := func(port intstr.IntOrString) int {
		if port.Type == intstr.Int {
			return port.IntValue()
		}
		for _, n := range named {
			if n.Name == port.StrVal {
				return int(n.ContainerPort)
			}
		}
		return 0
	}
	seconds := func(n int32) time.Duration { return time.Duration(n) * time.Second }
	out := Probe{
		Kind: kind, Failures: int(p.FailureThreshold),
		Every: seconds(p.PeriodSeconds), Timeout: seconds(p.TimeoutSeconds),
	}
	switch h := p.ProbeHandler; {
	case h.HTTPGet != nil:
		out.Asks, out.Port = "GET /"+strings.TrimPrefix(h.HTTPGet.Path, "/"), number(h.HTTPGet.Port)
	case h.TCPSocket != nil:
		out.Asks, out.Port = "connect", number(h.TCPSocket.Port)
	case h.GRPC != nil:
		out.Asks, out.Port = "gRPC", int(h.GRPC.Port)
	case h.Exec != nil:
		out.Asks = "run " + strings.Join(h.Exec.Command, " ")
	}
	return out
}

func secretsOf(p *corev1.Pod) []string {
	var names []string
	for _, s := range p.Spec.ImagePullSecrets {
		names = append(names, s.Name)
	}
	return names
}
